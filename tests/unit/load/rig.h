/* What the tests of load/ share: scenarios from texts, a caller's load and a called one's on a wire
 * in virtual time. */
#ifndef TANDEM_TESTS_LOAD_RIG_H
#define TANDEM_TESTS_LOAD_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "load/load.h"

#define T0 (1000 * NS_PER_S)
#define ON_WIRE 1024

struct on_wire {
    struct block *bytes;
    time_ns at;
    unsigned to; /* which load */
};

struct rig {
    struct mem_counting heap;
    struct block_pool blocks;
    struct scenario *scenarios[2];
    struct load *loads[2]; /* who begins, who answers */
    struct addr addrs[2];
    time_ns now, delay;
    struct on_wire wire[ON_WIRE];
    unsigned n_wire;
    unsigned lose;   /* each n-th message is lost; 0: none */
    unsigned n_sent; /* ever */
    unsigned n_delivered;
    unsigned lossy;     /* of a hundred, with `chaos` */
    struct rand *chaos; /* what is lost, doubled, overtaken at random; NULL: nothing */
    bool deaf;          /* nothing reaches who answers */
    char last[4096];    /* sent by who begins */
    struct load_rtp *rtp;
    bool mute[2]; /* no RTP reaches that end */
    struct load_config config;
};

static inline struct addr rig_addr(uint16_t port)
{
    return (struct addr){.family = ADDR_IP4, .port = port, .ip = {192, 0, 2, 1}};
}

static inline struct scenario *rig_scenario(struct mem *mem, const char *xml)
{
    struct scenario_error e;
    struct rand rand;
    struct rand_seed seed = rand_seed_from(1);
    rand_init(&rand, &seed);
    struct scenario *s = scenario_read(mem, str_from(xml), &rand, NULL, NULL, &e);
    if (!s)
        fail_msg("line %u: %s", e.line, e.what);
    return s;
}

static inline void rig_make(struct rig *r, unsigned i, const char *xml)
{
    char what[200];
    struct flow flow = {.transport = TRANSPORT_UDP, .local = r->addrs[i], .remote = r->addrs[!i]};
    r->scenarios[i] = rig_scenario(&r->heap.mem, xml);
    r->config.scenario = r->scenarios[i];
    r->config.seed = rand_seed_from(i + 1);
    r->config.rtp = r->rtp;
    r->config.rtp_ports = (struct rtp_ports){i, 1};
    r->loads[i] = load_new(&r->config, what, sizeof what);
    if (!r->loads[i])
        fail_msg("%s", what);
    assert_int_equal(load_link(r->loads[i], &flow), 0);
}

static inline void rig_prepare(struct rig *r)
{
    *r = (struct rig){.heap = mem_counting(), .now = T0, .delay = 10 * NS_PER_MS};
    block_pool_init(&r->blocks, &r->heap.mem, 16);
    r->addrs[0] = rig_addr(5060);
    r->addrs[1] = rig_addr(5070);
    r->config = (struct load_config){.mem = &r->heap.mem,
                                     .blocks = &r->blocks,
                                     .user = STR("u"),
                                     .n_users = 10,
                                     .caller = STR("sip:[user]@example.com"),
                                     .callee = STR("sip:bob@example.com"),
                                     .timeout = 32 * NS_PER_S,
                                     .t1 = 500 * NS_PER_MS,
                                     .expires_s = 60,
                                     .most = 1000};
}

/* NULL: nobody answers. */
static inline void rig_init(struct rig *r, const char *caller, const char *called)
{
    rig_prepare(r);
    rig_make(r, 0, caller);
    if (called)
        rig_make(r, 1, called);
}

/* The calls have media. */
static inline void rig_speak(struct rig *r)
{
    static const uint16_t ports[] = {6000, 7000};
    static char voice[LOAD_RTP_FRAME];
    struct load_rtp_config c = {.mem = &r->heap.mem,
                                .blocks = &r->blocks,
                                .most = 100,
                                .ports = ports,
                                .pcmu = {voice, sizeof voice},
                                .pcma = {voice, sizeof voice}};
    r->rtp = load_rtp_new(&c);
    assert_non_null(r->rtp);
}

/* RTP is there at once. */
static inline void rig_carry(struct rig *r)
{
    struct load_rtp_output o;
    load_rtp_expire(r->rtp, r->now);
    while (load_rtp_output(r->rtp, &o)) {
        struct addr from = rig_addr(o.port ? 7000 : 6000);
        unsigned to = o.remote.port == 7000;
        if (!r->mute[to])
            load_rtp_receive(r->rtp, to, &from, block_str(o.bytes), r->now);
        block_unref(&r->blocks, o.bytes);
    }
}

static inline void rig_fini(struct rig *r)
{
    for (unsigned i = 0; i < r->n_wire; i++)
        block_unref(&r->blocks, r->wire[i].bytes);
    for (unsigned i = 0; i < 2; i++) {
        load_free(r->loads[i]);
        scenario_free(r->scenarios[i]);
    }
    load_rtp_free(r->rtp);
    assert_int_equal(r->blocks.live, 0);
    block_pool_fini(&r->blocks);
    assert_int_equal(r->heap.n_live, 0);
}

static inline void rig_carry_message(struct rig *r, unsigned to, struct block *bytes)
{
    time_ns more = r->chaos ? rand_below(r->chaos, 700) * NS_PER_MS : 0;
    assert_true(r->n_wire < ON_WIRE);
    r->wire[r->n_wire++] = (struct on_wire){block_ref(bytes), r->now + r->delay + more, to};
}

static inline void rig_take(struct rig *r, unsigned from, struct load_output *o)
{
    r->n_sent++;
    if (from == 0) {
        size_t len = o->bytes->len < sizeof r->last - 1 ? o->bytes->len : sizeof r->last - 1;
        memcpy(r->last, o->bytes->bytes, len);
        r->last[len] = '\0';
    }
    if ((r->lose && r->n_sent % r->lose == 0) || !r->loads[!from] || (r->deaf && from == 0)) {
        block_unref(&r->blocks, o->bytes);
        return;
    }
    unsigned copies = !r->chaos                              ? 1
                      : rand_below(r->chaos, 100) < r->lossy ? 0
                                                             : 1 + !rand_below(r->chaos, 15);
    for (unsigned i = 0; i < copies; i++)
        rig_carry_message(r, !from, o->bytes);
    block_unref(&r->blocks, o->bytes);
}

static inline void rig_drain(struct rig *r)
{
    struct load_output o;
    for (unsigned i = 0; i < 2; i++)
        while (r->loads[i] && load_output(r->loads[i], &o))
            rig_take(r, i, &o);
}

static inline time_ns rig_deadline(const struct rig *r)
{
    time_ns at = TIME_NEVER;
    for (unsigned i = 0; i < 2; i++)
        if (r->loads[i])
            at = time_min(at, load_deadline(r->loads[i]));
    for (unsigned i = 0; i < r->n_wire; i++)
        at = time_min(at, r->wire[i].at);
    return r->rtp ? time_min(at, load_rtp_deadline(r->rtp)) : at;
}

static inline void rig_deliver(struct rig *r)
{
    for (unsigned i = 0; i < r->n_wire;) {
        struct on_wire w = r->wire[i];
        if (w.at > r->now) {
            i++;
            continue;
        }
        memmove(&r->wire[i], &r->wire[i + 1], (--r->n_wire - i) * sizeof *r->wire);
        r->n_delivered++;
        load_receive(r->loads[w.to], 0, &r->addrs[!w.to], block_str(w.bytes), r->now);
        block_unref(&r->blocks, w.bytes);
        rig_drain(r);
    }
}

/* Lets everything happen until `until`, or until nothing more will. */
static inline void rig_run(struct rig *r, time_ns until)
{
    rig_drain(r);
    for (time_ns at = rig_deadline(r); at != TIME_NEVER && at <= until; at = rig_deadline(r)) {
        r->now = at > r->now ? at : r->now;
        rig_deliver(r);
        for (unsigned i = 0; i < 2; i++)
            if (r->loads[i])
                load_expire(r->loads[i], r->now);
        rig_drain(r);
        if (r->rtp)
            rig_carry(r);
    }
    if (until != TIME_NEVER)
        r->now = until;
}

/* What the caller is sent by a test itself. */
static inline void rig_say(struct rig *r, const char *text)
{
    load_receive(r->loads[0], 0, &r->addrs[1], str_from(text), r->now);
    rig_drain(r);
}

#endif
