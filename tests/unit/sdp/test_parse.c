/* Lines and sections, and what is wrong with a description (RFC 8866 5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "given.h"

static struct given g;

#define SESSION "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"

/* RFC 8866 5: its example */
static void test_whole(void **state)
{
    (void)state;
    given_parse(&g, STR("v=0\r\n"
                        "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n"
                        "s=Call to John Smith\r\n"
                        "i=SDP Offer #1\r\n"
                        "u=http://www.jdoe.example.com/home.html\r\n"
                        "e=Jane Doe <jane@jdoe.example.com>\r\n"
                        "p=+1 617 555-6011\r\n"
                        "c=IN IP4 198.51.100.1\r\n"
                        "t=0 0\r\n"
                        "m=audio 49170 RTP/AVP 0\r\n"
                        "m=audio 49180 RTP/AVP 0\r\n"
                        "m=video 51372 RTP/AVP 99\r\n"
                        "c=IN IP6 2001:db8::2\r\n"
                        "a=rtpmap:99 h263-1998/90000\r\n"));
    assert_true(is_clean(&g.s));
    assert_int_equal(g.s.n_media, 3);
    assert_int_equal(g.s.session.n, 9);
    struct sdp_section video = sdp_media_section(&g.s, 2);
    assert_int_equal(video.n, 3);
    assert_true(str_equal(sdp_line_find(&g.s, video, 'c')->value, STR("IN IP6 2001:db8::2")));
    assert_int_equal(sdp_line_number(&g.s, sdp_line_find(&g.s, video, 'a')), 14);
    assert_null(sdp_line_find(&g.s, video, 'b'));
    assert_int_equal(sdp_media_section(&g.s, 3).n, 0);
}

/* What is wrong, in which line, and whether anybody can work with it. */
static void test_faults(void **state)
{
    static const struct {
        const char *text;
        enum sdp_fault_code code;
        uint32_t line;
        bool broken;
    } cases[] = {
        {"", SDP_F_EMPTY, 0, true},
        {"\r\n\r\n", SDP_F_EMPTY, 0, true},
        {SESSION "x=1\r\n", SDP_F_UNKNOWN_TYPE, 6, true},
        {SESSION "audio\r\n", SDP_F_BAD_LINE, 6, true},
        {SESSION "m\r\n", SDP_F_BAD_LINE, 6, true},
        {SESSION "a=\r\n", SDP_F_EMPTY_VALUE, 6, false},
        {SESSION "a=b\rc\r\n", SDP_F_BAD_BYTE, 6, true},
        {SESSION "a=b\n", SDP_F_BARE_LF, 6, false},
        {SESSION "a=b", SDP_F_NO_LINE_END, 6, false},
        {SESSION "\r\na=b\r\n", SDP_F_EMPTY_LINE, 6, false},
        {SESSION "b=AS:1\r\n", SDP_F_ORDER, 6, false},
        {SESSION "s=again\r\n", SDP_F_TWICE, 6, false},
        {SESSION "m=audio 1 RTP/AVP 0\r\nt=0 0\r\n", SDP_F_MISPLACED, 7, false},
        {"o=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", SDP_F_MISSING_VERSION, 0, true},
        {"v=0\r\ns=-\r\nt=0 0\r\n", SDP_F_MISSING_ORIGIN, 0, true},
        {"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nt=0 0\r\n", SDP_F_MISSING_NAME, 0, false},
        {"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n", SDP_F_MISSING_TIME, 0, false},
        {"v=1\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", SDP_F_BAD_VERSION, 1, true},
        {"v=0\r\no=- 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", SDP_F_BAD_ORIGIN, 2, true},
        {"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\n",
         SDP_F_MISSING_CONNECTION, 5, true},
        {SESSION "r=7d 1h 0\r\nz=2882844526 -1h\r\na=x\r\nz=1 1\r\n", SDP_F_BAD_ZONE, 9, false},
        {SESSION "r=7d 1h\r\n", SDP_F_BAD_REPEAT, 6, false},
        {SESSION "m=audio 1 RTP/AVP 0\r\nc=IN IP4 192.0.2.1/127\r\n", SDP_F_UNICAST_TTL, 7, false},
        {SESSION "k=secret\r\n", SDP_F_BAD_KEY, 6, false},
        {SESSION "a=two words:1\r\n", SDP_F_BAD_ATTRIBUTE, 6, false},
        {SESSION "m=audio RTP/AVP 0\r\n", SDP_F_BAD_MEDIA, 6, true},
        {SESSION "m=audio 1 RTP/AVP\r\n", SDP_F_BAD_MEDIA, 6, true},
        {SESSION "m=audio 65536 RTP/AVP 0\r\n", SDP_F_BAD_PORT, 6, true},
        {SESSION "m=audio 65535/2 RTP/AVP 0\r\n", SDP_F_BAD_PORT, 6, true},
        {SESSION "m=audio 1 RTP/AVP 128\r\n", SDP_F_BAD_PAYLOAD_TYPE, 6, false},
        {SESSION "m=audio 1 RTP/AVP 0 pcmu\r\n", SDP_F_BAD_PAYLOAD_TYPE, 6, false},
        {SESSION "m=audio 1 RTP/AVP 96\r\n", SDP_F_UNKNOWN_PAYLOAD_TYPE, 6, false},
        {SESSION "m=audio 1 RTP/AVP 0\r\na=rtpmap:96 opus/0\r\n", SDP_F_BAD_RTPMAP, 7, false},
        {SESSION "m=audio 1 RTP/AVP 0\r\na=rtpmap:96 opus/48000/2\r\n", SDP_F_FORMAT_NOT_OFFERED, 7,
         false},
        {SESSION "m=audio 1 RTP/AVP 0\r\na=fmtp:0\r\n", SDP_F_BAD_FMTP, 7, false},
        {SESSION "m=audio 1 RTP/AVP 0\r\na=ptime:0\r\n", SDP_F_BAD_PTIME, 7, false},
        {SESSION "m=audio 1 RTP/AVP 0\r\na=rtcp:99999\r\n", SDP_F_BAD_RTCP, 7, false},
        {SESSION "m=video 1 RTP/AVP 31\r\na=framerate:x\r\n", SDP_F_BAD_FRAMERATE, 7, false},
        {SESSION "m=audio 1 RTP/AVP 0\r\na=sendonly\r\na=recvonly\r\n", SDP_F_TWO_DIRECTIONS, 8,
         false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        given_parse(&g, str_from(cases[i].text));
        if (!has_fault(&g.s, cases[i].code, cases[i].line) || g.s.broken != cases[i].broken)
            fail_msg("case %zu: %s", i, sdp_fault_name(cases[i].code));
        assert_int_equal(sdp_fault_harm(cases[i].code) == SDP_BROKEN, cases[i].broken);
    }
}

static void test_session_alone(void **state)
{
    (void)state;
    given_parse(&g, STR(SESSION "r=604800 3600 0 90000\r\nz=2882844526 -1h 2898848070 0\r\n"
                                "k=prompt\r\na=recvonly\r\n\r\n"));
    assert_true(is_clean(&g.s));
}

/* RFC 3264 6: what is refused needs no address, and no meaning of its formats. */
static void test_refused_stream(void **state)
{
    (void)state;
    given_parse(&g,
                STR("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 97\r\n"));
    assert_true(is_clean(&g.s));
}

/* Of a description with more faults than are told the broken ones are told. */
static void test_many_faults(void **state)
{
    static char text[4096];
    size_t len = (size_t)snprintf(text, sizeof text, SESSION);
    (void)state;
    for (unsigned i = 0; i < 3 * SDP_MAX_FAULTS; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "a=\r\n");
    snprintf(text + len, sizeof text - len, "m=audio\r\n");
    given_parse(&g, str_from(text));
    assert_int_equal(g.s.n_faults, SDP_MAX_FAULTS);
    assert_true(g.s.broken);
    assert_true(has_fault(&g.s, SDP_F_BAD_MEDIA, 6 + 3 * SDP_MAX_FAULTS));
}

static void test_limits(void **state)
{
    static char text[GIVEN_SPACE];
    static _Alignas(16) char space[GIVEN_SPACE];
    size_t len = 0;
    (void)state;
    for (unsigned i = 0; i < 2000; i++)
        len +=
            (size_t)snprintf(text + len, sizeof text - len, i < 1000 ? "a=x\r\n" : "m=a 0 b c\r\n");
    assert_true(sdp_space(len) < sizeof space);
    sdp_parse(&g.s, str_slice(str_from(text), 0, 2000 * 5), space, sdp_space(2000 * 5));
    assert_true(g.s.broken && g.s.n_lines == 1024);
    sdp_parse(&g.s, str_slice(str_from(text), 5 * 1000, len), space, sdp_space(len - 5 * 1000));
    assert_true(g.s.broken && g.s.n_media == 64);
    sdp_parse(&g.s, str_from(text), space, 0);
    assert_true(g.s.broken && g.s.n_lines == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),         cmocka_unit_test(test_faults),
        cmocka_unit_test(test_session_alone), cmocka_unit_test(test_refused_stream),
        cmocka_unit_test(test_many_faults),   cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
