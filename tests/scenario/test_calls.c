/* Calls through one proxy: RFC 3261 24.2, RFC 3665 3.1, 3.3, 3.8-3.11, over UDP and TCP. */
#include "office.h"

static const struct {
    enum transport alice, bob;
} transports[] = {{TRANSPORT_UDP, TRANSPORT_UDP},
                  {TRANSPORT_TCP, TRANSPORT_TCP},
                  {TRANSPORT_UDP, TRANSPORT_TCP},
                  {TRANSPORT_TCP, TRANSPORT_UDP}};
#define N_TRANSPORTS (sizeof(transports) / sizeof(transports[0]))

/* RFC 3261 24.2, RFC 3665 3.2: INVITE, 100, 180, 200, ACK, BYE, 200, each once on a good link */
static void a_call_succeeds(bool caller_hangs_up, size_t t)
{
    struct office o;
    office_open(&o, 1 + t, transports[t].alice, transports[t].bob);
    struct agent *first = caller_hangs_up ? o.alice : o.bob;
    struct agent *other = caller_hangs_up ? o.bob : o.alice;
    first->plan.hang_up_after = 10 * NS_PER_S;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);

    EXPECT(&o.w, c->rings == 1 && c->answers == 1 && c->acks_sent == 1);
    EXPECT(&o.w, bobs_call(&o)->acked);
    EXPECT(&o.w, proxied(&o, "SIP/2.0 100 ") >= 1);
    world_run(&o.w, 20 * NS_PER_S);
    EXPECT(&o.w, sent(&o, o.alice, "INVITE ") == 1 && proxied(&o, "INVITE ") == 1);
    EXPECT(&o.w, sent(&o, o.alice, "ACK ") == 1 && proxied(&o, "ACK ") == 1);
    EXPECT(&o.w, sent(&o, first, "BYE ") == 1 && proxied(&o, "BYE ") == 1);
    EXPECT(&o.w, sent(&o, other, "BYE ") == 0);
    EXPECT(&o.w, c->ended && bobs_call(&o)->ended);
    EXPECT(&o.w, o.alice->strays == 0 && o.bob->strays == 0);
    check_and_end(&o.w);
}

static void the_caller_hangs_up(void **state)
{
    (void)state;
    for (size_t t = 0; t < N_TRANSPORTS; t++)
        a_call_succeeds(true, t);
}

static void the_callee_hangs_up(void **state)
{
    (void)state;
    for (size_t t = 0; t < N_TRANSPORTS; t++)
        a_call_succeeds(false, t);
}

/* RFC 3261 16.6 step 4, 12.2.1.1: what follows in the dialog passes the proxy by its Record-Route
 */
static void requests_within_the_dialog_follow_the_route_set(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 7, TRANSPORT_UDP, TRANSPORT_UDP);
    o.alice->plan.hang_up_after = NS_PER_S;
    agent_call(o.alice, BOB);
    world_run(&o.w, 10 * NS_PER_S);
    const struct rung *bye = ladder_find(&o.w, &o.alice->node, "BYE ", 0);
    EXPECT(&o.w, bye && bye->to == o.proxy);
    EXPECT(&o.w, bye && str_starts((struct str){bye->text, bye->len}, STR("BYE sip:bob@10.0.0.3")));
    EXPECT(&o.w, bye && str_starts(rung_header(bye, "Route"), STR("<sip:10.0.0.1")));
    bye = ladder_find(&o.w, o.proxy, "BYE ", 0);
    EXPECT(&o.w, bye && bye->to == &o.bob->node && rung_header(bye, "Route").len == 0);
    check_and_end(&o.w);
}

/* RFC 3665 3.9, 3.10: busy, and others that say no; the proxy and the caller acknowledge */
static void a_refused_call_fails_once(void **state)
{
    (void)state;
    static const unsigned statuses[] = {486, 480, 404, 488, 603, 302, 500};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        struct office o;
        size_t t = i % N_TRANSPORTS;
        office_open(&o, 20 + i, transports[t].alice, transports[t].bob);
        o.bob->plan.status = statuses[i];
        o.bob->plan.answer_after = NS_PER_S;
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, 5 * NS_PER_S);
        /* RFC 3261 16.7 step 6: a 5xx of one branch may become another */
        EXPECT(&o.w, c->failures == 1 && c->status == statuses[i]);
        EXPECT(&o.w, sent(&o, o.alice, "ACK ") == 1 && proxied(&o, "ACK ") == 1);
        check_and_end(&o.w);
    }
}

/* RFC 3665 3.8: no answer; the caller gives up */
static void nobody_answers(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 30, TRANSPORT_UDP, TRANSPORT_UDP);
    o.bob->plan.answer_after = TIME_NEVER;
    struct call *c = agent_call(o.alice, BOB);
    world_do(&o.w, 20 * NS_PER_S, call_cancel, c);
    world_run(&o.w, 30 * NS_PER_S);
    EXPECT(&o.w, c->rings == 1 && c->status == 487 && c->failures == 1);
    EXPECT(&o.w, bobs_call(&o)->cancelled);
    check_and_end(&o.w);
}

/* RFC 3261 16.6 step 11, 16.8: Timer C ends what rings for ever */
static void a_phone_that_rings_for_ever_is_stopped(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 31, TRANSPORT_UDP, TRANSPORT_UDP);
    o.bob->plan.answer_after = TIME_NEVER;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 240 * NS_PER_S);
    EXPECT(&o.w, c->failures == 1 && (c->status == 487 || c->status == 408));
    EXPECT(&o.w, bobs_call(&o)->cancelled);
    check_and_end(&o.w);
}

/* RFC 3261 16.5: unknown users are 404 */
static void an_unknown_user_is_not_found(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 32, TRANSPORT_UDP, TRANSPORT_UDP);
    struct call *c = agent_call(o.alice, "sip:nobody@office.example");
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->failures == 1 && (c->status == 404 || c->status == 480));
    check_and_end(&o.w);
}

/* RFC 3261 11.2: OPTIONS to the server and to a user */
static void options_are_answered(void **state)
{
    (void)state;
    for (size_t t = 0; t < N_TRANSPORTS; t++) {
        struct office o;
        office_open(&o, 40 + t, transports[t].alice, transports[t].bob);
        agent_request(o.alice, "OPTIONS", "sip:office.example", "");
        world_run(&o.w, NS_PER_S);
        EXPECT(&o.w, o.alice->request_status == 200);
        EXPECT(&o.w, ladder_count(&o.w, &o.bob->node, "SIP/2.0 200") == 0 ||
                         sent(&o, o.bob, "OPTIONS") == 0);
        agent_request(o.alice, "OPTIONS", BOB, "");
        world_run(&o.w, NS_PER_S);
        EXPECT(&o.w, o.alice->request_status == 200 && proxied(&o, "OPTIONS ") == 1);
        agent_request(o.alice, "MADEUP", BOB, "");
        world_run(&o.w, NS_PER_S);
        EXPECT(&o.w, o.alice->request_status == 200 && proxied(&o, "MADEUP ") == 1);
        check_and_end(&o.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_caller_hangs_up),
        cmocka_unit_test(the_callee_hangs_up),
        cmocka_unit_test(requests_within_the_dialog_follow_the_route_set),
        cmocka_unit_test(a_refused_call_fails_once),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(a_phone_that_rings_for_ever_is_stopped),
        cmocka_unit_test(an_unknown_user_is_not_found),
        cmocka_unit_test(options_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
