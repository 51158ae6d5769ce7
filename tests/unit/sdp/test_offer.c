/* Offers and answers (RFC 3264). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "given.h"
#include "sdp/offer.h"

static const struct sdp_codec audio[] = {
    {STR_INIT("opus"), 48000, 2, 96, STR_INIT("useinbandfec=1")},
    {STR_INIT("PCMU"), 8000, 1, 0, {NULL, 0}},
    {STR_INIT("PCMA"), 8000, 1, 8, {NULL, 0}},
    {STR_INIT("telephone-event"), 8000, 1, 101, STR_INIT("0-16")},
};
static const struct sdp_codec video[] = {
    {STR_INIT("H264"), 90000, 1, 97, STR_INIT("profile-level-id=42e01f;packetization-mode=1")},
};

static struct sdp_stream streams[4];
static struct sdp_local local;
static struct sdp_agreed agreed[LIMIT_SDP_MEDIA];
static struct given offer, answer;
static char text[8192];

static int begin(void **state)
{
    (void)state;
    streams[0] = (struct sdp_stream){.kind = STR("audio"),
                                     .proto = STR("RTP/AVP"),
                                     .port = 4000,
                                     .direction = SDP_SENDRECV,
                                     .codecs = audio,
                                     .n_codecs = 4,
                                     .ptime = 20};
    streams[1] = (struct sdp_stream){.kind = STR("video"),
                                     .proto = STR("RTP/AVP"),
                                     .port = 4002,
                                     .direction = SDP_SENDRECV,
                                     .codecs = video,
                                     .n_codecs = 1,
                                     .rtcp_mux = true};
    streams[2] = (struct sdp_stream){.kind = STR("image"),
                                     .proto = STR("udptl"),
                                     .port = 4004,
                                     .direction = SDP_SENDRECV,
                                     .formats = STR("t38")};
    local = (struct sdp_local){.id = 5, .version = 6, .streams = streams, .n_streams = 3};
    assert_true(addr_parse_ip(STR("192.0.2.50"), &local.addr));
    return 0;
}

static unsigned answer_to(const char *media)
{
    struct buf out;
    given_media(&offer, media);
    assert_false(offer.s.broken);
    buf_init(&out, text, sizeof text);
    unsigned live = sdp_answer(&out, &offer.s, &local, agreed);
    assert_false(out.over);
    given_parse(&answer, buf_str(&out));
    assert_true(is_clean(&answer.s));
    assert_int_equal(answer.s.n_media, offer.s.n_media);
    return live;
}

static bool media_is(uint32_t n, const char *line)
{
    return str_equal(answer.s.lines[sdp_media_section(&answer.s, n).first].value, str_from(line));
}

static void test_offer(void **state)
{
    struct buf out;
    (void)state;
    streams[1].port = 0;
    buf_init(&out, text, sizeof text);
    sdp_offer(&out, &local);
    given_parse(&answer, buf_str(&out));
    assert_true(is_clean(&answer.s));
    assert_true(media_is(0, "audio 4000 RTP/AVP 96 0 8 101"));
    assert_true(media_is(1, "video 0 RTP/AVP 97"));
    assert_true(media_is(2, "image 4004 udptl t38"));
    struct sdp_section section = sdp_media_section(&answer.s, 0);
    assert_true(str_equal(sdp_fmtp_of(&answer.s, section, STR("101")), STR("0-16")));
    assert_int_equal(sdp_ptime(&answer.s, section), 20);
}

/* RFC 3264 6.1: what both have, in the offerer's order and by the offerer's numbers. */
static void test_common(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to("m=audio 5000 RTP/AVP 8 18 0 110 111\r\na=rtpmap:110 telephone-event/8000\r\n"
                  "a=fmtp:110 0-11\r\n"
                  "a=rtpmap:111 OPUS/48000/2\r\na=ptime:30\r\n"),
        1);
    assert_true(media_is(0, "audio 4000 RTP/AVP 8 0 110 111"));
    assert_int_equal(agreed[0].n_formats, 4);
    assert_true(str_equal(sdp_format_fmtp(&agreed[0].formats[2]), STR("0-11")));
    assert_int_equal(sdp_format_fmtp(&agreed[0].formats[0]).len, 0);
    assert_int_equal(agreed[0].formats[3].codec, 0);
    assert_int_equal(agreed[0].formats[3].send, 111);
    assert_int_equal(agreed[0].formats[3].receive, 111);
    assert_int_equal(agreed[0].port, 5000);
    assert_int_equal(agreed[0].rtcp.port, 5001);
    assert_int_equal(agreed[0].ptime, 30);
    assert_true(str_equal(agreed[0].place.address, STR("192.0.2.1")));
}

/* RFC 8866 5.14: what is no payload type is passed over; the others are answered as ever. */
static void test_format_that_is_none(void **state)
{
    (void)state;
    assert_int_equal(answer_to("m=audio 5000 RTP/AVP x 8 128 0 101\r\n"
                               "a=rtpmap:x PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
                               "m=video 6000 RTP/AVP y\r\nm=video 6002 RTP/AVP 300 31\r\n"),
                     1);
    assert_true(media_is(2, "video 0 RTP/AVP 31"));
    assert_true(media_is(0, "audio 4000 RTP/AVP 8 0 101") && media_is(1, "video 0 RTP/AVP 0"));
    assert_int_equal(agreed[0].n_formats, 3);
    assert_int_equal(answer_to("m=audio 1 RTP/AVP x\r\n"), 0);
    assert_int_equal(answer_to("m=audio 1 RTP/AVP x 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
                     0); /* events beside a voice that nobody can read */
}

/* RFC 3264 6: as many m= lines, in the same order; what is refused has port 0. */
static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(answer_to("m=video 6000 RTP/AVP 31\r\nm=text 6002 RTP/AVP 98\r\n"
                               "a=rtpmap:98 t140/1000\r\nm=audio 0 RTP/AVP 0\r\n"
                               "m=audio 6006 RTP/SAVP 0\r\nm=audio 6008/2 RTP/AVP 0\r\n"
                               "m=audio 6012 RTP/AVP 0\r\n"),
                     1);
    assert_true(media_is(0, "video 0 RTP/AVP 31") && media_is(1, "text 0 RTP/AVP 98"));
    assert_true(media_is(2, "audio 0 RTP/AVP 0") && media_is(3, "audio 0 RTP/SAVP 0"));
    assert_true(media_is(4, "audio 4000 RTP/AVP 0") && media_is(5, "audio 0 RTP/AVP 0"));
    assert_true(agreed[4].live && !agreed[5].live);
    assert_int_equal(answer_to("m=audio 1 RTP/AVP 18 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
                     0);
    assert_int_equal(answer_to("m=image 1 udptl other\r\n"), 0);
}

/* Events are no talk, but a stream of events alone is one (RFC 4317 2.4). */
static void test_events(void **state)
{
    (void)state;
    assert_int_equal(answer_to("m=audio 1 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
                     1);
}

/* Streams keep their places, and find their kind where the other began in another order. */
static void test_places(void **state)
{
    (void)state;
    assert_int_equal(answer_to("m=image 1 udptl t38\r\nm=audio 3 RTP/AVPF 0\r\n"), 2);
    assert_int_equal(agreed[0].stream, 2);
    assert_int_equal(agreed[1].stream, 0);
    assert_true(media_is(1, "audio 4000 RTP/AVPF 0"));
    streams[1] = streams[0];
    streams[1].port = 4010;
    assert_int_equal(answer_to("m=audio 0 RTP/AVP 0\r\nm=audio 3 RTP/AVP 0\r\n"), 1);
    assert_int_equal(agreed[1].stream, 1);
}

/* RFC 3264 6.1, 8.4: what they do not receive is not sent, and what one does not want the other
 * does not do. */
static void test_direction(void **state)
{
    static const struct {
        const char *attribute;
        enum sdp_direction wanted, got;
    } cases[] = {
        {"a=sendrecv", SDP_SENDRECV, SDP_SENDRECV},
        {"a=sendonly", SDP_SENDRECV, SDP_RECVONLY},
        {"a=recvonly", SDP_SENDRECV, SDP_SENDONLY},
        {"a=inactive", SDP_SENDRECV, SDP_INACTIVE},
        {"a=sendrecv", SDP_SENDONLY, SDP_SENDONLY},
        {"a=sendonly", SDP_SENDONLY, SDP_INACTIVE},
        {"a=sendrecv", SDP_INACTIVE, SDP_INACTIVE},
        {"c=IN IP4 0.0.0.0", SDP_SENDRECV, SDP_RECVONLY},
        {"c=IN IP4 0.0.0.0\r\na=inactive", SDP_SENDRECV, SDP_INACTIVE},
    };
    char media[128];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(media, sizeof media, "m=audio 1 RTP/AVP 0\r\n%s\r\n", cases[i].attribute);
        streams[0].direction = cases[i].wanted;
        assert_int_equal(answer_to(media), 1);
        assert_int_equal(agreed[0].direction, cases[i].got);
        assert_int_equal(sdp_direction_of(&answer.s, sdp_media_section(&answer.s, 0)),
                         cases[i].got);
    }
}

static void test_rtcp(void **state)
{
    (void)state;
    assert_int_equal(answer_to("m=audio 1 RTP/AVP 0\r\na=rtcp-mux\r\n"
                               "a=rtcp:9 IN IP4 192.0.2.77\r\nm=video 3 RTP/AVP 97\r\n"
                               "a=rtpmap:97 H264/90000\r\na=rtcp-mux\r\n"
                               "a=fmtp:97 packetization-mode=1;profile-level-id=42801E\r\n"),
                     2);
    assert_false(agreed[0].rtcp_mux);
    assert_int_equal(agreed[0].rtcp.port, 9);
    assert_true(str_equal(agreed[0].rtcp.place.address, STR("192.0.2.77")));
    assert_true(agreed[1].rtcp_mux);
}

/* One name, two codecs. */
static void test_parameters(void **state)
{
    (void)state;
    assert_int_equal(answer_to("m=video 3 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
                               "a=fmtp:97 profile-level-id=42e01f\r\n"),
                     0);
    assert_int_equal(answer_to("m=video 3 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
                               "a=fmtp:97 profile-level-id=64001f;packetization-mode=1\r\n"),
                     0);
    assert_int_equal(answer_to("m=audio 3 RTP/AVP 97\r\na=rtpmap:97 opus/48000\r\n"), 0);
    assert_int_equal(answer_to("m=audio 3 RTP/AVP 97\r\na=rtpmap:97 PCMU/16000\r\n"), 0);
}

/* --- answers to ours --- */

static enum sdp_verdict verdict_on(const char *media)
{
    given_media(&answer, media);
    assert_false(answer.s.broken);
    return sdp_answered(&answer.s, &local, agreed);
}

/* RFC 3264 6.1: an answer may have numbers of its own. */
static void test_answered(void **state)
{
    (void)state;
    local.n_streams = 2;
    assert_int_equal(verdict_on("m=audio 7000 RTP/AVP 99 8 100\r\na=rtpmap:99 opus/48000/2\r\n"
                                "a=rtpmap:100 telephone-event/8000\r\na=recvonly\r\n"
                                "m=video 0 RTP/AVP 97\r\n"),
                     SDP_AGREES);
    assert_true(agreed[0].live && !agreed[1].live);
    assert_int_equal(agreed[0].direction, SDP_SENDONLY);
    assert_int_equal(agreed[0].formats[0].send, 99);
    assert_int_equal(agreed[0].formats[0].receive, 96);
    assert_int_equal(agreed[0].formats[2].send, 100);
    assert_int_equal(agreed[0].formats[2].receive, 101);
    assert_int_equal(verdict_on("m=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 97\r\n"), SDP_REFUSES);
}

static void test_no_answer(void **state)
{
    static const char *const media[] = {
        "m=audio 7000 RTP/AVP 0\r\n",                            /* too few */
        "m=video 7000 RTP/AVP 97\r\nm=audio 7000 RTP/AVP 0\r\n", /* another order */
        "m=audio 7000 RTP/AVP 3\r\nm=video 0 RTP/AVP 97\r\n",    /* never offered */
        "m=audio 7000 RTP/SAVP 0\r\nm=video 0 RTP/AVP 97\r\n",   /* another transport */
        ("m=audio 7000 RTP/AVP 0\r\nm=video 7002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
         "a=fmtp:97 packetization-mode=1;profile-level-id=42e01f\r\n"),
    };
    (void)state;
    local.n_streams = 2;
    streams[1].port = 0; /* the last: a stream that was not offered */
    for (size_t i = 0; i < sizeof media / sizeof media[0]; i++)
        if (verdict_on(media[i]) != SDP_CONTRADICTS)
            fail_msg("case %zu", i);
}

/* Of more codecs than one stream may have the best remain. */
static void test_many_formats(void **state)
{
    static struct sdp_codec many[LIMIT_SDP_FORMATS + 4];
    char media[2048];
    int len = snprintf(media, sizeof media, "m=audio 1 RTP/AVP");
    (void)state;
    for (unsigned i = 0; i < LIMIT_SDP_FORMATS + 4; i++) {
        many[i] = (struct sdp_codec){STR("L16"), 8000 + i, 1, (uint8_t)(96 + i), STR_NONE};
        len += snprintf(media + len, sizeof media - (size_t)len, " %u", 96 + i);
    }
    len += snprintf(media + len, sizeof media - (size_t)len, "\r\n");
    for (unsigned i = 0; i < LIMIT_SDP_FORMATS + 4; i++)
        len += snprintf(media + len, sizeof media - (size_t)len, "a=rtpmap:%u L16/%u\r\n", 96 + i,
                        8000 + i);
    streams[0].codecs = many;
    streams[0].n_codecs = LIMIT_SDP_FORMATS + 4;
    assert_int_equal(answer_to(media), 1);
    assert_int_equal(agreed[0].n_formats, LIMIT_SDP_FORMATS);
    assert_int_equal(agreed[0].formats[0].codec, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_offer, begin),
        cmocka_unit_test_setup(test_common, begin),
        cmocka_unit_test_setup(test_format_that_is_none, begin),
        cmocka_unit_test_setup(test_refused, begin),
        cmocka_unit_test_setup(test_events, begin),
        cmocka_unit_test_setup(test_places, begin),
        cmocka_unit_test_setup(test_direction, begin),
        cmocka_unit_test_setup(test_rtcp, begin),
        cmocka_unit_test_setup(test_parameters, begin),
        cmocka_unit_test_setup(test_answered, begin),
        cmocka_unit_test_setup(test_no_answer, begin),
        cmocka_unit_test_setup(test_many_formats, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
