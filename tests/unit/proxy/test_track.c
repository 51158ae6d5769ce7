/* RFC 3261 6, 16: the call-stateful proxy: dialogs that run through it are known, and ended by
 * their sides, by what is answered within them, by time, and on request by BYEs both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

#define BOB "sip:bob@192.0.2.2"
#define FROM_ALICE "Contact: <sip:alice@192.0.2.1>\r\n"
#define FROM_BOB "Contact: <" BOB ">\r\n"

static const struct follow_stats *stats(const struct rig *r)
{
    return follow_table_stats(proxy_calls(r->proxy));
}

static struct rig *start(const struct follow_rules *rules)
{
    struct rig *r = rig_new();
    rig_follow(r, rules ? rules : &(struct follow_rules){0});
    rig_target(r, BOB);
    return r;
}

/* The Record-Route lines of a message, as the phone makes its Route of them. */
static const char *routes_of(const struct rig_sent *s)
{
    static char out[1024];
    size_t n = 0;
    for (const char *at = s->bytes; (at = strstr(at, "\r\nRecord-Route: ")); at += 2) {
        int len = (int)strcspn(at + 16, "\r");
        n += (size_t)snprintf(out + n, sizeof out - n, "Route: %.*s\r\n", len, at + 16);
    }
    out[n] = '\0';
    return out;
}

static char invite_route[1024];

static void answer(struct rig *r, const struct rig_sent *invite, unsigned status, const char *tag,
                   const char *contact)
{
    rig_answer(r, invite, status, tag, contact);
}

/* Alice's INVITE as it went to Bob. */
static const struct rig_sent *invite(struct rig *r, const char *headers)
{
    char lines[1024];
    snprintf(lines, sizeof lines, "%s%s", FROM_ALICE, headers);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", lines));
    const struct rig_sent *s = rig_next_of(r, "INVITE");
    snprintf(invite_route, sizeof invite_route, "%s", routes_of(s));
    return s;
}

/* … which he answers. */
static const struct rig_sent *call(struct rig *r)
{
    const struct rig_sent *s = invite(r, "");
    answer(r, s, 180, "b", FROM_BOB);
    answer(r, s, 200, "b", FROM_BOB);
    rig_next_of(r, "SIP/2.0 200");
    return s;
}

/* A request of Alice's within the dialog, forwarded to Bob. */
static const struct rig_sent *within(struct rig *r, const char *method, const char *headers)
{
    char lines[2048];
    snprintf(lines, sizeof lines, "%s%s", invite_route, headers);
    rig_send(r, rig_again(r, method, BOB, "b", lines));
    return rig_next_of(r, method);
}

static follow_ref only_call(const struct rig *r)
{
    struct follow_view v[2];
    uint32_t cursor = 0;
    assert_int_equal(follow_list(proxy_calls(r->proxy), &cursor, v, 2), 1);
    assert_int_equal(cursor, 0);
    return v[0].id;
}

static unsigned cseq_of(const struct rig_sent *s)
{
    return (unsigned)strtoul(strstr(s->bytes, "\r\nCSeq: ") + 8, NULL, 10);
}

static void learns_and_forgets(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    const struct rig_sent *s = invite(r, "");
    assert_int_equal(stats(r)->setups, 1);
    answer(r, s, 180, "b", FROM_BOB);
    assert_int_equal(stats(r)->dialogs, 1);
    answer(r, s, 200, "b", FROM_BOB);
    assert_int_equal(stats(r)->answered, 1);
    struct follow_view v;
    assert_true(follow_look(proxy_calls(r->proxy), only_call(r), &v));
    assert_int_equal(v.state, FOLLOW_ANSWERED);
    assert_true(str_equal(v.from, STR("sip:alice@example.com")));
    within(r, "BYE", "");
    assert_int_equal(stats(r)->dialogs, 0);
    assert_int_equal(stats(r)->ended[FOLLOW_BYE], 1);
    answer(r, s, 200, "b", FROM_BOB); /* the 2xx comes again behind the BYE */
    assert_int_equal(stats(r)->dialogs, 0);
    rig_pass(r, 60 * NS_PER_S);
    assert_int_equal(stats(r)->setups, 0);
    rig_end(r);
}

static void ends_on_request(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    call(r);
    unsigned info = cseq_of(within(r, "INFO", ""));
    rig_skip_all(r);
    assert_true(proxy_end_call(r->proxy, only_call(r), FOLLOW_ON_REQUEST, r->now));
    rig_drain(r);
    const struct rig_sent *to_alice = rig_next_of(r, "BYE sip:alice@192.0.2.1 SIP/2.0");
    assert_true(rig_has(to_alice, "From: <sip:bob@example.com>;tag=b"));
    assert_true(rig_has(to_alice, "To: <sip:alice@example.com>;tag=a"));
    assert_true(rig_has(to_alice, "Reason: Q.850;cause=16"));
    const struct rig_sent *to_bob = rig_next_of(r, "BYE " BOB " SIP/2.0");
    assert_true(rig_has(to_bob, "From: <sip:alice@example.com>;tag=a"));
    assert_int_equal(cseq_of(to_bob), info + 1);
    assert_int_equal(stats(r)->dialogs, 0);
    struct follow_view v;
    assert_true(proxy_ended(r->proxy, &v));
    assert_int_equal(v.cause, FOLLOW_ON_REQUEST);
    assert_false(proxy_ended(r->proxy, &v));
    /* Alice's own BYE crosses: it goes on as long as nobody knows whether Bob has heard of ours;
     * then it is answered here. */
    char lines[1100];
    snprintf(lines, sizeof lines, "%s", invite_route);
    rig_send(r, rig_again(r, "BYE", BOB, "b", lines));
    rig_answer(r, rig_next_of(r, "BYE"), 481, "", "");
    rig_next_of(r, "SIP/2.0 481");
    rig_answer(r, to_bob, 481, "", "");
    rig_send(r, rig_again(r, "BYE", BOB, "b", lines));
    rig_next_of(r, "SIP/2.0 200");
    rig_send(r, rig_again(r, "INFO", BOB, "b", lines));
    rig_next_of(r, "SIP/2.0 481");
    rig_answer(r, to_alice, 200, "", "");
    rig_pass(r, 60 * NS_PER_S);
    uint32_t cursor = 0;
    assert_int_equal(follow_list(proxy_calls(r->proxy), &cursor, &v, 1), 0);
    rig_end(r);
}

/* RFC 3261 12.2: BYEs go where the last target refresh has them, through the proxies on each side.
 */
static void follows_routes_and_targets(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    const struct rig_sent *s =
        invite(r, "Record-Route: <sip:192.0.2.61;lr>, <sip:192.0.2.62;lr>\r\n");
    char text[4096];
    const char *rest = strstr(s->bytes, "Record-Route");
    snprintf(text, sizeof text,
             "%.*sRecord-Route: <sip:192.0.2.72>\r\n"
             "Record-Route: <sip:192.0.2.71;lr>\r\n%s",
             (int)(rest - s->bytes), s->bytes, rest);
    struct rig_sent as_bob_got_it = {.flow = s->flow, .len = strlen(text), .bytes = text};
    answer(r, &as_bob_got_it, 200, "b", FROM_BOB);
    s = within(r, "UPDATE", "Contact: <sip:alice@192.0.2.9>\r\n");
    rig_answer(r, s, 200, "", "Contact: <sip:bob@192.0.2.8>\r\n");
    rig_skip_all(r);
    assert_true(proxy_end_call(r->proxy, only_call(r), FOLLOW_ON_REQUEST, r->now));
    rig_drain(r);
    s = rig_next_of(r, "BYE sip:alice@192.0.2.9 SIP/2.0");
    assert_true(rig_has(s, "Route: <sip:192.0.2.61;lr>, <sip:192.0.2.62;lr>\r\n"));
    assert_int_equal(s->flow.remote.ip[3], 61);
    s = rig_next_of(r, "BYE sip:bob@192.0.2.8 SIP/2.0");
    assert_true(rig_has(s, "Route: <sip:192.0.2.71;lr>, <sip:192.0.2.72>\r\n"));
    assert_int_equal(s->flow.remote.ip[3], 71);
    rig_end(r);
}

/* RFC 3261 12.2.1.1: a strict router is addressed itself. */
static void goes_by_strict_routers(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    const struct rig_sent *s = invite(r, "Record-Route: <sip:192.0.2.61>\r\n");
    answer(r, s, 200, "b", FROM_BOB);
    rig_skip_all(r);
    assert_true(proxy_end_call(r->proxy, only_call(r), FOLLOW_ON_REQUEST, r->now));
    rig_drain(r);
    s = rig_next_of(r, "BYE sip:192.0.2.61 SIP/2.0");
    assert_true(rig_has(s, "Route: <sip:alice@192.0.2.1>\r\n"));
    rig_end(r);
}

static void ends_with_age(void **state)
{
    (void)state;
    struct rig *r = start(&(struct follow_rules){.call_time = 100 * NS_PER_S});
    call(r);
    rig_pass(r, 99 * NS_PER_S);
    assert_int_equal(rig_count(r, "BYE"), 0);
    rig_pass(r, 2 * NS_PER_S);
    assert_true(rig_count(r, "BYE") >= 2);
    assert_int_equal(stats(r)->ended[FOLLOW_TOO_OLD], 1);
    rig_end(r);
}

static void gone_by_481(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    call(r);
    rig_answer(r, within(r, "NOTIFY", "Event: refer\r\n"), 481, "", "");
    assert_int_equal(stats(r)->dialogs, 1);
    rig_answer(r, within(r, "INFO", ""), 488, "", "");
    assert_int_equal(stats(r)->dialogs, 1);
    rig_answer(r, within(r, "INFO", ""), 481, "", "");
    assert_int_equal(stats(r)->dialogs, 0);
    assert_int_equal(stats(r)->ended[FOLLOW_GONE], 1);
    rig_end(r);
}

static void gone_by_silence(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    call(r);
    within(r, "INFO", "");
    rig_pass(r, 40 * NS_PER_S);
    assert_int_equal(stats(r)->ended[FOLLOW_GONE], 1);
    rig_end(r);
}

static void keeps_limits(void **state)
{
    (void)state;
    struct rig *r = start(&(struct follow_rules){.calls = 2});
    call(r);
    invite(r, "");
    rig_skip_all(r);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", FROM_ALICE));
    assert_true(rig_has(rig_next_of(r, "SIP/2.0 503 Too many calls\r\n"), "Retry-After: "));
    assert_int_equal(rig_count(r, "INVITE"), 0);
    rig_pass(r, 300 * NS_PER_S); /* nobody answers the second: it came to nothing */
    rig_skip_all(r);
    invite(r, "");
    assert_int_equal(stats(r)->refused[FOLLOW_TOO_MANY], 1);
    rig_follow(r, &(struct follow_rules){.calls_per_user = 1});
    rig_pass(r, 300 * NS_PER_S);
    rig_skip_all(r);
    invite(r, "");
    rig_skip_all(r);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", FROM_ALICE));
    rig_next_of(r, "SIP/2.0 503 Too many calls of this user");
    rig_end(r);
}

static void cancels_unanswered(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    const struct rig_sent *s = invite(r, "");
    rig_answer(r, s, 180, "b", "");
    struct engine_tx tx[4];
    uint64_t cursor = 0, user = 0;
    size_t n = engine_list(r->engine, &cursor, 100, tx, 4);
    for (size_t i = 0; i < n; i++)
        user = tx[i].kind == TX_INVITE_SERVER ? tx[i].user : user;
    assert_true(proxy_end_invite(r->proxy, user, FOLLOW_ON_REQUEST, r->now));
    rig_drain(r);
    assert_true(rig_has(rig_next_of(r, "CANCEL"), "Reason: Q.850;cause=16"));
    rig_answer(r, s, 487, "b", "");
    rig_next_of(r, "SIP/2.0 487");
    assert_int_equal(stats(r)->setups, 0);
    rig_end(r);
}

/* The 2xx crosses the CANCEL: it is passed on, and hung up once its ACK has passed. */
static void hangs_up_what_crosses(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    const struct rig_sent *s = invite(r, "");
    answer(r, s, 180, "b", FROM_BOB);
    struct engine_tx tx[4];
    uint64_t cursor = 0, user = 0;
    size_t n = engine_list(r->engine, &cursor, 100, tx, 4);
    for (size_t i = 0; i < n; i++)
        user = tx[i].kind == TX_INVITE_SERVER ? tx[i].user : user;
    assert_true(proxy_end_invite(r->proxy, user, FOLLOW_ON_REQUEST, r->now));
    rig_drain(r);
    answer(r, s, 200, "b", FROM_BOB);
    rig_next_of(r, "SIP/2.0 200");
    assert_int_equal(rig_count(r, "BYE"), 0);
    within(r, "ACK", "");
    assert_int_equal(rig_count(r, "BYE"), 2);
    rig_end(r);
}

/* RFC 3261 13.2.2.4: each 2xx of a fork makes a dialog; the others are over with the INVITE. */
static void follows_forks(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    rig_target(r, "sip:bob@192.0.2.3");
    rig_target(r, "sip:bob@192.0.2.4");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", FROM_ALICE));
    const struct rig_sent *one = rig_next_of(r, "INVITE"), *two = rig_next_of(r, "INVITE"),
                          *three = rig_next_of(r, "INVITE");
    answer(r, one, 180, "b1", FROM_BOB);
    answer(r, two, 180, "b2", "Contact: <sip:bob@192.0.2.3>\r\n");
    answer(r, three, 180, "b3", "Contact: <sip:bob@192.0.2.4>\r\n");
    assert_int_equal(stats(r)->dialogs, 3);
    answer(r, two, 200, "b2", "Contact: <sip:bob@192.0.2.3>\r\n");
    answer(r, one, 200, "b1", FROM_BOB);
    answer(r, three, 487, "b3", "");
    rig_pass(r, 60 * NS_PER_S);
    assert_int_equal(stats(r)->dialogs, 2);
    assert_int_equal(stats(r)->ended[FOLLOW_NOT_ANSWERED], 1);
    struct follow_view v[3];
    uint32_t cursor = 0;
    assert_int_equal(follow_list(proxy_calls(r->proxy), &cursor, v, 3), 2);
    rig_skip_all(r);
    for (unsigned i = 0; i < 2; i++)
        assert_true(proxy_end_call(r->proxy, v[i].id, FOLLOW_ON_REQUEST, r->now));
    rig_drain(r);
    assert_int_equal(rig_count(r, "BYE sip:alice@192.0.2.1"), 2);
    assert_int_equal(rig_count(r, "BYE sip:bob@192.0.2.3"), 1);
    rig_end(r);
}

/* To a side that has but its connection the BYE goes by it, and by Contact once it is gone. */
static void hangs_up_by_connections(void **state)
{
    (void)state;
    struct rig *r = start(NULL);
    conn_id conn = rig_accept(r, "192.0.2.1:33333");
    const char *text = rig_request(r, "INVITE", "sip:bob@example.com", "", FROM_ALICE);
    char tcp[4096];
    snprintf(tcp, sizeof tcp, "%s", text);
    memcpy(strstr(tcp, "/UDP"), "/TCP", 4);
    rig_stream(r, conn, tcp);
    const struct rig_sent *s = rig_next_of(r, "INVITE");
    answer(r, s, 200, "b", FROM_BOB);
    rig_skip_all(r);
    assert_true(proxy_end_call(r->proxy, only_call(r), FOLLOW_ON_REQUEST, r->now));
    rig_drain(r);
    s = rig_next_of(r, "BYE sip:alice@192.0.2.1");
    assert_true(s->flow.conn == conn);
    rig_close(r, conn);
    s = rig_next_of(r, "BYE sip:alice@192.0.2.1");
    assert_int_equal(s->flow.transport, TRANSPORT_UDP);
    rig_end(r);
}

/* Without memory nothing is lost but what could not be kept. */
static void survives_without_memory(void **state)
{
    (void)state;
    for (size_t fail = 1; fail < 60; fail++) {
        struct rig *r = start(NULL);
        r->mem.taken = 0;
        r->mem.fail_at = fail;
        rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", FROM_ALICE));
        r->mem.fail_at = 0;
        if (rig_count(r, "INVITE") > 0) {
            const struct rig_sent *s = rig_next_of(r, "INVITE");
            r->mem.taken = 0;
            r->mem.fail_at = fail;
            answer(r, s, 200, "b", FROM_BOB);
            r->mem.fail_at = 0;
            answer(r, s, 200, "b", FROM_BOB);
            if (stats(r)->dialogs > 0) {
                follow_ref id = only_call(r);
                r->mem.taken = 0;
                r->mem.fail_at = fail;
                assert_true(proxy_end_call(r->proxy, id, FOLLOW_ON_REQUEST, r->now));
                r->mem.fail_at = 0;
                rig_skip_all(r);
                rig_pass(r, 2 * NS_PER_S);
                assert_true(rig_count(r, "BYE sip:alice") > 0);
                assert_true(rig_count(r, "BYE sip:bob") > 0);
            }
        }
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_and_forgets),
        cmocka_unit_test(ends_on_request),
        cmocka_unit_test(follows_routes_and_targets),
        cmocka_unit_test(goes_by_strict_routers),
        cmocka_unit_test(ends_with_age),
        cmocka_unit_test(gone_by_481),
        cmocka_unit_test(gone_by_silence),
        cmocka_unit_test(keeps_limits),
        cmocka_unit_test(cancels_unanswered),
        cmocka_unit_test(hangs_up_what_crosses),
        cmocka_unit_test(follows_forks),
        cmocka_unit_test(hangs_up_by_connections),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
