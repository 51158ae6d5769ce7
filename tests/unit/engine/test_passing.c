/* Requests that are sent on without state, and their responses (RFC 3261 16.11): the same branch in
 * every life, and nothing forwarded that was not asked for. */
#include <stdio.h>
#include <string.h>

#include "rig.h"

static struct rig rig;

static const struct hash_key key = {21, 22};

/* Another life of the same server. */
static void start(uint64_t seed)
{
    rig_config(&rig);
    rig.config.seed = rand_seed_from(seed);
    rig.config.lasting_key = key;
    rig_start(&rig);
}

/* What an element does: passes it on to 192.0.2.7, and gives its transaction up. */
static int pass(struct msg *m, tx_id tx)
{
    struct uri uri;
    struct msg_error err;
    assert_true(uri_parse(STR("sip:bob@192.0.2.7"), &uri, &err));
    struct outgoing out = {.base = m, .hop = &uri, .passes = m->method != METHOD_ACK};
    int rc = engine_send_stateless(rig.e, &out, rig.now);
    if (tx)
        assert_int_equal(engine_give_up(rig.e, tx), OK);
    rig_drain(&rig);
    return rc;
}

static void pass_last(enum engine_event_kind kind)
{
    const struct engine_event *ev = rig_event(&rig, kind);
    assert_int_equal(pass(ev->msg, ev->tx), OK);
}

/* The branch of our Via in what was sent last. */
static const char *branch(void)
{
    static char at[4][128];
    static unsigned next;
    char *out = at[next++ % 4];
    const char *text = rig_text(&rig, rig.n_sent - 1);
    const char *from = strstr(text, ";branch=");
    assert_non_null(from);
    snprintf(out, sizeof at[0], "%.*s", (int)strcspn(from + 8, ";\r"), from + 8);
    return out;
}

static const char *passed(const char *method, const char *to_tag)
{
    rig_recv(&rig, rig_request(method, "z9hG4bKabc", to_tag, ""));
    pass_last(strcmp(method, "ACK") == 0      ? EVENT_ACK
              : strcmp(method, "CANCEL") == 0 ? EVENT_CANCEL
                                              : EVENT_REQUEST);
    const char *b = branch();
    rig_clear(&rig);
    return b;
}

/* 16.11: of retransmissions, of the CANCEL and the ACK to a failure, and after a restart */
static void branch_is_the_same(void **state)
{
    (void)state;
    start(1);
    const char *first = passed("INVITE", "");
    assert_int_equal(strlen(first), 39);
    assert_string_equal(passed("INVITE", ""), first);
    assert_string_equal(passed("CANCEL", ""), first);
    assert_string_equal(passed("ACK", "b1"), first);
    rig_end(&rig);
    start(2);
    assert_string_equal(passed("INVITE", ""), first);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKabd", "", ""));
    pass_last(EVENT_REQUEST);
    assert_string_not_equal(branch(), first);
    rig_end(&rig);
}

/* … of RFC 2543's elements, whose ACK has a To tag that its INVITE had not */
static void old_branch_is_the_same(void **state)
{
    (void)state;
    start(1);
    rig_recv(&rig, rig_request("INVITE", "1", "", ""));
    pass_last(EVENT_REQUEST);
    const char *first = branch();
    rig_clear(&rig);
    rig_recv(&rig, rig_request("ACK", "1", "b1", ""));
    pass_last(EVENT_ACK);
    assert_string_equal(branch(), first);
    rig_end(&rig);
}

/* nothing is kept, and no 100 is made */
static void nothing_is_kept(void **state)
{
    (void)state;
    start(1);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKabc", "", ""));
    pass_last(EVENT_REQUEST);
    assert_int_equal(rig.n_sent, 1);
    assert_int_equal(engine_stats(rig.e)->tx_server, 0);
    assert_int_equal(engine_stats(rig.e)->tx_client, 0);
    assert_int_equal(engine_timers(rig.e), 0);
    assert_int_equal(rig_count_events(&rig, EVENT_SERVER_END), 1);
    rig_end(&rig);
}

static void answered_transaction_is_not_given_up(void **state)
{
    (void)state;
    start(1);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKabc", "", ""));
    tx_id tx = rig_event(&rig, EVENT_REQUEST)->tx;
    assert_int_equal(rig_reply(&rig, tx, 180), OK);
    assert_int_equal(engine_give_up(rig.e, tx), ERR_INVALID);
    assert_int_equal(rig_reply(&rig, tx, 486), OK);
    rig_end(&rig);
}

static int answer_passes(void)
{
    int rc = engine_pass_response(rig.e, rig_event(&rig, EVENT_PASSING_RESPONSE), NULL, rig.now);
    rig_drain(&rig);
    return rc;
}

/* 16.11, 18.2.2, RFC 3581 4: to where the next Via says, from where the request was received, and
 * by a server that knows nothing of the request */
static void response_goes_by_via(void **state)
{
    static char request[8192];
    (void)state;
    start(1);
    assert_int_equal(
        rig_from(
            &rig, RIG_UDP, "192.0.2.99:6666",
            "INVITE sip:bob@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
            "10.0.0.1;rport;branch=z9hG4bKn\r\n"
            "Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=a1\r\nTo: <sip:b@example.com>\r\n"
            "Call-ID: call-1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"),
        OK);
    pass_last(EVENT_REQUEST);
    snprintf(request, sizeof request, "%s", rig_text(&rig, 0));
    rig_end(&rig);
    start(2);
    rig_recv(&rig, rig_response(request, 200, "b1", "X-Body: kept\r\n"));
    assert_int_equal(rig_count_events(&rig, EVENT_STRAY_RESPONSE), 0);
    assert_int_equal(answer_passes(), OK);
    struct addr to = rig_addr("192.0.2.99:6666");
    assert_true(addr_equal(&rig.sent[0].flow.remote, &to));
    assert_int_equal(rig.sent[0].flow.listener, RIG_UDP);
    assert_true(rig_has(&rig, 0, "\r\nVia: SIP/2.0/UDP 10.0.0.1;"));
    assert_true(rig_has(&rig, 0, "X-Body: kept"));
    assert_null(strstr(rig_text(&rig, 0), "192.0.2.1:5060"));
    rig_end(&rig);
}

/* A text with `from` replaced once by `by`. */
static const char *changed(const char *text, const char *from, const char *by)
{
    static char out[8192];
    const char *at = strstr(text, from);
    assert_non_null(at);
    snprintf(out, sizeof out, "%.*s%s%s", (int)(at - text), text, by, at + strlen(from));
    return out;
}

/* RFC 3261 7.3.1: the order of parameters says nothing */
static void mark_may_stand_anywhere(void **state)
{
    static char request[8192];
    (void)state;
    start(1);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKabc", "", ""));
    pass_last(EVENT_REQUEST);
    snprintf(request, sizeof request, "%s", rig_text(&rig, 0));
    const char *const written[][2] = {
        {";i=", ";x=1;i="}, {";i=", " ; i = "}, {";i=", ";x=\";i=0\";i="}};
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        rig_clear(&rig);
        rig_recv(&rig, rig_response(changed(request, written[i][0], written[i][1]), 200, "b1", ""));
        assert_int_equal(answer_passes(), OK);
        assert_int_equal(rig.n_sent, 1);
    }
    rig_end(&rig);
}

/* RFC 6026 3: nobody has us forward packets to whom he likes */
static void forged_response_is_stray(void **state)
{
    static char request[8192], mark[64], other[64];
    (void)state;
    start(1);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKabc", "", ""));
    pass_last(EVENT_REQUEST);
    snprintf(request, sizeof request, "%s", rig_text(&rig, 0));
    const char *at = strstr(request, ";i=");
    assert_non_null(at);
    snprintf(mark, sizeof mark, "%.*s", (int)strcspn(at + 1, "\r"), at + 1);
    snprintf(other, sizeof other, "%s", mark);
    other[strlen(other) - 1] ^= 1;
    const char *const forged[][2] = {
        {"192.0.2.9:5060", "192.0.2.66:5060"},
        {"192.0.2.9:5060", "192.0.2.9:53"},
        {"branch=z9hG4bKabc", "received=192.0.2.66;branch=z9hG4bKabc"},
        {mark, other},
        {mark, "i=01-0000000000000000"},
        {mark, "i=0"},
        {mark, "j=1"},
        {";branch=z9hG4bK0", ";branch=z9hG4bK1"},
    };
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++) {
        rig_clear(&rig);
        rig_recv(&rig, rig_response(changed(request, forged[i][0], forged[i][1]), 200, "b1", ""));
        if (rig_count_events(&rig, EVENT_STRAY_RESPONSE) != 1 ||
            rig_count_events(&rig, EVENT_PASSING_RESPONSE) != 0)
            fail_msg("%s for %s", forged[i][1], forged[i][0]);
    }
    rig_clear(&rig);
    rig_recv(&rig, rig_response(request, 180, "b1", ""));
    assert_int_equal(answer_passes(), OK);
    rig_end(&rig);
}

/* By the connection of the request while it stands, else by a new one to the port of sent-by. */
static void response_finds_its_connection(void **state)
{
    static char request[8192];
    (void)state;
    start(1);
    struct flow flow = rig_flow(RIG_TCP, "192.0.2.9:40000");
    conn_id conn = engine_accepted(rig.e, &flow, rig.now);
    const char *text = changed(rig_request("INVITE", "z9hG4bKabc", "", ""), "UDP", "TCP");
    assert_int_equal(engine_stream(rig.e, conn, str_from(text), rig.now), OK);
    rig_drain(&rig);
    pass_last(EVENT_REQUEST);
    snprintf(request, sizeof request, "%s", rig_text(&rig, 0));
    rig_clear(&rig);
    rig_recv(&rig, rig_response(request, 180, "b1", ""));
    assert_int_equal(answer_passes(), OK);
    assert_int_equal(rig.sent[0].kind, OUTPUT_SEND);
    assert_true(rig.sent[0].flow.conn == conn);
    assert_int_equal(engine_closed(rig.e, conn, rig.now), OK);
    rig_clear(&rig);
    rig_recv(&rig, rig_response(request, 200, "b1", ""));
    assert_int_equal(answer_passes(), OK);
    struct addr to = rig_addr("192.0.2.9:5060");
    assert_int_equal(rig.sent[0].kind, OUTPUT_CONNECT);
    assert_true(addr_equal(&rig.sent[0].flow.remote, &to));
    rig_end(&rig);
}

/* Whatever fails for want of memory may be tried again. */
static void no_memory_changes_nothing(void **state)
{
    (void)state;
    start(1);
    rig_recv(&rig, rig_request("INVITE", "z9hG4bKabc", "", ""));
    const struct engine_event *ev = rig_event(&rig, EVENT_REQUEST);
    struct uri uri;
    struct msg_error err;
    assert_true(uri_parse(STR("sip:bob@192.0.2.7"), &uri, &err));
    struct outgoing out = {.base = ev->msg, .hop = &uri, .passes = true, .branch_suffix = STR("x")};
    assert_int_equal(engine_send_stateless(rig.e, &out, rig.now), ERR_INVALID);
    pass_last(EVENT_REQUEST);
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branch_is_the_same),
        cmocka_unit_test(old_branch_is_the_same),
        cmocka_unit_test(nothing_is_kept),
        cmocka_unit_test(answered_transaction_is_not_given_up),
        cmocka_unit_test(response_goes_by_via),
        cmocka_unit_test(mark_may_stand_anywhere),
        cmocka_unit_test(forged_response_is_stray),
        cmocka_unit_test(response_finds_its_connection),
        cmocka_unit_test(no_memory_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
