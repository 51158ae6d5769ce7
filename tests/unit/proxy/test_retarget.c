/* Requests that go to somebody else: forwards that a user set, 3xx (RFC 3261 16.7 step 4), with
 * History-Info (RFC 7044) and Diversion (RFC 5806). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "rig.h"

#define CAROL "sip:carol@example.com"
#define DAVE "sip:dave@example.com"

/* Bob's phone; if he is busy Carol, if he does not answer Dave. */
static struct rig *forwards(void)
{
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    r->targets[0].ring_time = 20 * NS_PER_S;
    rig_target(r, CAROL);
    rig_look_up(r, WHEN_BUSY, 0);
    rig_target(r, DAVE);
    rig_look_up(r, WHEN_NO_ANSWER | WHEN_UNREACHABLE, 0);
    rig_user(r, CAROL, "sip:carol@192.0.2.3");
    rig_user(r, DAVE, "sip:dave@192.0.2.4");
    return r;
}

static const struct rig_sent *call(struct rig *r, const char *headers)
{
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", headers));
    return rig_next_of(r, "INVITE ");
}

static const struct rig_sent *rings(struct rig *r, int phone)
{
    const struct rig_sent *s = rig_next_of(r, "INVITE ");
    assert_int_equal(s->flow.remote.ip[3], phone);
    return s;
}

static void test_busy(void **state)
{
    (void)state;
    struct rig *r = forwards();
    const struct rig_sent *s = call(r, "");
    assert_false(rig_has(s, "History-Info"));
    rig_answer(r, s, 486, "b", "");
    s = rings(r, 3);
    assert_true(rig_has(s, "INVITE sip:carol@192.0.2.3 SIP/2.0\r\n"));
    assert_true(rig_has(s,
                        "\r\nHistory-Info: <sip:bob@example.com?Reason=SIP%3Bcause%3D486>;index=1"
                        "\r\nHistory-Info: <sip:carol@example.com>;index=1.1;mp=1\r\n"));
    assert_true(rig_has(s, "\r\nDiversion: <sip:bob@example.com>;reason=user-busy;counter=1\r\n"));
    rig_answer(r, s, 200, "c", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    rig_end(r);
}

/* One forward at most: Carol's silence is not Bob's. */
static void test_one_forward(void **state)
{
    (void)state;
    struct rig *r = forwards();
    rig_answer(r, call(r, ""), 486, "b", "");
    rig_answer(r, rings(r, 3), 480, "c", "");
    assert_int_equal(rig_count(r, "INVITE "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 486 "), 1);
    rig_end(r);
}

static void test_no_answer(void **state)
{
    (void)state;
    struct rig *r = forwards();
    const struct rig_sent *s = call(r, "");
    rig_answer(r, s, 180, "b", "");
    rig_pass(r, 20 * NS_PER_S);
    rig_answer(r, rig_next_of(r, "CANCEL "), 200, "b", "");
    rig_answer(r, s, 487, "b", "");
    s = rings(r, 4);
    assert_true(rig_has(s, "?Reason=SIP%3Bcause%3D408>;index=1\r\n"));
    assert_true(rig_has(s, ";reason=no-answer;"));
    rig_answer(r, s, 200, "d", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    rig_end(r);
}

static void test_unreachable(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2:9;transport=tcp");
    rig_target(r, CAROL);
    rig_look_up(r, WHEN_UNREACHABLE, 0);
    rig_user(r, CAROL, "sip:carol@192.0.2.3");
    const struct rig_sent *s = call(r, "");
    assert_true(rig_has(s, "INVITE sip:carol@192.0.2.3 "));
    assert_true(rig_has(s, ";reason=unavailable;"));
    rig_answer(r, s, 200, "c", "");
    rig_end(r);
}

/* Neither busy nor silent: nothing of the kind happened, and a 6xx ends all. */
static void test_other_failures(void **state)
{
    (void)state;
    static const unsigned statuses[] = {404, 403, 488, 603};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct rig *r = forwards();
        rig_answer(r, call(r, ""), statuses[i], "b", "");
        assert_int_equal(rig_count(r, "INVITE "), 0);
        assert_int_equal(rig_count(r, "SIP/2.0 "), 1);
        rig_end(r);
    }
}

/* Always: nobody else rings; nothing is known of who has no phone. */
static void test_always(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, CAROL);
    rig_look_up(r, 0, 0);
    rig_user(r, CAROL, "sip:carol@192.0.2.3");
    rig_user(r, CAROL, "sip:carol@192.0.2.4");
    const struct rig_sent *s = call(r, "");
    assert_true(rig_has(s, "History-Info: <sip:bob@example.com>;index=1\r\n"));
    assert_true(rig_has(s, ";reason=unconditional;"));
    const struct rig_sent *t = rings(r, 4);
    rig_answer(r, s, 486, "c", "");
    rig_answer(r, t, 200, "c", "");
    rig_end(r);
    r = rig_new();
    rig_target(r, CAROL);
    rig_look_up(r, 0, 0);
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    assert_int_equal(rig_count(r, "SIP/2.0 404 "), 1);
    rig_end(r);
}

/* RFC 7044 9.2: the phones are steps of their own, for who knows of histories. */
static void test_phones_are_steps(void **state)
{
    (void)state;
    struct rig *r = forwards();
    const struct rig_sent *s = call(r, "Supported: histinfo\r\n");
    assert_true(rig_has(s, "\r\nHistory-Info: <sip:bob@example.com>;index=1\r\n"
                           "History-Info: <sip:bob@192.0.2.2>;index=1.1;rc=1\r\n"));
    rig_answer(r, s, 486, "b", "");
    s = rings(r, 3);
    assert_true(rig_has(s, "?Reason=SIP%3Bcause%3D486>;index=1\r\n"
                           "History-Info: <sip:carol@example.com>;index=1.2;mp=1\r\n"
                           "History-Info: <sip:carol@192.0.2.3>;index=1.2.1;rc=1.2\r\n"));
    rig_answer(r, s, 200, "c", "");
    rig_end(r);
    r = forwards();
    s = call(r, "Supported: histinfo\r\nPrivacy: history\r\n"
                "History-Info: <sip:bob@example.com>;index=1\r\n");
    assert_true(rig_has(s, "\r\nHistory-Info: <sip:anonymous@anonymous.invalid>;index=1\r\n"
                           "History-Info: <sip:bob@192.0.2.2>;index=1.1;rc=1\r\n"));
    rig_answer(r, s, 200, "b", "");
    rig_end(r);
}

/* RFC 7044 10.1.2: what leaves for outside does not tell whom of ours it was for. */
static void test_history_is_withheld(void **state)
{
    (void)state;
    struct rig *r = forwards();
    const struct rig_sent *s =
        call(r, "Privacy: history;id\r\nHistory-Info: <sip:x@example.com?Reason=SIP>;index=1,\r\n"
                " <sip:y@far.example>;index=1.1;mp=1\r\n");
    assert_true(rig_has(s, "\r\nHistory-Info: <sip:anonymous@anonymous.invalid>;index=1\r\n"
                           "History-Info: <sip:y@far.example>;index=1.1;mp=1\r\n"));
    assert_true(rig_has(s, "\r\nPrivacy: id\r\n"));
    rig_answer(r, s, 486, "b", "");
    s = rings(r, 3);
    assert_false(rig_has(s, "x@example.com"));
    assert_false(rig_has(s, "Diversion"));
    assert_true(rig_has(s, "History-Info: <sip:anonymous@anonymous.invalid>;index=1.1.1\r\n"
                           "History-Info: <sip:carol@example.com>;index=1.1.1.1;mp=1.1.1\r\n"));
    rig_answer(r, s, 200, "c", "");
    rig_end(r);
}

static void test_one_entry_is_withheld(void **state)
{
    static const struct {
        const char *headers, *with, *without;
    } rows[] = {
        {"History-Info: <sip:x@example.com?Privacy=history>;index=1\r\n"
         "History-Info: <sip:z@example.com>;index=1.1\r\n",
         "History-Info: <sip:anonymous@anonymous.invalid>;index=1\r\n"
         "History-Info: <sip:z@example.com>;index=1.1\r\n",
         "x@example.com"},
        {"Privacy: history\r\n", "Via: ", "Privacy"},
        {"Privacy: header\r\nHistory-Info: <sip:x@example.com>;index=1\r\n", "Privacy: header\r\n",
         "x@example.com"},
        {"Privacy: none\r\nHistory-Info: <sip:x@example.com>;index=1\r\n",
         "History-Info: <sip:x@example.com>;index=1\r\n", "anonymous"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *r = forwards();
        const struct rig_sent *s = call(r, rows[i].headers);
        assert_true(rig_has(s, rows[i].with));
        assert_false(rig_has(s, rows[i].without));
        rig_answer(r, s, 200, "b", "");
        rig_end(r);
    }
}

/* RFC 7044 9.3: what is there stays and is gone on from. */
static void test_history_goes_on(void **state)
{
    (void)state;
    struct rig *r = forwards();
    rig_answer(r,
               call(r, "History-Info: <sip:x@example.com>;index=1\r\n"
                       "History-Info: <sip:bob@example.com>;index=1.1;mp=1\r\n"
                       "Diversion: <sip:x@example.com>;reason=unconditional\r\n"),
               486, "b", "");
    const struct rig_sent *s = rings(r, 3);
    assert_true(rig_has(s, "index=1.1;mp=1\r\nHistory-Info: "
                           "<sip:carol@example.com>;index=1.1.1;mp=1.1\r\n"));
    const char *first = strstr(s->bytes, "Diversion: <sip:bob@");
    assert_non_null(first);
    assert_true(first < strstr(s->bytes, "Diversion: <sip:x@"));
    rig_answer(r, s, 200, "c", "");
    rig_end(r);
}

/* --- 3xx --- */

#define MOVED(contacts) 302, "b", "Contact: " contacts "\r\n"

static struct rig *redirects(bool recurse)
{
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    r->how.recurse = recurse;
    rig_user(r, CAROL, "sip:carol@192.0.2.3");
    rig_user(r, DAVE, "sip:dave@192.0.2.4");
    return r;
}

static void test_3xx_is_passed_on(void **state)
{
    (void)state;
    struct rig *r = redirects(false);
    rig_answer(r, call(r, ""), MOVED("<" CAROL ">"));
    assert_int_equal(rig_count(r, "INVITE "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 302 "), 1);
    rig_end(r);
}

static void test_3xx_is_followed(void **state)
{
    (void)state;
    struct rig *r = redirects(true);
    r->how.order = FORK_BY_Q;
    rig_answer(r, call(r, ""), MOVED("<" CAROL ">;q=0.3, <" DAVE ">;q=0.7, <mailto:b@x>"));
    const struct rig_sent *s = rings(r, 4);
    assert_true(rig_has(s, "?Reason=SIP%3Bcause%3D302>;index=1\r\n"));
    assert_true(rig_has(s, "index=1.1;mp=1\r\n"));
    assert_true(rig_has(s, ";reason=deflection;"));
    rig_answer(r, s, 486, "d", "");
    s = rings(r, 3);
    assert_true(rig_has(s, "<sip:carol@example.com>;index=1.2;mp=1\r\n"));
    rig_answer(r, s, 404, "c", "");
    /* what was followed is no answer */
    assert_int_equal(rig_count(r, "SIP/2.0 486 "), 1);
    rig_end(r);
}

/* Two who send a call to each other, and a chain that does not end. */
static void test_loops_end(void **state)
{
    (void)state;
    struct rig *r = redirects(true);
    rig_answer(r, call(r, ""), MOVED("<" CAROL ">"));
    rig_answer(r, rings(r, 3), MOVED("<sip:bob@example.com>"));
    assert_int_equal(rig_count(r, "INVITE "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 482 "), 1);
    rig_end(r);
    r = redirects(true);
    r->n_users = 0;
    const struct rig_sent *s = call(r, "");
    static char contacts[LIMIT_RETARGETS + 1][64], users[LIMIT_RETARGETS + 1][32];
    int n = 0;
    for (; n <= LIMIT_RETARGETS; n++) {
        snprintf(users[n], sizeof users[n], "sip:u%d@example.com", n);
        snprintf(contacts[n], sizeof contacts[n], "Contact: <%s>\r\n", users[n]);
        r->n_users = 0;
        memset(r->users, 0, sizeof r->users);
        rig_user(r, users[n], "sip:u@192.0.2.3");
        rig_answer(r, s, 302, "u", contacts[n]);
        if (rig_count(r, "INVITE ") == 0)
            break;
        s = rings(r, 3);
    }
    assert_int_equal(n, LIMIT_RETARGETS);
    assert_int_equal(rig_count(r, "SIP/2.0 482 "), 1);
    rig_end(r);
}

/* Many phones of many users: LIMIT_PROXY_TARGETS in all. */
static void test_targets_are_bounded(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    static char uris[LIMIT_RETARGETS][32];
    static char phones[LIMIT_RETARGETS * 4][40];
    char contacts[1024] = "Contact: ";
    r->how.recurse = true;
    for (int i = 0; i < 60; i++) {
        static char own[60][32];
        snprintf(own[i], sizeof own[i], "sip:bob@192.0.2.2;x=%d", i);
        rig_target(r, own[i]);
    }
    for (int u = 0; u < 8; u++) {
        snprintf(uris[u], sizeof uris[u], "sip:u%d@example.com", u);
        snprintf(contacts + strlen(contacts), sizeof contacts - strlen(contacts), "%s<%s>",
                 u ? "," : "", uris[u]);
        for (int i = 0; i < 4; i++) {
            snprintf(phones[u * 4 + i], sizeof phones[0], "sip:p@192.0.2.3;x=%d", u * 4 + i);
            rig_user(r, uris[u], phones[u * 4 + i]);
        }
    }
    snprintf(contacts + strlen(contacts), sizeof contacts - strlen(contacts), "\r\n");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    size_t n = r->n_sent;
    for (size_t i = 0; i < n; i++)
        if (strncmp(r->sent[i].bytes, "INVITE ", 7) == 0)
            rig_answer(r, &r->sent[i], i == n - 1 ? 302 : 486, "t", contacts);
    size_t invites = rig_count(r, "INVITE ");
    assert_true(invites > 60 && invites <= LIMIT_PROXY_TARGETS);
    rig_end(r);
}

/* The caller gives up while nobody rings. */
static void test_cancel_while_asking(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, CAROL);
    rig_look_up(r, 0, 0);
    r->keeps_wishes = true;
    const char *invite = rig_request(r, "INVITE", "sip:bob@example.com", "", "");
    rig_send(r, invite);
    struct proxy_wish wish;
    assert_true(proxy_wish(r->proxy, &wish));
    assert_false(proxy_wish(r->proxy, &wish));
    rig_send(r, rig_cancel(invite, ""));
    assert_int_equal(rig_count(r, "SIP/2.0 487 "), 1);
    assert_int_equal(proxy_found(r->proxy, wish.id, r->targets, 1, &r->how, 0, r->now), ERR_STALE);
    rig_end(r);
}

/* Each allocation fails in turn, for a second; then memory is back. */
static void test_failure_sweep(void **state)
{
    (void)state;
    for (size_t i = 1; i < 60; i++) {
        struct rig *r = forwards();
        r->how.recurse = true;
        const char *invite = rig_request(r, "INVITE", "sip:bob@example.com", "", "");
        r->mem.fail_at = r->mem.taken + i;
        rig_send(r, invite);
        for (size_t k = 0; k < r->n_sent; k++)
            if (strncmp(r->sent[k].bytes, "INVITE ", 7) == 0)
                rig_answer(r, &r->sent[k], k % 2 ? 486 : 302, "t", "Contact: <" DAVE ">\r\n");
        rig_pass(r, NS_PER_S);
        r->mem.fail_at = 0;
        rig_end(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_one_forward),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_other_failures),
        cmocka_unit_test(test_always),
        cmocka_unit_test(test_phones_are_steps),
        cmocka_unit_test(test_history_is_withheld),
        cmocka_unit_test(test_one_entry_is_withheld),
        cmocka_unit_test(test_history_goes_on),
        cmocka_unit_test(test_3xx_is_passed_on),
        cmocka_unit_test(test_3xx_is_followed),
        cmocka_unit_test(test_loops_end),
        cmocka_unit_test(test_targets_are_bounded),
        cmocka_unit_test(test_cancel_while_asking),
        cmocka_unit_test(test_failure_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
