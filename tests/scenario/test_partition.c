/* A network that falls apart for a while: what is sent into the gap is lost or waits, and all ends
 * as it must. */
#include "office.h"

static uint32_t bit(const struct node *n)
{
    return UINT32_C(1) << n->workers[0]->index;
}

static size_t lost(const struct office *o, const char *start)
{
    size_t n = 0;
    const struct rung *r;
    for (size_t i = 0; (r = ladder_find(&o->w, NULL, start, i)); i++)
        n += r->fate == FATE_LOST;
    return n;
}

/* RFC 3261 17.1.1.2: the INVITE that comes after the end of the partition is answered. */
static void a_call_outlasts_a_short_partition(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 1, TRANSPORT_UDP, TRANSPORT_UDP);
    world_partition(&o.w, bit(&o.alice->node), 5 * NS_PER_S);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 4 * NS_PER_S);
    EXPECT(&o.w, lost(&o, "INVITE ") == 4 && sent(&o, o.alice, "INVITE ") == 4);
    world_run(&o.w, 20 * NS_PER_S);
    EXPECT(&o.w, c->answers == 1);
    call_hang_up(c);
    check_and_end(&o.w);
}

/* RFC 3261 17.1.1.2 Timer B */
static void a_call_does_not_outlast_a_long_one(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 2, TRANSPORT_UDP, TRANSPORT_UDP);
    world_partition(&o.w, bit(&o.alice->node), 40 * NS_PER_S);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 60 * NS_PER_S);
    EXPECT(&o.w, c->failures == 1 && c->status == 408);
    EXPECT(&o.w, lost(&o, "INVITE ") == 7);
    check_and_end(&o.w);
}

/* What TCP has taken waits: one INVITE, sent once, arrives at the end. */
static void a_stream_waits(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 3, TRANSPORT_TCP, TRANSPORT_TCP);
    world_partition(&o.w, bit(&o.alice->node), 20 * NS_PER_S);
    struct call *c = agent_call(o.alice, BOB);
    world_run(&o.w, 19 * NS_PER_S);
    EXPECT(&o.w, proxied(&o, "INVITE ") == 0 && c->rings == 0);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, c->answers == 1 && sent(&o, o.alice, "INVITE ") == 1);
    call_hang_up(c);
    check_and_end(&o.w);
}

static void both_of_two_hold(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 4, TRANSPORT_UDP, TRANSPORT_UDP);
    const struct node *alice = &o.alice->node, *bob = &o.bob->node;
    world_partition(&o.w, bit(alice), 5 * NS_PER_S);
    world_partition(&o.w, bit(alice) | bit(bob), 8 * NS_PER_S);
    EXPECT(&o.w, world_hears_at(&o.w, alice, bob) == o.w.now + 5 * NS_PER_S);
    EXPECT(&o.w, world_hears_at(&o.w, alice, o.proxy) == o.w.now + 8 * NS_PER_S);
    world_run(&o.w, 8 * NS_PER_S);
    EXPECT(&o.w, world_hears_at(&o.w, alice, o.proxy) == o.w.now);
    check_and_end(&o.w);
}

/* All workers of a server are where its first one is. */
static void workers_stay_together(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, 5);
    struct node *proxy = element_join_workers(&w, "office.example", 3);
    struct agent *alice = agent_join(&w, "alice", proxy, TRANSPORT_UDP);
    world_partition(&w, bit(proxy), NS_PER_S);
    for (unsigned i = 0; i < 3; i++) {
        EXPECT(&w, world_hears_at(&w, &alice->node, proxy->workers[i]) == w.now + NS_PER_S);
        EXPECT(&w, world_hears_at(&w, proxy, proxy->workers[i]) == w.now);
    }
    check_and_end(&w);
}

static void calls_at_any_moment(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct office o;
        office_open(&o, 100 + seed, seed % 2 ? TRANSPORT_UDP : TRANSPORT_TCP,
                    seed % 3 ? TRANSPORT_UDP : TRANSPORT_TCP);
        o.alice->plan.hang_up_after = 10 * NS_PER_S;
        struct call *c = agent_call(o.alice, BOB);
        for (unsigned i = 0; i < 3; i++) {
            world_run(&o.w, world_below(&o.w, 4000) * NS_PER_MS);
            world_partition(&o.w, (uint32_t)world_below(&o.w, 8),
                            world_below(&o.w, 30000) * NS_PER_MS);
        }
        world_run(&o.w, 120 * NS_PER_S);
        call_cancel(c);
        call_hang_up(c);
        world_run(&o.w, 60 * NS_PER_S);
        check_and_end(&o.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_outlasts_a_short_partition),
        cmocka_unit_test(a_call_does_not_outlast_a_long_one),
        cmocka_unit_test(a_stream_waits),
        cmocka_unit_test(both_of_two_hold),
        cmocka_unit_test(workers_stay_together),
        cmocka_unit_test(calls_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
