/* Registrations: made, fetched, ended, lost on bad links, with a store that is slow or fails. */
#include "office.h"

/* RFC 3261 24.1, 10.2.2 */
static void a_phone_comes_and_goes(void **state)
{
    (void)state;
    static const enum transport transports[] = {TRANSPORT_UDP, TRANSPORT_TCP};
    for (size_t t = 0; t < 2; t++) {
        struct office o;
        office_open(&o, 1 + t, transports[t], transports[t]);
        const struct rung *ok = ladder_find(&o.w, o.proxy, "SIP/2.0 200", 0);
        EXPECT(&o.w, ok && rung_header(ok, "Contact").len > 0);
        agent_register(o.bob, 0);
        world_run(&o.w, NS_PER_S);
        EXPECT(&o.w, o.bob->register_status == 200);
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, NS_PER_S);
        /* RFC 3261 16.5, 21.4.18: known, but not there */
        EXPECT(&o.w, c->failures == 1 && (c->status == 480 || c->status == 404));
        check_and_end(&o.w);
    }
}

/* RFC 3261 10.3: a binding ends with its time */
static void a_binding_expires(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 3, TRANSPORT_UDP, TRANSPORT_UDP);
    agent_register(o.bob, 60);
    world_run(&o.w, NS_PER_S);
    EXPECT(&o.w, o.bob->register_status == 200);
    o.bob->plan.status = 486;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->status == 486);
    world_run(&o.w, 60 * NS_PER_S);
    c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->status == 480 || c->status == 404);
    check_and_end(&o.w);
}

/* RFC 3261 10.3 step 7, 21.4.17 */
static void too_short_a_time_is_refused(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 4, TRANSPORT_UDP, TRANSPORT_UDP);
    agent_register(o.bob, 1);
    world_run(&o.w, NS_PER_S);
    EXPECT(&o.w, o.bob->register_status == 423);
    const struct rung *r = ladder_find(&o.w, o.proxy, "SIP/2.0 423", 0);
    EXPECT(&o.w, r && rung_header(r, "Min-Expires").len > 0);
    check_and_end(&o.w);
}

static void a_failing_store_is_a_server_error(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 5, TRANSPORT_UDP, TRANSPORT_UDP);
    o.proxy->location->failures = 1000;
    agent_register(o.bob, 600);
    world_run(&o.w, NS_PER_S);
    EXPECT(&o.w, o.bob->register_status >= 500 && o.bob->register_status < 600);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, NS_PER_S);
    EXPECT(&o.w, c->failures == 1 && c->status >= 500 && c->status < 600);
    check_and_end(&o.w);
}

/* The 200 leaves only after the store has spoken; the request's repetitions do no harm meanwhile.
 */
static void a_slow_store_is_waited_for(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 6, TRANSPORT_UDP, TRANSPORT_UDP);
    o.proxy->location->delay = 3 * NS_PER_S;
    agent_register(o.bob, 600);
    world_run(&o.w, 2900 * NS_PER_MS);
    EXPECT(&o.w, o.bob->register_status == 0);
    world_run(&o.w, 10 * NS_PER_S);
    EXPECT(&o.w, o.bob->register_status == 200);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 20 * NS_PER_S);
    EXPECT(&o.w, c->answers == 1);
    call_hang_up(c);
    check_and_end(&o.w);
}

/* A caller that gives up while the store still thinks */
static void a_cancel_while_the_store_thinks(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 7, TRANSPORT_UDP, TRANSPORT_UDP);
    o.proxy->location->delay = 3 * NS_PER_S;
    struct call *c = agent_call(o.alice, BOB);
    world_do(&o.w, NS_PER_S, call_cancel, c);
    world_run(&o.w, 20 * NS_PER_S);
    EXPECT(&o.w, c->failures == 1 && c->status == 487);
    EXPECT(&o.w, bobs_call(&o)->side == CALL_UNUSED || bobs_call(&o)->cancelled);
    check_and_end(&o.w);
}

/* Two phones of one user register at the same moment: the store's versions keep both. */
static void two_at_once_are_both_kept(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 8, TRANSPORT_UDP, TRANSPORT_UDP);
    o.proxy->location->delay = 50 * NS_PER_MS;
    struct agent *a = agent_join(&o.w, "carol", o.proxy, TRANSPORT_UDP);
    struct agent *b = agent_join(&o.w, "carol", o.proxy, TRANSPORT_UDP);
    agent_register(a, 600);
    agent_register(b, 600);
    world_run(&o.w, 2 * NS_PER_S);
    EXPECT(&o.w, a->register_status == 200 && b->register_status == 200);
    a->plan.status = b->plan.status = 486;
    agent_call(o.alice, "sip:carol@office.example");
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, a->calls[0].final_status == 486 && b->calls[0].final_status == 486);
    check_and_end(&o.w);
}

static void over_bad_links(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct office o;
        office_open(&o, 100 + seed, TRANSPORT_UDP, TRANSPORT_UDP);
        o.proxy->location->delay = seed * 30 * NS_PER_MS;
        office_spoil(&o, link_bad(20 + (unsigned)seed * 3, 200, 300));
        agent_register(o.bob, 600);
        world_run(&o.w, 40 * NS_PER_S);
        EXPECT(&o.w, o.bob->register_status == 200);
        check_and_end(&o.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_comes_and_goes),
        cmocka_unit_test(a_binding_expires),
        cmocka_unit_test(too_short_a_time_is_refused),
        cmocka_unit_test(a_failing_store_is_a_server_error),
        cmocka_unit_test(a_slow_store_is_waited_for),
        cmocka_unit_test(a_cancel_while_the_store_thinks),
        cmocka_unit_test(two_at_once_are_both_kept),
        cmocka_unit_test(over_bad_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
