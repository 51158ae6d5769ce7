/* Bodies of a call: alone, in multiparts, optional, unknown (RFC 3261 8.2.3, RFC 5621, RFC 2046).
 */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig r;

#define SDP                                                                     \
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n" \
    "m=audio 6000 RTP/AVP 0\r\n"
#define PART_SDP "Content-Type: application/sdp\r\n\r\n" SDP

static const struct {
    const char *type; /* … and further lines */
    const char *body;
    const char *refused; /* NULL: it becomes a call with this offer */
} cases[] = {
    {"application/sdp", SDP, NULL},
    {"application/SDP;charset=utf-8", SDP, NULL},
    {"application/sdp\r\nContent-Encoding: identity", SDP, NULL},
    {"application/sdp\r\nContent-Encoding: gzip", SDP, "SIP/2.0 415"},
    {"text/plain", "hello", "SIP/2.0 415"},
    {"text/plain\r\nContent-Disposition: render;handling=required", "hello", "SIP/2.0 415"},
    {"multipart/mixed;boundary=b", "--b\r\n" PART_SDP "\r\n--b--\r\n", NULL},
    {"multipart/mixed;boundary=\"b b\"", "preamble\r\n--b b  \r\n" PART_SDP "\r\n--b b--", NULL},
    {"multipart/mixed;boundary=b",
     "--b\r\nContent-Type: text/plain\r\nContent-Disposition: icon;handling=optional\r\n\r\nx\r\n"
     "--b\r\n" PART_SDP "\r\n--b--\r\n",
     NULL},
    {"multipart/mixed;boundary=b",
     "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n" PART_SDP "\r\n--b--\r\n", "SIP/2.0 415"},
    {"multipart/alternative;boundary=b",
     "--b\r\n" PART_SDP "\r\n--b\r\nContent-Type: application/other\r\n\r\nx\r\n--b--\r\n", NULL},
    {"multipart/alternative;boundary=b",
     "--b\r\nContent-Type: application/other\r\n\r\nx\r\n--b--\r\n", "SIP/2.0 415"},
    {"multipart/mixed;boundary=b",
     "--b\r\nContent-Type: multipart/alternative;boundary=c\r\n\r\n--c\r\n" PART_SDP
     "\r\n--c--\r\n\r\n--b--\r\n",
     NULL},
    {"multipart/mixed;boundary=b", "--b\r\n" PART_SDP "\r\n", "SIP/2.0 400"},
    {"multipart/mixed;boundary=b", "nothing", "SIP/2.0 400"},
    {"multipart/mixed", "--b\r\n" PART_SDP "\r\n--b--\r\n", "SIP/2.0 400"},
};

static void send(size_t i)
{
    char text[4096];
    snprintf(text, sizeof text,
             "INVITE sip:bob@192.0.2.2 SIP/2.0\r\n"
             "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKb%zu\r\nMax-Forwards: 70\r\n"
             "From: <sip:peer@example.com>;tag=p1\r\nTo: <sip:bob@192.0.2.2>\r\nCall-ID: b-%zu\r\n"
             "CSeq: 1 INVITE\r\nContact: <sip:peer@192.0.2.9>\r\nContent-Type: %s\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             i, i, cases[i].type, strlen(cases[i].body), cases[i].body);
    rig_peer_send(&r, BOB, text);
    rig_pass(&r, 20 * MS);
}

static void the_description_is_found(void **state)
{
    (void)state;
    rig_new(&r);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        send(i);
        if (cases[i].refused) {
            rig_peer_next(&r, cases[i].refused);
            rig_expect_none(&r, BOB);
            continue;
        }
        ua_call bob = rig_expect(&r, BOB, UA_CALL_INCOMING)->ev.call;
        assert_int_equal(call_would_refuse(r.side[BOB].ua, bob, rig_media(5000)), 0);
        const struct call_ring ring = {.status = 183, .media = rig_media(5000)};
        assert_int_equal(call_ring(r.side[BOB].ua, bob, &ring, r.now), OK);
        rig_pass(&r, 20 * MS);
        assert_int_equal(rig_expect(&r, BOB, UA_CALL_MEDIA)->agreed[0].port, 6000);
        assert_int_equal(call_refuse(r.side[BOB].ua, bob, 486, STR_NONE, r.now), OK);
        rig_pass(&r, 20 * MS);
        rig_expect_end(&r, BOB, CALL_END_REFUSED_BY_US);
    }
    assert_true(rig_has(rig_last(&r, BOB, "SIP/2.0 415"), "\r\nAccept: application/sdp\r\n"));
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_description_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
