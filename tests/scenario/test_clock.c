/* Clocks that run fast or slow, and clocks that started long ago or end soon: every span is as long
 * as it was, and nothing wraps. */
#include "office.h"

#define FAR_END (TIME_NEVER - 2000 * NS_PER_S)

struct row {
    int ppm;
    time_ns ahead;
};

static const struct row rows[] = {
    {0, UINT64_C(1) << 63},
    {0, (UINT64_C(1) << 63) - NS_PER_S},
    {0, FAR_END},
    {20, 0},
    {-20000, 0},
    {-500000, UINT64_C(1) << 62},
};

static void open_at(struct office *o, uint64_t seed, const struct row *r, enum transport t)
{
    world_init(&o->w, seed);
    o->proxy = element_join(&o->w, "office.example");
    o->alice = agent_join(&o->w, "alice", o->proxy, t);
    o->bob = agent_join(&o->w, "bob", o->proxy, t);
    node_set_clock(o->proxy, r->ppm, r->ahead);
    node_set_clock(&o->alice->node, r->ppm, r->ahead);
    node_set_clock(&o->bob->node, r->ppm, r->ahead);
    agent_register(o->alice, 3600);
    agent_register(o->bob, 60);
    world_run(&o->w, 3 * NS_PER_S);
    EXPECT(&o->w, o->alice->register_status == 200 && o->bob->register_status == 200);
}

static unsigned status_of_a_call(struct office *o)
{
    o->bob->plan.status = 486;
    struct call *c = agent_call(o->alice, BOB);
    world_run(&o->w, 10 * NS_PER_S);
    EXPECT(&o->w, c->failures == 1);
    return c->status;
}

static void calls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        for (unsigned t = 0; t < 2; t++) {
            struct office o;
            open_at(&o, 1 + i, &rows[i], t ? TRANSPORT_TCP : TRANSPORT_UDP);
            o.alice->plan.hang_up_after = 20 * NS_PER_S;
            struct call *c = agent_call(o.alice, BOB);
            world_run(&o.w, 100 * NS_PER_S);
            EXPECT(&o.w, c->answers == 1 && bobs_call(&o)->bye_received);
            check_and_end(&o.w);
        }
    }
}

/* RFC 3261 10.3: bound for 60 seconds of the server's, and for 60 more when it is refreshed */
static void bindings_end_in_their_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct office o;
        time_ns second = NS_PER_S * 1000000 / (uint64_t)(1000000 + rows[i].ppm);
        open_at(&o, 20 + i, &rows[i], TRANSPORT_UDP);
        world_run(&o.w, 40 * second);
        agent_register(o.bob, 60);
        world_run(&o.w, 40 * second);
        EXPECT(&o.w, status_of_a_call(&o) == 486);
        world_run(&o.w, 21 * second);
        EXPECT(&o.w, status_of_a_call(&o) == 480);
        check_and_end(&o.w);
    }
}

/* An hour that the clock does not have any more: the binding never ends. */
static void an_end_beyond_the_last_moment(void **state)
{
    (void)state;
    struct office o;
    open_at(&o, 40, &(struct row){0, FAR_END}, TRANSPORT_UDP);
    agent_register(o.bob, 3600);
    world_run(&o.w, 1500 * NS_PER_S);
    EXPECT(&o.w, status_of_a_call(&o) == 486);
    check_and_end(&o.w);
}

/* RFC 3261 17.1.1.2: seven INVITEs in 64*T1 of the client's own time, then it gives up */
static void timers_run_by_their_own_clock(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct office o;
        time_ns life = 32 * NS_PER_S * 1000000 / (uint64_t)(1000000 + rows[i].ppm);
        open_at(&o, 50 + i, &rows[i], TRANSPORT_UDP);
        office_spoil(&o, (struct link){.loss = 1000});
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, life - 10 * NS_PER_MS);
        EXPECT(&o.w, c->failures == 0 && sent(&o, o.alice, "INVITE ") == 7);
        world_run(&o.w, 20 * NS_PER_MS);
        EXPECT(&o.w, c->failures == 1 && c->status == 408);
        world_fini(&o.w);
    }
}

/* What the clock shows never goes back, and a wake is neither early nor late. */
static void a_wake_is_when_the_clock_shows_it(void **state)
{
    (void)state;
    static const int ppm[] = {0, 1, -1, 999999, -999999, 37, -123456};
    for (size_t i = 0; i < sizeof(ppm) / sizeof(*ppm); i++) {
        struct world w;
        world_init(&w, 60 + i);
        struct node *n = element_join(&w, "office.example");
        node_set_clock(n, ppm[i], FAR_END);
        for (time_ns before = 0, now = NS_PER_S; now < NS_PER_S + 10 * NS_PER_MS; now += 999) {
            w.now = now;
            time_ns shown = node_now(n), first = node_when(n, shown);
            EXPECT(&w, shown >= before && first <= now);
            w.now = first;
            EXPECT(&w, node_now(n) >= shown);
            w.now = first - 1;
            EXPECT(&w, node_now(n) < shown);
            before = shown;
        }
        EXPECT(&w, node_when(n, TIME_NEVER) == TIME_NEVER);
        world_fini(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls),
        cmocka_unit_test(bindings_end_in_their_time),
        cmocka_unit_test(an_end_beyond_the_last_moment),
        cmocka_unit_test(timers_run_by_their_own_clock),
        cmocka_unit_test(a_wake_is_when_the_clock_shows_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
