/* Random scenarios, each decided by its seed alone, all with the same end: nothing is left. */
#include "office.h"

#include "sim/storm.h"

#define SEEDS 400

static void every_storm_passes(void **state)
{
    (void)state;
    unsigned answered = 0, failed = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct storm_result r = storm_run(seed, 0);
        answered += r.answered;
        failed += r.failed;
    }
    assert_true(answered > SEEDS && failed > SEEDS);
}

/* However little memory the servers have, nobody is left waiting. */
static void every_storm_passes_short_of_memory(void **state)
{
    (void)state;
    static const unsigned scarce[] = {10, 100, 400};
    for (size_t i = 0; i < sizeof scarce / sizeof scarce[0]; i++)
        for (uint64_t seed = 1; seed <= SEEDS / 2; seed++)
            (void)storm_run(seed, scarce[i]);
}

static void a_storm_can_be_replayed(void **state)
{
    (void)state;
    for (uint64_t seed = 5000; seed < 5020; seed++)
        assert_true(storm_run(seed, 0).digest == storm_run(seed, 0).digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_storm_passes),
        cmocka_unit_test(every_storm_passes_short_of_memory),
        cmocka_unit_test(a_storm_can_be_replayed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
