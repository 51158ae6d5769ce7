/* Levels, and what counts as silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../codec/tone.h"
#include "media/level.h"
#include "media/silence.h"

#define RATE 8000
#define N 800
static int16_t pcm[N];

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_silence),
                                       cmocka_unit_test(test_level)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
