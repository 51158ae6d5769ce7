/* A store that is slow, out of order, full or failing: each REGISTER has a final answer that tells
 * the truth, and nothing hangs. */
#include "office.h"

#define CAROL "sip:carol@office.example"

/* Bob is reached, and refuses; or he is not known. */
static unsigned reach(struct office *o, const char *uri)
{
    o->bob->plan.status = 486;
    struct call *c = agent_call(o->alice, uri);
    world_run(&o->w, 40 * NS_PER_S);
    EXPECT(&o->w, c && c->failures == 1);
    return c->status;
}

static struct agent *open_with_carol(struct office *o, uint64_t seed)
{
    office_open(o, seed, TRANSPORT_UDP, TRANSPORT_UDP);
    return agent_join(&o->w, "carol", o->proxy, TRANSPORT_UDP);
}

static void a_full_store_says_so(void **state)
{
    (void)state;
    struct office o;
    struct agent *carol = open_with_carol(&o, 1);
    o.proxy->location->full = true;
    agent_register(carol, 600);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, carol->register_status >= 500);
    EXPECT(&o.w, reach(&o, CAROL) == 404);
    /* what is there is read, and may go */
    EXPECT(&o.w, reach(&o, BOB) == 486);
    agent_register(o.bob, 0);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, o.bob->register_status == 200);
    EXPECT(&o.w, reach(&o, BOB) == 480);
    check_and_end(&o.w);
}

static void writes_fail_and_reads_do_not(void **state)
{
    (void)state;
    struct office o;
    struct agent *carol = open_with_carol(&o, 2);
    o.proxy->location->put_failures = 1000;
    agent_register(carol, 600);
    agent_register(o.bob, 0);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, carol->register_status >= 500 && o.bob->register_status >= 500);
    EXPECT(&o.w, reach(&o, CAROL) == 404);
    EXPECT(&o.w, reach(&o, BOB) == 486);
    check_and_end(&o.w);
}

static void reads_fail(void **state)
{
    (void)state;
    struct office o;
    struct agent *carol = open_with_carol(&o, 3);
    o.proxy->location->get_failures = 1000;
    agent_register(carol, 600);
    world_run(&o.w, 5 * NS_PER_S);
    EXPECT(&o.w, carol->register_status >= 500);
    EXPECT(&o.w, reach(&o, BOB) >= 500);
    check_and_end(&o.w);
}

/* Longer than the client waits (RFC 3261 17.1.2.2, Timer F): it hears nothing, and the server lets
 * go of it. */
static void slower_than_patience(void **state)
{
    (void)state;
    struct office o;
    struct agent *carol = open_with_carol(&o, 4);
    o.proxy->location->delay = 40 * NS_PER_S;
    agent_register(carol, 600);
    world_run(&o.w, 60 * NS_PER_S);
    EXPECT(&o.w, carol->register_status == 408);
    o.proxy->location->delay = NS_PER_MS;
    check_and_end(&o.w);
}

/* Three phones of one user, with answers that overtake each other: whoever has a 200 is bound. */
static void answers_out_of_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct office o;
        struct agent *phones[3];
        office_open(&o, 100 + seed, TRANSPORT_UDP, TRANSPORT_UDP);
        o.proxy->location->delay_max = 700 * NS_PER_MS;
        for (unsigned i = 0; i < 3; i++) {
            phones[i] = agent_join(&o.w, "carol", o.proxy, TRANSPORT_UDP);
            phones[i]->plan.status = 486;
            agent_register(phones[i], 600);
        }
        world_run(&o.w, 40 * NS_PER_S);
        EXPECT(&o.w, reach(&o, CAROL) == 486);
        for (unsigned i = 0; i < 3; i++)
            EXPECT(&o.w, (phones[i]->register_status == 200) == (phones[i]->n_calls == 1));
        check_and_end(&o.w);
    }
}

/* The server ends while it registers carol: what was not answered is done or not, both happen, and
 * what was answered stays. */
static void an_end_in_the_middle_of_a_write(void **state)
{
    (void)state;
    unsigned done = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct office o;
        struct agent *carol = open_with_carol(&o, 200 + seed);
        o.proxy->location->delay = NS_PER_S;
        carol->plan.status = 486;
        agent_register(carol, 600);
        /* the read takes one second, the write another */
        world_run(&o.w, 1500 * NS_PER_MS);
        world_link(&o.w, &carol->node, NULL, (struct link){.loss = 1000});
        element_restart(o.proxy);
        world_run(&o.w, 60 * NS_PER_S);
        o.proxy->location->delay = NS_PER_MS;
        EXPECT(&o.w, carol->register_status == 408);
        world_link(&o.w, &carol->node, NULL, link_perfect());
        unsigned status = reach(&o, CAROL);
        EXPECT(&o.w, status == 486 || status == 404);
        done += status == 486;
        EXPECT(&o.w, reach(&o, BOB) == 486);
        check_and_end(&o.w);
    }
    assert_true(done > 5 && done < 35);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_store_says_so), cmocka_unit_test(writes_fail_and_reads_do_not),
        cmocka_unit_test(reads_fail),           cmocka_unit_test(slower_than_patience),
        cmocka_unit_test(answers_out_of_order), cmocka_unit_test(an_end_in_the_middle_of_a_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
