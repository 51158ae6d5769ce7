/* A server of several workers: whatever socket a message comes by, its call's worker has it. */
#include "office.h"

struct row {
    enum transport alice, bob;
};

static void open_workers(struct office *o, uint64_t seed, const struct row *r)
{
    world_init(&o->w, seed);
    o->proxy = element_join_workers(&o->w, "office.example", 3);
    o->alice = agent_join(&o->w, "alice", o->proxy, r->alice);
    o->bob = agent_join(&o->w, "bob", o->proxy, r->bob);
    agent_register(o->alice, 3600);
    agent_register(o->bob, 3600);
    world_run(&o->w, 3 * NS_PER_S);
    EXPECT(&o->w, o->alice->register_status == 200);
    EXPECT(&o->w, o->bob->register_status == 200);
}

static unsigned handovers(const struct office *o)
{
    unsigned n = 0;
    for (unsigned i = 0; i < o->proxy->n_workers; i++)
        n += o->proxy->workers[i]->handovers;
    return n;
}

static const struct row rows[] = {
    {TRANSPORT_UDP, TRANSPORT_UDP},
    {TRANSPORT_TCP, TRANSPORT_UDP},
    {TRANSPORT_UDP, TRANSPORT_TCP},
    {TRANSPORT_TCP, TRANSPORT_TCP},
};

/* Every message of the call lands anywhere; the call is as with one worker. */
static void a_call_belongs_to_one_worker(void **state)
{
    (void)state;
    unsigned handed = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct office o;
        open_workers(&o, seed, &rows[seed % 4]);
        o.alice->plan.hang_up_after = 5 * NS_PER_S;
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, 20 * NS_PER_S);
        EXPECT(&o.w, c->answers == 1 && c->failures == 0);
        EXPECT(&o.w, bobs_call(&o)->acked && bobs_call(&o)->bye_received);
        handed += handovers(&o);
        check_and_end(&o.w);
    }
    assert_true(handed > 150);
}

/* A CANCEL finds its INVITE whichever worker hears it. */
static void a_cancel_finds_its_invite(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct office o;
        open_workers(&o, seed, &rows[seed % 4]);
        o.bob->plan.answer_after = TIME_NEVER;
        struct call *c = agent_call(o.alice, BOB);
        world_do(&o.w, NS_PER_S, call_cancel, c);
        world_run(&o.w, 20 * NS_PER_S);
        EXPECT(&o.w, c->status == 487);
        check_and_end(&o.w);
    }
}

/* RFC 3261 18.2.2: the callee's connection ends at a worker that does not have the call. */
static void a_connection_ends_under_a_call(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct office o;
        open_workers(&o, seed, &rows[1 + seed % 3]);
        o.bob->plan.answer_after = 4 * NS_PER_S;
        o.alice->plan.hang_up_after = 5 * NS_PER_S;
        agent_call(o.alice, BOB);
        world_run(&o.w, 2 * NS_PER_S);
        link_break_all(&o.w);
        world_run(&o.w, 60 * NS_PER_S);
        check_and_end(&o.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_belongs_to_one_worker),
        cmocka_unit_test(a_cancel_finds_its_invite),
        cmocka_unit_test(a_connection_ends_under_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
