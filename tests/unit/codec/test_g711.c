/* G.711 against the values of ITU-T G.711 tables 1a to 2b, and against its own definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/codec.h"

static struct encoder *encoder;
static struct decoder *decoder;

static void open(struct str encoding)
{
    const struct codec *c = codec_named(encoding, 8000, 1);
    assert_non_null(c);
    assert_int_equal(encoder_new(&mem_libc, c, 8000, STR_NONE, &encoder), OK);
    assert_int_equal(decoder_new(&mem_libc, c, 8000, &decoder), OK);
}

static void close(void)
{
    encoder_free(encoder);
    decoder_free(decoder);
}

static unsigned code_of(int16_t sample)
{
    char at[1];
    struct buf b;
    buf_init(&b, at, sizeof at);
    assert_true(encoder_encode(encoder, &sample, 1, &b));
    return (unsigned char)at[0];
}

static int sample_of(unsigned code)
{
    char at[1] = {(char)code};
    int16_t pcm[CODEC_SAMPLES];
    assert_int_equal(decoder_decode(decoder, (struct str){at, 1}, pcm), 1);
    return pcm[0];
}

/* The tables give 14 bits of mu-law and 13 of A-law; here both are of 16. */
static void test_published(void **state)
{
    static const struct {
        unsigned code;
        int value;
    } mu[] = {{0x80, 8031}, {0x8f, 4191}, {0x9f, 2079}, {0xaf, 1023}, {0xbf, 495},
              {0xcf, 231},  {0xdf, 99},   {0xef, 33},   {0xfe, 2},    {0xff, 0}},
      a[] = {{0xaa, 4032}, {0xa5, 2112}, {0xb5, 1056}, {0x85, 528},
             {0x95, 264},  {0xe5, 132},  {0xf5, 66},   {0xd5, 1}};
    (void)state;
    open(STR("PCMU"));
    for (size_t i = 0; i < sizeof mu / sizeof mu[0]; i++) {
        assert_int_equal(sample_of(mu[i].code), mu[i].value * 4);
        assert_int_equal(sample_of(mu[i].code & 0x7f), mu[i].value * -4);
    }
    close();
    open(STR("pcma"));
    for (size_t i = 0; i < sizeof a / sizeof a[0]; i++) {
        assert_int_equal(sample_of(a[i].code), a[i].value * 8);
        assert_int_equal(sample_of(a[i].code & 0x7f), a[i].value * -8);
    }
    close();
}

/* The greater a sample, the greater the value that its code has, which is off by half a step at
 * most (a step is a sixteenth of its segment); each code comes back as itself, but for the second
 * zero of mu-law. */
static void check_law(struct str encoding, int bias)
{
    int last = -32768;
    open(encoding);
    for (unsigned code = 0; code < 256; code++)
        assert_true(code_of((int16_t)sample_of(code)) == code || sample_of(code) == 0);
    for (int sample = -32600; sample <= 32600; sample++) {
        int value = sample_of(code_of((int16_t)sample));
        assert_true(value >= last);
        assert_true(abs(value - sample) <= (abs(sample) + bias) / 32 + 1);
        last = value;
    }
    assert_true(sample_of(code_of(32767)) > 32000 && sample_of(code_of(-32768)) < -32000);
    close();
}

static void test_law(void **state)
{
    (void)state;
    check_law(STR("PCMU"), 132);
    check_law(STR("PCMA"), 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_published),
                                       cmocka_unit_test(test_law)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
