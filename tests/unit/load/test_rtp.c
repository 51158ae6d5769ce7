/* The RTP of calls in virtual time: when packets go, whose those are that come, what is counted of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "../base/mem_counting.h"
#include "base/limits.h"
#include "load/rtp.h"
#include "rtp/packet.h"

#define T0 (1000 * NS_PER_S)
#define MS NS_PER_MS
#define SENT_MOST 4096

static const uint16_t numbers[] = {6000, 6002, 6004, 6006};
static const struct rtp_ports first_two = {0, 2}, last_two = {2, 2};
static char voice[2 * LOAD_RTP_FRAME];

struct sent {
    struct rtp_packet packet;
    struct addr remote;
    unsigned port;
    time_ns at;
    char bytes[RTP_HEADER_BYTES + LOAD_RTP_FRAME];
};

static struct mem_counting heap;
static struct block_pool blocks;
static struct load_rtp *rtp;
static struct sent sent[SENT_MOST];
static unsigned n_sent;
static time_ns now;
static struct rtp_tally tally, other;

static struct addr place(uint16_t port)
{
    return (struct addr){.family = ADDR_IP4, .port = port, .ip = {192, 0, 2, 1}};
}

static struct load_rtp *make(bool echo, unsigned seed)
{
    struct load_rtp_config c = {.mem = &heap.mem,
                                .blocks = &blocks,
                                .seed = rand_seed_from(seed),
                                .most = 100,
                                .ports = numbers,
                                .pcmu = {voice, sizeof voice},
                                .pcma = {voice, sizeof voice},
                                .echo = echo};
    struct load_rtp *r = load_rtp_new(&c);
    assert_non_null(r);
    return r;
}

static int setup(void **state)
{
    (void)state;
    heap = mem_counting();
    block_pool_init(&blocks, &heap.mem, 16);
    memset(voice, 1, LOAD_RTP_FRAME);
    memset(voice + LOAD_RTP_FRAME, 2, LOAD_RTP_FRAME);
    rtp = make(false, 1);
    now = T0;
    n_sent = 0;
    tally = other = (struct rtp_tally){0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    load_rtp_free(rtp);
    assert_int_equal(blocks.live, 0);
    block_pool_fini(&blocks);
    assert_int_equal(heap.n_live, 0);
    return 0;
}

static void drain(struct load_rtp *r)
{
    struct load_rtp_output o;
    while (load_rtp_output(r, &o)) {
        struct sent *s = &sent[n_sent++];
        assert_true(n_sent < SENT_MOST);
        assert_int_equal(o.bytes->len, sizeof s->bytes);
        memcpy(s->bytes, o.bytes->bytes, o.bytes->len);
        assert_true(rtp_parse((struct str){s->bytes, o.bytes->len}, &s->packet));
        s->remote = o.remote;
        s->port = o.port;
        s->at = now;
        block_unref(&blocks, o.bytes);
    }
}

static void run(time_ns until)
{
    for (time_ns at; (at = load_rtp_deadline(rtp)) <= until;) {
        now = at > now ? at : now;
        load_rtp_expire(rtp, now);
        drain(rtp);
    }
    now = until;
}

static pool_id talk(struct rtp_tally *t, const struct rtp_ports *ports, const struct rtp_far *far)
{
    pool_id id = load_rtp_open(rtp, t, ports);
    assert_true(id != 0);
    load_rtp_describe(rtp, id, far);
    load_rtp_begin(rtp, id, now);
    return id;
}

static struct rtp_far far_at(uint16_t port)
{
    return (struct rtp_far){.addr = place(port), .sends = true, .receives = true};
}

static void say(unsigned port, uint16_t from, uint32_t ssrc, uint16_t sequence)
{
    char bytes[RTP_HEADER_BYTES + 1];
    struct rtp_packet p = {
        .sequence = sequence, .timestamp = sequence * 160u, .ssrc = ssrc, .payload = STR("x")};
    struct addr remote = place(from);
    struct buf b;
    buf_init(&b, bytes, sizeof bytes);
    rtp_print(&b, &p);
    load_rtp_receive(rtp, port, &remote, buf_str(&b), now);
}

/* RFC 3551 4.2, RFC 3550 5.1: 20 ms each, the first one marked, numbers and times in step. */
static void a_call_speaks_every_20_ms(void **state)
{
    (void)state;
    struct rtp_far far = far_at(7000);
    pool_id id = talk(&tally, &first_two, &far);
    run(T0 + 1000 * MS);
    assert_in_range(n_sent, 49, 51);
    for (unsigned i = 0; i < n_sent; i++) {
        assert_int_equal(sent[i].packet.ssrc, load_rtp_ssrc(rtp, id));
        assert_int_equal(sent[i].packet.marker, i == 0);
        assert_int_equal((uint16_t)(sent[i].packet.sequence - sent[0].packet.sequence), i);
        assert_int_equal(sent[i].packet.timestamp - sent[0].packet.timestamp, 160 * i);
        assert_int_equal(sent[i].packet.payload.at[0], 1 + i % 2);
        assert_true(sent[i].at - sent[0].at == i * 20 * MS);
        assert_true(addr_equal(&sent[i].remote, &far.addr));
    }
    assert_int_equal(load_rtp_close(rtp, id), RTP_SILENT);
    assert_int_equal(tally.calls, 1);
    assert_int_equal(tally.silent, 1);
    assert_int_equal(tally.sent, n_sent);
    assert_true(load_rtp_deadline(rtp) == TIME_NEVER);
}

static void many_calls_take_ports_in_turn_and_the_milliseconds(void **state)
{
    (void)state;
    struct rtp_far far = far_at(7000);
    for (unsigned i = 0; i < 40; i++) {
        (void)talk(&tally, &first_two, &far);
        run(now + MS);
    }
    unsigned before = n_sent;
    run(now + 20 * MS);
    assert_int_equal(n_sent - before, 40);
    unsigned by_port[2] = {0};
    for (unsigned i = before; i < n_sent; i++)
        by_port[sent[i].port]++;
    assert_int_equal(by_port[0], 20);
    assert_int_equal(by_port[1], 20);
}

static void what_is_lost_late_or_twice_is_counted(void **state)
{
    (void)state;
    struct rtp_far far = far_at(7000);
    pool_id id = talk(&tally, &first_two, &far);
    static const uint16_t numbers_that_come[] = {10, 11, 13, 12, 12, 14, 20};
    for (unsigned i = 0; i < sizeof numbers_that_come / sizeof *numbers_that_come; i++)
        say(0, 7000, 99, numbers_that_come[i]);
    assert_int_equal(load_rtp_close(rtp, id), RTP_WELL);
    assert_int_equal(tally.received, 7);
    assert_int_equal(tally.late, 2);
    assert_int_equal(tally.lost,
                     4); /* eleven numbers, seven packets, one of them twice: RFC 3550 A.3 */
    assert_int_equal(tally.jitter.n, 1);
}

/* RFC 5576, or where it comes from. */
static void calls_that_share_a_port_are_told_apart(void **state)
{
    (void)state;
    static const struct rtp_ports one = {0, 1};
    struct rtp_far a = far_at(7000), b = far_at(7000), c = far_at(7002);
    a.has_ssrc = b.has_ssrc = true;
    a.ssrc = 1;
    b.ssrc = 2;
    pool_id ids[] = {talk(&tally, &one, &a), talk(&tally, &one, &b), talk(&tally, &one, &c)};
    say(0, 7000, 2, 1);
    say(0, 7002, 5, 1);
    say(0, 7002, 5, 2);
    say(0, 7004, 6, 1); /* nobody is there */
    assert_int_equal(load_rtp_close(rtp, ids[0]), RTP_SILENT);
    assert_int_equal(tally.received, 0);
    assert_int_equal(load_rtp_close(rtp, ids[1]), RTP_WELL);
    assert_int_equal(tally.received, 1);
    assert_int_equal(load_rtp_close(rtp, ids[2]), RTP_WELL);
    assert_int_equal(tally.received, 3);
    assert_int_equal(load_rtp_strays(rtp), 1);
}

static void what_is_no_rtp_is_of_nobody(void **state)
{
    (void)state;
    struct rtp_far far = far_at(7000);
    struct addr remote = place(7000);
    (void)talk(&tally, &first_two, &far);
    load_rtp_receive(rtp, 0, &remote, STR("SIP/2.0 200 OK\r\n\r\n"), now);
    load_rtp_receive(rtp, 0, &remote, STR("\x80\xc8\x00\x01zzzz"), now); /* RTCP */
    load_rtp_receive(rtp, 0, &remote, STR_NONE, now);
    assert_int_equal(load_rtp_strays(rtp), 3);
}

/* Both ends are here: one that hears while the other does not is known. */
static void one_way(void **state)
{
    (void)state;
    struct rtp_far there = far_at(6004), here = far_at(6000);
    pool_id caller = talk(&tally, &first_two, &there), called = talk(&other, &last_two, &here);
    run(now + 40 * MS);
    for (unsigned i = 0; i < n_sent; i++)
        if (sent[i].packet.ssrc == load_rtp_ssrc(rtp, caller)) {
            struct addr from = place(6000);
            load_rtp_receive(rtp, 3, &from, (struct str){sent[i].bytes, sizeof sent[i].bytes}, now);
        }
    assert_int_equal(load_rtp_close(rtp, caller), RTP_ONE_WAY);
    assert_int_equal(load_rtp_close(rtp, called), RTP_ONE_WAY);
    assert_int_equal(tally.one_way + other.one_way, 2);
    assert_int_equal(tally.silent + other.silent, 0);
}

static void an_echo_is_heard(void **state)
{
    (void)state;
    struct load_rtp *caller = rtp;
    struct rtp_far there = far_at(7000), here = far_at(6000);
    struct addr from = place(6000), back = place(7000);
    pool_id id = talk(&tally, &first_two, &there);
    run(now + 20 * MS);
    rtp = make(true, 2);
    pool_id mirror = talk(&other, &first_two, &here);
    unsigned n = n_sent;
    for (unsigned i = 0; i < n; i++) {
        load_rtp_receive(rtp, 0, &from, (struct str){sent[i].bytes, sizeof sent[i].bytes}, now);
        drain(rtp);
    }
    assert_int_equal(n_sent, 2 * n);
    assert_int_equal(load_rtp_close(rtp, mirror), RTP_WELL);
    load_rtp_free(rtp);
    rtp = caller;
    for (unsigned i = n; i < n_sent; i++)
        load_rtp_receive(rtp, 0, &back, (struct str){sent[i].bytes, sizeof sent[i].bytes}, now);
    assert_int_equal(load_rtp_close(rtp, id), RTP_WELL);
    assert_int_equal(tally.received, n);
    assert_int_equal(other.sent, n);
}

/* A machine that sleeps floods nobody, and says that it slept. */
static void a_pause_of_the_machine_is_told(void **state)
{
    (void)state;
    struct rtp_far far = far_at(7000);
    pool_id id = talk(&tally, &first_two, &far);
    run(now + 100 * MS);
    unsigned before = n_sent;
    now += 2000 * MS;
    load_rtp_expire(rtp, now);
    drain(rtp);
    assert_in_range(n_sent - before, 1, 3);
    uint32_t gap = sent[before].packet.timestamp - sent[before - 1].packet.timestamp;
    assert_in_range(gap, 97 * 160, 101 * 160); /* its times go on with the clock */
    assert_int_equal((uint16_t)(sent[before].packet.sequence - sent[before - 1].packet.sequence),
                     1);
    (void)load_rtp_close(rtp, id);
    assert_in_range(tally.behind, 95, 101);
}

static void who_is_not_listened_to_is_silent(void **state)
{
    (void)state;
    struct rtp_far far = far_at(7000);
    far.sends = far.receives = false;
    pool_id id = talk(&tally, &first_two, &far);
    run(now + 100 * MS);
    assert_int_equal(n_sent, 0);
    assert_int_equal(load_rtp_close(rtp, id), RTP_WELL);
    id = load_rtp_open(rtp, &tally, &first_two);
    load_rtp_begin(rtp, id, now); /* without a description */
    run(now + 100 * MS);
    assert_int_equal(n_sent, 0);
    assert_int_equal(load_rtp_close(rtp, id), RTP_SILENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_speaks_every_20_ms, setup, teardown),
        cmocka_unit_test_setup_teardown(many_calls_take_ports_in_turn_and_the_milliseconds, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_lost_late_or_twice_is_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(calls_that_share_a_port_are_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_rtp_is_of_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(one_way, setup, teardown),
        cmocka_unit_test_setup_teardown(an_echo_is_heard, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pause_of_the_machine_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_not_listened_to_is_silent, setup, teardown),
    };
    return cmocka_run_group_tests_name("load_rtp", tests, NULL, NULL);
}
