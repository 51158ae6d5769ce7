/* Server transactions of the engine: each timer, retransmissions absorbed, RFC 6026, RFC 4320,
 * merged requests. */
#include <stdio.h>

#include "rig.h"

#include <string.h>

#define BRANCH "z9hG4bKone"

static struct rig rig;

static tx_id arrive(struct rig *r, const char *method)
{
    rig_new(r);
    rig_recv(r, rig_request(method, BRANCH, "", ""));
    const struct engine_event *ev = rig_event(r, EVENT_REQUEST);
    assert_int_equal(engine_own(r->e, ev->tx, 4, 44), OK);
    return ev->tx;
}

/* RFC 3261 17.2.1: 100 where the TU is silent for 200 ms, without a To tag */
static void silence_makes_a_100(void **state)
{
    (void)state;
    arrive(&rig, "INVITE");
    rig_pass(&rig, 199 * MS);
    assert_int_equal(rig.n_sent, 0);
    rig_pass(&rig, 2 * MS);
    assert_int_equal(rig_count(&rig, "SIP/2.0 100 Trying\r\n"), 1);
    assert_false(rig_has(&rig, 0, "bob@example.com>;tag="));
    rig_free(&rig);
}

/* RFC 3261 17.2.1: the last provisional response answers a retransmission */
static void provisional_is_sent_again(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "INVITE");
    assert_int_equal(rig_reply(&rig, tx, 180), OK);
    rig_recv(&rig, rig_request("INVITE", BRANCH, "", ""));
    assert_int_equal(rig_count(&rig, "SIP/2.0 180 "), 2);
    assert_string_equal(rig_text(&rig, 0), rig_text(&rig, 1));
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    assert_int_equal(engine_stats(rig.e)->retransmissions_in, 1);
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    rig_end(&rig);
}

/* RFC 3261 17.2.1: Timer G and H: the final response again until the ACK that never comes */
static void final_is_repeated_until_timer_h(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "INVITE");
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    assert_int_equal(rig_reply(&rig, tx, 487), ERR_INVALID);
    rig_pass(&rig, 33 * NS_S);
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 11);
    assert_int_equal(rig.sent[1].at - rig.sent[0].at, 500 * MS);
    assert_int_equal(rig.sent[4].at - rig.sent[3].at, 4 * NS_S);
    const struct engine_event *ev = rig_event(&rig, EVENT_SERVER_TIMEOUT);
    assert_int_equal(ev->owner, 4);
    assert_int_equal(ev->user, 44);
    assert_int_equal(rig_count_events(&rig, EVENT_SERVER_END), 1);
    assert_int_equal(rig_reply(&rig, tx, 486), ERR_STALE);
    rig_end(&rig);
}

/* RFC 3261 17.2.1: the ACK ends it; Timer I absorbs further ones */
static void ack_confirms(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "INVITE");
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    rig_recv(&rig, rig_request("ACK", BRANCH, "x", ""));
    rig_recv(&rig, rig_request("ACK", BRANCH, "x", ""));
    rig_pass(&rig, 4990 * MS);
    assert_int_equal(rig.n_sent, 1);
    assert_int_equal(engine_stats(rig.e)->tx_server, 1);
    rig_pass(&rig, 20 * MS);
    assert_int_equal(engine_stats(rig.e)->tx_server, 0);
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 0);
    assert_int_equal(rig_count_events(&rig, EVENT_SERVER_TIMEOUT), 0);
    rig_end(&rig);
}

/* RFC 6026 7.1: Accepted absorbs the INVITE, passes the ACK up, ends by Timer L */
static void accepted_absorbs_the_invite(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "INVITE");
    assert_int_equal(rig_reply(&rig, tx, 200), OK);
    rig_recv(&rig, rig_request("INVITE", BRANCH, "", ""));
    assert_int_equal(rig.n_sent, 1);
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    rig_recv(&rig, rig_request("ACK", BRANCH, "x", ""));
    assert_int_equal(rig_event(&rig, EVENT_ACK)->tx, tx);
    rig_pass(&rig, 31900 * MS);
    assert_int_equal(engine_stats(rig.e)->tx_server, 1);
    rig_pass(&rig, 200 * MS);
    assert_int_equal(engine_stats(rig.e)->tx_server, 0);
    assert_int_equal(rig.n_sent, 1);
    rig_end(&rig);
}

/* RFC 3261 13.3.1.4: the TU gives its 2xx again; the request is not kept for that */
static void a_2xx_may_be_given_again(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "INVITE");
    assert_int_equal(rig_reply(&rig, tx, 200), OK);
    assert_null(engine_tx_request(rig.e, tx));
    assert_int_equal(rig_reply(&rig, tx, 200), OK);
    assert_int_equal(rig.n_sent, 2);
    assert_string_equal(rig_text(&rig, 0), rig_text(&rig, 1));
    assert_int_equal(rig_reply(&rig, tx, 486), ERR_INVALID);
    rig_end(&rig);
}

/* RFC 3261 17.2.3: the ACK of a 2xx has a branch of its own */
static void ack_of_a_2xx_is_the_tus(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "INVITE");
    assert_int_equal(rig_reply(&rig, tx, 200), OK);
    rig_recv(&rig, rig_request("ACK", "z9hG4bKtwo", "x", ""));
    assert_int_equal(rig_event(&rig, EVENT_ACK)->tx, 0);
    rig_end(&rig);
}

/* RFC 3261 17.2.2: the final response again for each retransmission, until Timer J */
static void non_invite_final_is_sent_again(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "OPTIONS");
    rig_recv(&rig, rig_request("OPTIONS", BRANCH, "", ""));
    assert_int_equal(rig.n_sent, 0);
    assert_int_equal(rig_reply(&rig, tx, 200), OK);
    rig_recv(&rig, rig_request("OPTIONS", BRANCH, "", ""));
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 OK\r\n"), 2);
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    rig_pass(&rig, 32100 * MS);
    assert_int_equal(rig_count_events(&rig, EVENT_SERVER_END), 1);
    rig_recv(&rig, rig_request("OPTIONS", BRANCH, "", ""));
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 2);
    rig_end(&rig);
}

/* RFC 4320 4.1: no provisional response but 100, and no 100 before Timer E is at T2 */
static void non_invite_provisionals_are_barred(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "OPTIONS");
    assert_int_equal(rig_reply(&rig, tx, 100), OK);
    assert_int_equal(rig_reply(&rig, tx, 183), OK);
    rig_pass(&rig, 3400 * MS);
    assert_int_equal(rig.n_sent, 0);
    rig_pass(&rig, 200 * MS);
    assert_int_equal(rig_count(&rig, "SIP/2.0 100 "), 1);
    rig_recv(&rig, rig_request("OPTIONS", BRANCH, "", ""));
    assert_int_equal(rig_count(&rig, "SIP/2.0 100 "), 2);
    assert_int_equal(rig_reply(&rig, tx, 200), OK);
    rig_end(&rig);
}

/* RFC 4320 4.2: never 408, and nothing once the client has given up */
static void non_invite_late_finals_are_not_sent(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "OPTIONS");
    assert_int_equal(rig_reply(&rig, tx, 408), OK);
    rig_pass(&rig, 32100 * MS);
    assert_int_equal(rig_count(&rig, "SIP/2.0 408 "), 0);
    rig_clear(&rig);
    assert_int_equal(rig_reply(&rig, tx, 200), ERR_STALE);
    assert_int_equal(rig.n_sent, 0);
    rig_end(&rig);
}

/* RFC 3261 8.2.6.2: one tag for all responses of a transaction; Server; Content-Length */
static void responses_are_complete(void **state)
{
    (void)state;
    tx_id tx = arrive(&rig, "INVITE");
    struct reply r = {.status = 183,
                      .reason = STR("Going"),
                      .headers = STR("Content-Type: text/plain\r\n"),
                      .body = STR("hello")};
    assert_int_equal(engine_reply(rig.e, tx, &r, rig.now), OK);
    rig_drain(&rig);
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    assert_true(strncmp(rig_text(&rig, 0), "SIP/2.0 183 Going\r\n", 19) == 0);
    assert_true(rig_has(&rig, 0, "Server: tandem\r\nContent-Type: text/plain\r\n"));
    assert_true(rig_has(&rig, 0, "Content-Length: 5\r\n\r\nhello"));
    char *tag = strstr(rig.sent[0].text, "bob@example.com>;tag=");
    assert_non_null(tag);
    tag[strcspn(tag, "\r")] = '\0';
    assert_true(rig_has(&rig, 1, tag));
    assert_true(rig_has(&rig, 1, "SIP/2.0 486 Busy Here\r\n"));
    rig_end(&rig);
}

/* RFC 3261 8.2.2.2 */
static void merged_requests_are_told(void **state)
{
    (void)state;
    arrive(&rig, "INVITE");
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKtwo", "", ""));
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 2);
    assert_false(rig.events[0].merged);
    assert_true(rig.events[1].merged);
    /* inside a dialog it is none */
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKthree", "tag", ""));
    assert_false(rig.events[2].merged);
    rig_free(&rig);
}

/* RFC 3261 17.2.3: an RFC 2543 client */
static void rfc2543_requests_match(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("INVITE", "1", "", ""));
    tx_id tx = rig_event(&rig, EVENT_REQUEST)->tx;
    struct reply busy = {.status = 486, .to_tag = STR("mine")};
    assert_int_equal(engine_reply(rig.e, tx, &busy, rig.now), OK);
    rig_drain(&rig);
    rig_recv(&rig, rig_request("INVITE", "1", "", ""));
    assert_int_equal(rig_count(&rig, "SIP/2.0 486 "), 2);
    rig_recv(&rig, rig_request("ACK", "1", "other", ""));
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 1);
    rig_recv(&rig, rig_request("ACK", "1", "mine", ""));
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 1);
    rig_pass(&rig, 5100 * MS);
    assert_int_equal(engine_stats(rig.e)->tx_server, 0);
    rig_end(&rig);
}

/* RFC 3261 16.7: a response passed on loses our Via and keeps the rest; a 2xx may pass again in
 * Accepted */
static void responses_are_forwarded(void **state)
{
    (void)state;
    tx_id server = arrive(&rig, "INVITE");
    struct engine_event asked = *rig_event(&rig, EVENT_REQUEST);
    struct addr to = rig_addr("192.0.2.20:5060");
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    struct outgoing o = {.base = asked.msg, .flow = &flow, .owner = 4, .user = 45};
    tx_id client;
    (void)to;
    assert_int_equal(engine_request(rig.e, &o, rig.now, &client), OK);
    rig_drain(&rig);
    const char *answer = rig_response(rig_text(&rig, 0), 200, "b1", "X-Kept: yes\r\n");
    assert_int_equal(rig_from(&rig, RIG_UDP, "192.0.2.20:5060", answer), OK);
    const struct engine_event *ev = rig_event(&rig, EVENT_RESPONSE);
    assert_int_equal(ev->tx, client);
    assert_int_equal(ev->user, 45);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(engine_forward_response(rig.e, server, ev->msg, NULL, rig.now), OK);
        rig_drain(&rig);
    }
    assert_int_equal(rig_count(&rig, "SIP/2.0 200 "), 2);
    assert_null(strstr(rig_text(&rig, 1), "192.0.2.1:5060;"));
    assert_true(rig_has(&rig, 1, "branch=" BRANCH));
    assert_true(rig_has(&rig, 1, "X-Kept: yes\r\n"));
    assert_int_equal(rig.sent[1].flow.remote.port, 5060);
    rig_end(&rig);
}

static const char *without_length(const char *message)
{
    static char text[2048];
    const char *line = strstr(message, "Content-Length:");
    assert_non_null(line);
    snprintf(text, sizeof text, "%.*s%s", (int)(line - message), message, strstr(line, "\r\n") + 2);
    return text;
}

/* RFC 3261 18.3, 20.14: what came in a datagram may lack what a stream needs */
static void the_length_that_lacks_is_put_in(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, without_length(rig_request("OPTIONS", "1", "", "")));
    struct engine_event asked = *rig_event(&rig, EVENT_REQUEST);
    struct flow flow = rig_flow(RIG_UDP, "192.0.2.20:5060");
    struct outgoing o = {.base = asked.msg, .flow = &flow};
    tx_id client;
    assert_int_equal(engine_request(rig.e, &o, rig.now, &client), OK);
    rig_drain(&rig);
    assert_true(rig_has(&rig, 0, "\r\nContent-Length: 0\r\n\r\n"));
    const char *answer = rig_response(rig_text(&rig, 0), 200, "b1", "");
    rig_from(&rig, RIG_UDP, "192.0.2.20:5060", without_length(answer));
    const struct engine_event *ev = rig_event(&rig, EVENT_RESPONSE);
    assert_int_equal(engine_forward_response(rig.e, asked.tx, ev->msg, NULL, rig.now), OK);
    rig_drain(&rig);
    assert_true(rig_has(&rig, 1, "\r\nContent-Length: 0\r\n\r\n"));
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_makes_a_100),
        cmocka_unit_test(provisional_is_sent_again),
        cmocka_unit_test(final_is_repeated_until_timer_h),
        cmocka_unit_test(ack_confirms),
        cmocka_unit_test(accepted_absorbs_the_invite),
        cmocka_unit_test(a_2xx_may_be_given_again),
        cmocka_unit_test(ack_of_a_2xx_is_the_tus),
        cmocka_unit_test(non_invite_final_is_sent_again),
        cmocka_unit_test(non_invite_provisionals_are_barred),
        cmocka_unit_test(non_invite_late_finals_are_not_sent),
        cmocka_unit_test(responses_are_complete),
        cmocka_unit_test(merged_requests_are_told),
        cmocka_unit_test(rfc2543_requests_match),
        cmocka_unit_test(responses_are_forwarded),
        cmocka_unit_test(the_length_that_lacks_is_put_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
