/* RFC 3261 16.3: what is refused, and with what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

static const struct row {
    const char *why;
    const char *method, *uri, *headers;
    const char *start; /* of the answer; NULL: none may come */
    enum proxy_verdict verdict;
    bool local;
} rows[] = {
    {"RFC 3261 16.3 step 2: an unknown scheme", "OPTIONS", "http://example.com/", "",
     "SIP/2.0 416 ", PROXY_DONE, false},
    {"RFC 3261 16.3 step 2: tel may be a user's", "OPTIONS", "tel:+15551234", "", NULL,
     PROXY_TARGETS, true},
    {"RFC 3261 16.3 step 3: no Max-Forwards passes", "OPTIONS", "sip:bob@example.com", "", NULL,
     PROXY_TARGETS, true},
    {"RFC 3261 16.3 step 3: one hop is left", "OPTIONS", "sip:bob@example.com",
     "Max-Forwards: 1\r\n", NULL, PROXY_TARGETS, true},
    {"RFC 3261 16.3 step 3: no hop is left", "MESSAGE", "sip:bob@example.com",
     "Max-Forwards: 0\r\n", "SIP/2.0 483 ", PROXY_DONE, false},
    {"RFC 3261 11: OPTIONS for us is answered by us", "OPTIONS", "sip:example.com",
     "Max-Forwards: 0\r\n", NULL, PROXY_TARGETS, true},
    {"RFC 3261 16.3 step 3: OPTIONS for others", "OPTIONS", "sip:example.net",
     "Max-Forwards: 0\r\n", "SIP/2.0 483 ", PROXY_DONE, false},
    {"RFC 4475 3.1.2.4: over 255 is as absent", "OPTIONS", "sip:bob@example.com",
     "Max-Forwards: 300\r\n", NULL, PROXY_TARGETS, true},
    {"RFC 3261 16.3 step 5: an unknown option", "OPTIONS", "sip:bob@example.com",
     "Proxy-Require: foo\r\n", "SIP/2.0 420 ", PROXY_DONE, false},
    {"RFC 3323 6: privacy that is ours to keep", "OPTIONS", "sip:bob@example.com",
     "Proxy-Require: privacy\r\nPrivacy: id;critical\r\n", NULL, PROXY_TARGETS, true},
    {"RFC 3323 6: privacy that is not", "OPTIONS", "sip:bob@example.com",
     "Proxy-Require: privacy\r\nPrivacy: id;header\r\n", "SIP/2.0 420 ", PROXY_DONE, false},
    {"RFC 3323 6: privacy, and something else", "OPTIONS", "sip:bob@example.com",
     "Proxy-Require: privacy, foo\r\nPrivacy: id\r\n", "SIP/2.0 420 ", PROXY_DONE, false},
    {"RFC 3261 16.3 step 1: a Route that cannot be read", "OPTIONS", "sip:bob@example.com",
     "Route: <sip:\r\n", "SIP/2.0 400 ", PROXY_DONE, false},
    {"RFC 3261 16.3 step 1: a bad Date is nobody's concern", "OPTIONS", "sip:bob@example.com",
     "Date: yesterday\r\n", NULL, PROXY_TARGETS, true},
    {"RFC 3261 16.5: a foreign domain", "OPTIONS", "sip:bob@example.net", "", NULL, PROXY_TARGETS,
     false},
    {"RFC 3261 16.4: our address", "OPTIONS", "sip:192.0.2.10", "", NULL, PROXY_TARGETS, true},
    {"RFC 3261 16.4: our host at another port", "OPTIONS", "sip:192.0.2.10:5999", "", NULL,
     PROXY_TARGETS, false},
    {"RFC 3261 16.4: our domain at our port", "OPTIONS", "sip:bob@EXAMPLE.com:5070", "", NULL,
     PROXY_TARGETS, true},
    {"RFC 3261 16.4: our domain at a port of somebody else's", "OPTIONS",
     "sip:bob@example.com:5999", "", NULL, PROXY_TARGETS, false},
    {"RFC 3261 17.2.1: an INVITE gets its 100 before any lookup", "INVITE", "sip:bob@example.com",
     "", "SIP/2.0 100 ", PROXY_TARGETS, true},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct rig *r = rig_new();
        r->mode = RIG_LOOK_ONLY;
        rig_send(r, rig_request(r, row->method, row->uri, "", row->headers));
        if (r->verdict != row->verdict || r->n_sent != (row->start ? 1 : 0))
            fail_msg("%s: verdict %d, %zu sent", row->why, r->verdict, r->n_sent);
        if (row->start && strncmp(rig_next(r)->bytes, row->start, strlen(row->start)) != 0)
            fail_msg("%s: %.30s", row->why, r->sent[0].bytes);
        if (r->verdict != PROXY_DONE && r->view.next_is_local != row->local)
            fail_msg("%s: local %d", row->why, r->view.next_is_local);
        if (r->tx && r->verdict != PROXY_DONE) {
            struct reply ok = {.status = 200};
            assert_int_equal(engine_reply(r->engine, r->tx, &ok, r->now), OK);
        }
        rig_end(r);
    }
}

/* RFC 3261 16.3 step 5: all tags that we do not understand, and no other. */
static void test_unsupported(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_send(r, rig_request(r, "OPTIONS", "sip:bob@example.com", "",
                            "Proxy-Require: foo, bar\r\nProxy-Require: baz\r\nRequire: x\r\n"));
    assert_true(rig_has(rig_next(r), "\r\nUnsupported: foo, bar, baz\r\n"));
    rig_end(r);
}

/* More tags than an answer holds: those that fit, whole. */
static void test_unsupported_many(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const char tag[] = ", option-tag-of-a-length-that-fills-the-answer-soon";
    char line[2100] = "Proxy-Require: t";
    size_t len = strlen(line);
    for (int i = 0; i < 30; i++, len += sizeof tag - 1)
        memcpy(line + len, tag, sizeof tag);
    memcpy(line + len, "\r\n", 3);
    rig_send(r, rig_request(r, "OPTIONS", "sip:bob@example.com", "", line));
    const struct rig_sent *s = rig_next(r);
    assert_true(rig_has(s, "SIP/2.0 420 "));
    assert_true(rig_has(s, "\r\nUnsupported: t, option-tag-of-a-length-that-fills-"));
    assert_true(rig_has(s, "-answer-soon\r\n"));
    rig_end(r);
}

/* RFC 3261 17.1.1.3: an ACK is never answered. */
static void test_ack_is_never_answered(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "Max-Forwards: 0\r\n",
        "Route: <sip:\r\n",
    };
    for (size_t i = 0; i < 2; i++) {
        struct rig *r = rig_new();
        rig_send(r, rig_request(r, "ACK", "sip:bob@192.0.2.2", "b", headers[i]));
        assert_int_equal(r->verdict, PROXY_DONE);
        assert_int_equal(r->n_sent, 0);
        rig_end(r);
    }
}

/* RFC 3261 20.29: Proxy-Require must not be used in an ACK; one that is there does no harm. */
static void test_ack_with_proxy_require(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_send(r, rig_request(r, "ACK", "sip:bob@192.0.2.2", "b", "Proxy-Require: foo\r\n"));
    assert_int_equal(rig_count(r, "ACK sip:bob@192.0.2.2 "), 1);
    rig_end(r);
}

/* A request without hops is not forwarded even where the element wants it: RFC 3261 16.3 step 3. */
static void test_options_is_not_forwarded_without_hops(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "OPTIONS", "sip:bob@example.com", "", "Max-Forwards: 0\r\n"));
    assert_int_equal(rig_count(r, "SIP/2.0 483 "), 1);
    assert_int_equal(r->n_sent, 1);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_unsupported_many),
        cmocka_unit_test(test_ack_is_never_answered),
        cmocka_unit_test(test_ack_with_proxy_require),
        cmocka_unit_test(test_options_is_not_forwarded_without_hops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
