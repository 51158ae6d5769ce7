/* RFC 3261 16.7, RFC 6026, RFC 4320: several branches, one answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rig.h"

static struct rig *ring(const char *method, const struct rig_sent *branch[3])
{
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_target(r, "sip:bob@192.0.2.3");
    rig_target(r, "sip:bob@192.0.2.4");
    rig_send(r, rig_request(r, method, "sip:bob@example.com", "", ""));
    for (int i = 0; i < 3; i++) {
        branch[i] = rig_next_of(r, method);
        assert_int_equal(branch[i]->flow.remote.ip[3], 2 + i);
    }
    return r;
}

static size_t count_to(struct rig *r, const char *start, int last)
{
    size_t n = 0;
    for (size_t i = r->n_read; i < r->n_sent; i++)
        n += strncmp(r->sent[i].bytes, start, strlen(start)) == 0 &&
             r->sent[i].flow.remote.ip[3] == last;
    return n;
}

/* A response to `request` whose Via below the topmost is what is given. */
static void answer_with_via(struct rig *r, const struct rig_sent *request, const char *status,
                            const char *via)
{
    char text[4096];
    const char *head = strstr(request->bytes, "\r\nVia:") + 2;
    const char *second = strstr(head, "\r\nVia:") + 2, *rest = strstr(second, "\r\n") + 2;
    snprintf(text, sizeof text, "SIP/2.0 %s\r\n%.*sVia:%s\r\n%.*s", status, (int)(second - head),
             head, via, (int)(request->bytes + request->len - rest), rest);
    rig_from(r, RIG_UDP, "192.0.2.2:5060", text);
}

/* RFC 3261 16.7 step 3: what cannot be passed on does not leave the caller without an answer. */
static void test_unreadable_second_via(void **state)
{
    (void)state;
    static const char *const vias[] = {" ", " SIP/2.0/UDP", " ,", " SIP/2.0/UDP [::1"};
    for (size_t i = 0; i < sizeof vias / sizeof vias[0]; i++) {
        const struct rig_sent *b[3];
        struct rig *r = ring("INVITE", b);
        answer_with_via(r, b[0], "400 Bad Request", vias[i]);
        rig_answer(r, b[1], 503, "two", "");
        rig_answer(r, b[2], 503, "three", "");
        assert_int_equal(rig_count(r, "SIP/2.0 500 "), 1);
        rig_end(r);
    }
}

/* RFC 3261 16.7 steps 5 and 10: one answers, the others are cancelled. */
static void test_one_answers(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    for (int i = 0; i < 3; i++)
        rig_answer(r, b[i], 180, "t", "");
    assert_int_equal(rig_count(r, "SIP/2.0 180 "), 3);
    rig_answer(r, b[1], 200, "two", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 OK"), 1);
    assert_int_equal(count_to(r, "CANCEL sip:bob@192.0.2.2 ", 2), 1);
    assert_int_equal(count_to(r, "CANCEL ", 3), 0);
    assert_int_equal(count_to(r, "CANCEL sip:bob@192.0.2.4 ", 4), 1);
    const struct rig_sent *cancel = rig_next_of(r, "CANCEL ");
    assert_true(rig_has(cancel, "\r\nReason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n"));
    rig_skip_all(r);
    rig_answer(r, b[0], 487, "one", "");
    rig_answer(r, b[2], 487, "three", "");
    assert_int_equal(rig_count(r, "SIP/2.0 "), 0);
    assert_int_equal(rig_count(r, "ACK "), 2);
    rig_end(r);
}

/* RFC 3261 9.1: a branch that said nothing yet is cancelled when it does. */
static void test_silent_branch_is_cancelled_later(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    rig_answer(r, b[0], 200, "one", "");
    assert_int_equal(rig_count(r, "CANCEL "), 0);
    rig_answer(r, b[1], 100, "", "");
    assert_int_equal(count_to(r, "CANCEL ", 3), 1);
    rig_end(r);
}

/* RFC 6026 7.1: a second 2xx goes upstream too, and each copy of it. */
static void test_two_accept(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    rig_answer(r, b[0], 200, "one", "");
    rig_answer(r, b[2], 200, "three", "");
    rig_answer(r, b[2], 200, "three", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 OK"), 3);
    rig_answer(r, b[1], 603, "two", "");
    assert_int_equal(rig_count(r, "SIP/2.0 603 "), 0);
    rig_end(r);
}

/* RFC 3261 16.7 step 5: a 6xx cancels the others and waits for them. */
static void test_6xx(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    rig_answer(r, b[0], 180, "one", "");
    rig_answer(r, b[1], 603, "two", "");
    assert_int_equal(rig_count(r, "SIP/2.0 603 "), 0);
    assert_int_equal(count_to(r, "CANCEL ", 2), 1);
    rig_answer(r, b[0], 487, "one", "");
    rig_answer(r, b[2], 486, "three", "");
    assert_int_equal(rig_count(r, "SIP/2.0 603 "), 1);
    rig_end(r);
}

/* … and a 2xx that crosses the CANCEL wins. */
static void test_6xx_then_2xx(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    rig_answer(r, b[1], 603, "two", "");
    rig_answer(r, b[0], 200, "one", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 OK"), 1);
    rig_answer(r, b[2], 486, "three", "");
    assert_int_equal(rig_count(r, "SIP/2.0 603 "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 486 "), 0);
    rig_end(r);
}

/* RFC 3261 16.7 steps 6 and 7: nothing before the last; then the best, with everybody's challenges.
 */
static void test_challenges(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    rig_answer(r, b[0], 407, "one", "Proxy-Authenticate: Digest realm=\"one\"\r\n");
    rig_answer(r, b[1], 486, "two", "");
    assert_int_equal(rig_count(r, "SIP/2.0 4"), 0);
    rig_answer(r, b[2], 401, "three",
               "WWW-Authenticate: Digest realm=\"three\"\r\n"
               "WWW-Authenticate: Digest realm=\"3\"\r\n");
    const struct rig_sent *s = rig_next_of(r, "SIP/2.0 407 ");
    assert_true(rig_has(s, "Digest realm=\"one\"\r\nContent-Length: 0\r\n"
                           "WWW-Authenticate: Digest realm=\"three\"\r\n"
                           "WWW-Authenticate: Digest realm=\"3\"\r\n\r\n"));
    assert_true(rig_has(s, ";tag=one\r\n"));
    rig_end(r);
}

/* RFC 3261 16.7 step 7: also where the head of the best response ends in a lone LF. */
static void test_challenges_behind_lone_lf(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    rig_answer(r, b[0], 407, "one",
               "Proxy-Authenticate: Digest realm=\"one\"\r\nContent-Length: 0\r\n\n");
    rig_answer(r, b[1], 486, "two", "");
    rig_answer(r, b[2], 401, "three", "WWW-Authenticate: Digest realm=\"three\"\r\n");
    const struct rig_sent *s = rig_next_of(r, "SIP/2.0 407 ");
    assert_true(rig_has(s, "Digest realm=\"one\"\r\nContent-Length: 0\r\n"
                           "WWW-Authenticate: Digest realm=\"three\"\r\n\n"));
    rig_end(r);
}

/* RFC 3261 16.7 step 6: a 503 of theirs becomes a 500. */
static void test_503(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    for (int i = 0; i < 3; i++)
        rig_answer(r, b[i], 503, "t", "Retry-After: 3600\r\n");
    const struct rig_sent *s = rig_next_of(r, "SIP/2.0 500 ");
    assert_false(rig_has(s, "Retry-After"));
    rig_end(r);
}

/* RFC 3261 16.7 step 6: nobody says anything: 408. */
static void test_timeout(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("INVITE", b);
    rig_pass(r, 33 * NS_PER_S);
    assert_int_equal(rig_count(r, "SIP/2.0 408 ") > 0, 1);
    rig_end(r);
}

/* RFC 4320 4.2: but never to another request than INVITE, not even a 408 that came. */
static void test_non_invite_timeout(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("MESSAGE", b);
    rig_answer(r, b[0], 408, "t", "");
    rig_pass(r, 40 * NS_PER_S);
    assert_int_equal(rig_count(r, "SIP/2.0 408 "), 0);
    assert_int_equal(proxy_contexts(r->proxy), 0);
    rig_end(r);
}

static void test_non_invite_408(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("MESSAGE", b);
    for (int i = 0; i < 3; i++)
        rig_answer(r, b[i], 408, "t", "");
    assert_int_equal(rig_count(r, "SIP/2.0 "), 0);
    assert_int_equal(proxy_contexts(r->proxy), 0);
    rig_end(r);
}

/* RFC 6026 7.1: each copy of a 2xx goes upstream, also when nothing is pending any more. */
static void test_2xx_again(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next_of(r, "INVITE ");
    rig_answer(r, s, 200, "t", "");
    rig_pass(r, NS_PER_S);
    rig_answer(r, s, 200, "t", "");
    assert_int_equal(rig_count(r, "SIP/2.0 200 OK"), 2);
    rig_end(r);
}

/* RFC 3261 16.7 step 5: one final response to another request than INVITE; RFC 4320 4.1: no 1xx. */
static void test_non_invite(void **state)
{
    (void)state;
    const struct rig_sent *b[3];
    struct rig *r = ring("MESSAGE", b);
    rig_answer(r, b[0], 180, "one", "");
    assert_int_equal(rig_count(r, "SIP/2.0 "), 0);
    assert_true(proxy_deadline(r->proxy) == TIME_NEVER);
    rig_answer(r, b[0], 404, "one", "");
    rig_answer(r, b[1], 200, "two", "");
    rig_answer(r, b[2], 200, "three", "");
    assert_int_equal(rig_count(r, "SIP/2.0 "), 1);
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 1);
    assert_int_equal(rig_count(r, "CANCEL "), 0);
    rig_end(r);
}

/* RFC 3261 16.9: what cannot be sent counts as a 503 of its branch. */
static void test_unreachable_branch(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2:9;transport=tcp");
    rig_target(r, "sip:bob@192.0.2.3;transport=sctp");
    rig_target(r, "sip:bob@192.0.2.4");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next_of(r, "INVITE ");
    assert_int_equal(s->flow.remote.ip[3], 4);
    rig_answer(r, s, 404, "t", "");
    assert_int_equal(rig_count(r, "SIP/2.0 404 "), 1);
    rig_end(r);
}

static void test_nobody_reachable(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2:9;transport=tcp");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    assert_int_equal(rig_count(r, "SIP/2.0 500 "), 1);
    rig_end(r);
}

/* RFC 3261 16.7 step 3: a response with no Via but ours was meant for us and does not go on. */
static void test_lone_via(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2");
    rig_send(r, rig_request(r, "INVITE", "sip:bob@example.com", "", ""));
    const struct rig_sent *s = rig_next_of(r, "INVITE ");
    struct rig_sent lone = *s;
    char text[4096];
    memcpy(text, s->bytes, s->len + 1);
    char *second = strstr(strstr(text, "\r\nVia: ") + 2, "\r\nVia: ");
    assert_non_null(second);
    char *behind = strstr(second + 2, "\r\n");
    memmove(second, behind, strlen(behind) + 1);
    lone.bytes = text;
    lone.len = strlen(text);
    rig_answer(r, &lone, 180, "t", "");
    rig_answer(r, &lone, 200, "t", "");
    assert_int_equal(rig_count(r, "SIP/2.0 180 "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 200 "), 0);
    assert_int_equal(rig_count(r, "SIP/2.0 500 "), 1);
    rig_end(r);
}

/* RFC 3261 18.1.1 to 18.2.2: from a connection to a connection. */
static void test_stream(void **state)
{
    (void)state;
    struct rig *r = rig_new();
    rig_target(r, "sip:bob@192.0.2.2;transport=tcp");
    conn_id conn = rig_accept(r, "192.0.2.1:45678");
    rig_stream(r, conn,
               "INVITE sip:bob@example.com SIP/2.0\r\n"
               "Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKs\r\n"
               "From: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\n"
               "Call-ID: s\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
    const struct rig_sent *invite = rig_next_of(r, "INVITE ");
    assert_int_equal(invite->flow.transport, TRANSPORT_TCP);
    rig_answer(r, invite, 200, "t", "");
    const struct rig_sent *ok = rig_next_of(r, "SIP/2.0 200 ");
    assert_true(ok->flow.conn == conn);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unreadable_second_via),
        cmocka_unit_test(test_one_answers),
        cmocka_unit_test(test_silent_branch_is_cancelled_later),
        cmocka_unit_test(test_two_accept),
        cmocka_unit_test(test_6xx),
        cmocka_unit_test(test_6xx_then_2xx),
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_challenges_behind_lone_lf),
        cmocka_unit_test(test_503),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_non_invite_timeout),
        cmocka_unit_test(test_non_invite_408),
        cmocka_unit_test(test_2xx_again),
        cmocka_unit_test(test_non_invite),
        cmocka_unit_test(test_unreachable_branch),
        cmocka_unit_test(test_nobody_reachable),
        cmocka_unit_test(test_lone_via),
        cmocka_unit_test(test_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
