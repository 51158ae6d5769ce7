/* Parcels between workers: order from one sender, no sender starves another, a full lane refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "server/post.h"

static void keeps_order_and_takes_turns(void **state)
{
    struct post *p = post_new(&mem_libc, 3);
    struct parcel got;

    (void)state;
    assert_non_null(p);
    assert_true(post_is_empty(p, 0));
    for (unsigned i = 1; i <= 3; i++)
        for (unsigned from = 1; from <= 2; from++) {
            struct parcel sent = {.kind = PARCEL_GONE, .conn = i};
            assert_true(post_send(p, from, 0, &sent));
        }
    assert_true(post_is_empty(p, 1));
    unsigned last[3] = {0}, previous = 0;
    for (unsigned i = 0; i < 6; i++) {
        assert_true(post_take(p, 0, &got));
        assert_int_equal(got.conn, ++last[got.from]);
        assert_int_not_equal(got.from, previous);
        previous = got.from;
    }
    assert_false(post_take(p, 0, &got));
    post_free(p);
}

static void a_full_lane_refuses_and_others_go_on(void **state)
{
    struct post *p = post_new(&mem_libc, 3);
    struct parcel sent = {.kind = PARCEL_GONE};
    unsigned n = 0;

    (void)state;
    while (post_send(p, 1, 0, &sent))
        n++;
    assert_int_equal(n, LIMIT_WORKER_RING);
    assert_true(post_send(p, 2, 0, &sent));
    assert_true(post_send(p, 1, 2, &sent));
    post_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order_and_takes_turns),
        cmocka_unit_test(a_full_lane_refuses_and_others_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
