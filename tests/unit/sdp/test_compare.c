/* Descriptions compared by meaning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"

static void test_equal(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"m=audio 1 RTP/AVP 0\r\n", "m=audio 1 RTP/AVP 0\r\na=rtpmap:0 pcmu/8000/1\r\n", true},
        {"m=audio 1 RTP/AVP 0\r\n", "m=audio 1 rtp/avp 0\r\na=sendrecv\r\n", true},
        {"m=audio 1 RTP/AVP 0\r\n", "m=audio 1/1 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n", true},
        {"a=sendonly\r\nm=audio 1 RTP/AVP 0\r\n", "m=audio 1 RTP/AVP 0\r\na=sendonly\r\n", true},
        {"m=audio 1 RTP/AVP 0\r\na=x\r\na=y\r\n", "m=audio 1 RTP/AVP 0\r\na=y\r\na=x\r\n", true},
        {"m=audio 1 RTP/AVP 18\r\na=fmtp:18 a=1;b=2\r\n",
         "m=audio 1 RTP/AVP 18\r\na=fmtp:18 b=2; A=1\r\n", true},
        {"m=audio 1 RTP/AVP 0\r\nc=IN IP6 2001:db8:0::1\r\n",
         "m=audio 1 RTP/AVP 0\r\nc=IN IP6 2001:DB8::1\r\n", true},
        {"m=audio 1 RTP/AVP 0 8\r\n", "m=audio 1 RTP/AVP 8 0\r\n", false},
        {"m=audio 1 RTP/AVP 0 8\r\n", "m=audio 1 RTP/AVP 0\r\n", false},
        {"m=audio 1 RTP/AVP 0\r\n", "m=audio 2 RTP/AVP 0\r\n", false},
        {"m=audio 1 RTP/AVP 0\r\n", "m=video 1 RTP/AVP 0\r\n", false},
        {"m=audio 1 RTP/AVP 0\r\n", "m=audio 1 RTP/AVP 0\r\na=inactive\r\n", false},
        {"m=audio 1 RTP/AVP 0\r\n", "m=audio 1 RTP/AVP 0\r\nc=IN IP4 192.0.2.9\r\n", false},
        {"m=audio 1 RTP/AVP 0\r\n", "m=audio 1 RTP/AVP 0\r\nm=audio 3 RTP/AVP 0\r\n", false},
        {"m=audio 1 RTP/AVP 0\r\na=x\r\na=x\r\n", "m=audio 1 RTP/AVP 0\r\na=x\r\n", false},
        {"m=audio 1 RTP/AVP 0\r\na=x\r\na=x\r\na=y\r\n",
         "m=audio 1 RTP/AVP 0\r\na=x\r\na=y\r\na=y\r\n", false},
        {"m=audio 1 RTP/AVP 96\r\na=rtpmap:96 L16/8000\r\n",
         "m=audio 1 RTP/AVP 96\r\na=rtpmap:96 L16/16000\r\n", false},
        {"m=audio 1 RTP/AVP 18\r\na=fmtp:18 a=1\r\n",
         "m=audio 1 RTP/AVP 18\r\na=fmtp:18 a=1;b=2\r\n", false},
        {"b=AS:064\r\n", "b=as:64\r\n", true},
    };
    static struct given a, b;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        given_media(&a, cases[i].a);
        given_media(&b, cases[i].b);
        if (sdp_equal(&a.s, &b.s) != cases[i].equal || sdp_equal(&b.s, &a.s) != cases[i].equal)
            fail_msg("case %zu", i);
        assert_true(sdp_equal(&a.s, &a.s));
    }
}

/* o= is part of what is compared: its version tells whether a description is another one (RFC 3264
 * 8). */
static void test_origin(void **state)
{
    static struct given a, b;
    (void)state;
    given_parse(&a, STR("v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nt=0 0\r\n"));
    given_parse(&b, STR("v=0\r\no=- 1 1 IN IP6 2001:DB8:0:0::1\r\ns=-\r\nt=0 0\r\n"));
    assert_true(sdp_equal(&a.s, &b.s));
    given_parse(&b, STR("v=0\r\no=- 1 2 IN IP6 2001:db8::1\r\ns=-\r\nt=0 0\r\n"));
    assert_false(sdp_equal(&a.s, &b.s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
