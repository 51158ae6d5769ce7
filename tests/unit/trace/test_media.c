/* RTP: to which call it belongs, what it is of, what is missing (RFC 3550 6.4.1, RFC 3264 5.1). */
#include "rig.h"

#include "base/err.h"
#include "base/limits.h"

static struct rig r;

#define A "10.0.0.1:4000"
#define B "10.0.0.2:4002"

static const struct trace_stream *only_stream(const char *call_id)
{
    const struct trace_call *c = rig_call(&r, call_id);
    assert_int_equal(c->n_streams, 1);
    return trace_call_stream(c, NULL);
}

static void test_counted(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    assert_int_equal(rig_rtp(&r, 2200, B, A, 7, 100, 10), OK);
    const struct trace_stream *s = only_stream("one");
    assert_int_equal(s->packets, 90);
    assert_int_equal(s->bytes, 90 * 172);
    assert_int_equal(trace_stream_lost(s), 9); /* the last one is not missed yet */
    assert_int_equal(trace_stream_jitter_us(s), 0);
    assert_string_equal(s->codec, "PCMU");
    assert_int_equal(s->clock, 8000);
    assert_int_equal(s->to_side.ip[3], 1);
    assert_int_equal(s->from_side.ip[3], 2);
    rig_fini(&r);
}

/* A.8: packets that come 10 ms late and in time by turns have a jitter near 10 ms. */
static void test_jitter(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    for (unsigned i = 0; i < 200; i++) {
        struct rtp_packet rtp = {
            .sequence = (uint16_t)(65500 + i), .timestamp = i * 160, .ssrc = 7};
        struct trace_packet p = {
            .at = T0 + (i * 20 + i % 2 * 10) * INT64_C(1000000), .rtp = &rtp, .len = 172};
        assert_true(addr_parse(STR(B), &p.from) && addr_parse(STR(A), &p.to));
        assert_int_equal(trace_calls_hear(r.calls, &p), OK);
    }
    assert_in_range(trace_stream_jitter_us(only_stream("one")), 9500, 10000);
    assert_int_equal(trace_stream_lost(only_stream("one")), 0);
    rig_fini(&r);
}

static void test_strange(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    assert_int_equal(rig_rtp(&r, 2200, "10.0.0.2:4004", "10.0.0.1:4008", 7, 5, 0), OK);
    assert_int_equal(trace_calls_counts(r.calls).strange, 5);
    assert_int_equal(rig_call(&r, "one")->n_streams, 0);
    const struct trace_stream *s = trace_calls_stranger(r.calls, NULL);
    assert_non_null(s);
    assert_int_equal(s->packets, 5);
    assert_string_equal(s->codec, "PCMU");
    assert_null(trace_calls_stranger(r.calls, s));
    /* from an announced address to another one (a NAT's): it belongs to the call all the same */
    assert_int_equal(rig_rtp(&r, 2200, B, "192.0.2.7:7000", 7, 5, 0), OK);
    assert_int_equal(only_stream("one")->to_side.family, ADDR_NONE);
    assert_int_equal(only_stream("one")->from_side.ip[3], 2);
    rig_fini(&r);
}

/* What a proxy passes on was announced by whoever made it. */
static void test_sides(void **state)
{
    (void)state;
    rig_init(&r, 0);
    tell_transfer(&r);
    const struct trace_call *c = rig_call(&r, "call-1");
    assert_int_equal(c->n_streams, 2);
    const struct trace_stream *s = trace_call_stream(c, NULL);
    assert_int_equal(s->from_side.ip[3], 2);
    assert_int_equal(s->to_side.ip[3], 1);
    assert_int_equal(s->to_side.port, 5060);
    assert_int_equal(trace_stream_lost(s), 3);
    assert_int_equal(rig_call(&r, "call-2")->n_streams, 2);
    rig_fini(&r);
}

/* An address belongs to the call that announced it last. */
static void test_used_again(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    struct said later = plain_call[0];
    later.call_id = "two";
    later.ms = 60000;
    rig_tell(&r, &later, 1);
    assert_int_equal(rig_rtp(&r, 61000, B, A, 7, 5, 0), OK);
    assert_int_equal(rig_call(&r, "one")->n_streams, 0);
    assert_int_equal(rig_call(&r, "two")->n_streams, 1);
    rig_fini(&r);
}

static void test_bounded(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    for (uint32_t ssrc = 0; ssrc < 100; ssrc++)
        assert_int_equal(rig_rtp(&r, 2200, B, A, ssrc, 1, 0), OK);
    assert_int_equal(rig_call(&r, "one")->n_streams, LIMIT_TRACE_STREAMS);
    assert_int_equal(rig_call(&r, "one")->left_out, 100 - LIMIT_TRACE_STREAMS);
    rig_fini(&r);
}

static void hear(unsigned ms, unsigned sequence, uint32_t timestamp, unsigned type, uint32_t ssrc)
{
    struct rtp_packet rtp = {.sequence = (uint16_t)sequence,
                             .timestamp = timestamp,
                             .ssrc = ssrc,
                             .payload_type = (uint8_t)type};
    struct trace_packet p = {.at = T0 + ms * INT64_C(1000000), .rtp = &rtp, .len = 172};
    assert_true(addr_parse(STR(B), &p.from) && addr_parse(STR(A), &p.to));
    assert_int_equal(trace_calls_hear(r.calls, &p), OK);
}

static unsigned n_strangers(void)
{
    unsigned n = 0;
    for (const struct trace_stream *s = NULL; (s = trace_calls_stranger(r.calls, s));)
        n++;
    return n;
}

/* What looks like RTP for a packet or two is none, nor what has no such payload type. */
static void test_doubtful(void **state)
{
    (void)state;
    rig_init(&r, 0);
    for (unsigned i = 0; i < 20; i++)
        hear(i * 20, i * 7, i * 160, 0, 1); /* never in sequence */
    for (unsigned i = 0; i < 2; i++)
        hear(i * 20, i, i * 160, 0, 2);
    for (unsigned i = 0; i < 20; i++)
        hear(i * 20, i, i * 160, 50, 3); /* unassigned (RFC 3551 6) */
    assert_int_equal(n_strangers(), 0);
    hear(60, 2, 320, 0, 2);
    assert_int_equal(n_strangers(), 1);
    assert_int_equal(trace_calls_stranger(r.calls, NULL)->packets, 3);
    rig_fini(&r);
}

/* Media may come before the answer that announces it: it is the call's from then on, all of it. */
static void test_claimed(void **state)
{
    (void)state;
    rig_init(&r, 0);
    for (unsigned i = 0; i < 5; i++)
        hear(i * 20, i, i * 160, 0, 7);
    assert_int_equal(n_strangers(), 1);
    rig_tell(&r, plain_call, n_plain_call);
    hear(100, 5, 800, 0, 7);
    assert_int_equal(n_strangers(), 0);
    assert_int_equal(only_stream("one")->packets, 6);
    rig_fini(&r);
}

static void test_strangers_are_bounded(void **state)
{
    (void)state;
    rig_init(&r, 0);
    for (uint32_t ssrc = 0; ssrc < LIMIT_TRACE_STRANGERS + 50; ssrc++)
        for (unsigned i = 0; i < 3; i++)
            hear(ssrc + i, i, i * 160, 0, ssrc);
    assert_int_equal(n_strangers(), LIMIT_TRACE_STRANGERS);
    assert_int_equal(trace_calls_stranger(r.calls, NULL)->ssrc, 50); /* the silent ones went */
    for (uint32_t ssrc = 0; ssrc < LIMIT_TRACE_DOUBTFUL + 50; ssrc++)
        hear(5000, 0, 0, 0, 100000 + ssrc);
    assert_int_equal(n_strangers(), LIMIT_TRACE_STRANGERS);
    rig_fini(&r);
}

static void assert_ms(double ms, double wanted)
{
    assert_true(ms > wanted - 0.001 && ms < wanted + 0.001);
}

/* RFC 3550 6.4.1: one packet 16 ms late adds 1 ms, and then 15/16 of it stay; RFC 4733 2.2.1: a
 * digit's packets tell no time, and the next of the voice is measured by the last of the voice. */
static void test_jitter_by_hand(void **state)
{
    (void)state;
    rig_init(&r, 0);
    rig_tell(&r, plain_call, n_plain_call);
    hear(0, 0, 0, 0, 7);
    hear(20, 1, 160, 0, 7);
    hear(56, 2, 320, 0, 7);
    const struct trace_stream *s = only_stream("one");
    assert_ms(s->jitter.now_ms, 1);
    assert_ms(s->jitter.most_ms, 1);
    assert_ms(s->jitter.mean_ms, 0.5);
    hear(76, 3, 480, 0, 7);
    assert_ms(s->jitter.now_ms, 0.9375);
    for (unsigned i = 0; i < 5; i++)
        hear(96 + i * 20, 4 + i, 640, 101, 7); /* 101 is no voice here */
    assert_ms(s->jitter.now_ms, 0.9375);
    hear(196, 9, 1440, 0, 7);
    assert_ms(s->jitter.now_ms, 0.9375 * 15 / 16);
    hear(197, 8, 1280, 0, 7);
    assert_int_equal(s->late, 1);
    assert_ms(s->jitter.most_ms, 1);
    rig_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counted),
        cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_strange),
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_used_again),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_doubtful),
        cmocka_unit_test(test_claimed),
        cmocka_unit_test(test_strangers_are_bounded),
        cmocka_unit_test(test_jitter_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
