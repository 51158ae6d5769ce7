/* RFC 3261 16.4, 16.12 and RFC 5658: loose and strict routes, our marks, double Record-Route,
 * maddr. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

/* The mark that the rig's proxy gives this serial's Call-ID, as a Route header sees it. */
static const char *mark_of(struct rig *r)
{
    static char mark[17];
    const struct rig_sent *s;
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "SUBSCRIBE", "sip:bob@example.com", "", ""));
    s = rig_next_of(r, "SUBSCRIBE ");
    const char *t = strstr(s->bytes, ";lr;t=");
    assert_non_null(t);
    memcpy(mark, t + 6, 16);
    rig_skip_all(r);
    return mark;
}

/* %s in uri and headers is the mark. `route`: what the copy's Route lines must be; NULL: none. */
static const struct row {
    const char *why;
    const char *uri, *headers;
    enum proxy_verdict verdict;
    const char *request_line, *route;
    int next_hop; /* last byte of the address */
} rows[] = {
    {"RFC 3261 16.4: our value goes, the mark proves the dialog", "sip:bob@192.0.2.2",
     "Route: <sip:192.0.2.10:5060;lr;t=%s>\r\n", PROXY_IN_DIALOG, "MESSAGE sip:bob@192.0.2.2 ",
     NULL, 2},
    {"RFC 3261 16.4: ours by default port and domain, without a mark: the Request-URI decides",
     "sip:bob@192.0.2.2", "Route: <sip:example.com;lr>\r\n", PROXY_TARGETS,
     "MESSAGE sip:bob@192.0.2.2 ", NULL, 2},
    {"RFC 3261 16.4: a forged mark is none", "sip:bob@192.0.2.2",
     "Route: <sip:192.0.2.10:5060;lr;t=0123456789abcdef>\r\n", PROXY_TARGETS,
     "MESSAGE sip:bob@192.0.2.2 ", NULL, 2},
    {"RFC 3261 16.12: the next value is the next hop, of the same line", "sip:bob@192.0.2.2",
     "Route: <sip:192.0.2.10:5060;lr;t=%s>, <sip:192.0.2.30;lr>,<sip:192.0.2.31;lr>\r\n",
     PROXY_IN_DIALOG, "MESSAGE sip:bob@192.0.2.2 ",
     "Route: <sip:192.0.2.30;lr>,<sip:192.0.2.31;lr>\r\n", 30},
    {"RFC 3261 16.12: of another line", "sip:bob@192.0.2.2",
     "Route: <sip:192.0.2.10:5060;lr;t=%s>\r\nRoute: <sip:192.0.2.30;lr>\r\n", PROXY_IN_DIALOG,
     "MESSAGE sip:bob@192.0.2.2 ", "Route: <sip:192.0.2.30;lr>\r\n", 30},
    {"RFC 5658 5: both of a double pair go at once", "sip:bob@192.0.2.2",
     "Route: <sip:192.0.2.10:5060;lr;t=%s>\r\nRoute: "
     "<sip:[2001:db8::10]:5060;lr;t=%s>,<sip:192.0.2.30;lr>\r\n",
     PROXY_IN_DIALOG, "MESSAGE sip:bob@192.0.2.2 ", "Route: <sip:192.0.2.30;lr>\r\n", 30},
    {"RFC 3261 16.4: somebody else's value on top stays", "sip:bob@example.com",
     "Route: <sip:192.0.2.30;lr>\r\n", PROXY_ROUTED, "MESSAGE sip:bob@example.com ",
     "Route: <sip:192.0.2.30;lr>\r\n", 30},
    {"RFC 3261 16.4: our address at another port is somebody else", "sip:bob@192.0.2.2",
     "Route: <sip:192.0.2.10:5999;lr>\r\n", PROXY_ROUTED, "MESSAGE sip:bob@192.0.2.2 ",
     "Route: <sip:192.0.2.10:5999;lr>\r\n", 10},
    {"RFC 3261 16.4: a strict router put our value into the Request-URI",
     "sip:192.0.2.10:5060;lr;t=%s",
     "Route: <sip:192.0.2.30;lr>, <sip:192.0.2.31;lr>\r\nRoute: <sip:alice@192.0.2.4>\r\n",
     PROXY_IN_DIALOG, "MESSAGE sip:alice@192.0.2.4 ",
     "Route: <sip:192.0.2.30;lr>, <sip:192.0.2.31;lr>\r\n", 30},
    {"RFC 3261 16.12.1.2: undone within one line, the rest keeps its order",
     "sip:192.0.2.10:5060;lr;t=%s",
     "Route: <sip:192.0.2.30;lr>,<sip:192.0.2.31;lr>, <sip:alice@192.0.2.4>\r\n", PROXY_IN_DIALOG,
     "MESSAGE sip:alice@192.0.2.4 ", "Route: <sip:192.0.2.30;lr>,<sip:192.0.2.31;lr>\r\n", 30},
    {"RFC 3261 16.4: undone, and nothing remains", "sip:192.0.2.10:5060;lr;t=%s",
     "Route: <sip:alice@192.0.2.4>\r\n", PROXY_IN_DIALOG, "MESSAGE sip:alice@192.0.2.4 ", NULL, 4},
    {"RFC 3261 16.6 step 6: the next hop is a strict router", "sip:bob@192.0.2.2;x",
     "Route: <sip:192.0.2.10:5060;lr;t=%s>,<sip:192.0.2.30>\r\n", PROXY_IN_DIALOG,
     "MESSAGE sip:192.0.2.30 ", "Route: <sip:bob@192.0.2.2;x>\r\n", 30},
    {"RFC 3261 16.12.1.2: the same with values behind it", "sip:bob@192.0.2.2",
     "Route: <sip:192.0.2.10:5060;lr;t=%s>\r\nRoute: <sip:192.0.2.30>\r\nRoute: "
     "<sip:192.0.2.31;lr>\r\n",
     PROXY_IN_DIALOG, "MESSAGE sip:192.0.2.30 ",
     "Route: <sip:192.0.2.31;lr>, <sip:bob@192.0.2.2>\r\n", 30},
    {"RFC 3261 16.12.1.2: from a strict router to a strict router", "sip:192.0.2.10:5060;lr;t=%s",
     "Route: <sip:192.0.2.30>,<sip:alice@192.0.2.4>\r\n", PROXY_IN_DIALOG,
     "MESSAGE sip:192.0.2.30 ", "Route: <sip:alice@192.0.2.4>\r\n", 30},
};

static void collect_routes(const char *text, char *out, size_t size)
{
    *out = '\0';
    size_t len = 0;
    for (const char *at = text; (at = strstr(at, "\r\nRoute: ")); at += 2) {
        const char *end = strstr(at + 2, "\r\n") + 2;
        len += (size_t)snprintf(out + len, size - len, "%.*s", (int)(end - at - 2), at + 2);
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct rig *r = rig_new();
        const char *mark = mark_of(r);
        char uri[256], headers[512], routes[512];
        rig_fill(uri, sizeof uri, row->uri, mark);
        rig_fill(headers, sizeof headers, row->headers, mark);
        r->mode = RIG_ON;
        rig_send(r, rig_again(r, "MESSAGE", uri, "b", headers));
        if (r->verdict != row->verdict)
            fail_msg("%s: verdict %d", row->why, r->verdict);
        const struct rig_sent *s = rig_next_of(r, "MESSAGE ");
        collect_routes(s->bytes, routes, sizeof routes);
        if (strncmp(s->bytes, row->request_line, strlen(row->request_line)) != 0 ||
            strcmp(routes, row->route ? row->route : "") != 0 ||
            s->flow.remote.ip[3] != row->next_hop)
            fail_msg("%s: to %d\n%s", row->why, s->flow.remote.ip[3], s->bytes);
        rig_end(r);
    }
}

/* RFC 3261 16.5: a Request-URI of ours is looked up whatever the mark says. */
static void test_local_uri_with_mark(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    const char *mark = mark_of(r);
    char headers[128];
    snprintf(headers, sizeof headers, "Route: <sip:192.0.2.10:5060;lr;t=%s>\r\n", mark);
    rig_send(r, rig_again(r, "MESSAGE", "sip:bob@example.com", "b", headers));
    assert_int_equal(r->verdict, PROXY_TARGETS);
    assert_true(r->view.next_is_local);
    rig_end(r);
}

/* RFC 3261 16.4: maddr of ours, by the port and transport that it came by. */
static const struct maddr_row {
    const char *uri, *seen;
    bool local;
} maddr_rows[] = {
    {"sip:bob@example.com;maddr=192.0.2.10", "sip:bob@example.com", true},
    {"sip:bob:pw@example.com;x=1;maddr=192.0.2.10;transport=udp;y", "sip:bob:pw@example.com;x=1;y",
     true},
    {"sip:bob@example.net;maddr=192.0.2.10", "sip:bob@example.net", false},
    {"sip:bob@192.0.2.3;maddr=192.0.2.44", "sip:bob@192.0.2.3;maddr=192.0.2.44", false},
    {"sip:bob@192.0.2.3;maddr=192.0.2.10;transport=tcp",
     "sip:bob@192.0.2.3;maddr=192.0.2.10;transport=tcp", false},
    {"sip:bob@192.0.2.3:5070;maddr=192.0.2.10", "sip:bob@192.0.2.3:5070;maddr=192.0.2.10", false},
};

static void test_maddr(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maddr_rows / sizeof *maddr_rows; i++) {
        struct rig *r = rig_new();
        r->mode = RIG_LOOK_ONLY;
        rig_send(r, rig_request(r, "MESSAGE", maddr_rows[i].uri, "", ""));
        assert_string_equal(r->view_uri, maddr_rows[i].seen);
        assert_int_equal(r->view.next_is_local, maddr_rows[i].local);
        struct reply ok = {.status = 200};
        engine_reply(r->engine, r->tx, &ok, r->now);
        rig_end(r);
    }
}

/* … and what goes on has no maddr of ours. */
static void test_maddr_forwarded(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    r->mode = RIG_ON;
    rig_send(r, rig_request(r, "MESSAGE", "sip:bob@192.0.2.3;maddr=192.0.2.10;x", "", ""));
    const struct rig_sent *s = rig_next(r);
    assert_true(rig_has(s, "MESSAGE sip:bob@192.0.2.3;x SIP/2.0\r\n"));
    assert_int_equal(s->flow.remote.ip[3], 3);
    rig_end(r);
}

/* Longer than what is understood: RFC 3261 21.4.12. */
static void test_maddr_too_long(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    char uri[1400];
    memset(uri, 'u', sizeof uri);
    memcpy(uri, "sip:", 4);
    static const char host[] = "@example.net;maddr=192.0.2.10";
    memcpy(uri + 1300, host, sizeof host);
    rig_send(r, rig_request(r, "MESSAGE", uri, "", ""));
    assert_int_equal(rig_count(r, "SIP/2.0 414 "), 1);
    rig_end(r);
}

/* RFC 5658 5, 6.2: two values where the listener, family or transport changes; the outgoing first.
 */
static const struct double_row {
    const char *contact;
    unsigned from;
    const char *first, *second;
} double_rows[] = {
    {"sip:bob@[2001:db8::2]", RIG_UDP,
     "<sip:[2001:db8::10]:5060;lr;t=", "<sip:192.0.2.10:5060;lr;t="},
    {"sip:bob@192.0.2.2;transport=tcp", RIG_UDP,
     "<sip:192.0.2.10:5060;transport=tcp;lr;t=", "<sip:192.0.2.10:5060;lr;t="},
    {"sip:bob@192.0.2.2", RIG_UDP_OTHER,
     "<sip:192.0.2.10:5060;lr;t=", "<sip:192.0.2.10:5070;lr;t="},
    {"sip:bob@192.0.2.2", RIG_UDP, "<sip:192.0.2.10:5060;lr;t=", NULL},
};

static void test_double(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof double_rows / sizeof *double_rows; i++) {
        const struct double_row *row = &double_rows[i];
        struct rig *r = rig_new();
        rig_target(r, row->contact);
        rig_from(r, row->from, "192.0.2.1:5060",
                 rig_request(r, "SUBSCRIBE", "sip:bob@example.com", "", ""));
        const struct rig_sent *s = rig_next_of(r, "SUBSCRIBE ");
        const char *one = strstr(s->bytes, "\r\nRecord-Route: ");
        assert_non_null(one);
        assert_memory_equal(one + 16, row->first, strlen(row->first));
        const char *two = strstr(one + 2, "\r\nRecord-Route: ");
        if (row->second) {
            assert_non_null(two);
            assert_memory_equal(two + 16, row->second, strlen(row->second));
        } else {
            assert_null(two);
        }
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),           cmocka_unit_test(test_local_uri_with_mark),
        cmocka_unit_test(test_maddr),          cmocka_unit_test(test_maddr_forwarded),
        cmocka_unit_test(test_maddr_too_long), cmocka_unit_test(test_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
