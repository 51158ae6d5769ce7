/* The jitter buffer's decisions, packet by packet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "../codec/tone.h"
#include "media/playout.h"

#define FRAME 160
static struct playout p;
static const struct codec *l16;
static int16_t heard[FRAME];
static time_ns now;
static unsigned n_taken;

static int begin(void **state)
{
    (void)state;
    now = NS_PER_S;
    n_taken = 0;
    l16 = codec_named(STR("L16"), 8000, 1);
    return playout_begin(&p, &mem_libc, 8000);
}

static int end(void **state)
{
    (void)state;
    playout_end(&p);
    return 0;
}

/* The i-th packet of a stream comes, with a timestamp that is `leap` off. */
static void put_leapt(unsigned i, uint32_t leap)
{
    char bytes[2 * FRAME];
    int16_t pcm[FRAME];
    struct rtp_packet packet = {.sequence = (uint16_t)i, .timestamp = i * FRAME + leap};
    tone_make(pcm, FRAME, (size_t)i * FRAME, 200, 8000, 8000);
    for (size_t j = 0; j < FRAME; j++) {
        bytes[2 * j] = (char)(pcm[j] >> 8);
        bytes[2 * j + 1] = (char)pcm[j];
    }
    packet.payload = (struct str){bytes, sizeof bytes};
    playout_put(&p, &packet, l16, now);
}

static void put(unsigned i)
{
    put_leapt(i, 0);
}

static void take(void)
{
    playout_take(&p, heard, FRAME, now);
    n_taken++;
    now += 20 * NS_PER_MS;
}

static bool is_tone(void)
{
    return tone_rms(heard, FRAME) > 4000;
}

/* The first of a stream is played after the delay that is kept before anything is known. */
static void test_begins(void **state)
{
    unsigned waited = 0;
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        put(i);
        take();
        waited += !is_tone();
    }
    assert_int_equal(waited, 2);
    assert_int_equal(p.concealed, 0);
}

/* Packet 5 is not there when its time has come and 6 is: it is made up, and too late afterwards. */
static void test_late(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        if (i != 5)
            put(i);
        take();
    }
    assert_int_equal(p.concealed, FRAME);
    int64_t at = p.at;
    put(5);
    assert_int_equal(p.late, 1);
    assert_int_equal(p.at, at);
    put(8);
    take();
    assert_int_equal(p.at, at + FRAME);
    assert_int_equal(p.concealed, FRAME);
}

/* The same while 6 has not been played yet. */
static void test_late_by_a_moment(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        if (i != 5)
            put(i);
    now += NS_PER_S;
    while (p.sequence % 0x10000 != 5 || !p.playing) /* made up, up to 6 */
        take();
    assert_int_equal(p.concealed, FRAME);
    put(5);
    assert_int_equal(p.late, 1);
    assert_int_equal((uint16_t)jitter_first(&p.jitter)->sequence, 6);
}

/* Nothing is there for three frames, then comes what was to be played first of them: it is played,
 * and the delay is longer by what was made up. */
static void test_starved(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        put(i);
        take();
    }
    for (unsigned i = 0; i < 5; i++) /* two are there */
        take();
    assert_int_equal(p.concealed, 3 * FRAME);
    put(10);
    take();
    assert_true(is_tone());
    assert_int_equal(p.late, 0);
    assert_int_equal(p.at % FRAME, 0);
    assert_int_equal(p.concealed, 3 * FRAME);
}

/* The same, but the packet that comes is the second one behind those: what was made up stands for
 * the lost ones, and nothing more is. */
static void test_starved_and_lost(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        put(i);
        take();
    }
    for (unsigned i = 0; i < 4; i++)
        take();
    assert_int_equal(p.concealed, 2 * FRAME);
    put(12);
    take();
    assert_int_equal(p.concealed, 2 * FRAME);
    assert_int_equal((uint16_t)p.sequence, 12);
}

/* Much longer than what is heard last goes on: silence, until there is something, which is given
 * the usual delay again. */
static void test_gone(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        put(i);
        take();
    }
    for (unsigned i = 0; i < 20; i++)
        take();
    assert_false(p.playing);
    assert_true(tone_rms(heard, FRAME) == 0);
    assert_in_range(p.concealed, 8 * 100, 8 * 120);
    unsigned waited = 0;
    for (unsigned i = 30; i < 40; i++) {
        put(i);
        take();
        waited += !is_tone();
    }
    assert_in_range(waited, 1, 2);
}

/* More at once than anybody waits for: the oldest is dropped, so that the delay is not the burst's.
 */
static void test_burst(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        put(i);
        take();
    }
    now += 900 * NS_PER_MS;
    for (unsigned i = 100; i < 150; i++)
        put(i);
    take();
    assert_true(p.late > 15);
    time_ns waits = (jitter_last(&p.jitter)->sequence - p.sequence) * 20 * NS_PER_MS;
    assert_true(waits <= delay_target(&p.delay) + LIMIT_JITTER_MS * NS_PER_MS);
}

/* A sender whose timestamps begin anew, earlier or later, costs the delay and no more. */
static void check_leap(uint32_t leap)
{
    unsigned waited = 0;
    for (unsigned i = 0; i < 30; i++) {
        put_leapt(i, i < 10 ? 0 : leap);
        take();
        waited += i > 10 && !is_tone();
    }
    assert_true(waited <= 3);
    assert_in_range(p.lag / NS_PER_MS, 10, 80);
    assert_true(p.late == 0 && p.playing);
}

static void test_leaps_back(void **state)
{
    (void)state;
    check_leap((uint32_t)-8000 * 60);
}

static void test_leaps_on(void **state)
{
    (void)state;
    check_leap(8000U * 3600 * 24);
}

/* A payload that is none is made up for; nothing else is disturbed. */
static void test_broken(void **state)
{
    struct rtp_packet broken = {.sequence = 5, .timestamp = 5 * FRAME, .payload = STR("odd")};
    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        if (i == 5)
            playout_put(&p, &broken, l16, now);
        else
            put(i);
        take();
    }
    assert_int_equal(p.broken, 1);
    assert_int_equal(p.concealed, FRAME);
    assert_true(is_tone());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_begins),
                                       TEST(test_late),
                                       TEST(test_late_by_a_moment),
                                       TEST(test_starved),
                                       TEST(test_starved_and_lost),
                                       TEST(test_gone),
                                       TEST(test_burst),
                                       TEST(test_leaps_back),
                                       TEST(test_leaps_on),
                                       TEST(test_broken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
