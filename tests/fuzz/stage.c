/* The stage: inputs as acts, outputs into memory, and what is true of every output. */
#include "stage.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/siphash.h"
#include <stdio.h>

#include "../sim/zone.h"
#include "stage_parts.h"

void stage_init(struct stage *s, const struct stage_face *face, void *on, const uint8_t *data,
                size_t size)
{
    s->face = face;
    s->on = on;
    s->engine = NULL;
    fuzz_heap_init(&s->heap);
    acts_init(&s->acts, data, size);
    s->now = NS_PER_S;
    s->digest = 0;
    s->uneven = false;
    s->n_sent = s->portion = s->n_conns = s->n_names = s->n_handed = s->n_edits = 0;
    s->requests_in.n = s->responses_in.n = s->requests_out.n = s->responses_out.n = 0;
}

static struct addr addr_of(const char *text)
{
    struct addr a = {0};
    bool ok = addr_parse(str_from(text), &a);
    assert(ok);
    return a;
}

static const struct {
    enum transport transport;
    const char *local;
} listeners[] = {{TRANSPORT_UDP, "192.0.2.1:5060"},
                 {TRANSPORT_TCP, "192.0.2.1:5060"},
                 {TRANSPORT_UDP, "[2001:db8::1]:5060"},
                 {TRANSPORT_UDP, "127.0.0.1:5060"}};
enum { ON_UDP, ON_TCP, ON_UDP6, ON_LOOPBACK, N_LISTENERS };

static const struct {
    unsigned listener;
    const char *remote;
} parties[] = {{ON_UDP, "192.0.2.9:5060"},      {ON_UDP, "192.0.2.20:5060"},
               {ON_UDP, "192.0.2.21:40000"},    {ON_UDP6, "[2001:db8::9]:5060"},
               {ON_LOOPBACK, "127.0.0.1:5070"}, {ON_UDP, "198.51.100.66:5060"}};
#define DATAGRAM_PARTIES 6
static const char accepted_from[] = "192.0.2.30:33000";

void stage_listen(struct stage *s)
{
    for (unsigned i = 0; i < N_LISTENERS; i++) {
        struct addr local = addr_of(listeners[i].local);
        int index = engine_listen(s->engine, listeners[i].transport, &local, STR_NONE);
        assert(index == (int)i);
    }
}

static struct flow flow_on(unsigned listener, const char *remote)
{
    return (struct flow){.transport = (uint8_t)listeners[listener].transport,
                         .listener = (uint8_t)listener,
                         .local = addr_of(listeners[listener].local),
                         .remote = addr_of(remote)};
}

static const struct stage_conn *latest_open(const struct stage *s, unsigned back)
{
    for (unsigned i = s->n_conns; i-- > 0;)
        if (s->conns[i].open && back-- == 0)
            return &s->conns[i];
    return NULL;
}

struct flow party_flow(const struct stage *s, unsigned party)
{
    const struct stage_conn *c = NULL;
    if (party >= DATAGRAM_PARTIES)
        c = latest_open(s, party - DATAGRAM_PARTIES);
    if (c)
        return c->flow;
    party %= DATAGRAM_PARTIES;
    return flow_on(parties[party].listener, parties[party].remote);
}

struct str stage_via(const struct stage *s, unsigned party)
{
    static char text[80];
    struct flow f = party_flow(s, party);
    struct buf b;
    buf_init(&b, text, sizeof(text));
    buf_put(&b, str_from(transport_name(f.transport)));
    buf_put_char(&b, ' ');
    addr_print(&b, &f.remote);
    return buf_str(&b);
}

void stage_check_error(const struct stage *s, int err, const struct engine_stats *before)
{
    const struct engine_stats *now = engine_stats(s->engine);
    if (err != ERR_NOMEM && err != ERR_LIMIT)
        return;
    assert(now->tx_client == before->tx_client && now->tx_server == before->tx_server);
    assert(now->sent == before->sent && now->bytes_out == before->bytes_out);
    assert(now->conns == before->conns);
}

/* --- inputs --- */
void stage_done(struct stage *s, int err, const struct engine_stats *before)
{
    stage_check_error(s, err, before);
    stage_settle(s);
}

struct engine_stats stage_begin(struct stage *s)
{
    s->n_sent = 0;
    return *engine_stats(s->engine);
}

static bool passes(struct stage *s, time_ns until)
{
    time_ns due = s->face->deadline(s->on);
    if (due > until || due == TIME_NEVER)
        return false;
    s->now = due > s->now ? due : s->now;
    s->n_sent = 0;
    int err = s->face->time(s->on, s->now);
    assert(err == OK || err == ERR_NOMEM);
    assert(err || s->face->deadline(s->on) > s->now);
    stage_settle(s);
    return true;
}

static void walk(struct stage *s, time_ns span, unsigned most)
{
    time_ns until = time_add(s->now, span);
    while (most > 0 && passes(s, until))
        most--;
    if (most > 0 && until != TIME_NEVER)
        s->now = until;
}

/* Late: all that was due meanwhile comes at once. */
static void jump(struct stage *s, time_ns span)
{
    s->now = time_add(s->now, span);
    (void)passes(s, s->now);
}

static const time_ns spans[] = {0,
                                NS_PER_MS,
                                200 * NS_PER_MS,
                                500 * NS_PER_MS,
                                NS_PER_S,
                                4 * NS_PER_S,
                                5 * NS_PER_S,
                                11 * NS_PER_S,
                                32 * NS_PER_S,
                                33 * NS_PER_S,
                                64 * NS_PER_S,
                                182 * NS_PER_S,
                                3601 * NS_PER_S,
                                86401 * NS_PER_S,
                                TIME_NEVER};
#define N_SPANS (sizeof(spans) / sizeof(spans[0]))

static void play_jump(struct stage *s)
{
    jump(s, spans[acts_digit(&s->acts, N_SPANS - 1)]);
}

/* With the last span: to the next deadline. */
static void play_walk(struct stage *s)
{
    time_ns span = spans[acts_digit(&s->acts, N_SPANS)];
    walk(s, span, span == TIME_NEVER ? 1 : 200);
}

static void play_unreachable(struct stage *s)
{
    unsigned which = acts_digit(&s->acts, 12);
    const struct kept *k = memory_at(&s->requests_out, which);
    struct flow f = k && which < 8 ? k->flow : party_flow(s, which % DATAGRAM_PARTIES);
    struct engine_stats before = stage_begin(s);
    if (transport_is_reliable(f.transport))
        return;
    stage_done(s, s->face->unreachable(s->on, &f, s->now), &before);
}

static void play_accept(struct stage *s)
{
    struct flow f = flow_on(ON_TCP, accepted_from);
    f.remote.port = (uint16_t)(f.remote.port + acts_digit(&s->acts, 4));
    if (s->n_conns == STAGE_CONNS)
        return;
    f.conn = s->face->accepted(s->on, &f, s->now);
    if (f.conn)
        s->conns[s->n_conns++] = (struct stage_conn){f, true};
    stage_settle(s);
}

/* One that is being made stands. */
static void play_connected(struct stage *s)
{
    unsigned which = acts_digit(&s->acts, STAGE_CONNS);
    struct engine_stats before = stage_begin(s);
    if (which >= s->n_conns || s->conns[which].open)
        return;
    struct stage_conn *c = &s->conns[which];
    c->flow.local.port = 40001;
    int err = s->face->connected(s->on, c->flow.conn, &c->flow.local, s->now);
    assert(err == OK || err == ERR_NOMEM);
    c->open = err == OK;
    stage_done(s, err, &before);
}

bool stage_forget_conn(struct stage *s, conn_id id)
{
    for (unsigned i = 0; i < s->n_conns; i++)
        if (s->conns[i].flow.conn == id) {
            s->conns[i] = s->conns[--s->n_conns];
            return true;
        }
    return false;
}

static void close_one(struct stage *s, conn_id id)
{
    struct engine_stats before = stage_begin(s);
    int err = s->face->closed(s->on, id, s->now);
    assert(err == OK || err == ERR_NOMEM);
    if (err == OK)
        stage_forget_conn(s, id);
    stage_done(s, err, &before);
}

static void play_close(struct stage *s)
{
    unsigned which = acts_digit(&s->acts, STAGE_CONNS);
    if (which < s->n_conns)
        close_one(s, s->conns[which].flow.conn);
    else
        assert(s->face->closed(s->on, which << 8, s->now) == ERR_STALE);
}

/* `n` records of each type: names that exist, and one that does not. */
static struct hosts *zone_of(const char *name, unsigned n)
{
    static const char *records[][4] = {
        {"A 192.0.2.20", "A 203.0.113.7", "AAAA 2001:db8::9", NULL},
        {"SRV 1 2 5060 a.example", "SRV 1 0 5062 b.example", "SRV 0 0 0 .", NULL},
        {"NAPTR 1 1 s SIP+D2U \"\" _sip._udp.example", "NAPTR 1 1 s SIP+D2T \"\" c.example",
         "NAPTR 1 0 a SIP+D2T \"\" b.example", NULL}};
    struct hosts *zone = hosts_new(&mem_libc);
    struct hosts_fault fault;
    assert(zone);
    for (unsigned kind = 0; kind < 3; kind++)
        for (unsigned i = 0; i < n && records[kind][i]; i++) {
            char line[400];
            snprintf(line, sizeof line, "%s %s\n", name, records[kind][i]);
            int err = hosts_zone(zone, str_from(line), &fault);
            assert(err == OK);
            (void)err;
        }
    return zone;
}

static void resolve_one(struct stage *s, unsigned which, unsigned n)
{
    char space[ZONE_ANSWER_MAX], name[DNS_NAME_MAX + 1];
    struct block_pool blocks;
    struct dns_question q = {{s->names[which].name, s->names[which].len}, s->names[which].type};
    memcpy(name, q.name.at, q.name.len);
    name[q.name.len] = '\0';
    struct hosts *zone = zone_of(name, n);
    block_pool_init(&blocks, &mem_libc, 1);
    struct str message = n > 0 ? zone_answer(zone, &blocks, &q, 1, space) : STR_NONE;
    struct engine_stats before = stage_begin(s);
    int err = s->face->resolved(s->on, s->names[which].query, message, s->now);
    if (err != ERR_NOMEM)
        s->names[which] = s->names[--s->n_names];
    stage_done(s, err, &before);
    block_pool_fini(&blocks);
    hosts_free(zone);
}

static void play_resolved(struct stage *s)
{
    unsigned which = acts_digit(&s->acts, 8), n = acts_digit(&s->acts, 4);
    if (which < s->n_names)
        resolve_one(s, which, n);
}

/* What another worker would have handed to us; its connection is that worker's. */
static void play_adopt(struct stage *s)
{
    bool foreign = acts_digit(&s->acts, 2) == 1;
    if (s->n_handed == 0)
        return;
    struct msg *m = s->handed[s->n_handed - 1];
    if (foreign) {
        m->flow = flow_on(ON_TCP, accepted_from);
        m->flow.conn = UINT64_C(1) << 56 | 77;
    }
    struct engine_stats before = stage_begin(s);
    int err = s->face->adopt(s->on, m, s->now);
    if (err != ERR_NOMEM)
        s->n_handed--;
    stage_done(s, err, &before);
}

static void play_memory(struct stage *s)
{
    unsigned spare = acts_digit(&s->acts, 36), failures = acts_digit(&s->acts, 36);
    fuzz_heap_fail(&s->heap, spare, failures);
}

static void play_portion(struct stage *s)
{
    s->portion = acts_digit(&s->acts, 64);
}

static void play_edit(struct stage *s)
{
    struct stage_edit e = {.where = acts_digit(&s->acts, 36) * 36};
    e.where += acts_digit(&s->acts, 36);
    e.kind = acts_digit(&s->acts, 4);
    e.text = acts_text(&s->acts);
    if (s->n_edits < STAGE_EDITS)
        s->edits[s->n_edits++] = e;
}

static void play_raw(struct stage *s)
{
    unsigned party = acts_digit(&s->acts, STAGE_PARTIES);
    s->uneven |= party_flow(s, party).conn != 0;
    stage_deliver(s, party == STAGE_STRANGER ? 0 : party, acts_text(&s->acts));
}

bool stage_play(struct stage *s, char letter)
{
    static void (*const plays['z' + 1])(struct stage *) = {
        ['t'] = play_jump,      ['w'] = play_walk,    ['u'] = play_unreachable, ['o'] = play_accept,
        ['n'] = play_connected, ['k'] = play_close,   ['v'] = play_resolved,    ['h'] = play_adopt,
        ['z'] = play_memory,    ['p'] = play_portion, ['m'] = play_edit,        ['x'] = play_raw,
    };
    if (!plays[(unsigned char)letter])
        return false;
    plays[(unsigned char)letter](s);
    return true;
}

void stage_fade(struct stage *s, time_ns span)
{
    fuzz_heap_fail(&s->heap, 0, 0);
    time_ns until = time_add(s->now, span);
    do {
        while (s->n_names > 0)
            resolve_one(s, 0, 0);
        while (s->n_conns > 0)
            close_one(s, s->conns[0].flow.conn);
    } while (passes(s, until));
    s->now = until;
}

void stage_fini(struct stage *s)
{
    for (unsigned i = 0; i < s->n_handed; i++) {
        block_enter(engine_blocks(s->engine), s->handed[i]->block);
        msg_unref(engine_blocks(s->engine), s->handed[i]);
    }
    s->n_handed = 0;
}
