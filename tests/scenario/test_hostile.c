/* Somebody obeys no rule: honest calls come to exactly one end all the same, nothing is left, and
 * no illegal message sets off a flood. */
#include "office.h"

#include "sim/hostile.h"

#define SEEDS 400
#define STEPS 30
#define ACTS_A_STEP 6
#define PHONES 4

struct scene {
    struct world w;
    struct node *proxies[2];
    struct agent *phones[PHONES];
    struct hostile *hostile;
    struct call *calls[STEPS];
    size_t n_calls;
};

static void open_scene(struct scene *s, uint64_t seed)
{
    static const char *const users[PHONES] = {"alice", "bob", "carol", "dave"};
    *s = (struct scene){0};
    world_init(&s->w, seed);
    s->proxies[0] = element_join(&s->w, "atlanta.example");
    s->proxies[1] = element_join_workers(&s->w, "biloxi.example", 1 + (unsigned)(seed % 2));
    for (size_t i = 0; i < PHONES; i++) {
        s->phones[i] =
            agent_join(&s->w, users[i], s->proxies[i % 2], i == 1 ? TRANSPORT_TCP : TRANSPORT_UDP);
        agent_register(s->phones[i], 3600);
    }
    world_run(&s->w, 2 * NS_PER_S);
    s->hostile = hostile_join(&s->w, "mallory", s->proxies[0]);
    hostile_bind(s->hostile, s->phones[2]->aor);
    world_run(&s->w, NS_PER_S);
}

static void honest_act(struct scene *s)
{
    struct agent *from = s->phones[world_below(&s->w, PHONES)];
    struct call *c = s->n_calls ? s->calls[world_below(&s->w, s->n_calls)] : NULL;
    switch (world_below(&s->w, 4)) {
    case 0:
        if (c)
            call_hang_up(c);
        return;
    case 1:
        if (c)
            call_reinvite(c);
        return;
    default:
        c = agent_call(from, s->phones[world_below(&s->w, PHONES)]->aor);
        if (!c)
            return;
        s->calls[s->n_calls++] = c;
        world_do(&s->w, 120 * NS_PER_S, call_cancel, c);
        return;
    }
}

static unsigned storm(uint64_t seed)
{
    struct scene s;
    unsigned answered = 0;
    open_scene(&s, seed);
    for (unsigned i = 0; i < STEPS; i++) {
        honest_act(&s);
        for (uint64_t n = world_below(&s.w, ACTS_A_STEP); n > 0; n--)
            hostile_act(s.hostile);
        world_run(&s.w, world_below(&s.w, 2000) * NS_PER_MS);
    }
    world_run(&s.w, 130 * NS_PER_S);
    for (size_t i = 0; i < s.n_calls; i++)
        answered += s.calls[i]->answers > 0;
    check_and_end(&s.w);
    return answered;
}

static void honest_calls_end_once(void **state)
{
    (void)state;
    unsigned answered = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        answered += storm(seed);
    assert_true(answered > 5 * SEEDS);
}

/* One illegal thing, done in a quiet world with a call that stands, and all that comes of it. */
static size_t messages_of(unsigned kind, uint64_t seed)
{
    struct scene s;
    open_scene(&s, seed);
    struct call *c = agent_call(s.phones[0], s.phones[1]->aor);
    world_run(&s.w, 5 * NS_PER_S);
    EXPECT(&s.w, c->answers == 1);
    size_t before = s.w.ladder.n - s.hostile->sent;
    hostile_do(s.hostile, kind);
    world_run(&s.w, 100 * NS_PER_S);
    size_t came = s.w.ladder.n - before - s.hostile->sent;
    call_hang_up(c);
    check_and_end(&s.w);
    return came;
}

/* An INVITE without an ACK that two phones answer is sent 7 times on each of its legs, and each
 * answer 11 times (RFC 3261 17.1.1.2, 13.3.1.4): nothing else may cost more. */
#define MOST 120

static void one_illegal_message_sets_off_no_flood(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < hostile_kinds(); kind++)
        for (uint64_t seed = 1; seed <= 40; seed++) {
            size_t n = messages_of(kind, seed);
            if (n > MOST)
                fail_msg("%s, seed %u: %zu messages", hostile_kind_name(kind), (unsigned)seed, n);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_calls_end_once),
        cmocka_unit_test(one_illegal_message_sets_off_no_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
