/* Voice made longer and shorter: even, wherever it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../codec/tone.h"
#include "media/stretch.h"

#define RATE 8000
#define N 800
static int16_t pcm[N + PITCH_MOST(RATE)];

/* A voice that grows quieter, from another phase on each time. */
static void make_voice(size_t phase)
{
    tone_make(pcm, N, phase, 210, 8000, RATE);
    for (size_t i = 0; i < N; i++)
        pcm[i] = (int16_t)(pcm[i] * (double)(N - i) / N);
}

/* The steepest step of 210 Hz is 1320 at first, and 1120 behind the longest period. */
static void check_even(size_t n)
{
    for (size_t i = 1; i < n; i++)
        assert_true(abs(pcm[i] - pcm[i - 1]) < (i < PITCH_MOST(RATE) ? 1450 : 1200));
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stretch),
                                       cmocka_unit_test(test_stretch_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
