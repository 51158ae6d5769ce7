/* Attributes (RFC 8866 6) and payload types by name (RFC 3551 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

#include "sdp/payload.h"

static struct given g;

static void test_rtpmap(void **state)
{
    struct sdp_rtpmap map;
    (void)state;
    assert_true(sdp_read_rtpmap(STR("96 opus/48000/2"), &map));
    assert_int_equal(map.payload_type, 96);
    assert_int_equal(map.clock, 48000);
    assert_int_equal(sdp_rtpmap_channels(&map), 2);
    assert_true(sdp_read_rtpmap(STR("97 L16/8000"), &map) && sdp_rtpmap_channels(&map) == 1);
    assert_false(sdp_read_rtpmap(STR("97 L16"), &map));
    assert_false(sdp_read_rtpmap(STR("97 L16/0"), &map));
    assert_false(sdp_read_rtpmap(STR("197 L16/8000"), &map));
    assert_false(sdp_read_rtpmap(STR("97 L16/8000 x"), &map));
}

/* The description's own word counts before the table. */
static void test_meaning(void **state)
{
    struct sdp_rtpmap map;
    (void)state;
    given_media(&g, "m=audio 1 RTP/AVP 9 10 97\r\na=rtpmap:97 iLBC/8000\r\na=rtpmap:9 X/16000\r\n");
    struct sdp_section m = sdp_media_section(&g.s, 0);
    assert_true(sdp_rtpmap_of(&g.s, m, 9, &map) && map.clock == 16000);
    assert_true(sdp_rtpmap_of(&g.s, m, 10, &map) && sdp_rtpmap_channels(&map) == 2);
    assert_true(sdp_rtpmap_of(&g.s, m, 97, &map) && str_equal(map.encoding, STR("iLBC")));
    assert_false(sdp_rtpmap_of(&g.s, m, 98, &map));
}

static void test_fmtp(void **state)
{
    struct str value;
    (void)state;
    given_media(&g, "m=audio 1 RTP/AVP 18 101\r\na=rtpmap:101 telephone-event/8000\r\n"
                    "a=fmtp:18 annexb=no; x = 1\r\na=fmtp:101 0-16\r\n");
    struct sdp_section m = sdp_media_section(&g.s, 0);
    assert_true(str_equal(sdp_fmtp_of(&g.s, m, STR("101")), STR("0-16")));
    assert_int_equal(sdp_fmtp_of(&g.s, m, STR("1")).len, 0);
    struct str params = sdp_fmtp_of(&g.s, m, STR("18"));
    assert_true(sdp_fmtp_param(params, STR("AnnexB"), &value) && str_equal(value, STR("no")));
    assert_true(sdp_fmtp_param(params, STR("x"), &value) && str_equal(value, STR("1")));
    assert_false(sdp_fmtp_param(params, STR("annex"), &value));
}

/* RFC 8866 6.7: the medium's, else the session's, else both ways. */
static void test_direction(void **state)
{
    (void)state;
    given_media(&g, "a=recvonly\r\nm=audio 1 RTP/AVP 0\r\na=inactive\r\nm=audio 3 RTP/AVP 0\r\n");
    assert_int_equal(sdp_direction_of(&g.s, sdp_media_section(&g.s, 0)), SDP_INACTIVE);
    assert_int_equal(sdp_direction_of(&g.s, sdp_media_section(&g.s, 1)), SDP_RECVONLY);
    given_media(&g, "m=audio 1 RTP/AVP 0\r\na=ptime:30\r\na=maxptime:150\r\n");
    struct sdp_section m = sdp_media_section(&g.s, 0);
    assert_int_equal(sdp_direction_of(&g.s, m), SDP_SENDRECV);
    assert_int_equal(sdp_ptime(&g.s, m), 30);
    assert_int_equal(sdp_maxptime(&g.s, m), 150);
    assert_int_equal(sdp_direction_turned(SDP_SENDONLY), SDP_RECVONLY);
    assert_int_equal(sdp_direction_turned(SDP_RECVONLY), SDP_SENDONLY);
    assert_int_equal(sdp_direction_turned(SDP_SENDRECV), SDP_SENDRECV);
    assert_int_equal(sdp_direction_turned(SDP_INACTIVE), SDP_INACTIVE);
}

static void test_places(void **state)
{
    struct sdp_connection c;
    struct sdp_rtcp rtcp;
    (void)state;
    given_media(&g, "m=audio 1 RTP/AVP 0\r\nc=IN IP4 192.0.2.9\r\nm=audio 3 RTP/AVP 0\r\n");
    assert_true(sdp_connection_of(&g.s, sdp_media_section(&g.s, 0), &c));
    assert_true(str_equal(c.place.address, STR("192.0.2.9")));
    assert_true(sdp_connection_of(&g.s, sdp_media_section(&g.s, 1), &c));
    assert_true(str_equal(c.place.address, STR("192.0.2.1")));
    assert_true(sdp_read_rtcp(STR("53020"), &rtcp) && rtcp.port == 53020);
    assert_true(sdp_read_rtcp(STR("53020 IN IP6 2001:db8::7"), &rtcp));
    assert_int_equal(rtcp.place.addr.family, ADDR_IP6);
    assert_false(sdp_read_rtcp(STR("53020 IN"), &rtcp));
}

static void test_payload(void **state)
{
    (void)state;
    assert_true(str_equal(sdp_payload_static(0)->encoding, STR("PCMU")));
    assert_int_equal(sdp_payload_static(9)->clock, 8000);
    assert_null(sdp_payload_static(1));
    assert_null(sdp_payload_static(SDP_PAYLOAD_DYNAMIC));
    assert_int_equal(sdp_payload_named(STR("pcma"), 0)->type, 8);
    assert_int_equal(sdp_payload_named(STR("L16"), 44100)->type, 10);
    assert_int_equal(sdp_payload_named(STR("L16"), 16000)->type, SDP_PAYLOAD_DYNAMIC);
    assert_int_equal(sdp_payload_named(STR("OPUS"), 48000)->channels, 2);
    assert_null(sdp_payload_named(STR("PCMU"), 16000));
    assert_null(sdp_payload_named(STR("nothing"), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rtpmap), cmocka_unit_test(test_meaning),
        cmocka_unit_test(test_fmtp),   cmocka_unit_test(test_direction),
        cmocka_unit_test(test_places), cmocka_unit_test(test_payload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
