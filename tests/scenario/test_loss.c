/* Bad links, many seeds: every call ends exactly once, each 2xx is acknowledged, nothing is left.
 */
#include "office.h"

#define SEEDS 400

/* Loss of 5 to 30 %, duplication, reordering, from the seed. */
static struct link bad_link(uint64_t seed)
{
    unsigned loss = 50 + (unsigned)(seed * 37 % 251);
    return link_bad(loss, (unsigned)(seed * 13 % 200), (unsigned)(seed * 29 % 300));
}

static void run_call(uint64_t seed, void (*script)(struct office *, struct call *))
{
    struct office o;
    office_open(&o, seed, seed % 5 == 4 ? TRANSPORT_TCP : TRANSPORT_UDP, TRANSPORT_UDP);
    office_spoil(&o, bad_link(seed));
    struct call *c = agent_call(o.alice, BOB);
    script(&o, c);
    world_run(&o.w, 120 * NS_PER_S);
    check_and_end(&o.w);
}

static void is_answered(struct office *o, struct call *c)
{
    (void)c;
    struct agent *first = o->w.seed % 2 ? o->alice : o->bob;
    first->plan.hang_up_after = 40 * NS_PER_S;
}

static void is_refused(struct office *o, struct call *c)
{
    (void)c;
    o->bob->plan.status = 486;
}

static void is_cancelled(struct office *o, struct call *c)
{
    /* at any moment of the first four seconds, around the answer */
    world_do(&o->w, o->w.seed * 97 % 4000 * NS_PER_MS, call_cancel, c);
    o->bob->plan.hang_up_after = 40 * NS_PER_S;
}

static void answered_calls(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run_call(seed, is_answered);
}

static void refused_calls(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run_call(1000 + seed, is_refused);
}

static void cancelled_calls(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        run_call(2000 + seed, is_cancelled);
}

/* Below 10 % no call may be lost at all. */
static void moderate_loss_loses_no_call(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct office o;
        office_open(&o, 3000 + seed, TRANSPORT_UDP, TRANSPORT_UDP);
        office_spoil(&o, link_bad(20 + (unsigned)seed % 70, 50, 100));
        o.alice->plan.hang_up_after = 40 * NS_PER_S;
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, 120 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1 && bobs_call(&o)->acked && !bobs_call(&o)->gave_up);
        EXPECT(&o.w, c->ended && bobs_call(&o)->ended);
        check_and_end(&o.w);
    }
}

/* Nobody is there at all: the caller hears 408 once and everything is cleaned up. */
static void a_dead_phone(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 9, TRANSPORT_UDP, TRANSPORT_UDP);
    world_link(&o.w, o.proxy, &o.bob->node, (struct link){.loss = 1000});
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 60 * NS_PER_S);
    EXPECT(&o.w, c->failures == 1 && c->status == 408);
    check_and_end(&o.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered_calls),  cmocka_unit_test(refused_calls),
        cmocka_unit_test(cancelled_calls), cmocka_unit_test(moderate_loss_loses_no_call),
        cmocka_unit_test(a_dead_phone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
