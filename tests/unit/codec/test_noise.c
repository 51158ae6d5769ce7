/* Comfort noise (RFC 3389): level and colour survive; any payload is borne. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/noise.h"
#include "tone.h"

#define N 8000
static int16_t pcm[N];

static struct str describe(char at[NOISE_PAYLOAD])
{
    struct buf b;
    buf_init(&b, at, NOISE_PAYLOAD);
    noise_describe(&b, pcm, N);
    assert_false(b.over);
    return buf_str(&b);
}

/* RFC 3389 3.1: the level is in -dBov, of which 0 is a square wave at full scale. */
static void test_level(void **state)
{
    struct noise noise = {.random = 1};
    (void)state;
    for (int level = 20; level <= 70; level += 10) {
        char payload[1] = {(char)level};
        assert_true(noise_take(&noise, (struct str){payload, 1}));
        noise_make(&noise, pcm, N);
        assert_true(fabs(tone_db(tone_rms(pcm, N), 32768) + level) < 0.5);
        char at[NOISE_PAYLOAD];
        assert_true(abs(describe(at).at[0] - level) <= 1);
    }
}

/* The power of one sample's difference to the next, of its own: 2 for white noise. */
static double roughness(void)
{
    double sum = 0, of = 1;
    for (size_t i = 1; i < N; i++) {
        sum += ((double)pcm[i] - pcm[i - 1]) * ((double)pcm[i] - pcm[i - 1]);
        of += (double)pcm[i] * pcm[i];
    }
    return sum / of;
}

/* A rumble comes back as a rumble of the same level. */
static void test_colour(void **state)
{
    struct noise noise = {.random = 1};
    char at[NOISE_PAYLOAD];
    (void)state;
    assert_true(noise_take(&noise, STR("\x28")));
    noise_make(&noise, pcm, N);
    assert_true(roughness() > 1.8 && roughness() < 2.2);
    for (size_t i = 1; i < N; i++)
        pcm[i] = (int16_t)(pcm[i - 1] * 0.9 + pcm[i] * 0.3);
    double rms = tone_rms(pcm, N), rough = roughness();
    assert_true(rough < 0.4);
    assert_true(noise_take(&noise, describe(at)));
    noise_make(&noise, pcm, N);
    assert_true(fabs(tone_db(tone_rms(pcm, N), rms)) < 1.5);
    assert_true(roughness() < rough * 1.5);
}

static void test_silence(void **state)
{
    struct noise noise = {0};
    char at[NOISE_PAYLOAD];
    (void)state;
    noise_make(&noise, pcm, N);
    assert_true(tone_rms(pcm, N) == 0);
    struct str payload = describe(at);
    assert_int_equal(payload.at[0], 127);
}

/* Nothing that is sent makes it louder than full scale or grow without end. */
static void test_any_payload(void **state)
{
    char payload[64];
    (void)state;
    for (unsigned fill = 0; fill < 256; fill++)
        for (size_t len = 0; len <= sizeof payload; len++) {
            struct noise noise = {.random = fill};
            memset(payload, (int)fill, sizeof payload);
            assert_int_equal(noise_take(&noise, (struct str){payload, len}), len > 0);
            noise_make(&noise, pcm, 160);
            assert_true(isfinite(noise.gain) && isfinite(noise.backward[0]));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_level), cmocka_unit_test(test_colour),
                                       cmocka_unit_test(test_silence),
                                       cmocka_unit_test(test_any_payload)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
