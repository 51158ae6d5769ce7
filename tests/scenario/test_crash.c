/* Phones that lose power at every moment of a call, and are there again without memory of it. */
#include "office.h"

enum who { CALLER, CALLEE };

static void crash(void *agent)
{
    agent_crash(agent);
}

/* The callee rings for a second, the call lasts for two, then the caller hangs up. */
static void crash_at(enum who who, unsigned at_ms, enum transport transport)
{
    struct office o;
    office_open(&o, 1 + at_ms, transport, transport);
    o.bob->plan.answer_after = NS_PER_S;
    struct agent *gone = who == CALLER ? o.alice : o.bob;
    struct call *c = agent_call(o.alice, BOB);
    world_do(&o.w, at_ms * NS_PER_MS, crash, gone);
    world_do(&o.w, 3 * NS_PER_S, call_hang_up, c);
    world_do(&o.w, 120 * NS_PER_S, call_cancel, c);
    world_run(&o.w, 130 * NS_PER_S);
    check_and_end(&o.w);
}

static void at_every_moment_of_a_call(void **state)
{
    (void)state;
    for (unsigned at_ms = 0; at_ms < 3200; at_ms = at_ms < 12 ? at_ms + 1 : at_ms + 97) {
        crash_at(CALLER, at_ms, TRANSPORT_UDP);
        crash_at(CALLEE, at_ms, TRANSPORT_UDP);
        crash_at(CALLER, at_ms, TRANSPORT_TCP);
        crash_at(CALLEE, at_ms, TRANSPORT_TCP);
    }
}

/* RFC 3261 12.2.2, 12.2.1.2: who remembers no dialog answers 481, and that ends it for the other */
static void a_reinvite_finds_it_out(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 5, TRANSPORT_UDP, TRANSPORT_UDP);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);
    agent_crash(o.bob);
    EXPECT(&o.w, c->answers == 1 && bobs_call(&o)->lost && call_dialog(c));
    call_reinvite(c);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->ended && c->bye_sent && !call_dialog(c));
    check_and_end(&o.w);
}

/* RFC 3261 13.3.1.4: a caller that is gone sends no ACK: the callee ends the call */
static void the_callee_ends_a_call_without_caller(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 6, TRANSPORT_UDP, TRANSPORT_UDP);
    (void)agent_call(o.alice, BOB);
    world_run(&o.w, NS_PER_S);
    agent_crash_for(o.alice, 60 * NS_PER_S);
    world_run(&o.w, 40 * NS_PER_S);
    EXPECT(&o.w, bobs_call(&o)->gave_up && bobs_call(&o)->bye_sent);
    check_and_end(&o.w);
}

/* RFC 3261 10.3 step 7: a new Call-ID replaces the binding of before */
static void it_registers_anew(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 7, TRANSPORT_TCP, TRANSPORT_TCP);
    agent_crash(o.bob);
    agent_register(o.bob, 3600);
    world_run(&o.w, 2 * NS_PER_S);
    EXPECT(&o.w, o.bob->register_status == 200);
    const struct rung *first = ladder_find(&o.w, &o.bob->node, "REGISTER ", 0);
    const struct rung *again = ladder_find(&o.w, &o.bob->node, "REGISTER ", 1);
    EXPECT(&o.w, !str_equal(rung_header(first, "Call-ID"), rung_header(again, "Call-ID")));
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->answers == 1 && o.bob->n_calls == 1);
    call_hang_up(c);
    check_and_end(&o.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_every_moment_of_a_call),
        cmocka_unit_test(a_reinvite_finds_it_out),
        cmocka_unit_test(the_callee_ends_a_call_without_caller),
        cmocka_unit_test(it_registers_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
