/* CANCEL at every moment of a call, also crossing the 200 (RFC 3261 9, RFC 3665 3.8). */
#include "office.h"

/* One run: the caller cancels `at` ms after it called; the callee rings at 300 and answers at 600.
 */
static void cancel_at(unsigned at_ms, enum transport transport)
{
    struct office o;
    office_open(&o, 1 + at_ms, transport, transport);
    o.bob->plan.ring_after = 300 * NS_PER_MS;
    o.bob->plan.answer_after = 600 * NS_PER_MS;
    office_spoil(&o, (struct link){.delay_min = 5 * NS_PER_MS, .delay_max = 30 * NS_PER_MS});
    struct call *c = agent_call(o.alice, BOB);
    world_do(&o.w, at_ms * NS_PER_MS, call_cancel, c);
    world_run(&o.w, 40 * NS_PER_S);
    /* RFC 3261 9.1: the 200 may have been on its way: then it is acknowledged and ended by BYE */
    if (c->answers) {
        EXPECT(&o.w, c->acks_sent >= 1);
        EXPECT(&o.w, c->bye_sent == c->cancelled);
        EXPECT(&o.w, bobs_call(&o)->acked);
        if (!c->cancelled)
            call_hang_up(c);
    } else {
        EXPECT(&o.w, c->failures == 1 && c->status == 487);
        EXPECT(&o.w, bobs_call(&o)->side == CALL_UNUSED || bobs_call(&o)->cancelled);
    }
    check_and_end(&o.w);
}

static void at_every_moment_over_udp(void **state)
{
    (void)state;
    for (unsigned at_ms = 0; at_ms < 720; at_ms += 7)
        cancel_at(at_ms, TRANSPORT_UDP);
}

static void at_every_moment_over_tcp(void **state)
{
    (void)state;
    for (unsigned at_ms = 0; at_ms < 720; at_ms += 11)
        cancel_at(at_ms, TRANSPORT_TCP);
}

/* RFC 3261 9.1: a CANCEL waits for a provisional response */
static void it_waits_for_a_provisional_response(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 5, TRANSPORT_UDP, TRANSPORT_UDP);
    office_spoil(&o, (struct link){.delay_min = 200 * NS_PER_MS, .delay_max = 200 * NS_PER_MS});
    struct call *c = agent_call(o.alice, BOB);
    call_cancel(c);
    world_run(&o.w, 350 * NS_PER_MS);
    EXPECT(&o.w, sent(&o, o.alice, "CANCEL ") == 0);
    world_run(&o.w, 20 * NS_PER_S);
    EXPECT(&o.w, sent(&o, o.alice, "CANCEL ") == 1 && c->status == 487);
    /* RFC 3261 9.1: same branch as the INVITE, CSeq number too */
    const struct rung *invite = ladder_find(&o.w, &o.alice->node, "INVITE ", 0);
    const struct rung *cancel = ladder_find(&o.w, &o.alice->node, "CANCEL ", 0);
    EXPECT(&o.w, str_equal(rung_header(invite, "Via"), rung_header(cancel, "Via")));
    EXPECT(&o.w, str_equal(rung_header(cancel, "CSeq"), STR("1 CANCEL")));
    check_and_end(&o.w);
}

/* RFC 3261 9.1: where the CANCEL brings no final answer, 64*T1 end it */
static void a_cancel_without_effect_ends_in_time(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 6, TRANSPORT_UDP, TRANSPORT_UDP);
    o.bob->plan.answer_after = TIME_NEVER;
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, NS_PER_S);
    world_link(&o.w, NULL, &o.bob->node, (struct link){.loss = 1000});
    world_link(&o.w, &o.bob->node, NULL, (struct link){.loss = 1000});
    call_cancel(c);
    world_run(&o.w, 40 * NS_PER_S);
    EXPECT(&o.w, c->failures == 1);
    /* nobody will ever tell Bob: his phone is stopped by hand */
    call_in_cancel(bobs_call(&o));
    agent_settle(o.bob);
    check_and_end(&o.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_every_moment_over_udp),
        cmocka_unit_test(at_every_moment_over_tcp),
        cmocka_unit_test(it_waits_for_a_provisional_response),
        cmocka_unit_test(a_cancel_without_effect_ends_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
