/* The sweeps as a program: every harm of a kind to every flow, a test each; or one run alone. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sweep/sweep.h"

#define FLOWS 128
#define SEEDS 20
/* Clocks that have run for almost ever: half of all time passes in the run, or its end is near. */
#define HALF (UINT64_C(1) << 63)
#define END_NEAR (TIME_NEVER - 2000 * NS_PER_S)

static const char *kind;
static struct sweep_count total;

static bool is_of_kind(const struct harm *h)
{
    size_t len = strlen(kind);
    return strncmp(h->name, kind, len) == 0 && (h->name[len] == '\0' || h->name[len] == '-');
}

static void sweep(void **state)
{
    for (size_t i = 0; i < n_harms; i++) {
        if (!is_of_kind(&harms[i]))
            continue;
        struct sweep_count n = sweep_flow(*state, &harms[i]);
        total.places += n.places;
        total.runs += n.runs;
    }
}

static void clean(void **state)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        sweep_clean(*state, seed, 0);
        total.runs++;
    }
}

static void far_end(void **state)
{
    static const time_ns aheads[] = {HALF - 2 * NS_PER_S, HALF - 5 * NS_PER_S, END_NEAR};
    for (size_t i = 0; i < sizeof(aheads) / sizeof(aheads[0]); i++) {
        sweep_clean(*state, 1, aheads[i]);
        total.runs++;
    }
}

static int run_all(CMUnitTestFunction test)
{
    static struct CMUnitTest tests[FLOWS];
    static const struct script *flows[FLOWS];
    size_t n = 0;
    for (; n < FLOWS && (flows[n] = script_at(n)); n++)
        tests[n] = (struct CMUnitTest){
            .name = flows[n]->name, .test_func = test, .initial_state = (void *)flows[n]};
    int failed = _cmocka_run_group_tests(kind, tests, n, NULL, NULL);
    print_message("%s: %zu flows, %" PRIu64 " places, %" PRIu64 " runs\n", kind, n, total.places,
                  total.runs);
    return failed;
}

static CMUnitTestFunction test_of(const char *name)
{
    if (strcmp(name, "clean") == 0)
        return clean;
    return strcmp(name, "far") == 0 ? far_end : sweep;
}

static const struct script *one_script;
static const char *one_place;

static void one(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_harms; i++)
        if (strcmp(harms[i].name, kind) == 0)
            sweep_one(one_script, &harms[i], strtoull(one_place, NULL, 10));
}

static int run_one(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_flow(CMUnitTestFunction test)
{
    const struct CMUnitTest tests[] = {
        {.name = one_script->name, .test_func = test, .initial_state = (void *)one_script}};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    sim_heap_keep();
    kind = argc > 1 ? argv[1] : "clean";
    if (argc <= 2)
        return run_all(test_of(kind));
    one_script = script_find(argv[2]);
    if (!one_script) {
        fprintf(stderr, "usage: sweep [KIND [FLOW [PLACE]]]\n");
        return 2;
    }
    one_place = argv[3];
    return argc > 3 ? run_one() : run_flow(test_of(kind));
}
