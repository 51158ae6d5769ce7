/* What is heard in the place of what is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/codec.h"
#include "codec/pitch.h"
#include "tone.h"

#define FRAME 160
static struct encoder *encoder;
static struct decoder *decoder;
static int16_t pcm[CODEC_SAMPLES];
static size_t at;

static int open(void **state)
{
    const struct codec *c = codec_named(STR("L16"), 8000, 1);
    (void)state;
    at = 0;
    return encoder_new(&mem_libc, c, 8000, STR_NONE, &encoder) ||
           decoder_new(&mem_libc, c, 8000, &decoder);
}

static int close(void **state)
{
    (void)state;
    encoder_free(encoder);
    decoder_free(decoder);
    return 0;
}

/* The next 20 ms of a tone arrive, or do not. */
static void frame(bool lost)
{
    char bytes[2 * FRAME];
    struct buf b;
    tone_make(pcm, FRAME, at, 200, 8000, 8000);
    at += FRAME;
    buf_init(&b, bytes, sizeof bytes);
    assert_true(encoder_encode(encoder, pcm, FRAME, &b));
    if (lost)
        decoder_conceal(decoder, pcm, FRAME);
    else
        assert_int_equal(decoder_decode(decoder, buf_str(&b), pcm), FRAME);
}

static double level(void)
{
    return tone_amplitude(pcm, FRAME, 200, 8000);
}

/* One frame that is missing is hardly heard; neither is where it begins and ends. */
static void test_one(void **state)
{
    int16_t all[4 * FRAME];
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        frame(false);
    for (unsigned i = 0; i < 4; i++) {
        frame(i == 1);
        memcpy(all + i * FRAME, pcm, sizeof *all * FRAME);
    }
    assert_true(tone_amplitude(all + FRAME, FRAME, 200, 8000) > 8000 * 0.8);
    for (size_t i = 1; i < 4 * FRAME; i++) /* the steepest step of the tone is 1257 */
        assert_true(abs(all[i] - all[i - 1]) < 1500);
}

/* What comes behind a loss is another voice: one goes over into the other. */
static void test_goes_over(void **state)
{
    int16_t last;
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        frame(false);
    frame(true);
    last = pcm[FRAME - 1];
    at += 30; /* three quarters of a period: from zero to a peak at once, if it were not blended */
    frame(false);
    assert_true(abs(pcm[0] - last) < 3000);
    for (size_t i = 1; i < FRAME; i++)
        assert_true(abs(pcm[i] - pcm[i - 1]) < 3000);
}

/* What goes on fades, and is silent in the end. */
static void test_fades(void **state)
{
    double before = 8000;
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        frame(false);
    for (unsigned i = 0; i < LIMIT_CODEC_FADE_MS / 20; i++) {
        frame(true);
        assert_true(level() < before);
        before = level();
    }
    frame(true);
    assert_true(level() == 0);
    frame(false);
    frame(false);
    assert_true(level() > 7900);
}

static void test_nothing_before(void **state)
{
    (void)state;
    frame(true);
    assert_true(level() == 0);
}

static void test_pitch(void **state)
{
    static const unsigned rates[] = {8000, 16000, 44100, 48000};
    static int16_t voice[PITCH_SPAN(48000)];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (double hz = 70; hz < 190; hz += 15) {
            unsigned rate = rates[i];
            double period = rate / hz;
            tone_make(voice, PITCH_SPAN(rate), 0, hz, 8000, rate);
            double lag = (double)pitch_find(voice, rate);
            /* the period, or a multiple of it */
            assert_true(fabs(lag / period - round(lag / period)) < 0.03);
            assert_true(pitch_likeness(voice, rate, (size_t)lag) > 0.95);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one, open, close),
        cmocka_unit_test_setup_teardown(test_goes_over, open, close),
        cmocka_unit_test_setup_teardown(test_fades, open, close),
        cmocka_unit_test_setup_teardown(test_nothing_before, open, close),
        cmocka_unit_test(test_pitch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
