/* Sources and recordings: tones, cadences, files of any rate, and what is written comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "../codec/tone.h"
#include "base/err.h"
#include "media/card.h"
#include "media/recording.h"
#include "media/source.h"

#define RATE 8000
static int16_t pcm[10 * 48000];
static char path[64];
static const char *why;

static int begin(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/tandem_source_XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static void test_sine(void **state)
{
    struct source *s;
    (void)state;
    assert_int_equal(source_sine(&mem_libc, RATE, 1004, 0, &s), OK);
    for (size_t at = 0; at < RATE; at += 160)
        assert_true(source_take(s, pcm + at, 160));
    source_free(s);
    /* ITU-T G.711: 0 dBm0 is 3.14 dB below full scale */
    assert_true(fabs(tone_db(tone_amplitude(pcm, RATE, 1004, RATE), 32767) + 3.14) < 0.05);
    assert_true(tone_purity(pcm, RATE, 1004, RATE) > 80);
    assert_int_equal(source_sine(&mem_libc, RATE, 0, 0, &s), ERR_INVALID);
    assert_int_equal(source_sine(&mem_libc, RATE, 4000, 0, &s), ERR_INVALID);
    assert_int_equal(source_sine(&mem_libc, RATE, 440, 3.2, &s), ERR_INVALID);
    assert_int_equal(source_sine(&mem_libc, RATE, NAN, 0, &s), ERR_INVALID);
}

/* How many ms of ten seconds are heard, and when silence comes first. */
static void check_cadence(enum source_tone tone, unsigned heard_ms, unsigned first_silence_ms)
{
    struct source *s;
    unsigned heard = 0, first = 0;
    assert_int_equal(source_tone(&mem_libc, RATE, tone, &s), OK);
    for (unsigned ms = 0; ms < 10000; ms += 20) {
        assert_true(source_take(s, pcm, 160));
        bool on = tone_rms(pcm, 160) > 100;
        heard += on ? 20 : 0;
        if (!on && first == 0)
            first = ms;
    }
    source_free(s);
    assert_int_equal(heard, heard_ms);
    assert_int_equal(first, first_silence_ms);
}

static void test_cadences(void **state)
{
    (void)state;
    check_cadence(SOURCE_RINGBACK, 2000, 1000);
    check_cadence(SOURCE_BUSY, 5000, 500);
    check_cadence(SOURCE_DIAL, 10000, 0);
}

static void test_silence(void **state)
{
    struct source *s;
    (void)state;
    pcm[0] = 5;
    assert_int_equal(source_silence(&mem_libc, &s), OK);
    assert_true(source_take(s, pcm, 160));
    assert_true(tone_rms(pcm, 160) == 0);
    source_free(s);
}

/* A second of 440 Hz in a file of this rate; 880 Hz beside it with two channels. */
static void record(unsigned rate, unsigned channels)
{
    static int16_t right[48000];
    struct recording *r;
    tone_make(pcm, rate, 0, 440, 8000, rate);
    tone_make(right, rate, 0, 880, 4000, rate);
    assert_int_equal(recording_new(&mem_libc, path, rate, channels, &r, &why), OK);
    for (size_t at = 0; at < rate; at += rate / 50)
        assert_true(recording_put(r, pcm + at, right + at, rate / 50));
    recording_free(r);
}

static void test_file(void **state)
{
    static const unsigned rates[] = {8000, 16000, 44100, 48000};
    struct source *s;
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        for (unsigned j = 0; j < 4; j++) {
            unsigned rate = rates[j];
            record(rates[i], 1);
            assert_int_equal(source_file(&mem_libc, rate, path, false, &s, &why), OK);
            assert_true(source_take(s, pcm, rate * 9 / 10));
            assert_true(fabs(tone_db(tone_amplitude(pcm, rate * 9 / 10, 440, rate), 8000)) < 0.5);
            assert_false(source_take(s, pcm, rate));
            assert_false(source_take(s, pcm, rate));
            assert_true(tone_rms(pcm, rate) == 0);
            source_free(s);
        }
}

/* Channels are mixed; a file that goes on has no end. */
static void test_channels_and_again(void **state)
{
    struct source *s;
    (void)state;
    record(8000, 2);
    assert_int_equal(source_file(&mem_libc, 8000, path, true, &s, &why), OK);
    for (unsigned i = 0; i < 5; i++) {
        assert_true(source_take(s, pcm, 8000));
        assert_true(fabs(tone_db(tone_amplitude(pcm, 8000, 440, 8000), 4000)) < 0.2);
        assert_true(fabs(tone_db(tone_amplitude(pcm, 8000, 880, 8000), 2000)) < 0.2);
    }
    source_free(s);
}

static void test_bad_files(void **state)
{
    struct source *s;
    struct recording *r;
    FILE *f = fopen(path, "w");
    (void)state;
    assert_non_null(f);
    fputs("RIFF and then nothing of the kind", f);
    fclose(f);
    why = NULL;
    assert_int_equal(source_file(&mem_libc, 8000, path, false, &s, &why), ERR_INVALID);
    assert_non_null(why);
    why = NULL;
    assert_int_equal(source_file(&mem_libc, 8000, "/nowhere/at/all", false, &s, &why), ERR_INVALID);
    assert_non_null(why);
    why = NULL;
    assert_int_equal(recording_new(&mem_libc, "/nowhere/at/all", 8000, 1, &r, &why), ERR_INVALID);
    assert_non_null(why);
    assert_int_equal(recording_new(&mem_libc, path, 8000, 3, &r, &why), ERR_INVALID);
    assert_int_equal(recording_new(&mem_libc, path, 8000, 1, &r, &why), OK);
    recording_free(r); /* a file without any sound in it */
    why = NULL;
    assert_int_equal(source_file(&mem_libc, 8000, path, false, &s, &why), ERR_INVALID);
    assert_non_null(why);
}

/* A full disk is said once and for all. */
static void test_full_disk(void **state)
{
    struct recording *r;
    bool good = true;
    (void)state;
    if (recording_new(&mem_libc, "/dev/full", 8000, 1, &r, &why) != OK)
        return; /* it is said even sooner */
    for (unsigned i = 0; i < 10000 && good; i++)
        good = recording_put(r, pcm, pcm, 160);
    assert_false(good);
    assert_false(recording_put(r, pcm, pcm, 160));
    recording_free(r);
}

static void test_no_memory(void **state)
{
    (void)state;
    record(8000, 1);
    for (size_t spare = 0; spare < 3; spare++) {
        struct mem_counting m = mem_counting();
        struct source *s = NULL;
        m.refuse_after = spare;
        if (source_file(&m.mem, 8000, path, false, &s, &why) == OK)
            source_free(s);
        m.refuse_after = spare;
        if (source_tone(&m.mem, 8000, SOURCE_BUSY, &s) == OK)
            source_free(s);
        assert_int_equal(m.n_live, 0);
    }
}

/* There may be no card here; ALSA's own that goes nowhere takes everything and gives what it likes.
 */
static void test_card(void **state)
{
    struct card *c;
    (void)state;
    why = NULL;
    assert_int_equal(card_new(&mem_libc, "no such card", 8000, &c, &why), ERR_INVALID);
    assert_non_null(why);
    if (card_new(&mem_libc, "null", 8000, &c, &why) != OK)
        skip(); /* a build without ALSA */
    for (unsigned i = 0; i < 100; i++) {
        assert_true(card_take(c, pcm, 160) <= 160);
        card_give(c, pcm, 160);
    }
    card_free(c);
    card_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sine),      TEST(test_cadences),           TEST(test_silence),
        TEST(test_file),      TEST(test_channels_and_again), TEST(test_bad_files),
        TEST(test_full_disk), TEST(test_no_memory),          TEST(test_card)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
