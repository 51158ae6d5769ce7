/* Subscriptions of ours: asked for, refreshed, lost and asked for anew (RFC 6665 4.1). */
#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "ua/subscription.h"

static struct rig r;
static ua_subscription sub;

static const char *subscribe_to(bool every_notifier)
{
    const struct subscription_start s = {.account = r.side[ALICE].account,
                                         .target = STR("sip:mailbox@192.0.2.9"),
                                         .event = STR("message-summary"),
                                         .expires_s = 3600,
                                         .headers =
                                             STR("Accept: application/simple-message-summary\r\n"),
                                         .every_notifier = every_notifier};
    assert_int_equal(subscription_start(r.side[ALICE].ua, &s, r.now, &sub), OK);
    rig_pass(&r, 20 * MS);
    return rig_peer_next(&r, "SUBSCRIBE ");
}

static const char *subscribe(void)
{
    return subscribe_to(false);
}

static void notify(const char *request, const char *tag, unsigned cseq, const char *state)
{
    char more[256];
    snprintf(more, sizeof more, "Event: message-summary\r\nSubscription-State: %s\r\n", state);
    rig_peer_notify(&r, ALICE, request, tag, cseq, more, "Messages-Waiting: yes\r\n");
    rig_pass(&r, 20 * MS);
}

static const char *begin(const char *state)
{
    rig_new(&r);
    const char *request = subscribe();
    rig_peer_answer(&r, ALICE, request, 200, "n", "Expires: 600\r\n", "");
    notify(request, "n", 1, state);
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    return request;
}

static enum subscription_state state_now(void)
{
    struct subscription_view v;
    assert_int_equal(subscription_look(r.side[ALICE].ua, sub, &v), OK);
    return v.state;
}

/* Takes leave of a subscription that stands. */
static void end(const char *request, const char *tag, unsigned cseq)
{
    assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), OK);
    assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), ERR_STALE);
    rig_pass(&r, 20 * MS);
    const char *last = rig_peer_next(&r, "SUBSCRIBE ");
    assert_string_equal(rig_value(last, "Expires"), "0");
    rig_peer_answer(&r, ALICE, last, 200, "", "Expires: 0\r\n", "");
    notify(request, tag, cseq, "terminated;reason=timeout");
    rig_expect_none(&r, ALICE);
    rig_end(&r);
}

/* RFC 3842 4.1, message by message: asked, told, refreshed before the end, ended. */
static void it_is_refreshed_and_ended(void **state)
{
    (void)state;
    struct subscription_view v;
    const char *first = begin("active;expires=400");
    assert_string_equal(rig_value(first, "Event"), "message-summary");
    assert_string_equal(rig_value(first, "Accept"), "application/simple-message-summary");
    assert_string_equal(rig_value(first, "Expires"), "3600");
    assert_string_equal(rig_value(first, "Contact"), "<sip:alice@192.0.2.1>");
    assert_int_equal(subscription_look(r.side[ALICE].ua, sub, &v), OK);
    assert_int_equal(v.state, SUBSCRIPTION_ACTIVE);
    assert_true(v.expires <= r.now + 400 * SECOND && v.expires > r.now + 399 * SECOND);
    assert_int_equal(v.next, v.expires - 64 * SECOND);
    rig_pass(&r, 336 * SECOND);
    const char *refresh = rig_peer_next(&r, "SUBSCRIBE sip:peer@192.0.2.9 ");
    assert_true(rig_has(rig_value(refresh, "To"), ";tag=n"));
    assert_string_equal(rig_value(refresh, "Call-ID"), rig_value(first, "Call-ID"));
    assert_string_equal(rig_value(refresh, "CSeq"), "2 SUBSCRIBE");
    rig_peer_answer(&r, ALICE, refresh, 200, "", "Expires: 3600\r\n", "");
    notify(first, "n", 2, "active;expires=3600");
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    end(first, "n", 3);
}

/* RFC 6665 4.1.2.4: the NOTIFY may be first, and then makes the dialog. */
static void a_notify_may_come_before_the_answer(void **state)
{
    (void)state;
    rig_new(&r);
    const char *request = subscribe();
    notify(request, "n", 1, "pending");
    const struct rig_event *e = rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    assert_int_equal(e->ev.subscription, sub);
    assert_true(rig_has(e->text, "\r\n\r\nMessages-Waiting: yes\r\n"));
    assert_int_equal(state_now(), SUBSCRIPTION_PENDING);
    rig_peer_answer(&r, ALICE, request, 202, "n", "Expires: 600\r\n", "");
    notify(request, "n", 2, "active");
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    assert_int_equal(state_now(), SUBSCRIPTION_ACTIVE);
    end(request, "n", 3);
}

/* RFC 6665 4.4.1 */
static void of_a_fork_the_first_counts(void **state)
{
    (void)state;
    const char *request = begin("active;expires=600");
    notify(request, "other", 1, "active;expires=600");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 481 "));
    rig_expect_none(&r, ALICE);
    end(request, "n", 2);
}

/* Another one's first NOTIFY; its id. */
static ua_subscription fork_off(const char *request, const char *tag, ua_subscription group)
{
    notify(request, tag, 1, "active;expires=600");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 200 "));
    const struct rig_event *e = rig_expect(&r, ALICE, UA_SUBSCRIPTION_FORKED);
    ua_subscription id = e->ev.subscription;
    assert_int_equal(e->ev.group, group);
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED)->ev.subscription, id);
    assert_int_not_equal(id, group);
    return id;
}

static void expect_refused(const char *request, const char *tag)
{
    notify(request, tag, 1, "active;expires=600");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 481 "));
    rig_expect_none(&r, ALICE);
}

static const char *begin_forked(void)
{
    rig_new(&r);
    const char *request = subscribe_to(true);
    rig_peer_answer(&r, ALICE, request, 200, "n", "Expires: 600\r\n", "");
    notify(request, "n", 1, "active;expires=600");
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED)->ev.subscription, sub);
    return request;
}

/* RFC 6665 4.4.1: a dialog each, refreshed by itself, until 64*T1 after the SUBSCRIBE. */
static void each_notifier_of_a_fork_may_count(void **state)
{
    (void)state;
    const char *request = begin_forked();
    ua_subscription other = fork_off(request, "o", sub), first = sub;
    notify(request, "o", 2, "active;expires=1000");
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED)->ev.subscription, other);
    rig_pass(&r, 33 * SECOND);
    expect_refused(request, "late");
    rig_pass(&r, 503 * SECOND);
    const char *refresh = rig_peer_next(&r, "SUBSCRIBE ");
    assert_true(rig_has(rig_value(refresh, "To"), ";tag=n"));
    rig_peer_answer(&r, ALICE, refresh, 200, "", "Expires: 3600\r\n", "");
    notify(request, "n", 2, "active;expires=3600");
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED)->ev.subscription, first);
    rig_pass(&r, 400 * SECOND);
    refresh = rig_peer_next(&r, "SUBSCRIBE ");
    assert_true(rig_has(rig_value(refresh, "To"), ";tag=o"));
    assert_string_equal(rig_value(refresh, "CSeq"), "2 SUBSCRIBE");
    rig_peer_answer(&r, ALICE, refresh, 200, "", "Expires: 3600\r\n", "");
    /* one is ended, the other goes on */
    assert_int_equal(subscription_end(r.side[ALICE].ua, first, r.now), OK);
    rig_pass(&r, 20 * MS);
    refresh = rig_peer_next(&r, "SUBSCRIBE ");
    rig_peer_answer(&r, ALICE, refresh, 200, "", "Expires: 0\r\n", "");
    notify(request, "n", 3, "terminated;reason=timeout");
    sub = other;
    assert_int_equal(state_now(), SUBSCRIPTION_ACTIVE);
    end(request, "o", 3);
}

static void of_a_fork_the_last_one_is_asked_for_anew(void **state)
{
    (void)state;
    const char *request = begin_forked();
    ua_subscription other = fork_off(request, "o", sub);
    notify(request, "n", 2, "terminated;reason=deactivated");
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_ENDED)->ev.subscription, sub);
    notify(request, "o", 2, "terminated;reason=deactivated");
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_LOST)->ev.subscription, other);
    rig_pass(&r, 10 * SECOND);
    const char *next = rig_peer_next(&r, "SUBSCRIBE ");
    assert_string_not_equal(rig_value(next, "Call-ID"), rig_value(request, "Call-ID"));
    rig_peer_answer(&r, ALICE, next, 200, "n", "Expires: 600\r\n", "");
    notify(next, "n", 1, "active;expires=600");
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED)->ev.subscription, other);
    ua_subscription third = fork_off(next, "o", sub);
    assert_int_equal(subscription_end(r.side[ALICE].ua, third, r.now), OK);
    rig_pass(&r, 20 * MS);
    rig_peer_answer(&r, ALICE, rig_peer_next(&r, "SUBSCRIBE "), 481, "", "", "");
    sub = other;
    end(next, "n", 2);
}

/* 503: the notifier comes again, or not; what it would have made is not half there. */
static void a_fork_without_memory_is_none(void **state)
{
    (void)state;
    bool told = false;
    for (size_t i = 0; !told; i++) {
        const char *request = begin_forked();
        r.side[ALICE].mem.refuse_after = i;
        notify(request, "o", 1, "active;expires=600");
        r.side[ALICE].mem.refuse_after = SIZE_MAX;
        rig_pass(&r, 40 * SECOND);
        told = rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 200 ");
        assert_true(i < 100);
        rig_free(&r);
    }
}

static void without_a_notify_it_is_lost_and_asked_for_anew(void **state)
{
    (void)state;
    rig_new(&r);
    const char *request = subscribe();
    rig_peer_answer(&r, ALICE, request, 200, "n", "Expires: 600\r\n", "");
    rig_pass(&r, 31 * SECOND);
    rig_expect_none(&r, ALICE);
    rig_pass(&r, 2 * SECOND);
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_LOST)->ev.status, 408);
    assert_int_equal(state_now(), SUBSCRIPTION_WAITING);
    /* Timer N is over: what comes now is too late */
    notify(request, "n", 1, "active");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 481 "));
    rig_pass(&r, 30 * SECOND);
    const char *next = rig_peer_next(&r, "SUBSCRIBE ");
    assert_string_not_equal(rig_value(next, "Call-ID"), rig_value(request, "Call-ID"));
    assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), OK);
    rig_end(&r);
}

/* RFC 6665 4.1.3: what each reason says of coming again. */
static void each_reason_has_its_rule(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        unsigned after_s; /* 0: never */
    } cases[] = {
        {"terminated;reason=deactivated;retry-after=300", 10},
        {"terminated;reason=timeout", 10},
        {"terminated;reason=probation;retry-after=300", 300},
        {"terminated;reason=giveup;retry-after=60", 60},
        {"terminated;reason=giveup", 10},
        {"terminated;retry-after=120", 120},
        {"terminated", 10},
        {"terminated;reason=rejected;retry-after=5", 0},
        {"terminated;reason=noresource", 0},
        {"terminated;reason=invariant;retry-after=5", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *first = begin("active;expires=600");
        time_ns began = r.now;
        notify(first, "n", 2, cases[i].state);
        rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
        rig_expect(&r, ALICE, cases[i].after_s ? UA_SUBSCRIPTION_LOST : UA_SUBSCRIPTION_ENDED);
        if (cases[i].after_s == 0) {
            assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), ERR_STALE);
        } else {
            rig_pass(&r, began + (cases[i].after_s - 1) * SECOND - r.now);
            assert_int_equal(rig_count(&r, ALICE, "SUBSCRIBE "), 1);
            rig_pass(&r, 2 * SECOND);
            assert_true(rig_count(&r, ALICE, "SUBSCRIBE ") > 1);
            assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), OK);
        }
        rig_end(&r);
    }
}

/* What a final response to the first SUBSCRIBE comes to. */
static void a_refusal_ends_it_or_not(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        const char *headers;
        bool ends;
    } cases[] = {{489, "", true},
                 {403, "", true},
                 {404, "", true},
                 {480, "", false},
                 {503, "Retry-After: 3600\r\n", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct subscription_view v;
        rig_new(&r);
        rig_peer_answer(&r, ALICE, subscribe(), cases[i].status, "x", cases[i].headers, "");
        const struct rig_event *e =
            rig_expect(&r, ALICE, cases[i].ends ? UA_SUBSCRIPTION_ENDED : UA_SUBSCRIPTION_LOST);
        assert_int_equal(e->ev.status, cases[i].status);
        if (!cases[i].ends) {
            assert_int_equal(subscription_look(r.side[ALICE].ua, sub, &v), OK);
            assert_true(v.next > r.now);
            if (cases[i].headers[0])
                assert_true(v.next >= r.now + 3590 * SECOND);
            assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), OK);
        }
        rig_end(&r);
    }
}

/* RFC 3261 21.4.17 */
static void too_brief_is_asked_for_longer(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_answer(&r, ALICE, subscribe(), 423, "x", "Min-Expires: 7200\r\n", "");
    rig_pass(&r, 20 * MS);
    const char *again = rig_peer_next(&r, "SUBSCRIBE ");
    assert_string_equal(rig_value(again, "Expires"), "7200");
    rig_peer_answer(&r, ALICE, again, 423, "x", "Min-Expires: 7200\r\n", "");
    assert_int_equal(rig_expect(&r, ALICE, UA_SUBSCRIPTION_ENDED)->ev.status, 423);
    rig_end(&r);
}

/* RFC 6665 4.1.2.2: 481 to a refresh is the end of that one, and a new one is asked for; other
 * failures leave it until it expires. */
static void a_refresh_that_fails(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        enum ua_event_kind kind;
        unsigned after_s;
    } cases[] = {{481, UA_SUBSCRIPTION_LOST, 0},
                 {489, UA_SUBSCRIPTION_ENDED, 0},
                 {500, UA_SUBSCRIPTION_LOST, 64}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin("active;expires=400");
        rig_pass(&r, 336 * SECOND);
        rig_peer_answer(&r, ALICE, rig_peer_next(&r, "SUBSCRIBE sip:peer"), cases[i].status, "", "",
                        "");
        if (cases[i].after_s > 0) {
            rig_expect_none(&r, ALICE);
            rig_pass(&r, cases[i].after_s * SECOND);
        }
        rig_expect(&r, ALICE, cases[i].kind);
        if (cases[i].kind == UA_SUBSCRIPTION_LOST) {
            rig_pass(&r, 11 * SECOND);
            rig_peer_next(&r, "SUBSCRIBE sip:mailbox");
            assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), OK);
        }
        rig_end(&r);
    }
}

static void a_bad_notify_is_refused(void **state)
{
    (void)state;
    rig_new(&r);
    const char *request = subscribe();
    rig_peer_notify(&r, ALICE, request, "n", 1, "Event: presence\r\nSubscription-State: active\r\n",
                    "");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 481 "));
    rig_peer_notify(&r, ALICE, request, "n", 2, "Event: message-summary\r\n", "");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 400 "));
    rig_expect_none(&r, ALICE);
    rig_peer_answer(&r, ALICE, request, 200, "n", "", "");
    notify(request, "n", 3, "active;expires=600");
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    rig_peer_notify(&r, ALICE, request, "n", 4, "Event: presence\r\nSubscription-State: active\r\n",
                    "");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 489 "));
    end(request, "n", 5);
}

/* Nobody subscribes to us. */
/* What cannot be read of it is as if it were not there. */
static void a_state_is_heard_without_its_parameters(void **state)
{
    (void)state;
    rig_new(&r);
    const char *request = subscribe();
    rig_peer_answer(&r, ALICE, request, 200, "n", "", "");
    notify(request, "n", 1, "active;expires=x=600");
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    notify(request, "n", 2, "else;reason=reason=noresource");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 400 "));
    rig_expect_none(&r, ALICE);
    notify(request, "n", 3, "terminated;reason=reason=noresource");
    assert_true(rig_has(rig_last(&r, ALICE, "SIP/2.0 "), "SIP/2.0 200 "));
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_LOST); /* for no reason that is known */
    assert_int_equal(subscription_end(r.side[ALICE].ua, sub, r.now), OK);
    rig_end(&r);
}

static void a_subscribe_is_refused(void **state)
{
    (void)state;
    rig_new(&r);
    rig_peer_send(&r, BOB,
                  "SUBSCRIBE sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP "
                  "192.0.2.9:5060;branch=z9hG4bKs\r\nMax-Forwards: 70\r\nFrom: "
                  "<sip:peer@192.0.2.9>;tag=s\r\nTo: <sip:bob@192.0.2.2>\r\nCall-ID: s\r\nCSeq: 1 "
                  "SUBSCRIBE\r\nContact: <sip:peer@192.0.2.9>\r\nEvent: presence\r\n"
                  "Content-Length: 0\r\n\r\n");
    const char *answer = rig_last(&r, BOB, "SIP/2.0 489");
    assert_string_equal(rig_value(answer, "Allow-Events"), "refer");
    rig_end(&r);
}

static void without_memory_nothing_is_asked(void **state)
{
    (void)state;
    int err = ERR_NOMEM;
    rig_new(&r);
    const struct subscription_start s = {.account = r.side[ALICE].account,
                                         .target = STR("sip:mailbox@192.0.2.9"),
                                         .event = STR("presence"),
                                         .expires_s = 60};
    for (size_t n = 0; err == ERR_NOMEM; n++) {
        r.side[ALICE].mem.refuse_after = n;
        err = subscription_start(r.side[ALICE].ua, &s, r.now, &sub);
        r.side[ALICE].mem.refuse_after = SIZE_MAX;
        rig_drain(&r);
    }
    assert_int_equal(err, OK);
    assert_int_equal(rig_count(&r, ALICE, "SUBSCRIBE "), 1);
    rig_pass(&r, 20 * MS);
    const char *request = rig_peer_next(&r, "SUBSCRIBE ");
    /* a NOTIFY that finds none is refused, and the next one is heard */
    for (unsigned cseq = 1; r.side[ALICE].n_events == 0; cseq++) {
        char more[128];
        snprintf(more, sizeof more, "Event: presence\r\nSubscription-State: active\r\n");
        r.side[ALICE].mem.refuse_after = cseq;
        rig_peer_notify(&r, ALICE, request, "n", cseq, more, "");
        r.side[ALICE].mem.refuse_after = SIZE_MAX;
        rig_drain(&r);
    }
    rig_expect(&r, ALICE, UA_SUBSCRIPTION_NOTIFIED);
    rig_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_refreshed_and_ended),
        cmocka_unit_test(a_notify_may_come_before_the_answer),
        cmocka_unit_test(of_a_fork_the_first_counts),
        cmocka_unit_test(each_notifier_of_a_fork_may_count),
        cmocka_unit_test(of_a_fork_the_last_one_is_asked_for_anew),
        cmocka_unit_test(a_fork_without_memory_is_none),
        cmocka_unit_test(without_a_notify_it_is_lost_and_asked_for_anew),
        cmocka_unit_test(each_reason_has_its_rule),
        cmocka_unit_test(a_refusal_ends_it_or_not),
        cmocka_unit_test(too_brief_is_asked_for_longer),
        cmocka_unit_test(a_refresh_that_fails),
        cmocka_unit_test(a_bad_notify_is_refused),
        cmocka_unit_test(a_state_is_heard_without_its_parameters),
        cmocka_unit_test(a_subscribe_is_refused),
        cmocka_unit_test(without_memory_nothing_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
