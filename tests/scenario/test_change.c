/* A server that is told to end, or gets another configuration, while people talk. */
#include "office.h"

/* RFC 3261 21.5.4 */
static void a_drain_refuses_new_calls_and_ends_with_the_last(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 1, TRANSPORT_UDP, TRANSPORT_TCP);
    o.bob->plan.answer_after = 5 * NS_PER_S;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, NS_PER_S);
    element_drain(o.proxy, 3600 * NS_PER_S, 10 * NS_PER_S);
    time_ns began = element_began(o.proxy);
    world_run(&o.w, 60 * NS_PER_S); /* far longer than any transaction */
    EXPECT(&o.w, c->answers == 1);
    struct call *late = agent_call(o.bob, o.alice->aor);
    world_run(&o.w, NS_PER_S);
    EXPECT(&o.w, late->status == 503);
    EXPECT(&o.w, !o.proxy->is_down);
    call_reinvite(c);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->reinvited == 1);
    call_hang_up(c);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, o.proxy->is_down);
    world_run(&o.w, 10 * NS_PER_S);
    EXPECT(&o.w, element_began(o.proxy) > began);
    struct call *again = agent_call(o.alice, BOB);
    world_run(&o.w, 10 * NS_PER_S);
    EXPECT(&o.w, again->answers == 1);
    call_hang_up(again);
    world_run(&o.w, 5 * NS_PER_S);
    check_and_end(&o.w);
}

static void a_drain_ends_in_its_time(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 2, TRANSPORT_UDP, TRANSPORT_UDP);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);
    element_drain(o.proxy, 7 * NS_PER_S, NS_PER_S);
    world_run(&o.w, 6 * NS_PER_S);
    EXPECT(&o.w, !o.proxy->is_down);
    world_run(&o.w, 1500 * NS_PER_MS);
    EXPECT(&o.w, o.proxy->is_down);
    world_run(&o.w, 5 * NS_PER_S);
    call_hang_up(c); /* the call is the phones': it outlasts the server */
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, bobs_call(&o)->bye_received);
    check_and_end(&o.w);
}

/* Before the call is answered in one form, and in another until its end. */
static void every_configuration_lets_a_call_go_on(void **state)
{
    (void)state;
    for (unsigned form = 0; form <= FORM_ALL; form++) {
        struct office o;
        office_open(&o, 10 + form, form & 1 ? TRANSPORT_TCP : TRANSPORT_UDP, TRANSPORT_UDP);
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, NS_PER_S);
        element_reform(o.proxy, form);
        world_run(&o.w, 4 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1);
        call_reinvite(c);
        world_run(&o.w, 3 * NS_PER_S);
        EXPECT(&o.w, c->reinvited == 1);
        element_reform(o.proxy, FORM_ALL & ~form);
        call_hang_up(c);
        world_run(&o.w, 5 * NS_PER_S);
        EXPECT(&o.w, bobs_call(&o)->bye_received);
        check_and_end(&o.w);
    }
}

/* All of it or nothing, whichever allocation fails. */
static void without_memory_the_old_one_stays(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        struct office o;
        office_open(&o, 100 + i, TRANSPORT_UDP, TRANSPORT_UDP);
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, NS_PER_S);
        o.w.elements_heap.failures = 300;
        for (unsigned form = 1; form <= FORM_ALL; form *= 2)
            element_reform(o.proxy, form);
        o.w.elements_heap.failures = 0;
        world_run(&o.w, 4 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1);
        call_hang_up(c);
        world_run(&o.w, 5 * NS_PER_S);
        EXPECT(&o.w, bobs_call(&o)->bye_received);
        check_and_end(&o.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drain_refuses_new_calls_and_ends_with_the_last),
        cmocka_unit_test(a_drain_ends_in_its_time),
        cmocka_unit_test(every_configuration_lets_a_call_go_on),
        cmocka_unit_test(without_memory_the_old_one_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
