/* A domain with several servers, most of them dead, and a name server that is slow or silent: RFC
 * 3263 4.3 across a simulated network. No call is lost while one server of the set lives. */
#include "office.h"

struct net {
    struct world w;
    struct node *atlanta, *biloxi;
    struct agent *alice, *bob;
};

/* `dead` servers come before the one that lives, and as many behind it. */
static void name_servers(struct world *w, unsigned dead, const char *proto)
{
    char line[200];
    snprintf(line, sizeof line,
             "biloxi.example NAPTR 1 1 s SIP+D2%c \"\" _sip._%s.biloxi.example\n"
             "_sip._%s.biloxi.example SRV 5 0 5060 biloxi.example\n",
             proto[0] - 'a' + 'A', proto, proto);
    world_zone(w, line);
    for (unsigned i = 0; i < 2 * dead; i++) {
        snprintf(
            line, sizeof line,
            "_sip._%s.biloxi.example SRV %u 0 5060 dead%u.example\ndead%u.example A 10.0.9.%u\n",
            proto, i < dead ? 1 : 9, i, i, i + 1);
        world_zone(w, line);
    }
}

static void net_open(struct net *n, uint64_t seed, unsigned dead, const char *proto)
{
    world_init(&n->w, seed);
    n->atlanta = element_join(&n->w, "atlanta.example");
    n->biloxi = element_join(&n->w, "biloxi.example");
    n->alice = agent_join(&n->w, "alice", n->atlanta, TRANSPORT_UDP);
    n->bob = agent_join(&n->w, "bob", n->biloxi, TRANSPORT_UDP);
    name_servers(&n->w, dead, proto);
    agent_register(n->alice, 3600);
    agent_register(n->bob, 3600);
    world_run(&n->w, 2 * NS_PER_S);
    EXPECT(&n->w, n->alice->register_status == 200 && n->bob->register_status == 200);
}

static uint64_t one_lives(uint64_t seed, unsigned dead, const char *proto, unsigned unreachable)
{
    struct net n;
    net_open(&n, seed, dead, proto);
    struct link l = link_perfect();
    l.unreachable = unreachable;
    world_link(&n.w, NULL, NULL, l);
    n.alice->plan.hang_up_after = 5 * NS_PER_S;
    struct call *c = agent_call(n.alice, "sip:bob@biloxi.example");
    world_run(&n.w, 26 * NS_PER_S);
    EXPECT(&n.w, c->answers == 1 && c->failures == 0 && c->ended);
    /* the next one knows who is dead */
    struct call *next = agent_call(n.alice, "sip:bob@biloxi.example");
    world_run(&n.w, 3 * NS_PER_S);
    EXPECT(&n.w, next->answers == 1);
    world_run(&n.w, 60 * NS_PER_S);
    EXPECT(&n.w, next->answers == 1 && next->failures == 0);
    uint64_t digest = n.w.digest;
    check_and_end(&n.w);
    return digest;
}

static void no_call_is_lost_while_one_server_lives(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++)
        one_lives(seed, (unsigned)(seed % 6), seed % 4 ? "udp" : "tcp", seed % 3 ? 0 : 1000);
}

static void one_seed_one_course(void **state)
{
    (void)state;
    assert_true(one_lives(7, 3, "udp", 500) == one_lives(7, 3, "udp", 500));
}

/* Other requests have less time: 64*T1 for all targets, or their sender has given up. */
static void a_name_server_that_is_silent(void **state)
{
    (void)state;
    struct net n;
    net_open(&n, 3, 0, "udp");
    n.w.dns_silence = 1000;
    struct call *c = agent_call(n.alice, "sip:bob@biloxi.example");
    world_run(&n.w, 40 * NS_PER_S);
    EXPECT(&n.w, c->failures == 1 && c->status >= 400);
    n.w.dns_silence = 0;
    check_and_end(&n.w);
}

/* Slow, and now and then without an answer: whoever asks again gets one. */
static void a_name_server_that_is_slow(void **state)
{
    (void)state;
    struct net n;
    net_open(&n, 4, 1, "udp");
    n.w.dns_delay_max = 5 * NS_PER_S;
    struct call *c = agent_call(n.alice, "sip:bob@biloxi.example");
    world_run(&n.w, 60 * NS_PER_S);
    EXPECT(&n.w, c->answers == 1);
    check_and_end(&n.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_call_is_lost_while_one_server_lives),
        cmocka_unit_test(one_seed_one_course),
        cmocka_unit_test(a_name_server_that_is_silent),
        cmocka_unit_test(a_name_server_that_is_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
