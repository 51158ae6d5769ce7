/* Descriptions written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

static char text[8192];
static struct buf out;

static void test_composed(void **state)
{
    struct addr addr;
    struct sdp_media media = {.kind = STR("audio"),
                              .port = 4000,
                              .n_ports = 1,
                              .proto = STR("RTP/AVP"),
                              .formats = STR("0 101")};
    struct sdp_rtpmap map = {101, STR("telephone-event"), 8000, STR_NONE};
    (void)state;
    assert_true(addr_parse_ip(STR("2001:db8::1"), &addr));
    buf_init(&out, text, sizeof text);
    sdp_put_session(&out, 7, 8, &addr);
    sdp_put_media(&out, &media);
    sdp_put_rtpmap(&out, &map);
    sdp_put_attribute(&out, STR("fmtp"), STR("101 0-16"));
    sdp_put_number(&out, STR("ptime"), 20);
    sdp_put_flag(&out, sdp_direction_name(SDP_SENDONLY));
    assert_true(str_equal(buf_str(&out), STR("v=0\r\no=- 7 8 IN IP6 2001:db8::1\r\ns=-\r\n"
                                             "c=IN IP6 2001:db8::1\r\nt=0 0\r\n"
                                             "m=audio 4000 RTP/AVP 0 101\r\n"
                                             "a=rtpmap:101 telephone-event/8000\r\n"
                                             "a=fmtp:101 0-16\r\na=ptime:20\r\na=sendonly\r\n")));
    static struct given g;
    given_parse(&g, buf_str(&out));
    assert_true(is_clean(&g.s));
}

/* Order and line ends are put right, what is usual stands where nothing did, and no value is lost.
 */
static void test_normal_form(void **state)
{
    static struct given g, again;
    (void)state;
    given_parse(&g, STR("v=0\no=- 1 1 IN IP4 192.0.2.1\na=x:1\nb=AS:5\nc=IN IP4 192.0.2.1\n"
                        "m=audio 1 RTP/AVP 0\nt=1 1\na=y\nc=IN IP4 192.0.2.2\na=z"));
    assert_false(g.s.broken);
    buf_init(&out, text, sizeof text);
    sdp_print(&out, &g.s);
    assert_true(str_equal(buf_str(&out),
                          STR("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
                              "b=AS:5\r\nt=0 0\r\na=x:1\r\nm=audio 1 RTP/AVP 0\r\n"
                              "c=IN IP4 192.0.2.2\r\na=y\r\na=z\r\nt=1 1\r\n")));
    given_parse(&again, buf_str(&out));
    assert_true(again.s.n_faults == 1 && has_fault(&again.s, SDP_F_MISPLACED, 12));
}

static void test_overflow(void **state)
{
    static struct given g;
    (void)state;
    given_media(&g, "m=audio 1 RTP/AVP 0\r\n");
    buf_init(&out, text, 40);
    sdp_print(&out, &g.s);
    assert_true(out.over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_composed),
        cmocka_unit_test(test_normal_form),
        cmocka_unit_test(test_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
