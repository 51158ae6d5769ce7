/* The parts of a stream: delays, order, stretching, silence, levels, the E-model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "../codec/tone.h"
#include "media/delay.h"
#include "media/jitter.h"
#include "media/level.h"
#include "media/quality.h"
#include "media/silence.h"
#include "media/stretch.h"

#define RATE 8000
#define N 800
static int16_t pcm[N + PITCH_MOST(RATE)];

/* --- delay --- */

/* n packets, 20 ms apart, each on its way for `ms` and for `more` besides every tenth time. */
static void feed(struct delay *d, unsigned *at, unsigned n, unsigned ms, unsigned more)
{
    for (unsigned i = 0; i < n; i++, ++*at) {
        time_ns sent = (1000 + *at * 20) * NS_PER_MS;
        (void)delay_take(d, sent + (ms + (i % 10 == 9 ? more : 0)) * NS_PER_MS, (int64_t)sent);
    }
}

static unsigned target_ms(const struct delay *d)
{
    return (unsigned)(delay_target(d) / NS_PER_MS);
}

static void test_delay(void **state)
{
    struct delay d;
    unsigned at = 0;
    (void)state;
    delay_begin(&d);
    assert_int_equal(target_ms(&d), 40); /* before anything is known */
    feed(&d, &at, 100, 50, 0);
    assert_in_range(target_ms(&d), 20, 30);
    feed(&d, &at, 300, 50, 80);
    assert_in_range(target_ms(&d), 95, 115);
    /* the way is longer, and as even as it was before: only the other delays count */
    feed(&d, &at, 1000, 200, 0);
    assert_in_range(target_ms(&d), 20, 115);
    feed(&d, &at, 1500, 200, 0);
    assert_in_range(target_ms(&d), 20, 30);
    feed(&d, &at, 100, 200, 5000);
    assert_true(delay_target(&d) <= (LIMIT_JITTER_MS + 20) * NS_PER_MS);
}

/* A second of packets that come at once is one hold-up, not fifty. */
static void test_delay_of_a_burst(void **state)
{
    struct delay d;
    unsigned at = 0;
    (void)state;
    delay_begin(&d);
    feed(&d, &at, 200, 50, 0);
    for (unsigned i = 0; i < 50; i++)
        (void)delay_take(&d, (1050 + (at + 50) * 20) * NS_PER_MS,
                         (int64_t)((1000 + (at + i) * 20) * NS_PER_MS));
    at += 50;
    feed(&d, &at, 50, 50, 0);
    assert_in_range(target_ms(&d), 20, 30);
}

/* --- order --- */

static struct jitter jitter;

static int put(unsigned sequence, unsigned timestamp)
{
    struct jitter_packet p = {.payload = STR("x"), .codec = codec_at(0)};
    if (!jitter_see(&jitter, (uint16_t)sequence, &p.sequence))
        return ERR_STALE;
    p.timestamp = jitter_extend(&jitter, timestamp);
    return jitter_put(&jitter, &p);
}

static void test_order(void **state)
{
    struct mem_counting m = mem_counting();
    (void)state;
    jitter_begin(&jitter, &m.mem);
    assert_int_equal(put(65534, 0xffffff00), OK); /* both go round */
    assert_int_equal(put(0, 0x40), OK);
    assert_int_equal(put(65535, 0xffffffa0), OK);
    assert_int_equal(put(65535, 0xffffffa0), ERR_STALE);
    assert_int_equal(put(2, 0x180), OK);
    assert_int_equal(jitter.n, 4);
    for (unsigned i = 1; i < 4; i++) {
        assert_true(jitter.packets[i].sequence > jitter.packets[i - 1].sequence);
        assert_true(jitter.packets[i].timestamp > jitter.packets[i - 1].timestamp);
    }
    uint32_t first = jitter_first(&jitter)->sequence;
    assert_false(jitter_misses(&jitter, first, first + 2));
    assert_true(jitter_misses(&jitter, first + 2, first + 4));
    assert_false(jitter_misses(&jitter, first + 4, first + 4));
    jitter_clear(&jitter);
    assert_int_equal(m.n_live, 0);
}

/* The buffer is full: the first makes room; without memory a packet is not kept. */
static void test_full(void **state)
{
    struct mem_counting m = mem_counting();
    (void)state;
    jitter_begin(&jitter, &m.mem);
    for (unsigned i = 0; i < LIMIT_JITTER_PACKETS + 5; i++)
        assert_int_equal(put(i, i * 160), OK);
    assert_int_equal(jitter.n, LIMIT_JITTER_PACKETS);
    assert_int_equal((uint16_t)jitter_first(&jitter)->sequence, 5);
    m.refuse_after = 0;
    assert_int_equal(put(1000, 160000), ERR_NOMEM);
    jitter_clear(&jitter);
    assert_int_equal(m.n_live, 0);
}

/* --- stretching --- */

/* A voice that grows quieter, from another phase on each time. */
static void make_voice(size_t phase)
{
    tone_make(pcm, N, phase, 210, 8000, RATE);
    for (size_t i = 0; i < N; i++)
        pcm[i] = (int16_t)(pcm[i] * (double)(2 * N - i) / (2 * N));
}

static void check_even(size_t n)
{
    for (size_t i = 1; i < n; i++) /* the steepest step of 210 Hz is 1320 */
        assert_true(abs(pcm[i] - pcm[i - 1]) < 1450);
}

static void test_stretch(void **state)
{
    (void)state;
    for (size_t phase = 0; phase < 40; phase++) {
        make_voice(phase);
        size_t n = stretch_shorten(pcm, N, RATE);
        assert_true(n < N && n >= N - PITCH_MOST(RATE));
        check_even(n);
        make_voice(phase);
        n = stretch_lengthen(pcm, N, RATE);
        assert_true(n > N && n <= N + PITCH_MOST(RATE));
        check_even(n);
        assert_true(fabs(tone_db(tone_rms(pcm, n), 8000 / sqrt(2))) < 3);
    }
}

/* Noise has no period; silence has any; too little has none either. */
static void test_stretch_not(void **state)
{
    uint32_t random = 1;
    (void)state;
    for (size_t i = 0; i < N; i++)
        pcm[i] = (int16_t)((random = random * 1664525 + 1013904223) >> 20);
    assert_int_equal(stretch_shorten(pcm, N, RATE), N);
    assert_int_equal(stretch_lengthen(pcm, N, RATE), N);
    memset(pcm, 0, sizeof pcm);
    assert_int_equal(stretch_shorten(pcm, N, RATE), N - PITCH_MOST(RATE));
    assert_int_equal(stretch_lengthen(pcm, N, RATE), N + PITCH_MOST(RATE));
    assert_int_equal(stretch_shorten(pcm, PITCH_SPAN(RATE) - 1, RATE), PITCH_SPAN(RATE) - 1);
    assert_int_equal(stretch_lengthen(pcm, PITCH_SPAN(RATE) - 1, RATE), PITCH_SPAN(RATE) - 1);
}

/* --- silence and levels --- */

static enum silence_verdict hear(struct silence *s, double amplitude)
{
    tone_make(pcm, 160, 0, 440, amplitude, RATE);
    return silence_take(s, pcm, 160, 20);
}

static void test_silence(void **state)
{
    struct silence s = {0};
    unsigned told = 0, voice = 0;
    (void)state;
    for (unsigned i = 0; i < 500; i++) /* a steady voice stays one */
        assert_int_equal(hear(&s, 8000), SILENCE_NOT);
    for (unsigned i = 0; i < 100; i++) {
        enum silence_verdict v = hear(&s, 30);
        told += v == SILENCE_TELLS;
        voice += v == SILENCE_NOT;
    }
    assert_in_range(voice, 8, 11); /* it may pause */
    assert_in_range(told, 2, 3);
    assert_int_equal(hear(&s, 60), SILENCE_TELLS); /* twice as loud */
    assert_int_equal(hear(&s, 8000), SILENCE_NOT);
    assert_int_equal(hear(&s, 30), SILENCE_NOT);
}

static void test_level(void **state)
{
    struct level l = {0};
    (void)state;
    assert_true(level_of(NULL, 0) == LEVEL_SILENT);
    memset(pcm, 0, sizeof pcm);
    assert_true(level_of(pcm, N) == LEVEL_SILENT);
    for (size_t i = 0; i < N; i++)
        pcm[i] = i % 2 ? INT16_MIN : INT16_MAX;
    assert_true(fabs(level_of(pcm, N)) < 0.01);
    tone_make(pcm, N, 0, 400, 32767, RATE);
    assert_true(fabs(level_of(pcm, N) + 3.01) < 0.01);
    for (unsigned i = 0; i < 20; i++)
        level_take(&l, pcm, N, RATE);
    assert_true(fabs(level_now(&l) + 3.01) < 0.1);
    memset(pcm, 0, sizeof pcm);
    for (unsigned i = 0; i < 200; i++)
        level_take(&l, pcm, N, RATE);
    assert_true(level_now(&l) < -60);
}

/* --- the E-model: G.107 and the values of G.109 table 1, G.113 Appendix I --- */

static double rating(double delay_ms, double loss, double ie, double bpl)
{
    struct quality q = {delay_ms, loss, ie, bpl};
    return quality_rating(&q);
}

static void test_quality(void **state)
{
    (void)state;
    assert_true(fabs(rating(0, 0, 0, 25.1) - 93.2) < 0.01);
    assert_true(fabs(rating(0, 0, 11, 19) - 82.2) < 0.01);
    assert_true(rating(150, 0, 0, 25.1) > 89 && rating(150, 0, 0, 25.1) < 90);
    assert_true(rating(400, 0, 0, 25.1) < 60);
    /* half of what is left is gone where as many are lost as the codec bears */
    assert_true(fabs(rating(0, 25.1, 0, 25.1) - (93.2 - 47.5)) < 0.01);
    assert_true(rating(0, 100, 0, 1) >= 0 && rating(5000, 100, 50, 1) == 0);
    assert_true(rating(0, 5, 0, 0) == rating(0, 5, 0, 25.1));
    assert_true(fabs(quality_mos(93.2) - 4.41) < 0.01);
    assert_true(fabs(quality_mos(80) - 4.03) < 0.01);
    assert_true(fabs(quality_mos(70) - 3.60) < 0.01);
    assert_true(fabs(quality_mos(60) - 3.10) < 0.01);
    assert_true(quality_mos(0) == 1 && quality_mos(3) == 1 && quality_mos(100) == 4.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delay),   cmocka_unit_test(test_delay_of_a_burst),
        cmocka_unit_test(test_order),   cmocka_unit_test(test_full),
        cmocka_unit_test(test_stretch), cmocka_unit_test(test_stretch_not),
        cmocka_unit_test(test_silence), cmocka_unit_test(test_level),
        cmocka_unit_test(test_quality)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
