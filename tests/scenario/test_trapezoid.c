/* Two domains, two proxies, two phones: RFC 3261 4 figure 1, 24.2, RFC 3665 3.2. */
#include "office.h"

struct trapezoid {
    struct world w;
    struct node *atlanta, *biloxi;
    struct agent *alice, *bob;
};

static void trapezoid_open(struct trapezoid *t, uint64_t seed, enum transport phones)
{
    world_init(&t->w, seed);
    t->atlanta = element_join(&t->w, "atlanta.example");
    t->biloxi = element_join(&t->w, "biloxi.example");
    t->alice = agent_join(&t->w, "alice", t->atlanta, phones);
    t->bob = agent_join(&t->w, "bob", t->biloxi, phones);
    agent_register(t->alice, 600);
    agent_register(t->bob, 600);
    world_run(&t->w, NS_PER_S);
    EXPECT(&t->w, t->alice->register_status == 200 && t->bob->register_status == 200);
}

static void a_call_across_domains(bool caller_hangs_up, enum transport phones)
{
    struct trapezoid t;
    trapezoid_open(&t, 1 + caller_hangs_up, phones);
    struct agent *first = caller_hangs_up ? t.alice : t.bob;
    first->plan.hang_up_after = 5 * NS_PER_S;
    struct call *c = agent_call(t.alice, "sip:bob@biloxi.example");
    world_run(&t.w, 4 * NS_PER_S);
    EXPECT(&t.w, c->answers == 1 && c->rings == 1 && t.bob->calls[0].acked);
    world_run(&t.w, 10 * NS_PER_S);
    /* RFC 3261 24.2: both proxies stay on the path */
    const struct node *path[] = {&first->node, t.atlanta, t.biloxi};
    for (size_t i = 0; i < 3; i++) {
        EXPECT(&t.w, ladder_count(&t.w, path[i], "BYE ") == 1);
        EXPECT(&t.w, ladder_count(&t.w, i ? path[i] : &t.alice->node, "ACK ") == 1);
    }
    EXPECT(&t.w, c->ended && t.bob->calls[0].ended);
    check_and_end(&t.w);
}

static void calls_succeed(void **state)
{
    (void)state;
    a_call_across_domains(true, TRANSPORT_UDP);
    a_call_across_domains(false, TRANSPORT_UDP);
    a_call_across_domains(true, TRANSPORT_TCP);
    a_call_across_domains(false, TRANSPORT_TCP);
}

static void busy_and_cancel_cross_domains(void **state)
{
    (void)state;
    struct trapezoid t;
    trapezoid_open(&t, 5, TRANSPORT_UDP);
    t.bob->plan.status = 486;
    struct call *c = agent_call(t.alice, "sip:bob@biloxi.example");
    world_run(&t.w, 5 * NS_PER_S);
    EXPECT(&t.w, c->failures == 1 && c->status == 486);
    t.bob->plan.answer_after = TIME_NEVER;
    c = agent_call(t.alice, "sip:bob@biloxi.example");
    world_do(&t.w, 3 * NS_PER_S, call_cancel, c);
    world_run(&t.w, 5 * NS_PER_S);
    EXPECT(&t.w, c->failures == 1 && c->status == 487 && t.bob->calls[1].cancelled);
    check_and_end(&t.w);
}

/* A domain that does not exist */
static void an_unknown_domain_fails(void **state)
{
    (void)state;
    struct trapezoid t;
    trapezoid_open(&t, 6, TRANSPORT_UDP);
    struct call *c = agent_call(t.alice, "sip:bob@nowhere.example");
    world_run(&t.w, 40 * NS_PER_S);
    EXPECT(&t.w, c->failures == 1 && c->status >= 400);
    check_and_end(&t.w);
}

/* Never an open relay: a stranger may not call a foreign domain through us */
static void strangers_are_not_relayed(void **state)
{
    (void)state;
    struct trapezoid t;
    trapezoid_open(&t, 7, TRANSPORT_UDP);
    struct agent *mallory = agent_join(&t.w, "mallory", t.atlanta, TRANSPORT_UDP);
    struct call *c = agent_call(mallory, "sip:bob@biloxi.example");
    world_run(&t.w, 5 * NS_PER_S);
    EXPECT(&t.w, c->failures == 1 && c->status >= 400 && c->status < 500);
    EXPECT(&t.w, ladder_count(&t.w, t.atlanta, "INVITE ") == 0);
    check_and_end(&t.w);
}

static void over_bad_links(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct trapezoid t;
        trapezoid_open(&t, 100 + seed, TRANSPORT_UDP);
        world_link(&t.w, NULL, NULL, link_bad(20 + (unsigned)seed * 3, 100, 200));
        t.alice->plan.hang_up_after = 50 * NS_PER_S;
        struct call *c = agent_call(t.alice, "sip:bob@biloxi.example");
        if (seed % 3 == 0)
            world_do(&t.w, seed * 50 * NS_PER_MS, call_cancel, c);
        world_run(&t.w, 200 * NS_PER_S);
        check_and_end(&t.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_succeed),           cmocka_unit_test(busy_and_cancel_cross_domains),
        cmocka_unit_test(an_unknown_domain_fails), cmocka_unit_test(strangers_are_not_relayed),
        cmocka_unit_test(over_bad_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
