/* Two loads with a network between them that loses, doubles and delays at random: whatever happens,
 * what they count is what went over the wire, and every session ends. A seed is a network. */
#include "rig.h"

#define SEEDS 60
#define CALLS 40

static struct rig rig;

static void check_tally(uint64_t seed, unsigned side)
{
    const struct tally *t = load_tally(rig.loads[side]);
    uint64_t failed = 0;
    for (unsigned i = 0; i < t->n_failures; i++)
        failed += t->failures[i].n;
    if (t->started != t->succeeded + t->failed || t->running != 0 || failed != t->failed ||
        t->session.n != t->succeeded || t->most_running > t->started)
        fail_msg("seed %llu, side %u: %llu began, %llu done, %llu failed (%llu told), %llu go on",
                 (unsigned long long)seed, side, (unsigned long long)t->started,
                 (unsigned long long)t->succeeded, (unsigned long long)t->failed,
                 (unsigned long long)failed, (unsigned long long)t->running);
}

static uint64_t run_seed(uint64_t n, const char *caller, const char *called)
{
    struct rand chaos;
    struct rand_seed seed = rand_seed_from(n);
    rand_init(&chaos, &seed);
    rig_prepare(&rig);
    rig.chaos = &chaos;
    rig.lossy = (unsigned)rand_below(&chaos, 70);
    rig.config.hold = rand_below(&chaos, 3000) * NS_PER_MS;
    rig_make(&rig, 0, caller);
    rig_make(&rig, 1, called);
    for (unsigned i = 0; i < CALLS; i++) {
        load_start(rig.loads[0], rig.now, rig.now);
        rig_run(&rig, rig.now + rand_below(&chaos, 400) * NS_PER_MS);
    }
    rig_run(&rig, TIME_NEVER);
    const struct tally *t[] = {load_tally(rig.loads[0]), load_tally(rig.loads[1])};
    check_tally(n, 0);
    check_tally(n, 1);
    assert_int_equal(t[0]->started, CALLS);
    assert_true(t[1]->started >= t[0]->succeeded);
    assert_int_equal(t[0]->sent + t[1]->sent, rig.n_sent);
    assert_int_equal(t[0]->received + t[1]->received, rig.n_delivered);
    assert_int_equal(t[0]->bad + t[1]->bad, 0);
    assert_true(rig_deadline(&rig) == TIME_NEVER);
    uint64_t succeeded = t[0]->succeeded;
    rig_fini(&rig);
    return succeeded;
}

static void test_calls(void **state)
{
    (void)state;
    uint64_t succeeded = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        succeeded += run_seed(seed, scenario_builtin(STR("call")), scenario_builtin(STR("answer")));
    print_message("%llu of %d calls went well\n", (unsigned long long)succeeded, SEEDS * CALLS);
    assert_in_range(succeeded, SEEDS * CALLS / 2, SEEDS * CALLS - 1);
}

/* The same seed gives the same run. */
static void test_replay(void **state)
{
    (void)state;
    uint64_t first = run_seed(7, scenario_builtin(STR("call")), scenario_builtin(STR("answer")));
    assert_int_equal(run_seed(7, scenario_builtin(STR("call")), scenario_builtin(STR("answer"))),
                     first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls), cmocka_unit_test(test_replay)};
    return cmocka_run_group_tests_name("load_lossy", tests, NULL, NULL);
}
