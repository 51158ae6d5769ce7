/* Answers that keep no state, for who has not said who he is: given once, whatever comes of them.
 */
#include "rig.h"

#include <stdio.h>
#include <string.h>

static struct rig rig;

static const struct reply challenge = {
    .status = 407, .headers = STR_INIT("Proxy-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n")};

static tx_id arrived(void)
{
    const struct engine_event *ev = rig_event(&rig, EVENT_REQUEST);

    return ev ? ev->tx : 0;
}

static void answer_once(const char *method, const char *branch)
{
    rig_clear(&rig);
    rig_recv(&rig, rig_request(method, branch, "", ""));
    assert_int_equal(rig_count_events(&rig, EVENT_REQUEST), 1);
    assert_int_equal(engine_reply_once(rig.e, arrived(), &challenge, rig.now), OK);
    rig_drain(&rig);
}

/* RFC 3261 26.3.2.4: no retransmission, no transaction, and the request comes as a new one again.
 */
static void nothing_is_kept(void **state)
{
    static const char *const methods[] = {"INVITE", "REGISTER"};
    (void)state;
    rig_new(&rig);
    for (unsigned i = 0; i < 4; i++) {
        answer_once(methods[i % 2], "z9hG4bKsame");
        assert_int_equal(rig_count(&rig, "SIP/2.0 407 "), 1);
        assert_true(rig_has(&rig, 0, "Proxy-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n"));
        assert_int_equal(rig_count_events(&rig, EVENT_SERVER_END), 1);
        assert_int_equal(engine_stats(rig.e)->tx_server, 0);
        rig_pass(&rig, 40 * NS_S);
        assert_int_equal(rig_count(&rig, "SIP/2.0 "), 1);
    }
    rig_end(&rig);
}

/* RFC 3261 17.1.1.2: after a 100 the INVITE does not come again, so its answer must. */
static void an_invite_that_had_a_100_is_answered_for_sure(void **state)
{
    const struct reply trying = {.status = 100};
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bK100", "", ""));
    tx_id tx = arrived();
    assert_int_equal(engine_reply(rig.e, tx, &trying, rig.now), OK);
    assert_int_equal(engine_reply_once(rig.e, tx, &challenge, rig.now), OK);
    rig_drain(&rig);
    rig_pass(&rig, 2 * NS_S);
    assert_true(rig_count(&rig, "SIP/2.0 407 ") > 1);
    rig_pass(&rig, 40 * NS_S);
    assert_int_equal(engine_stats(rig.e)->tx_server, 0);
    rig_end(&rig);
}

/* The tag of the n-th sent text's To. */
static const char *tag_of(size_t n)
{
    static char tag[64];
    const char *to = strstr(rig_text(&rig, n), "\nTo: ");
    const char *at = to ? strstr(to, ";tag=") : NULL;

    assert_non_null(at);
    at += strlen(";tag=");
    snprintf(tag, sizeof tag, "%.*s", (int)strcspn(at, ";\r"), at);
    return tag;
}

/* RFC 3261 8.2.7: the ACK to it is nobody else's. One with another tag, or of another request, is.
 */
static void its_ack_is_taken(void **state)
{
    (void)state;
    rig_new(&rig);
    answer_once("INVITE", "z9hG4bKa");
    const char *tag = tag_of(0);
    rig_recv(&rig, rig_request("ACK", "z9hG4bKa", tag, ""));
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 0);
    rig_recv(&rig, rig_request("ACK", "z9hG4bKb", tag, ""));
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 1);
    rig_recv(&rig, rig_request("ACK", "z9hG4bKa", "other", ""));
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 2);
    rig_end(&rig);
}

/* Some phones copy the Via of the answer, with what it says of where they are. */
static void an_ack_may_copy_the_answers_via(void **state)
{
    char ack[1024];
    (void)state;
    rig_new(&rig);
    answer_once("INVITE", "z9hG4bKa");
    const char *text = rig_request("ACK", "z9hG4bKa", tag_of(0), "");
    const char *at = strstr(text, "branch=z9hG4bKa");
    assert_non_null(at);
    at += strlen("branch=z9hG4bKa");
    snprintf(ack, sizeof ack, "%.*s;received=192.0.2.9%s", (int)(at - text), text, at);
    rig_recv(&rig, ack);
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 0);
    rig_end(&rig);
}

static void the_ack_to_a_refusal_is_taken_too(void **state)
{
    (void)state;
    rig_config(&rig);
    rig.config.max_tx = 1;
    rig_start(&rig);
    rig_recv(&rig, rig_request("OPTIONS", "z9hG4bK1", "", ""));
    rig_recv(&rig, rig_request("INVITE", "z9hG4bK2", "", ""));
    assert_int_equal(rig_count(&rig, "SIP/2.0 503 "), 1);
    rig_recv(&rig, rig_request("ACK", "z9hG4bK2", tag_of(0), ""));
    assert_int_equal(rig_count_events(&rig, EVENT_ACK), 0);
    rig_free(&rig);
}

static void only_what_can_be_given_once(void **state)
{
    struct reply ok = {.status = 200};
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKa", "", ""));
    tx_id tx = arrived();
    assert_int_equal(engine_reply_once(rig.e, tx, &ok, rig.now), ERR_INVALID);
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    assert_int_equal(engine_reply_once(rig.e, tx, &challenge, rig.now), ERR_INVALID);
    assert_int_equal(engine_reply_once(rig.e, tx + 1, &challenge, rig.now), ERR_STALE);
    rig_end(&rig);
}

/* A request that changes nothing is answered anew when it comes again, in the same words. */
static void a_200_to_options_is_not_remembered(void **state)
{
    const struct reply ok = {.status = 200};
    char said[2][1024];
    (void)state;
    rig_new(&rig);
    for (unsigned i = 0; i < 2; i++) {
        rig_clear(&rig);
        rig_recv(&rig, rig_request("OPTIONS", "z9hG4bKa", "", ""));
        assert_int_equal(engine_reply_once(rig.e, arrived(), &ok, rig.now), OK);
        assert_int_equal(engine_stats(rig.e)->tx_server, 0);
        rig_drain(&rig);
        assert_int_equal(rig_count(&rig, "SIP/2.0 200 "), 1);
        snprintf(said[i], sizeof said[i], "%s", rig_text(&rig, 0));
    }
    assert_string_equal(said[0], said[1]);
    rig_end(&rig);
}

/* Without memory it is owed like any other answer. */
static void without_memory_it_is_owed(void **state)
{
    (void)state;
    rig_new(&rig);
    rig_recv(&rig, rig_request("REGISTER", "z9hG4bKa", "", ""));
    tx_id tx = arrived();
    char large[8192];
    memset(large, 'x', sizeof large);
    const struct reply r = {.status = 407, .reason = {large, sizeof large}};
    rig.mem.refuse_after = 0;
    assert_int_equal(engine_reply_once(rig.e, tx, &r, rig.now), ERR_NOMEM);
    rig.mem.refuse_after = SIZE_MAX;
    rig_pass(&rig, 5 * NS_S);
    assert_int_equal(rig_count(&rig, "SIP/2.0 407 "), 1);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_kept),
        cmocka_unit_test(an_invite_that_had_a_100_is_answered_for_sure),
        cmocka_unit_test(its_ack_is_taken),
        cmocka_unit_test(an_ack_may_copy_the_answers_via),
        cmocka_unit_test(the_ack_to_a_refusal_is_taken_too),
        cmocka_unit_test(only_what_can_be_given_once),
        cmocka_unit_test(a_200_to_options_is_not_remembered),
        cmocka_unit_test(without_memory_it_is_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
