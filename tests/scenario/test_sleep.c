/* A server whose clock stands still and then jumps, as a suspended machine's: it floods nobody. */
#include "office.h"

/* One request into the void, so that its transaction repeats it; then the proxy sleeps. */
static void sleep_on_a_request(struct office *o, const char *method, time_ns span)
{
    office_open(o, 1, TRANSPORT_UDP, TRANSPORT_UDP);
    world_link(&o->w, o->proxy, &o->bob->node, (struct link){.loss = 1000});
    if (strcmp(method, "INVITE ") == 0)
        agent_call(o->alice, BOB);
    else
        agent_request(o->alice, "OPTIONS", BOB, "");
    world_run(&o->w, 700 * NS_PER_MS);
    EXPECT(&o->w, proxied(o, method) == 2);
    world_link(&o->w, &o->alice->node, o->proxy, (struct link){.loss = 1000});
    node_sleep(o->proxy, span);
    world_run(&o->w, span + 10 * NS_PER_MS);
}

/* Ten seconds missed five repetitions: one is sent */
static void at_most_one_retransmission(void **state)
{
    (void)state;
    static const char *const methods[] = {"INVITE ", "OPTIONS "};
    for (unsigned i = 0; i < 2; i++) {
        struct office o;
        sleep_on_a_request(&o, methods[i], 10 * NS_PER_S);
        EXPECT(&o.w, proxied(&o, methods[i]) == 3);
        check_and_end(&o.w);
    }
}

/* A minute is more than 64*T1: the transaction ends and sends nothing more */
static void ends_of_life_win(void **state)
{
    (void)state;
    static const char *const methods[] = {"INVITE ", "OPTIONS "};
    for (unsigned i = 0; i < 2; i++) {
        struct office o;
        sleep_on_a_request(&o, methods[i], 60 * NS_PER_S);
        EXPECT(&o.w, proxied(&o, methods[i]) == 2);
        check_and_end(&o.w);
    }
}

static void calls_around_a_sleep_end(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct office o;
        office_open(&o, seed, seed % 2 ? TRANSPORT_UDP : TRANSPORT_TCP, TRANSPORT_UDP);
        o.alice->plan.hang_up_after = 20 * NS_PER_S;
        struct call *c = agent_call(o.alice, BOB);
        world_run(&o.w, world_below(&o.w, 4000) * NS_PER_MS);
        node_sleep(o.proxy, world_below(&o.w, 60) * NS_PER_S);
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
        cmocka_unit_test(at_most_one_retransmission),
        cmocka_unit_test(ends_of_life_win),
        cmocka_unit_test(calls_around_a_sleep_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
