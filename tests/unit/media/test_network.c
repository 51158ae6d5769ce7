/* Streams over networks that are not good: what is heard, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"

static struct call call;

static int begin(void **state)
{
    (void)state;
    call_begin(&call, 8000);
    call_agree_on(&call, "PCMU", 8000, 1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    call_end(&call);
    return 0;
}

/* What share of the last `ms` that a heard is not the tone, in slices of 10 ms: quieter than half
 * of it. */
static double gaps(unsigned ms)
{
    const struct call_side *a = &call.sides[0];
    size_t n = (size_t)ms * 8, missing = 0;
    for (size_t i = 0; i + 80 <= n; i += 80)
        missing += tone_rms(a->heard + a->n_heard - n + i, 80) < 4000 / sqrt(2);
    return (double)missing * 80 * 100 / (double)n;
}

/* Frequency of the last `ms`, by zero crossings. */
static double pitch(unsigned ms)
{
    const struct call_side *a = &call.sides[0];
    size_t n = (size_t)ms * 8, crossings = 0;
    const int16_t *pcm = a->heard + a->n_heard - n;
    for (size_t i = 1; i < n; i++)
        crossings += pcm[i - 1] < 0 && pcm[i] >= 0;
    return (double)crossings * 1000 / ms;
}

/* A share of concealment since the report before. */
static double made_up(const struct audio_report *before, double seconds_before, double seconds)
{
    struct audio_report r = call_report(&call, 0);
    double now = r.concealed_percent * (seconds_before + seconds),
           then = before ? before->concealed_percent * seconds_before : 0;
    return (now - then) / seconds;
}

static time_ns delay_uneven(struct call *c, unsigned to, bool rtcp)
{
    (void)to, (void)rtcp;
    return (30 + rand_below(&c->rand, 60)) * NS_PER_MS;
}

/* Packets that take 30 to 90 ms, in no order: after a while hardly one comes too late, and none is
 * waited for longer than it takes. */
static void test_uneven(void **state)
{
    (void)state;
    call.delay = delay_uneven;
    call_run(&call, 10000);
    struct audio_report before = call_report(&call, 0);
    call_run(&call, 20000);
    struct audio_report r = call_report(&call, 0);
    print_message("made up %.2f %%, late %d, delay %.0f ms, jitter %.1f ms, gaps %.2f %%\n",
                  made_up(&before, 10, 20), (int)(r.late - before.late), r.delay_ms, r.jitter_ms,
                  gaps(20000));
    assert_true(made_up(&before, 10, 20) < 3);
    assert_true(r.lost == 0 && r.late - before.late < 30);
    assert_true(r.delay_ms > 50 && r.delay_ms < 120);
    assert_true(r.jitter_ms > 10 && r.jitter_ms < 30);
    assert_true(gaps(20000) < 1);
    assert_true(fabs(pitch(20000) - 440) < 3);
}

static time_ns delay_lossy(struct call *c, unsigned to, bool rtcp)
{
    (void)to;
    return !rtcp && rand_below(&c->rand, 20) == 0 ? TIME_NEVER : 30 * NS_PER_MS;
}

/* One packet of twenty is lost: that is what both sides say, and it is hardly heard. */
static void test_loss(void **state)
{
    (void)state;
    call.delay = delay_lossy;
    call_run(&call, 60000);
    struct audio_report r = call_report(&call, 0);
    assert_true(r.lost_percent > 4 && r.lost_percent < 6);
    assert_true(r.concealed_percent > 4 && r.concealed_percent < 6.5);
    assert_true(call_report(&call, 1).their_lost_percent < 15);
    assert_true(r.mos < 4.2 && r.mos > 3);
    assert_true(gaps(50000) < 1.5);
}

static time_ns delay_bursts(struct call *c, unsigned to, bool rtcp)
{
    uint64_t ms = (c->now - c->began) / NS_PER_MS;
    (void)to, (void)rtcp;
    return ms % 3000 < 200 ? TIME_NEVER : 30 * NS_PER_MS;
}

/* 200 ms of three seconds are missing: they are silent in the end, and nothing else is. */
static void test_bursts(void **state)
{
    (void)state;
    call.delay = delay_bursts;
    call_run(&call, 30000);
    struct audio_report r = call_report(&call, 0);
    assert_true(r.lost_percent > 6 && r.lost_percent < 7.5);
    assert_true(gaps(27000) > 4 && gaps(27000) < 8);
    assert_true(r.delay_ms < 80);
}

static time_ns delay_swapped(struct call *c, unsigned to, bool rtcp)
{
    (void)to, (void)rtcp;
    return (c->n_packets % 3 ? 30 : 75) * NS_PER_MS;
}

/* Every third packet is overtaken by two: nothing is lost and nothing is missing. */
static void test_reordered(void **state)
{
    (void)state;
    call.delay = delay_swapped;
    call_run(&call, 5000);
    struct audio_report before = call_report(&call, 0);
    call_run(&call, 20000);
    struct audio_report r = call_report(&call, 0);
    print_message("lost %d, late %d, made up %.2f %%\n", (int)r.lost, (int)(r.late - before.late),
                  made_up(&before, 5, 20));
    assert_true(r.lost <= 1 && r.late - before.late < 3); /* one may be on its way */
    assert_true(made_up(&before, 5, 20) < 0.5);
    assert_true(gaps(20000) == 0);
}

static void test_duplicates(void **state)
{
    (void)state;
    call.twice = true;
    call_run(&call, 9000);
    assert_true(gaps(8000) == 0);
    assert_int_equal(audio_stream_dial(call.sides[1].stream, STR("1"), 500, 100), OK);
    call_run(&call, 1000);
    struct audio_report r = call_report(&call, 0);
    assert_true(r.duplicates > 490 && r.duplicates * 2 >= r.received - 1 && r.lost_percent < 0.5);
}

static time_ns delay_both_lost(struct call *c, unsigned to, bool rtcp)
{
    (void)to;
    return !rtcp && c->n_packets / 2 % 11 == 0 ? TIME_NEVER : 30 * NS_PER_MS;
}

/* A duplicate is no packet that came in the place of a lost one (RFC 3550 counts it as one). */
static void test_lost_and_duplicated(void **state)
{
    (void)state;
    call.twice = true;
    call.delay = delay_both_lost;
    call_run(&call, 20000);
    struct audio_report r = call_report(&call, 0);
    assert_true(r.lost < 0 && r.lost_percent > 8 && r.lost_percent < 10);
}

/* Ten minutes of clocks of which one is half a thousandth faster: 300 ms in all. The delay stays,
 * and nothing is made up. */
static void check_drift(double pace)
{
    call.pace_of_b = pace;
    call_run(&call, 10000);
    struct audio_report before = call_report(&call, 0);
    call_run(&call, 590000);
    struct audio_report r = call_report(&call, 0);
    print_message("pace %.4f: delay %.0f then %.0f ms, made up %.3f %%, gaps %.3f %%\n", pace,
                  before.delay_ms, r.delay_ms, made_up(&before, 10, 590), gaps(500000));
    assert_true(r.delay_ms > 18 && r.delay_ms < 70);
    assert_true(made_up(&before, 10, 590) < 0.2);
    assert_true(gaps(500000) == 0 && r.late == 0);
}

static void test_drift_fast(void **state)
{
    (void)state;
    check_drift(1.0005);
}

static void test_drift_slow(void **state)
{
    (void)state;
    check_drift(0.9995);
}

static time_ns delay_step(struct call *c, unsigned to, bool rtcp)
{
    uint64_t s = (c->now - c->began) / NS_PER_S;
    (void)to, (void)rtcp;
    return (s >= 10 && s < 40 ? 180 : 30) * NS_PER_MS;
}

/* The way becomes 150 ms longer, and after half a minute it is what it was: there is one short gap,
 * and the delay of the buffer comes back both times. */
static void test_step(void **state)
{
    (void)state;
    call.delay = delay_step;
    call_run(&call, 12000);
    call_run(&call, 26000);
    assert_true(call_report(&call, 0).delay_ms < 80);
    assert_true(gaps(20000) == 0);
    call_run(&call, 22000);
    assert_true(call_report(&call, 0).delay_ms < 80);
    assert_true(gaps(10000) == 0);
    assert_true(call_report(&call, 0).late <= 10);
}

static time_ns delay_stall(struct call *c, unsigned to, bool rtcp)
{
    uint64_t ms = (c->now - c->began) / NS_PER_MS;
    (void)to, (void)rtcp;
    return (ms >= 5000 && ms < 6000 ? 6030 - ms : 30) * NS_PER_MS;
}

/* A second during which nothing comes, and then all of it at once: it does not stay that late. */
static void test_stall(void **state)
{
    (void)state;
    call.delay = delay_stall;
    call_run(&call, 26000);
    assert_true(call_report(&call, 0).delay_ms < 80);
    assert_true(gaps(10000) == 0);
}

/* The leap of a sender's timestamps (a gateway that changes its source) costs a moment. */
static void test_leap(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        call_run(&call, 3000);
        call.sides[1].spoken += 8000 * 30;
        struct call_side *b = &call.sides[1];
        int16_t pcm[160] = {0};
        /* as if half a minute had passed for b alone */
        audio_stream_send(b->stream, pcm, 160, call.now + 30 * NS_PER_S);
        call.sides[1].spoken -= 8000 * 30;
    }
    call_run(&call, 3000);
    assert_true(gaps(2000) == 0);
}

/* RFC 3389: silence is told of, not sent; the other side hears what it sounds like. */
static void test_silence(void **state)
{
    struct audio_settings s = {
        .rate = 8000, .cname = STR("a@b"), .seed = rand_seed_from(5), .suppress_silence = true};
    struct call_side *b = &call.sides[1];
    (void)state;
    audio_stream_free(b->stream);
    assert_int_equal(audio_stream_new(&mem_libc, &s, call.now, &b->stream), OK);
    call_agree_on(&call, "PCMU", 8000, 1);
    for (unsigned i = 0; i < 5; i++) {
        b->amplitude = 8000;
        call_run(&call, 2000);
        b->amplitude = 40; /* -58 dBov with the half of it that a sine is less */
        call_run(&call, 2000);
    }
    struct audio_report r = call_report(&call, 0);
    assert_true(call_report(&call, 1).sent < 700);
    assert_true(r.lost == 0 && r.late == 0 && r.unknown == 0);
    const struct call_side *a = &call.sides[0];
    double noise = tone_rms(a->heard + a->n_heard - 8000, 8000);
    assert_true(fabs(tone_db(noise, 40 / sqrt(2))) < 4);
    double voice = tone_rms(a->heard + a->n_heard - 8 * 3500, 8000);
    assert_true(fabs(tone_db(voice, 8000 / sqrt(2))) < 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_uneven),     TEST(test_loss),       TEST(test_bursts),
        TEST(test_reordered),  TEST(test_duplicates), TEST(test_lost_and_duplicated),
        TEST(test_drift_fast), TEST(test_drift_slow), TEST(test_step),
        TEST(test_stall),      TEST(test_leap),       TEST(test_silence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
