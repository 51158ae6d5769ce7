/* Sessions in virtual time: both ends of a call, loss, silence, refusals, challenges, what is not
 * expected. */
#include <stdio.h>

#include "rig.h"

static struct rig rig;

static struct tally *tally(unsigned i)
{
    return load_tally(rig.loads[i]);
}

static void start_builtin(const char *caller, const char *called)
{
    rig_init(&rig, scenario_builtin(str_from(caller)),
             called ? scenario_builtin(str_from(called)) : NULL);
}

static void call_many(unsigned n, time_ns apart)
{
    for (unsigned i = 0; i < n; i++) {
        load_start(rig.loads[0], rig.now, rig.now);
        rig_run(&rig, rig.now + apart);
    }
    rig_run(&rig, TIME_NEVER);
}

static void assert_all_done(unsigned n)
{
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(tally(i)->started, n);
        assert_int_equal(tally(i)->succeeded, n);
        assert_int_equal(tally(i)->failed, 0);
        assert_int_equal(tally(i)->running, 0);
        assert_int_equal(tally(i)->strays, 0);
    }
}

/* --- calls --- */

static void test_calls(void **state)
{
    (void)state;
    start_builtin("call", "answer");
    call_many(100, 5 * NS_PER_MS);
    assert_all_done(100);
    assert_int_equal(tally(0)->retransmitted + tally(1)->retransmitted, 0);
    assert_int_equal(tally(0)->sent, 300);
    assert_int_equal(tally(0)->established.least_us, 20000);
    assert_int_equal(tally(0)->established.most_us, 20000);
    assert_int_equal(tally(0)->session.most_us, 40000);
    rig_fini(&rig);
}

/* RFC 3261 17.1.1.2, 17.1.2.2, 13.3.1.4: what is lost is sent again, by whoever has to. */
static void test_calls_where_every_seventh_message_is_lost(void **state)
{
    (void)state;
    start_builtin("call", "answer");
    rig.lose = 7;
    call_many(200, 50 * NS_PER_MS);
    assert_int_equal(tally(0)->succeeded, 200);
    assert_int_equal(tally(1)->succeeded, 200);
    assert_true(tally(0)->retransmitted > 20);
    assert_true(tally(1)->retransmitted > 5);
    assert_true(tally(1)->repeated > 10);
    rig_fini(&rig);
}

/* Latency counts from when a session was meant to begin, not from when it did. */
static void test_no_coordinated_omission(void **state)
{
    (void)state;
    start_builtin("options", NULL);
    load_start(rig.loads[0], rig.now - 300 * NS_PER_MS, rig.now);
    rig_drain(&rig);
    rig_fini(&rig);
    start_builtin("call", "answer");
    load_start(rig.loads[0], rig.now - 300 * NS_PER_MS, rig.now);
    rig_run(&rig, TIME_NEVER);
    assert_true(tally(0)->established.least_us == 320000);
    rig_fini(&rig);
}

static void test_holding(void **state)
{
    (void)state;
    rig_prepare(&rig);
    rig.config.hold = 5 * NS_PER_S;
    rig_make(&rig, 0, scenario_builtin(STR("call")));
    rig.config.hold = 2 * NS_PER_S;
    rig_make(&rig, 1, scenario_builtin(STR("answer")));
    call_many(1, 0);
    assert_all_done(1);
    assert_int_equal(tally(0)->established.most_us / 1000, 2020);
    assert_int_equal(tally(0)->session.most_us / 1000, 7040);
    rig_fini(&rig);
}

/* --- failures --- */

static void assert_failure(enum cause cause, unsigned status, const char *method)
{
    assert_int_equal(tally(0)->n_failures, 1);
    const struct failure *f = &tally(0)->failures[0];
    assert_int_equal(f->cause, cause);
    assert_int_equal(f->status, status);
    assert_string_equal(f->method, method);
    assert_int_equal(tally(0)->failed, f->n);
    assert_int_equal(tally(0)->running, 0);
}

/* RFC 3261 17.1.1.2: at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 seconds, and given up after 32. */
static void test_silence(void **state)
{
    (void)state;
    start_builtin("call", NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    rig_run(&rig, T0 + 31 * NS_PER_S);
    assert_int_equal(tally(0)->retransmitted, 5);
    assert_int_equal(tally(0)->running, 1);
    rig_run(&rig, TIME_NEVER);
    assert_int_equal(tally(0)->retransmitted, 6);
    assert_failure(CAUSE_TIMEOUT, 0, "");
    rig_fini(&rig);
}

#define REPLY(status, cseq, more)                                                      \
    "SIP/2.0 " status "\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx\r\n"        \
    "From: <sip:u0@example.com>;tag=a\r\nTo: <sip:bob@example.com>;tag=b\r\nCall-ID: " \
    "%s\r\nCSeq: " cseq "\r\n" more "Content-Length: 0\r\n\r\n"

/* An answer: "%s" in it stands for the Call-ID of what was sent last. */
static void answer(const char *text_with_id)
{
    char id[100], text[1024];
    const char *hole = strstr(text_with_id, "%s");
    const char *at = strstr(rig.last, "Call-ID: ");
    assert_non_null(at);
    snprintf(id, sizeof id, "%.*s", (int)strcspn(at + 9, "\r"), at + 9);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - text_with_id), text_with_id, id, hole + 2);
    rig_say(&rig, text);
}

static void test_a_refused_call_is_acknowledged(void **state)
{
    (void)state;
    start_builtin("call", NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("486 Busy Here", "1 INVITE", ""));
    assert_failure(CAUSE_STATUS, 486, "INVITE");
    assert_non_null(strstr(rig.last, "ACK sip:bob@example.com SIP/2.0\r\n"));
    assert_non_null(strstr(rig.last, "CSeq: 1 ACK\r\n"));
    rig_fini(&rig);
}

static void test_a_call_that_rings_for_ever_is_cancelled(void **state)
{
    (void)state;
    start_builtin("call", NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("180 Ringing", "1 INVITE", ""));
    rig_run(&rig, T0 + 33 * NS_PER_S);
    assert_failure(CAUSE_TIMEOUT, 0, "");
    assert_non_null(strstr(rig.last, "CANCEL sip:bob@example.com SIP/2.0\r\n"));
    answer(REPLY("487 Request Terminated", "1 INVITE", ""));
    assert_non_null(strstr(rig.last, "ACK sip:bob@example.com SIP/2.0\r\n"));
    rig_run(&rig, TIME_NEVER);
    rig_fini(&rig);
}

/* RFC 3261 12.2.1.1: the BYE of a call that fails goes by its route set to its target. */
static void test_a_call_that_fails_once_it_stands_is_ended(void **state)
{
    (void)state;
    start_builtin("call", NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("200 OK", "1 INVITE",
                 "Contact: <sip:here@192.0.2.9>\r\nRecord-Route: <sip:one;lr>, <sip:two;lr>\r\n"));
    assert_non_null(strstr(rig.last, "BYE sip:here@192.0.2.9 SIP/2.0\r\n"));
    assert_non_null(strstr(rig.last, "Route: <sip:two;lr>, <sip:one;lr>\r\n"));
    assert_non_null(strstr(rig.last, "To: <sip:bob@example.com>;tag=b\r\n"));
    answer(REPLY("500 No", "2 BYE", ""));
    assert_failure(CAUSE_STATUS, 500, "BYE");
    rig_fini(&rig);
}

static void test_a_repeated_2xx_is_acknowledged_again(void **state)
{
    unsigned before;
    (void)state;
    start_builtin("call", NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("200 OK", "1 INVITE", "Contact: <sip:here@192.0.2.9>\r\n"));
    before = rig.n_sent;
    answer(REPLY("200 OK", "1 INVITE", "Contact: <sip:here@192.0.2.9>\r\n"));
    assert_int_equal(rig.n_sent, before + 1);
    assert_non_null(strstr(rig.last, "ACK sip:here@192.0.2.9 SIP/2.0\r\n"));
    assert_int_equal(tally(0)->repeated, 1);
    rig_fini(&rig);
}

static void test_a_bye_that_nobody_expects(void **state)
{
    (void)state;
    rig_prepare(&rig);
    rig.config.hold = 5 * NS_PER_S;
    rig_make(&rig, 0, scenario_builtin(STR("call")));
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("200 OK", "1 INVITE", "Contact: <sip:here@192.0.2.9>\r\n"));
    answer(
        "BYE sip:u@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKy\r\nFrom: "
        "<sip:bob@example.com>;tag=b\r\nTo: <sip:u0@example.com>;tag=a\r\nCall-ID: %s\r\nCSeq: 9 "
        "BYE\r\nContent-Length: 0\r\n\r\n");
    assert_failure(CAUSE_UNEXPECTED, 0, "BYE");
    assert_non_null(strstr(rig.last, "SIP/2.0 200 OK\r\n"));
    rig_fini(&rig);
}

/* --- calls that are cancelled (RFC 3261 9.2) --- */

#define REQUEST(method, branch)                                                                \
    method " sip:u@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK" branch \
           "\r\nFrom: <sip:a@example.com>;tag=a\r\nTo: <sip:u0@example.com>\r\nCall-ID: "      \
           "c\r\nCSeq: 7 " method                                                              \
           "\r\nContact: <sip:a@192.0.2.1:5070>\r\nContent-Length: 0\r\n\r\n"

static void ring_for(time_ns span)
{
    rig_prepare(&rig);
    rig.config.hold = span;
    rig_make(&rig, 0, scenario_builtin(STR("answer")));
    rig_say(&rig, REQUEST("INVITE", "1"));
}

static void test_a_call_that_is_cancelled_while_it_rings(void **state)
{
    (void)state;
    ring_for(5 * NS_PER_S);
    assert_non_null(strstr(rig.last, "SIP/2.0 180 Ringing\r\n"));
    rig_say(&rig, REQUEST("CANCEL", "1"));
    assert_int_equal(rig.n_sent, 3); /* 180, 200 for the CANCEL, 487 */
    assert_non_null(strstr(rig.last, "SIP/2.0 487 Request Terminated\r\n"));
    assert_non_null(strstr(rig.last, "CSeq: 7 INVITE\r\n"));
    assert_failure(CAUSE_CANCELLED, 0, "CANCEL");
    rig_say(&rig, REQUEST("INVITE", "1")); /* late, and again */
    rig_run(&rig, rig.now + NS_PER_S);
    assert_int_equal(rig.n_sent, 5);
    assert_int_equal(tally(0)->repeated, 1);
    assert_int_equal(tally(0)->retransmitted, 1);
    assert_non_null(strstr(rig.last, "SIP/2.0 487 Request Terminated\r\n"));
    rig_say(&rig, REQUEST("ACK", "1"));
    rig_run(&rig, TIME_NEVER);
    assert_int_equal(rig.n_sent, 5);
    assert_failure(CAUSE_CANCELLED, 0, "CANCEL");
    rig_fini(&rig);
}

static void test_a_cancel_that_comes_too_late_changes_nothing(void **state)
{
    (void)state;
    ring_for(0);
    assert_non_null(strstr(rig.last, "SIP/2.0 200 OK\r\n"));
    rig_say(&rig, REQUEST("CANCEL", "1"));
    assert_non_null(strstr(rig.last, "CSeq: 7 CANCEL\r\n"));
    rig_say(&rig, REQUEST("ACK", "2"));
    rig_say(&rig, REQUEST("BYE", "3"));
    assert_int_equal(tally(0)->succeeded, 1);
    assert_int_equal(tally(0)->failed, 0);
    rig_fini(&rig);
}

/* Whoever gives up, whatever is lost: both ends know, and nothing is left over. */
static void test_calls_that_are_given_up_where_messages_are_lost(void **state)
{
    (void)state;
    rig_prepare(&rig);
    rig.config.timeout = NS_PER_S;
    rig_make(&rig, 0, scenario_builtin(STR("call")));
    rig.config.hold = 5 * NS_PER_S;
    rig_make(&rig, 1, scenario_builtin(STR("answer")));
    call_many(1, 0);
    assert_int_equal(tally(1)->failures[0].cause, CAUSE_CANCELLED);
    rig.lose = 11; /* six messages each: this time the 487 is lost */
    call_many(1, 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(tally(i)->failed, 2);
        assert_int_equal(tally(i)->running, 0);
    }
    assert_failure(CAUSE_TIMEOUT, 0, "");
    assert_int_equal(tally(1)->n_failures, 1);
    assert_true(tally(1)->retransmitted > 0);
    rig_fini(&rig);
}

static void test_the_far_end_is_unreachable(void **state)
{
    (void)state;
    start_builtin("options", NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    load_unreachable(rig.loads[0], &rig.addrs[1], rig.now);
    assert_failure(CAUSE_TRANSPORT, 0, "");
    load_link_down(rig.loads[0], 0, rig.now);
    assert_false(load_start(rig.loads[0], rig.now, rig.now));
    assert_int_equal(tally(0)->failed, 2);
    rig_fini(&rig);
}

static void test_more_sessions_than_may_be(void **state)
{
    (void)state;
    rig_prepare(&rig);
    rig.config.most = 3;
    rig_make(&rig, 0, scenario_builtin(STR("options")));
    for (unsigned i = 0; i < 5; i++)
        load_start(rig.loads[0], rig.now, rig.now);
    assert_int_equal(tally(0)->failures[0].cause, CAUSE_LIMIT);
    assert_int_equal(tally(0)->failed, 2);
    assert_int_equal(tally(0)->running, 3);
    load_stop(rig.loads[0], rig.now);
    assert_int_equal(tally(0)->failed, 5);
    rig_fini(&rig);
}

/* --- credentials --- */

#define CHALLENGE \
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5\r\n"

static void test_a_challenge_is_answered(void **state)
{
    (void)state;
    rig_prepare(&rig);
    rig.config.password = STR("secret");
    rig_make(&rig, 0, scenario_builtin(STR("register")));
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    assert_null(strstr(rig.last, "Authorization"));
    answer(REPLY("401 Unauthorized", "1 REGISTER", CHALLENGE));
    assert_non_null(strstr(rig.last, "\r\nAuthorization: Digest "));
    assert_non_null(strstr(rig.last, "username=\"u0\""));
    assert_non_null(strstr(rig.last, "CSeq: 2 REGISTER\r\n"));
    answer(REPLY("200 OK", "2 REGISTER", ""));
    assert_int_equal(tally(0)->succeeded, 1);
    rig_fini(&rig);
}

static void test_wrong_credentials_are_not_tried_for_ever(void **state)
{
    (void)state;
    rig_prepare(&rig);
    rig.config.password = STR("wrong");
    rig_make(&rig, 0, scenario_builtin(STR("register")));
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("401 Unauthorized", "1 REGISTER", CHALLENGE));
    answer(REPLY("401 Unauthorized", "2 REGISTER", CHALLENGE));
    assert_failure(CAUSE_REFUSED, 0, "");
    rig_fini(&rig);
}

static void test_a_challenge_without_a_password(void **state)
{
    (void)state;
    start_builtin("register", NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("401 Unauthorized", "1 REGISTER", CHALLENGE));
    assert_failure(CAUSE_REFUSED, 0, "");
    rig_fini(&rig);
}

/* --- what is of no session --- */

#define STRAY(method)                                                                              \
    method " sip:u@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKy\r\nFrom: " \
           "<sip:bob@example.com>;tag=b\r\nTo: <sip:u0@example.com>;tag=a\r\nCall-ID: q\r\nCSeq: " \
           "9 " method "\r\nContent-Length: 0\r\n\r\n"

static void test_strays(void **state)
{
    (void)state;
    start_builtin("options", NULL);
    rig_say(&rig, STRAY("BYE"));
    assert_non_null(strstr(rig.last, "SIP/2.0 481 "));
    rig_say(&rig, STRAY("OPTIONS"));
    assert_non_null(strstr(rig.last, "SIP/2.0 200 "));
    rig.last[0] = '\0';
    rig_say(&rig, STRAY("ACK"));
    rig_say(&rig, "SIP/2.0 200 OK\r\nCall-ID: q\r\nCSeq: 1 OPTIONS\r\n\r\n");
    rig_say(&rig, "nonsense\r\n\r\n");
    assert_int_equal(rig.last[0], '\0');
    assert_int_equal(tally(0)->strays, 4);
    assert_int_equal(tally(0)->bad, 1);
    rig_fini(&rig);
}

/* --- scenarios of others --- */

/* RFC 7502 6.8: those that registered last register again. */
static void test_users_are_taken_anew(void **state)
{
    (void)state;
    static const char *const from[] = {"<sip:u0@", "<sip:u1@", "<sip:u7@", "<sip:u8@", "<sip:u7@"};
    start_builtin("register", NULL);
    for (unsigned i = 0; i < 5; i++) {
        if (i == 2)
            load_take_users(rig.loads[0], 7, 2);
        load_start(rig.loads[0], rig.now, rig.now);
        rig_drain(&rig);
        assert_non_null(strstr(rig.last, from[i]));
    }
    rig_fini(&rig);
}

static void test_variables_and_jumps(void **state)
{
    (void)state;
    rig_init(
        &rig,
        "<scenario><nop><action><assignstr assign_to='n' value='0'/></action></nop><label id='a'/>"
        "<send>OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP [local_ip];branch=[branch]\nFrom: "
        "sip:a;tag=[tag]\n"
        "To: sip:b\nCall-ID: [call_id]\nCSeq: [cseq] OPTIONS\nX: [$n]\n\n</send>"
        "<recv response='200'><action><add assign_to='n' value='1'/>"
        "<test assign_to='more' variable='n' compare='less_than' value='3'/></action></recv>"
        "<nop next='a' test='more'/></scenario>",
        "<scenario><recv request='OPTIONS'/>"
        "<send>SIP/2.0 200 "
        "OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[tag]\n[last_Call-ID:]\n[last_CSeq:]\n\n</"
        "send>"
        "<recv request='OPTIONS'/>"
        "<send>SIP/2.0 200 "
        "OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[tag]\n[last_Call-ID:]\n[last_CSeq:]\n\n</"
        "send>"
        "<recv request='OPTIONS'><action><ereg regexp='2' search_in='hdr' header='X' "
        "check_it='true'/></action></recv>"
        "<send>SIP/2.0 200 "
        "OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[tag]\n[last_Call-ID:]\n[last_CSeq:]\n\n</"
        "send>"
        "</scenario>");
    call_many(1, 0);
    assert_all_done(1);
    rig_fini(&rig);
}

static void test_a_check_that_fails(void **state)
{
    (void)state;
    rig_init(&rig,
             "<scenario><send>OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP "
             "[local_ip];branch=[branch]\nFrom: sip:a;tag=1\n"
             "To: sip:b\nCall-ID: [call_id]\nCSeq: 1 OPTIONS\n\n</send>"
             "<recv response='200'><action><ereg regexp='nothing' "
             "check_it='true'/></action></recv></scenario>",
             NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    rig_drain(&rig);
    answer(REPLY("200 OK", "1 OPTIONS", ""));
    assert_failure(CAUSE_CHECK, 0, "");
    rig_fini(&rig);
}

static void test_two_dialogs_in_one_session(void **state)
{
    (void)state;
    rig_init(&rig,
             "<scenario><send>OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP "
             "[local_ip];branch=[branch]\nFrom: sip:a;tag=1\n"
             "To: sip:b\nCall-ID: [call_id]\nCSeq: 1 OPTIONS\n\n</send>"
             "<send dialog='2'>OPTIONS sip:x SIP/2.0\nVia: SIP/2.0/UDP "
             "[local_ip];branch=[branch]\nFrom: sip:a;tag=1\n"
             "To: sip:b\nCall-ID: [call_id]\nCSeq: 1 OPTIONS\n\n</send>"
             "<recv response='200'/><recv response='200' dialog='2'/></scenario>",
             "<scenario><recv request='OPTIONS'/>"
             "<send>SIP/2.0 200 "
             "OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[tag]\n[last_Call-ID:]\n[last_CSeq:]"
             "\n\n</send>"
             "</scenario>");
    load_start(rig.loads[0], rig.now, rig.now);
    rig_run(&rig, TIME_NEVER);
    assert_int_equal(tally(0)->succeeded, 1);
    assert_int_equal(tally(1)->succeeded, 2);
    rig_fini(&rig);
}

static void test_a_scenario_that_goes_round_for_ever_fails(void **state)
{
    (void)state;
    rig_init(
        &rig,
        "<scenario><label id='a'/><nop next='a'/><send>OPTIONS sip:x SIP/2.0\n\n</send></scenario>",
        NULL);
    load_start(rig.loads[0], rig.now, rig.now);
    assert_failure(CAUSE_SCENARIO, 0, "");
    rig_fini(&rig);
}

/* --- subscriptions --- */

#define NOTIFIER_SAYS(line) "<send>" line " SIP/2.0\nVia: SIP/2.0/UDP [local_ip];branch=[branch]\n"
#define ANSWERED                                                                               \
    "<send>SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[tag]\n[last_Call-ID:]\n" \
    "[last_CSeq:]\nContact: sip:n\n\n</send>"
#define NOTIFY                                                                            \
    NOTIFIER_SAYS("NOTIFY sip:u")                                                         \
    "From: sip:b;tag=[tag]\nTo: sip:a[peer_tag_param]\nCall-ID: [call_id]\nCSeq: [cseq] " \
    "NOTIFY\n\n"                                                                          \
    "</send>"
#define AGAIN                                                                                  \
    "<recv request='SUBSCRIBE'/><send>SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n" \
    "[last_Call-ID:]\n[last_CSeq:]\nContact: sip:n\n\n</send>" NOTIFY "<recv response='200'/>"

static void test_subscriptions(void **state)
{
    static const char *const notifiers[] = {
        "<scenario><recv request='SUBSCRIBE'/>" ANSWERED NOTIFY "<recv response='200'/>" AGAIN
        "</scenario>",
        "<scenario><recv request='SUBSCRIBE'/><pause milliseconds='1'/>" ANSWERED
        "<pause milliseconds='200'/>" NOTIFY "<recv response='200'/>" AGAIN "</scenario>"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        rig_init(&rig, scenario_builtin(STR("subscribe")), notifiers[i]);
        call_many(3, 0);
        assert_all_done(3);
        rig_fini(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_calls_where_every_seventh_message_is_lost),
        cmocka_unit_test(test_no_coordinated_omission),
        cmocka_unit_test(test_holding),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_a_refused_call_is_acknowledged),
        cmocka_unit_test(test_a_call_that_rings_for_ever_is_cancelled),
        cmocka_unit_test(test_a_call_that_fails_once_it_stands_is_ended),
        cmocka_unit_test(test_a_repeated_2xx_is_acknowledged_again),
        cmocka_unit_test(test_a_bye_that_nobody_expects),
        cmocka_unit_test(test_a_call_that_is_cancelled_while_it_rings),
        cmocka_unit_test(test_a_cancel_that_comes_too_late_changes_nothing),
        cmocka_unit_test(test_calls_that_are_given_up_where_messages_are_lost),
        cmocka_unit_test(test_the_far_end_is_unreachable),
        cmocka_unit_test(test_more_sessions_than_may_be),
        cmocka_unit_test(test_a_challenge_is_answered),
        cmocka_unit_test(test_wrong_credentials_are_not_tried_for_ever),
        cmocka_unit_test(test_a_challenge_without_a_password),
        cmocka_unit_test(test_strays),
        cmocka_unit_test(test_users_are_taken_anew),
        cmocka_unit_test(test_variables_and_jumps),
        cmocka_unit_test(test_a_check_that_fails),
        cmocka_unit_test(test_two_dialogs_in_one_session),
        cmocka_unit_test(test_a_scenario_that_goes_round_for_ever_fails),
        cmocka_unit_test(test_subscriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
