/* A run as data: what a seed draws, what is written and read again, and what is left of a failing
 * one. */
#include "office.h"

#include <string.h>

#include "sim/run.h"
#include "sim/shrink.h"
#include "sim/worlds.h"

static bool is_same(const struct plan *a, const struct plan *b)
{
    return a->seed == b->seed && memcmp(a->knob, b->knob, sizeof a->knob) == 0 &&
           a->n_acts == b->n_acts && memcmp(a->acts, b->acts, a->n_acts * sizeof a->acts[0]) == 0;
}

static void a_seed_decides_the_plan(void **state)
{
    (void)state;
    struct plan a, b;
    for (size_t i = 0; i < n_world_kinds; i++) {
        plan_draw(&a, &world_kinds[i], 7);
        plan_draw(&b, &world_kinds[i], 7);
        assert_true(is_same(&a, &b));
        plan_draw(&b, &world_kinds[i], 8);
        assert_false(is_same(&a, &b));
    }
}

static bool read_text(struct plan *p, const char *text, unsigned *line)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(in);
    bool understood = plan_read(p, in, line);
    fclose(in);
    return understood;
}

static void what_is_printed_is_read_again(void **state)
{
    (void)state;
    static char text[16384];
    struct plan a, b;
    unsigned line;
    for (uint64_t seed = 0; seed < 100; seed++) {
        plan_draw(&a, &world_kinds[seed % n_world_kinds], seed);
        FILE *out = fmemopen(text, sizeof text, "w");
        assert_non_null(out);
        plan_print(&a, out);
        fclose(out);
        assert_true(read_text(&b, text, &line));
        assert_true(is_same(&a, &b));
    }
}

static void what_is_no_plan_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
    } rows[] = {
        {"seed 1\nknob tea 5\n", 2}, {"seed 1\n# a remark\nact 5 dance 0 0 0\n", 3},
        {"act 5 call 0 0\n", 1},     {"act 5 call 0 0 0\nact 4 call 0 0 1\n", 2},
        {"nonsense\n", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan p;
        unsigned line = 0;
        assert_false(read_text(&p, rows[i].text, &line));
        assert_int_equal(line, rows[i].line);
    }
}

/* As if a run failed wherever phone 0 calls after a partition, however lossy the links. */
static bool calls_after_partition(void *arg, const struct plan *p)
{
    unsigned *tries = arg;
    bool parted = false;
    ++*tries;
    for (size_t i = 0; i < p->n_acts; i++) {
        parted |= p->acts[i].kind == ACT_PARTITION;
        if (parted && p->acts[i].kind == ACT_CALL && p->acts[i].a == 0)
            return true;
    }
    return false;
}

static void a_failing_plan_is_cut_down(void **state)
{
    (void)state;
    struct plan p;
    unsigned tries = 0, cut = 0;
    for (uint64_t seed = 1; seed < 50; seed++) {
        plan_draw(&p, world_kind_named("partition"), seed);
        if (!calls_after_partition(&tries, &p))
            continue;
        shrink(&p, 60, calls_after_partition, &tries);
        assert_int_equal(p.n_acts, 2);
        assert_int_equal(p.acts[0].kind, ACT_PARTITION);
        assert_int_equal(p.acts[1].kind, ACT_CALL);
        for (size_t k = 0; k < N_KNOBS; k++)
            assert_int_equal(p.knob[k], 0);
        cut++;
    }
    assert_true(cut > 10);
}

/* A plan is played whatever it says: acts about nobody do nothing. */
static void acts_about_nobody_do_nothing(void **state)
{
    (void)state;
    struct plan p = {.seed = 1};
    for (size_t kind = 0; kind < N_ACTS; kind++)
        p.acts[p.n_acts++] = (struct act){.kind = (enum act_kind)kind, .a = 77, .b = 77, .c = 77};
    assert_int_equal(run_plan(&p).messages, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_decides_the_plan),
        cmocka_unit_test(what_is_printed_is_read_again),
        cmocka_unit_test(what_is_no_plan_is_refused_with_its_line),
        cmocka_unit_test(a_failing_plan_is_cut_down),
        cmocka_unit_test(acts_about_nobody_do_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
