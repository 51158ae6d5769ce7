/* The same inputs and the same seed give the same bytes (DESIGN.md, "Sans-I/O"). */
#include "office.h"

static uint64_t digest_of(uint64_t seed)
{
    struct office o;
    office_open(&o, seed, TRANSPORT_UDP, seed % 2 ? TRANSPORT_TCP : TRANSPORT_UDP);
    office_spoil(&o, link_bad(200, 100, 200));
    o.bob->plan.hang_up_after = 20 * NS_PER_S;
    struct call *c = agent_call(o.alice, BOB);
    world_do(&o.w, 2 * NS_PER_S, call_cancel, c);
    agent_request(o.bob, "OPTIONS", "sip:alice@office.example", "");
    world_run(&o.w, 100 * NS_PER_S);
    uint64_t digest = o.w.digest;
    check_and_end(&o.w);
    return digest;
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t digest = digest_of(seed);
        assert_true(digest == digest_of(seed));
        assert_true(digest != digest_of(seed + 1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_seed_gives_the_same_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
