/* RFC 3261 16.6: what is forwarded differs from what came by the edits alone, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

#define VIA "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
#define VIA2 "v: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK0;received=192.0.2.98\r\n"
#define IDS                                   \
    "From: <sip:alice@example.com>;tag=a\r\n" \
    "To: <sip:bob@example.com>\r\n"           \
    "Call-ID: one@192.0.2.1\r\n"
#define IN_DIALOG                             \
    "From: <sip:alice@example.com>;tag=a\r\n" \
    "To: <sip:bob@example.com>;tag=b\r\n"     \
    "Call-ID: one@192.0.2.1\r\n"
#define RR "Record-Route: <sip:192.0.2.10:5060;lr;t=%s>\r\n"

/* `out` is the forwarded request without our Via; %s is our mark. */
static const struct row {
    const char *why;
    const char *target; /* NULL: it goes on by Route or Request-URI */
    const char *in, *out;
} rows[] = {
    {"RFC 3261 16.6 steps 2, 3, 4: an ordinary INVITE; unknown headers and a body stay as they are",
     "sip:bob@192.0.2.2:5062;transport=udp;ob",
     "INVITE sip:bob@example.com SIP/2.0\r\n" VIA "Max-Forwards: 70\r\n" IDS
     "CSeq: 1 INVITE\r\nX-Strange:   a ,b\r\n\tfolded\r\nDate: yesterday\r\nMax-Breadth: 60\r\n"
     "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
     "INVITE sip:bob@192.0.2.2:5062;transport=udp;ob SIP/2.0\r\n" VIA RR "Max-Forwards: 69\r\n" IDS
     "CSeq: 1 INVITE\r\nX-Strange:   a ,b\r\n\tfolded\r\nDate: yesterday\r\nMax-Breadth: 60\r\n"
     "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody"},
    {"RFC 3261 16.6 step 3, RFC 5393 5.3.3, RFC 3261 16.6 step 9: what is missing comes behind the "
     "last Via; 20.14: the length behind the last header",
     "sip:bob@192.0.2.2",
     "MESSAGE sip:bob@example.com SIP/2.0\r\n" VIA VIA2 IDS "CSeq: 1 MESSAGE\r\n\r\nbody",
     "MESSAGE sip:bob@192.0.2.2 SIP/2.0\r\n" VIA VIA2 "Max-Forwards: 70\r\nMax-Breadth: 60\r\n" IDS
     "CSeq: 1 MESSAGE\r\nContent-Length: 4\r\n\r\nbody"},
    {"RFC 3261 16.6 step 4: ahead of existing Record-Route values", "sip:bob@192.0.2.2",
     "SUBSCRIBE sip:bob@example.com SIP/2.0\r\n" VIA IDS
     "CSeq: 1 SUBSCRIBE\r\nMax-Forwards: 10\r\nMax-Breadth: 5\r\n"
     "Record-Route: <sip:192.0.2.77;lr>\r\nl: 0\r\n\r\n",
     "SUBSCRIBE sip:bob@192.0.2.2 SIP/2.0\r\n" VIA IDS
     "CSeq: 1 SUBSCRIBE\r\nMax-Forwards: 9\r\nMax-Breadth: 5\r\n" RR
     "Record-Route: <sip:192.0.2.77;lr>\r\nl: 0\r\n\r\n"},
    {"RFC 3261 16.6 step 4: no Record-Route within a dialog; RFC 4475 3.1.2.4: 300 is as absent; "
     "RFC 5393 5.3.3: over the maximum is overwritten, one value stays",
     "sip:bob@192.0.2.2",
     "INVITE sip:bob@example.com SIP/2.0\r\n" VIA IN_DIALOG
     "CSeq: 1 INVITE\r\nMax-Forwards: 300\r\nMax-Breadth: 61\r\nl: 0\r\n\r\n",
     "INVITE sip:bob@192.0.2.2 SIP/2.0\r\n" VIA IN_DIALOG
     "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nMax-Breadth: 60\r\nl: 0\r\n\r\n"},
    {"RFC 3261 16.6 step 2, 19.1.1: no headers and no method in the Request-URI",
     "sip:b%3fob@192.0.2.2;method=INVITE;ob?Subject=hi&Route=%3Csip:x%3E",
     "MESSAGE sip:bob@example.com SIP/2.0\r\n" VIA IDS
     "CSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nMax-Breadth: 60\r\nl: 0\r\n\r\n",
     "MESSAGE sip:b%3fob@192.0.2.2;ob SIP/2.0\r\n" VIA IDS
     "CSeq: 1 MESSAGE\r\nMax-Forwards: 69\r\nMax-Breadth: 60\r\nl: 0\r\n\r\n"},
    {"RFC 3261 16.5: a foreign Request-URI stays as it came", NULL,
     "OPTIONS sip:carol@192.0.2.3;x=1 SIP/2.0\r\n" VIA IDS
     "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nMax-Breadth: 60\r\nl: 0\r\n\r\n",
     "OPTIONS sip:carol@192.0.2.3;x=1 SIP/2.0\r\n" VIA IDS
     "CSeq: 1 OPTIONS\r\nMax-Forwards: 69\r\nMax-Breadth: 60\r\nl: 0\r\n\r\n"},
    {"RFC 3261 16.3: unknown methods go on, and may make dialogs", NULL,
     "FROBNICATE sip:carol@192.0.2.3 SIP/2.0\r\n" VIA IDS
     "CSeq: 1 FROBNICATE\r\nMax-Forwards: 70\r\nMax-Breadth: 60\r\nl: 0\r\n\r\n",
     "FROBNICATE sip:carol@192.0.2.3 SIP/2.0\r\n" VIA RR IDS
     "CSeq: 1 FROBNICATE\r\nMax-Forwards: 69\r\nMax-Breadth: 60\r\nl: 0\r\n\r\n"},
};

static const char *without_via_of_retry(struct rig *r)
{
    while (r->n_read < r->n_sent) {
        const struct rig_sent *s = rig_next(r);
        if (strncmp(s->bytes, "SIP/2.0 ", 8) != 0)
            return rig_without_via(s);
    }
    return "";
}

/* Our mark stands behind ";t=" in the first of our Record-Route values. */
static void find_mark(const char *text, char mark[17])
{
    const char *t = strstr(text, ";lr;t=");
    memcpy(mark, t ? t + 6 : "", t ? 16 : 1);
    mark[16] = '\0';
}

static void test_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct rig *r = rig_new();
        char mark[17], expected[2048];
        if (row->target)
            rig_target(r, row->target);
        else
            r->mode = RIG_ON;
        rig_send(r, row->in);
        const char *got = without_via_of_retry(r);
        find_mark(got, mark);
        rig_fill(expected, sizeof expected, row->out, mark);
        if (strcmp(got, expected) != 0)
            fail_msg("%s\n--- got\n%s\n--- not\n%s", row->why, got, expected);
        rig_end(r);
    }
}

/* RFC 3261 16.6 step 8: our Via on top, with a branch of its own. */
static void test_via(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.3");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    const char *start = "MESSAGE sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;";
    const struct rig_sent *one = rig_next(r), *two = rig_next(r);
    assert_memory_equal(one->bytes, start, strlen(start));
    const char *a = strstr(one->bytes, "branch="), *b = strstr(two->bytes, "branch=");
    assert_memory_equal(a, "branch=z9hG4bK", 14);
    assert_memory_equal(b, "branch=z9hG4bK", 14);
    size_t len_a = strcspn(a, ";\r"), len_b = strcspn(b, ";\r");
    assert_false(len_a == len_b && memcmp(a, b, len_a) == 0);
    rig_end(r);
}

/* RFC 3261 16.7: of a response nothing but our Via goes. */
static void test_response(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    assert_true(rig_has(rig_next(r), "SIP/2.0 100 "));
    const struct rig_sent *invite = rig_next(r);
    rig_answer(r, invite, 180, "b", "X-A: 1\r\n");
    const struct rig_sent *ringing = rig_next(r);
    assert_true(rig_has(ringing, "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;"));
    assert_true(rig_has(ringing, "\r\nX-A: 1\r\n"));
    assert_true(rig_has(ringing, "\r\nTo: <sip:bob@example.com>;tag=b\r\n"));
    assert_true(rig_has(ringing, "\r\nRecord-Route: <sip:192.0.2.10:5060;lr;t="));
    assert_false(rig_has(ringing, "SIP/2.0/UDP 192.0.2.10"));
    assert_int_equal(ringing->flow.remote.port, 5060);
    rig_answer(r, invite, 486, "b", "");
    rig_next_of(r, "SIP/2.0 486 ");
    rig_end(r);
}

/* RFC 3261 16.11, 13.2.2.4: the ACK to a 2xx goes on without state; the same branch each time. */
static void test_ack(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const char *ack = rig_request(r, "ACK", "sip:bob@192.0.2.2", "b", "Max-Forwards: 70\r\n");
    rig_send(r, ack);
    rig_send(r, ack);
    const struct rig_sent *one = rig_next(r), *two = rig_next(r);
    assert_true(rig_has(one, "ACK sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;"));
    assert_true(rig_has(one, "\r\nMax-Forwards: 69\r\n"));
    assert_string_equal(one->bytes, two->bytes);
    assert_int_equal(proxy_contexts(r->proxy), 0);
    rig_end(r);
}

/* RFC 3327 5.3: the Path of a registration becomes the Route; its first value is the next hop. */
static void test_path(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    r->targets[0].path = str_from("\"e < dge\" <sip:192.0.2.20;lr>, <sip:192.0.2.21;lr>");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next(r);
    assert_true(rig_has(s, "MESSAGE sip:bob@192.0.2.2 SIP/2.0\r\n"));
    assert_true(rig_has(s, "\r\nRoute: \"e < dge\" <sip:192.0.2.20;lr>, <sip:192.0.2.21;lr>\r\n"));
    assert_int_equal(s->flow.remote.ip[3], 20);
    rig_end(r);
}

/* RFC 3261 16.6 step 6: the first value is a strict router's. */
static void test_strict_path(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    r->targets[0].path = str_from("<sip:192.0.2.20>,<sip:192.0.2.21;lr>");
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next(r);
    assert_true(rig_has(s, "MESSAGE sip:192.0.2.20 SIP/2.0\r\n"));
    assert_true(rig_has(s, "\r\nRoute: <sip:192.0.2.21;lr>\r\nRoute: <sip:bob@192.0.2.2>\r\n"));
    assert_int_equal(s->flow.remote.ip[3], 20);
    rig_end(r);
}

/* RFC 5626 5.3: the flow of a registration is preferred to its Contact. */
static void test_flow(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@10.0.0.1:5060");
    r->targets[0].has_flow = true;
    r->targets[0].flow = (struct flow){.transport = TRANSPORT_UDP,
                                       .listener = RIG_UDP_OTHER,
                                       .local = engine_listener(r->engine, RIG_UDP_OTHER)->local};
    assert_true(addr_parse(STR("198.51.100.7:33333"), &r->targets[0].flow.remote));
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next(r);
    assert_true(rig_has(s, "MESSAGE sip:bob@10.0.0.1:5060 SIP/2.0\r\n"));
    assert_true(rig_has(s, "\r\nVia: SIP/2.0/UDP 192.0.2.10:5070;"));
    assert_int_equal(s->flow.remote.port, 33333);
    rig_end(r);
}

/* RFC 3261 16.6 step 4: nothing is recorded where the configuration does not want it. */
static void test_no_record_route(void **state)
{
    (void)state;
    struct rig *r = rig_new_with(false, 0);
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    assert_false(rig_has(rig_next_of(r, "INVITE "), "Record-Route"));
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),    cmocka_unit_test(test_via),
        cmocka_unit_test(test_response), cmocka_unit_test(test_ack),
        cmocka_unit_test(test_path),     cmocka_unit_test(test_strict_path),
        cmocka_unit_test(test_flow),     cmocka_unit_test(test_no_record_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
