/* The same inputs and the same seed give the same bytes; another seed gives others. */
#include "scene.h"

#include <string.h>

static struct rig a, b;

static void play(struct rig *r, uint64_t seed)
{
    rig_config(r);
    r->config.seed = rand_seed_from(seed);
    rig_start(r);
    scene_play(r);
    assert_true(r->n_sent > 20);
}

static bool same(void)
{
    if (a.n_sent != b.n_sent || a.n_events != b.n_events)
        return false;
    for (size_t i = 0; i < a.n_sent; i++) {
        if (a.sent[i].kind != b.sent[i].kind || a.sent[i].at != b.sent[i].at ||
            strcmp(a.sent[i].text, b.sent[i].text) != 0 ||
            !addr_equal(&a.sent[i].flow.remote, &b.sent[i].flow.remote))
            return false;
    }
    for (size_t i = 0; i < a.n_events; i++)
        if (a.events[i].kind != b.events[i].kind || a.events[i].tx != b.events[i].tx)
            return false;
    return true;
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    play(&a, 1);
    play(&b, 1);
    assert_true(same());
    rig_end(&a);
    rig_end(&b);
}

static void other_seed_other_branches(void **state)
{
    (void)state;
    play(&a, 1);
    play(&b, 2);
    assert_false(same());
    rig_end(&a);
    rig_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(other_seed_other_branches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
