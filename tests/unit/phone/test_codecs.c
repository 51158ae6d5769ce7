/* The codecs that a phone offers: by name, under which payload types, and which are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "phone/codecs.h"

static struct codecs codecs;

static const struct sdp_codec *offered(const char *encoding, unsigned clock)
{
    for (unsigned i = 0; i < codecs.n; i++)
        if (str_equal(codecs.sdp[i].encoding, str_from(encoding)) && codecs.sdp[i].clock == clock)
            return &codecs.sdp[i];
    return NULL;
}

static void the_usual_ones_come_with_digits_and_noise(void **state)
{
    (void)state;
    assert_null(codecs_choose(&codecs, STR(CODECS_USUAL)));
    assert_true(str_equal(codecs.sdp[0].encoding, STR("opus")));
    assert_int_equal(offered("opus", 48000)->channels, 2);
    assert_int_equal(offered("PCMU", 8000)->payload_type, 0);
    assert_int_equal(offered("PCMA", 8000)->payload_type, 8);
    assert_int_equal(offered("G722", 8000)->payload_type, 9);
    assert_int_equal(offered("CN", 8000)->payload_type, 13);
    assert_int_equal(offered("telephone-event", 8000)->payload_type, 101);
    assert_non_null(offered("telephone-event", 48000));
}

static void payload_types_are_of_one_codec_each(void **state)
{
    (void)state;
    assert_null(codecs_choose(&codecs, STR("opus,G726-40,G726-32,L16/16000,L16/8000,GSM,PCMU")));
    for (unsigned i = 0; i < codecs.n; i++) {
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(codecs.sdp[i].payload_type, codecs.sdp[k].payload_type);
        assert_true(codecs.sdp[i].payload_type < 128);
    }
    assert_int_equal(offered("GSM", 8000)->payload_type, 3);
    assert_true(offered("L16", 16000)->payload_type >= 96);
}

/* RFC 3264 8.3.2: in whatever company it is offered. */
static void a_codec_keeps_its_payload_type(void **state)
{
    (void)state;
    static const char *const each[] = {"opus",      "G726-40",   "G726-16",  "AAL2-G726-40",
                                       "L16/48000", "L16/16000", "L16/8000", "GSM"};
    bool taken[128] = {false};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        assert_null(codecs_choose(&codecs, str_from(each[i])));
        struct sdp_codec alone = codecs.sdp[0];
        assert_false(taken[alone.payload_type]);
        taken[alone.payload_type] = true;
        char names[64];
        snprintf(names, sizeof names, "iLBC,G726-24,%s", each[i]);
        assert_non_null(codecs_choose(&codecs, str_from(names))); /* iLBC is not spoken here */
        assert_null(codecs_choose(&codecs, str_from(names + 5)));
        assert_int_equal(codecs.sdp[1].payload_type, alone.payload_type);
    }
}

static void the_order_is_that_of_the_names(void **state)
{
    (void)state;
    assert_null(codecs_choose(&codecs, STR("pcma, PCMU")));
    assert_true(str_equal(codecs.sdp[0].encoding, STR("PCMA")));
    assert_true(str_equal(codecs.sdp[1].encoding, STR("PCMU")));
    assert_null(offered("telephone-event", 48000));
}

static void others_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",       "MP3",   ",PCMU",           "PCMU/16000",
                                      "PCMU/x", "PCMU/", "telephone-event", "CN"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!codecs_choose(&codecs, str_from(bad[i])))
            fail_msg("%s", bad[i]);
}

static void what_is_agreed_goes_to_the_media(void **state)
{
    (void)state;
    struct audio_format formats[LIMIT_SDP_FORMATS];
    assert_null(codecs_choose(&codecs, STR("G722,PCMU")));
    const struct sdp_stream stream = {.codecs = codecs.sdp, .n_codecs = codecs.n};
    struct sdp_agreed a = {
        .formats = {{.codec = 1},
                    {.codec = 2, .send = 100, .receive = 101, .fmtp_len = 4, .fmtp = "0-11"}},
        .n_formats = 2};
    assert_int_equal(codecs_agreed(&stream, &a, formats), 2);
    assert_ptr_equal(formats[0].codec, codec_named(STR("PCMU"), 8000, 1));
    assert_true(str_equal(codecs_first(&stream, &a), STR("PCMU")));
    assert_int_equal(formats[1].send, 100);
    assert_int_equal(formats[1].receive, 101);
    assert_true(str_equal(formats[1].send_fmtp, STR("0-11")));
    assert_int_equal(codecs_rate(formats, 2), 8000);
    formats[0].codec = codec_named(STR("G722"), 8000, 1);
    assert_int_equal(codecs_rate(formats, 2), 16000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_ones_come_with_digits_and_noise),
        cmocka_unit_test(payload_types_are_of_one_codec_each),
        cmocka_unit_test(a_codec_keeps_its_payload_type),
        cmocka_unit_test(the_order_is_that_of_the_names),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(what_is_agreed_goes_to_the_media),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
