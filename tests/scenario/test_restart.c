/* A server that ends in the middle of everything and starts again: bindings are in the store, all
 * else is lost as on the way. */
#include "office.h"

static void office_open_workers(struct office *o, uint64_t seed, enum transport t, unsigned n)
{
    world_init(&o->w, seed);
    o->proxy = element_join_workers(&o->w, "office.example", n);
    o->alice = agent_join(&o->w, "alice", o->proxy, t);
    o->bob = agent_join(&o->w, "bob", o->proxy, t);
    agent_register(o->alice, 3600);
    agent_register(o->bob, 3600);
    world_run(&o->w, 3 * NS_PER_S);
    EXPECT(&o->w, o->bob->register_status == 200);
}

static void bindings_survive(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 1, TRANSPORT_UDP, TRANSPORT_UDP);
    element_restart(o.proxy);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 10 * NS_PER_S);
    EXPECT(&o.w, c->answers == 1);
    EXPECT(&o.w, sent(&o, o.bob, "REGISTER ") == 1);
    call_hang_up(c);
    world_run(&o.w, 10 * NS_PER_S);
    check_and_end(&o.w);
}

/* RFC 3261 17.1.1.2: the INVITE comes again by Timer A and finds a server without memory of it */
static void a_call_that_was_being_set_up(void **state)
{
    (void)state;
    for (unsigned ms = 0; ms < 12; ms++) {
        struct office o;
        office_open(&o, 10 + ms, TRANSPORT_UDP, TRANSPORT_UDP);
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, ms * NS_PER_MS);
        element_restart(o.proxy);
        world_run(&o.w, 100 * NS_PER_S);
        call_cancel(c);
        call_hang_up(c);
        world_run(&o.w, 60 * NS_PER_S);
        check_and_end(&o.w);
    }
}

/* The dialog is the phones': their BYE passes a server that never saw the call. */
static void a_call_that_stands(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 2, TRANSPORT_UDP, TRANSPORT_UDP);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->answers == 1);
    element_restart(o.proxy);
    call_hang_up(c);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, bobs_call(&o)->bye_received);
    check_and_end(&o.w);
}

/* A stored flow names a connection of before: nobody else's connection is taken for it. */
static void a_stored_connection_is_nobody_elses(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 3, TRANSPORT_UDP, TRANSPORT_TCP);
    element_restart(o.proxy);
    struct agent *carol = agent_join(&o.w, "carol", o.proxy, TRANSPORT_TCP);
    agent_register(carol, 3600);
    world_run(&o.w, 2 * NS_PER_S);
    EXPECT(&o.w, carol->register_status == 200);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 10 * NS_PER_S);
    EXPECT(&o.w, carol->n_calls == 0);
    EXPECT(&o.w, c->answers == 1);
    call_hang_up(c);
    world_run(&o.w, 10 * NS_PER_S);
    check_and_end(&o.w);
}

static unsigned handovers(const struct office *o)
{
    unsigned n = 0;
    for (unsigned i = 0; i < o->proxy->n_workers; i++)
        n += o->proxy->workers[i]->handovers;
    return n;
}

/* To the moment when the n-th message from now is under way between workers, or for a while. */
static void run_to_handover(struct office *o, unsigned n)
{
    unsigned wanted = handovers(o) + n;
    for (unsigned step = 0; step < 3000 && handovers(o) < wanted; step++)
        world_run(&o->w, NS_PER_MS / 100);
}

/* All its workers end at once, with messages under way between them. */
static void a_server_of_several_workers(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct office o;
        enum transport t = seed % 2 ? TRANSPORT_TCP : TRANSPORT_UDP;
        office_open_workers(&o, seed, t, 3);
        o.alice->plan.hang_up_after = 20 * NS_PER_S;
        struct call *c = agent_call(o.alice, BOB);
        run_to_handover(&o, 1 + (unsigned)seed % 4);
        element_restart(o.proxy->workers[seed % 3]);
        world_run(&o.w, 100 * NS_PER_S);
        call_cancel(c);
        call_hang_up(c);
        world_run(&o.w, 60 * NS_PER_S);
        c = agent_call(o.alice, BOB);
        world_run(&o.w, 10 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1);
        call_hang_up(c);
        check_and_end(&o.w);
    }
}

/* Nobody is there: datagrams go nowhere, connections are refused; then it is as it was. */
static void a_server_that_is_down_for_a_while(void **state)
{
    (void)state;
    for (unsigned t = 0; t < 2; t++) {
        struct office o;
        office_open_workers(&o, 4, t ? TRANSPORT_TCP : TRANSPORT_UDP, 2);
        element_stop(o.proxy);
        world_run(&o.w, NS_PER_S);
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, 10 * NS_PER_S);
        EXPECT(&o.w, c->rings == 0 && c->failures == t);
        element_start(o.proxy);
        world_run(&o.w, 20 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1 - t);
        call_hang_up(c);
        c = agent_call(o.alice, BOB);
        world_run(&o.w, 10 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1);
        call_hang_up(c);
        check_and_end(&o.w);
    }
}

static void a_server_that_stays_down(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 5, TRANSPORT_UDP, TRANSPORT_UDP);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, NS_PER_S);
    element_stop(o.proxy);
    world_run(&o.w, 200 * NS_PER_S);
    EXPECT(&o.w, c->answers + c->failures <= 1);
    call_cancel(c);
    check_and_end(&o.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bindings_survive),
        cmocka_unit_test(a_call_that_was_being_set_up),
        cmocka_unit_test(a_call_that_stands),
        cmocka_unit_test(a_stored_connection_is_nobody_elses),
        cmocka_unit_test(a_server_of_several_workers),
        cmocka_unit_test(a_server_that_is_down_for_a_while),
        cmocka_unit_test(a_server_that_stays_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
