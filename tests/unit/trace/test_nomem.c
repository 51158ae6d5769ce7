/* Every allocation fails once: the event is lost, the rest goes on, nothing leaks. */
#include "rig.h"

#include "base/err.h"

static struct rig r;

static void test_new(void **state)
{
    (void)state;
    for (int64_t spare = 0; spare < 100; spare++) {
        rig_heap(&r);
        r.spare = spare;
        r.calls = trace_calls_new(&r.mem, &(struct hash_key){1, 2}, 0);
        if (r.calls) {
            rig_fini(&r);
            assert_true(spare >= 5);
            return;
        }
        assert_int_equal(r.live, 0);
    }
    fail();
}

static void test_events(void **state)
{
    (void)state;
    bool whole = false;
    for (int64_t spare = 0; spare < 200 && !whole; spare++) {
        unsigned lost = 0;
        rig_init(&r, 0);
        r.spare = spare;
        for (size_t i = 0; i < n_plain_call; i++)
            if (rig_say(&r, &plain_call[i]) == ERR_NOMEM) {
                lost++;
                r.spare = -1;
            }
        r.spare = r.spare > 0 ? r.spare : lost ? -1 : 0;
        if (rig_rtp(&r, 3000, "10.0.0.1:4000", "10.0.0.2:4002", 1, 3, 0) == ERR_NOMEM)
            lost++;
        r.spare = -1;
        assert_true(lost <= 1);
        assert_true(rig_call(&r, "one")->n_messages + lost >= n_plain_call);
        whole = lost == 0;
        rig_fini(&r);
    }
    assert_true(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
