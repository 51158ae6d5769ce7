/* RFC 5626 4.3, 5.1: dialogs whose sides are reachable by their flow alone: a connection, a NAT
 * binding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

#define OTHERS ((conn_id)1 << 56 | 0x2f) /* a connection of another worker's */
#define PUBLIC "198.51.100.7:33333"
#define PUBLIC6 "[2001:db8:ff::7]:33333"
#define CALLER "sip:alice@192.0.2.1:5060"
#define PRIVATE_BOB "sip:bob@10.0.0.2:5060"

enum side { AS_UDP, AS_OWN_CONN, AS_OTHERS_CONN };

static struct flow flow_of(struct rig *r, unsigned listener, const char *remote, conn_id conn)
{
    const struct listener *l = engine_listener(r->engine, listener);
    struct flow f = {
        .transport = l->transport, .listener = (uint8_t)listener, .local = l->local, .conn = conn};
    assert_true(addr_parse(str_from(remote), &f.remote));
    return f;
}

static void target_by(struct rig *r, const char *uri, struct flow f)
{
    rig_target(r, uri);
    r->targets[r->n_targets - 1].has_flow = true;
    r->targets[r->n_targets - 1].flow = f;
}

/* A request within (or, with to_tag "", beginning) the dialog that Alice, tag a, has. */
static const char *request(struct rig *r, const char *method, const char *uri, const char *via,
                           const char *from_tag, const char *to_tag, const char *route)
{
    static char text[4][4096];
    static unsigned turn;
    char *out = text[turn++ % 4];
    int n = snprintf(out, sizeof text[0],
                     "%s %s SIP/2.0\r\nVia: SIP/2.0/%s;branch=z9hG4bKf%u\r\n%s"
                     "From: <sip:x@example.com>%s%s\r\nTo: <sip:y@example.com>%s%s\r\n"
                     "Call-ID: c%u\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\n"
                     "Content-Length: 0\r\n\r\n",
                     method, uri, via, turn, route, *from_tag ? ";tag=" : "", from_tag,
                     *to_tag ? ";tag=" : "", to_tag, r->serial, turn, method);
    assert_true(n > 0 && (size_t)n < sizeof text[0]);
    return out;
}

/* Our Record-Route URIs in a copy of an INVITE, as the route sets that the two sides make of them
 * (RFC 3261 12.1.1, 12.1.2). */
struct routes {
    unsigned n;
    char values[2][256];
    char of_caller[600], of_callee[600];
};

static void read_routes(const struct rig_sent *s, struct routes *out)
{
    memset(out, 0, sizeof *out);
    for (const char *at = s->bytes; (at = strstr(at, "\r\nRecord-Route: ")); at += 2) {
        assert_true(out->n < 2);
        size_t len = strcspn(at + 16, "\r");
        assert_true(len < sizeof out->values[0]);
        memcpy(out->values[out->n++], at + 16, len);
    }
    assert_true(out->n > 0);
    snprintf(out->of_callee, sizeof out->of_callee, "Route: %s%s%s\r\n", out->values[0],
             out->n > 1 ? "," : "", out->values[1]);
    snprintf(out->of_caller, sizeof out->of_caller, "Route: %s%s%s\r\n", out->values[out->n - 1],
             out->n > 1 ? "\r\nRoute: " : "", out->n > 1 ? out->values[0] : "");
}

#define ANY SIZE_MAX

/* The value of ";name=", of the given length, in a URI; 0: none. */
static bool token_in(const char *uri, char name, size_t len)
{
    char param[] = {';', name, '=', '\0'};
    const char *at = strstr(uri, param);
    if (len == 0 || !at)
        return len == 0 && !at;
    return len == ANY ? strcspn(at + 3, ";>") > 4 : strcspn(at + 3, ";>") == len;
}

static struct rig *dialog_rig(void)
{
    struct rig *r = rig_new();
    r->serial = 1;
    return r;
}

#define VIA "UDP 192.0.2.1:5060"
#define VIA_BOB "UDP 192.0.2.99:5060"

static const struct row {
    const char *why;
    enum side caller_side;
    unsigned caller_listener;
    const char *caller, *via;
    enum side callee_side;
    unsigned callee_listener;
    const char *callee, *contact; /* callee NULL: no flow is known */
    size_t f, g;                  /* the tokens' length */
    unsigned n;                   /* Record-Route values */
    const char *to_callee, *to_caller;
} rows[] = {
    {"RFC 3261 16.6: both by their Contact: nothing is added", AS_UDP, RIG_UDP, "192.0.2.1:5060",
     VIA, AS_UDP, RIG_UDP, NULL, "sip:bob@192.0.2.2:5062", 0, 0, 1, "192.0.2.2:5062",
     "192.0.2.1:5060"},
    {"the Contact is the flow's other end: nothing is added", AS_UDP, RIG_UDP, "192.0.2.1:5060",
     "UDP 192.0.2.1;rport", AS_UDP, RIG_UDP, "192.0.2.2:5060", "sip:bob@192.0.2.2", 0, 0, 1,
     "192.0.2.2:5060", "192.0.2.1:5060"},
    {"RFC 5626 5.3: the callee behind a NAT", AS_UDP, RIG_UDP, "192.0.2.1:5060", VIA, AS_UDP,
     RIG_UDP, PUBLIC, PRIVATE_BOB, 0, 14, 1, PUBLIC, "192.0.2.1:5060"},
    {"another port is a NAT's, too", AS_UDP, RIG_UDP, "192.0.2.1:5060", VIA, AS_UDP, RIG_UDP,
     PUBLIC, "sip:bob@198.51.100.7", 0, 14, 1, PUBLIC, "192.0.2.1:5060"},
    {"IPv6", AS_UDP, RIG_UDP6, "[2001:db8::1]:5060", "UDP [2001:db8::1]:5060", AS_UDP, RIG_UDP6,
     PUBLIC6, "sip:bob@[2001:db8:aa::2]:5060", 0, 38, 1, PUBLIC6, "192.0.2.1:5060"},
    {"RFC 3581 4: the caller's Via is private", AS_UDP, RIG_UDP, PUBLIC, "UDP 10.0.0.1:5060;rport",
     AS_UDP, RIG_UDP, NULL, "sip:bob@192.0.2.2:5062", 14, 0, 1, "192.0.2.2:5062", PUBLIC},
    {"RFC 3581 4: or has another port", AS_UDP, RIG_UDP, PUBLIC, "UDP 198.51.100.7;rport", AS_UDP,
     RIG_UDP, NULL, "sip:bob@192.0.2.2:5062", 14, 0, 1, "192.0.2.2:5062", PUBLIC},
    {"RFC 3261 18.2.2: without rport it listens at sent-by", AS_UDP, RIG_UDP, PUBLIC,
     "UDP 198.51.100.7:5060", AS_UDP, RIG_UDP, NULL, "sip:bob@192.0.2.2:5062", 0, 0, 1,
     "192.0.2.2:5062", "192.0.2.1:5060"},
    {"a Via with a name tells nothing", AS_UDP, RIG_UDP, PUBLIC, "UDP phone.invalid", AS_UDP,
     RIG_UDP, NULL, "sip:bob@192.0.2.2:5062", 14, 0, 1, "192.0.2.2:5062", PUBLIC},
    {"RFC 3261 16.12: a proxy that the dialog leaves is not its caller", AS_UDP, RIG_UDP, PUBLIC,
     "UDP 10.0.0.1:5060;rport;branch=z9hG4bKq, SIP/2.0/UDP 10.0.0.7:5060", AS_UDP, RIG_UDP, NULL,
     "sip:bob@192.0.2.2:5062", 0, 0, 1, "192.0.2.2:5062", "192.0.2.1:5060"},
    {"both behind NATs, on either family (RFC 5658)", AS_UDP, RIG_UDP, PUBLIC,
     "UDP 10.0.0.1:5060;rport", AS_UDP, RIG_UDP6, PUBLIC6, "sip:bob@[2001:db8:aa::2]:5060", 14, 38,
     2, PUBLIC6, PUBLIC},
    {"RFC 5626 4.3: the callee's connection", AS_UDP, RIG_UDP, "192.0.2.1:5060", VIA, AS_OWN_CONN,
     RIG_TCP, "192.0.2.2:56118", "sip:bob@192.0.2.2:56118;transport=tcp", 0, ANY, 2, "conn",
     "192.0.2.1:5060"},
    {"the callee's connection at another worker", AS_UDP, RIG_UDP, "192.0.2.1:5060", VIA,
     AS_OTHERS_CONN, RIG_TCP, "192.0.2.2:56118", "sip:bob@192.0.2.2:56118;transport=tcp", 0, ANY, 2,
     "conn", "192.0.2.1:5060"},
    {"RFC 5626 5.1: the caller's connection", AS_OWN_CONN, RIG_TCP, "192.0.2.1:40001",
     "TCP 192.0.2.1:40001", AS_UDP, RIG_UDP, NULL, "sip:bob@192.0.2.2:5062", ANY, 0, 2,
     "192.0.2.2:5062", "conn"},
    {"the caller's at another worker, the callee's here: one value with both", AS_OTHERS_CONN,
     RIG_TCP, "192.0.2.1:40001", "TCP 192.0.2.1:40001", AS_OWN_CONN, RIG_TCP, "192.0.2.2:56118",
     "sip:bob@192.0.2.2:56118;transport=tcp", ANY, ANY, 1, "conn", "conn"},
};

static conn_id conn_for(struct rig *r, enum side side, const char *remote)
{
    switch (side) {
    case AS_OWN_CONN:
        return rig_accept(r, remote);
    case AS_OTHERS_CONN:
        return OTHERS;
    case AS_UDP:
        break;
    }
    return 0;
}

static void arrive(struct rig *r, const struct row *row, conn_id conn, const char *text)
{
    if (row->caller_side == AS_OWN_CONN)
        rig_stream(r, conn, text);
    else if (row->caller_side == AS_OTHERS_CONN)
        rig_adopt(r, conn, row->caller, text);
    else
        rig_from(r, row->caller_listener, row->caller, text);
}

static void check_tokens(const struct row *row, const struct routes *t)
{
    const char *of_caller = t->values[t->n - 1], *of_callee = t->values[0];
    if (t->n != row->n || !token_in(of_caller, 'f', row->f) || !token_in(of_callee, 'g', row->g) ||
        !token_in(of_callee, 't', 16) || !token_in(of_caller, 't', 16))
        fail_msg("%s: %s %s", row->why, of_callee, of_caller);
    if (t->n == 2 && (!token_in(of_caller, 'g', 0) || !token_in(of_callee, 'f', 0)))
        fail_msg("%s: a flow of the other side: %s %s", row->why, of_callee, of_caller);
}

static bool went_to(const struct rig_sent *s, const char *where, conn_id conn)
{
    struct addr a;
    if (conn && strcmp(where, "conn") == 0)
        return s->flow.conn == conn;
    assert_true(addr_parse(str_from(where), &a));
    return s->flow.conn == 0 && addr_equal(&s->flow.remote, &a);
}

/* One request from an address that nobody in the dialog has had: its tags tell whose it is. */
static void check_way(struct rig *r, const char *why, const char *method, const char *contact,
                      bool by_caller, const char *route, const char *where, conn_id conn)
{
    char start[16];
    snprintf(start, sizeof start, "%s ", method);
    rig_skip_all(r);
    rig_from(
        r, RIG_UDP, "192.0.2.99:5060",
        request(r, method, contact, VIA_BOB, by_caller ? "a" : "b", by_caller ? "b" : "a", route));
    const struct rig_sent *s = rig_next_of(r, start);
    if (r->verdict != PROXY_IN_DIALOG || !went_to(s, where, conn) || rig_has(s, "Route:"))
        fail_msg("%s: %s %s:\n%s", why, method, where, s->bytes);
    if (strcmp(method, "ACK") != 0)
        rig_answer(r, s, 200, "z", "");
}

static void check_dialog(struct rig *r, const struct row *row, conn_id caller, conn_id callee,
                         const struct routes *t)
{
    static const char *const methods[] = {"ACK", "BYE", "INVITE"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        check_way(r, row->why, methods[i], row->contact, true, t->of_caller, row->to_callee,
                  callee);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        check_way(r, row->why, methods[i], CALLER, false, t->of_callee, row->to_caller, caller);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct rig *r = dialog_rig();
        struct routes t;
        conn_id caller = conn_for(r, row->caller_side, row->caller);
        conn_id callee = conn_for(r, row->callee_side, row->callee);
        if (row->callee)
            target_by(r, row->contact, flow_of(r, row->callee_listener, row->callee, callee));
        else
            rig_target(r, row->contact);
        arrive(r, row, caller, request(r, "INVITE", "sip:bob@example.com", row->via, "a", "", ""));
        const struct rig_sent *invite = rig_next_of(r, "INVITE ");
        if (row->callee && invite->flow.conn != callee)
            fail_msg("%s: the INVITE missed its flow", row->why);
        read_routes(invite, &t);
        check_tokens(row, &t);
        check_dialog(r, row, caller, callee, &t);
        rig_end(r);
    }
}

/* An INVITE to Bob by this flow, and the Record-Route of its copy. */
static void call_by(struct rig *r, struct flow f, struct routes *t)
{
    r->n_targets = 0;
    target_by(r, PRIVATE_BOB, f);
    rig_from(r, RIG_UDP, "203.0.113.5:7777",
             request(r, "INVITE", "sip:bob@example.com", "UDP 10.0.0.1:5060;rport", "a", "", ""));
    read_routes(rig_next_of(r, "INVITE "), t);
    rig_skip_all(r);
}

/* Whoever changes, moves or takes along a flow has no mark: the Request-URI decides, and policy
 * whether it may. */
static const struct forgery {
    const char *why;
    const char *find, *put; /* in the Route */
    unsigned serial;        /* of the Call-ID */
    const char *from, *to;  /* tags */
} forgeries[] = {
    {"another port", ";g=008235", ";g=008236", 1, "a", "b"},
    {"another listener", ";g=00", ";g=03", 1, "a", "b"},
    {"no flow", ";g=", ";h=", 1, "a", "b"},
    {"the sides change places", ";g=", ";f=", 1, "a", "b"},
    {"another dialog", "", "", 2, "a", "b"},
    {"another caller", "", "", 1, "c", "b"},
    {"a mark cut short", ">", "0>", 1, "a", "b"},
};

static void replace(char *out, size_t size, const char *in, const char *find, const char *put)
{
    const char *at = strstr(in, find);
    assert_non_null(at);
    int n = snprintf(out, size, "%.*s%s%s", (int)(at - in), in, put, at + strlen(find));
    assert_true(n > 0 && (size_t)n < size);
}

static void test_forged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        const struct forgery *row = &forgeries[i];
        struct rig *r = dialog_rig();
        struct routes t;
        char route[600];
        call_by(r, flow_of(r, RIG_UDP, PUBLIC, 0), &t);
        check_way(r, row->why, "BYE", PRIVATE_BOB, true, t.of_caller, PUBLIC, 0);
        rig_skip_all(r);
        replace(route, sizeof route, t.of_caller, row->find, row->put);
        r->serial = row->serial;
        rig_send(r, request(r, "BYE", PRIVATE_BOB, VIA, row->from, row->to, route));
        if (r->verdict != PROXY_TARGETS || !went_to(rig_next_of(r, "BYE "), "10.0.0.2:5060", 0))
            fail_msg("%s: %s", row->why, route);
        rig_end(r);
    }
}

/* RFC 3261 16.12: a flow is for those who are reached by no Route. */
static void test_route_remains(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes t;
    char route[700];
    call_by(r, flow_of(r, RIG_UDP, PUBLIC, 0), &t);
    snprintf(route, sizeof route, "%sRoute: <sip:192.0.2.30;lr>\r\n", t.of_caller);
    rig_send(r, request(r, "BYE", PRIVATE_BOB, VIA, "a", "b", route));
    assert_int_equal(r->verdict, PROXY_IN_DIALOG);
    assert_true(went_to(rig_next_of(r, "BYE "), "192.0.2.30:5060", 0));
    rig_end(r);
}

/* A dialog that passed through us twice: what stands nearest to the side that is meant counts, and
 * only if it is proven. */
static void test_spiral(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes first, second;
    char route[1300];
    call_by(r, flow_of(r, RIG_UDP_OTHER, "192.0.2.77:7", 0), &first);
    call_by(r, flow_of(r, RIG_UDP, PUBLIC, 0), &second);
    snprintf(route, sizeof route, "%s%s", first.of_caller, second.of_caller);
    check_way(r, "spiral", "BYE", PRIVATE_BOB, true, route, PUBLIC, 0);
    snprintf(route, sizeof route, "%sRoute: <sip:192.0.2.10:5060;lr>\r\n", second.of_caller);
    check_way(r, "an own Route without mark", "BYE", PRIVATE_BOB, true, route, "10.0.0.2:5060", 0);
    rig_end(r);
}

/* RFC 3261 16.4: the mark comes back in the Request-URI. */
static void test_strict_router(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes t;
    char uri[256];
    call_by(r, flow_of(r, RIG_UDP, PUBLIC, 0), &t);
    snprintf(uri, sizeof uri, "%.*s", (int)strlen(t.values[0]) - 2, t.values[0] + 1);
    check_way(r, "strict", "BYE", uri, true, "Route: <" PRIVATE_BOB ">\r\n", PUBLIC, 0);
    rig_end(r);
}

/* RFC 2543: without tags nobody knows whose the request is: Contact decides. */
static void test_no_tags(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes t;
    target_by(r, PRIVATE_BOB, flow_of(r, RIG_UDP, PUBLIC, 0));
    rig_send(r, request(r, "INVITE", "sip:bob@example.com", VIA, "", "", ""));
    read_routes(rig_next_of(r, "INVITE "), &t);
    rig_send(r, request(r, "BYE", PRIVATE_BOB, VIA, "", "", t.of_caller));
    assert_int_equal(r->verdict, PROXY_IN_DIALOG);
    assert_true(went_to(rig_next_of(r, "BYE "), "10.0.0.2:5060", 0));
    rig_end(r);
}

/* RFC 3261 16.5: a Request-URI of ours is looked up, whatever flow the mark proves. */
static void test_local_uri(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes t;
    call_by(r, flow_of(r, RIG_UDP, PUBLIC, 0), &t);
    r->n_targets = 0;
    rig_target(r, "sip:bob@192.0.2.44");
    rig_send(r, request(r, "BYE", "sip:bob@example.com", VIA, "a", "b", t.of_caller));
    assert_int_equal(r->verdict, PROXY_TARGETS);
    assert_true(went_to(rig_next_of(r, "BYE "), "192.0.2.44:5060", 0));
    rig_end(r);
}

/* RFC 3261 16.6: each branch's copy has its own flow, so that the dialog's requests reach the phone
 * that answered. */
static void test_fork(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes t[2];
    conn_id conn = rig_accept(r, "192.0.2.2:56118");
    target_by(r, PRIVATE_BOB, flow_of(r, RIG_UDP, PUBLIC, 0));
    target_by(r, "sip:bob@192.0.2.2:56118;transport=tcp",
              flow_of(r, RIG_TCP, "192.0.2.2:56118", conn));
    rig_send(r, request(r, "INVITE", "sip:bob@example.com", VIA, "a", "", ""));
    read_routes(rig_next_of(r, "INVITE "), &t[0]);
    read_routes(rig_next_of(r, "INVITE "), &t[1]);
    check_way(r, "first", "ACK", PRIVATE_BOB, true, t[0].of_caller, PUBLIC, 0);
    check_way(r, "second", "ACK", PRIVATE_BOB, true, t[1].of_caller, "conn", conn);
    rig_end(r);
}

/* RFC 5626 4.3: a flow that is gone: the Contact may still do. */
static void test_connection_gone(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes t;
    conn_id conn = rig_accept(r, "192.0.2.2:56118");
    call_by(r, flow_of(r, RIG_TCP, "192.0.2.2:56118", conn), &t);
    rig_close(r, conn);
    check_way(r, "ACK", "ACK", PRIVATE_BOB, true, t.of_caller, "10.0.0.2:5060", 0);
    check_way(r, "BYE", "BYE", PRIVATE_BOB, true, t.of_caller, "10.0.0.2:5060", 0);
    rig_end(r);
}

static const struct rig_sent *bye_to_others(struct rig *r, const char *contact)
{
    struct routes t;
    call_by(r, flow_of(r, RIG_TCP, "192.0.2.2:56118", OTHERS), &t);
    rig_send(r, request(r, "BYE", contact, VIA, "a", "b", t.of_caller));
    const struct rig_sent *s = rig_next_of(r, "BYE ");
    assert_true(s->flow.conn == OTHERS);
    return s;
}

/* … which another worker says only after the request was sent. */
static void test_others_connection_gone(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    bye_to_others(r, PRIVATE_BOB);
    rig_close(r, OTHERS);
    const struct rig_sent *s = rig_next_of(r, "BYE ");
    assert_true(went_to(s, "10.0.0.2:5060", 0));
    rig_answer(r, s, 200, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    rig_end(r);
}

/* RFC 3261 16.9: there is no third way. */
static void test_no_way(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    bye_to_others(r, "sip:bob@192.0.2.2:9;transport=tcp");
    rig_close(r, OTHERS);
    assert_int_equal(rig_count(r, "BYE "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 500 "), 1);
    rig_end(r);
}

/* A branch of a fork goes to its Contact then, as where the connection was known to be gone; never
 * by the Request-URI: that is ourselves. */
static void test_fork_branch_gone(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    target_by(r, PRIVATE_BOB, flow_of(r, RIG_TCP, "192.0.2.2:56118", OTHERS));
    rig_send(r, request(r, "MESSAGE", "sip:bob@192.0.2.10", VIA, "a", "", ""));
    assert_true(rig_next_of(r, "MESSAGE ")->flow.conn == OTHERS);
    rig_close(r, OTHERS);
    const struct rig_sent *s = rig_next_of(r, "MESSAGE ");
    assert_true(went_to(s, "10.0.0.2:5060", 0));
    assert_int_equal(rig_count(r, "MESSAGE "), 0);
    rig_answer(r, s, 200, "b", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    rig_end(r);
}

/* What the phone has begun to answer it has got: it is not asked again. */
static void test_gone_while_trying(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    struct routes t;
    conn_id conn = rig_accept(r, "192.0.2.2:56118");
    call_by(r, flow_of(r, RIG_TCP, "192.0.2.2:56118", conn), &t);
    rig_send(r, request(r, "INFO", PRIVATE_BOB, VIA, "a", "b", t.of_caller));
    rig_answer(r, rig_next_of(r, "INFO "), 100, "", "");
    rig_skip_all(r);
    rig_close(r, conn);
    assert_int_equal(rig_count(r, "INFO "), 0);
    rig_end(r);
}

/* RFC 3261 13.2.2.4, 16.5: an ACK to our user: to each binding, once, by its flow. */
static void test_ack_to_targets(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    conn_id conn = rig_accept(r, "192.0.2.2:56118");
    struct flow by_conn = flow_of(r, RIG_TCP, "192.0.2.2:56118", conn);
    rig_target(r, "sip:bob@192.0.2.2");
    target_by(r, PRIVATE_BOB, by_conn);
    target_by(r, PRIVATE_BOB, by_conn);
    const char *ack = request(r, "ACK", "sip:bob@example.com", VIA, "a", "b", "Max-Breadth: 5\r\n");
    rig_send(r, ack);
    const struct rig_sent *one = rig_next(r), *two = rig_next(r);
    assert_int_equal(r->n_sent, r->n_read);
    assert_true(went_to(one, "192.0.2.2:5060", 0));
    assert_true(rig_has(one, "ACK sip:bob@192.0.2.2 SIP/2.0\r\n"));
    assert_true(rig_has(one, "\r\nMax-Forwards: 69\r\n"));
    assert_true(rig_has(one, "\r\nMax-Breadth: 3\r\n"));
    assert_true(went_to(two, "conn", conn));
    assert_true(rig_has(two, "ACK " PRIVATE_BOB " SIP/2.0\r\n"));
    assert_true(rig_has(two, "\r\nMax-Breadth: 2\r\n"));
    rig_send(r, ack);
    assert_string_equal(rig_next(r)->bytes, one->bytes);
    assert_int_equal(proxy_contexts(r->proxy), 0);
    rig_end(r);
}

/* RFC 5393 5.3.3: more targets than it may have. */
static void test_ack_breadth(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.3");
    rig_send(r, request(r, "ACK", "sip:bob@example.com", VIA, "a", "b", "Max-Breadth: 1\r\n"));
    assert_int_equal(r->n_sent, 0);
    rig_end(r);
}

/* RFC 5393 4.2: an ACK that comes back unchanged ends. */
static void test_ack_loop(void **state)
{
    (void)state;
    struct rig *r = dialog_rig();
    rig_target(r, "sip:bob@192.0.2.10");
    rig_send(r, request(r, "ACK", "sip:bob@192.0.2.10", VIA, "a", "b", ""));
    const struct rig_sent *s = rig_next(r);
    rig_from(r, RIG_UDP, "192.0.2.10:5060", s->bytes);
    assert_int_equal(r->verdict, PROXY_DONE);
    assert_int_equal(r->n_sent, r->n_read);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_route_remains),
        cmocka_unit_test(test_spiral),
        cmocka_unit_test(test_strict_router),
        cmocka_unit_test(test_no_tags),
        cmocka_unit_test(test_local_uri),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_connection_gone),
        cmocka_unit_test(test_others_connection_gone),
        cmocka_unit_test(test_no_way),
        cmocka_unit_test(test_fork_branch_gone),
        cmocka_unit_test(test_gone_while_trying),
        cmocka_unit_test(test_ack_to_targets),
        cmocka_unit_test(test_ack_breadth),
        cmocka_unit_test(test_ack_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
