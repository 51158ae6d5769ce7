/* How many calls there are at once: in all, and of each account. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "follow/quota.h"

#define ALICE UINT64_C(0x1111222233334444)
#define BOB UINT64_C(0x5555666677774444) /* beside her in the table */

static void in_all(void **state)
{
    (void)state;
    bool counted;
    struct follow_quota *q = follow_quota_new(&mem_libc);
    assert_int_equal(follow_quota_take(q, 0, 2, 1, &counted), QUOTA_OK);
    assert_false(counted);
    assert_int_equal(follow_quota_take(q, ALICE, 2, 0, &counted), QUOTA_OK);
    assert_false(counted);
    assert_int_equal(follow_quota_take(q, ALICE, 2, 5, &counted), QUOTA_ALL);
    assert_int_equal(follow_quota_all(q), 2);
    follow_quota_give(q, 0);
    follow_quota_add(q);
    follow_quota_add(q);
    assert_int_equal(follow_quota_all(q), 3);
    assert_int_equal(follow_quota_take(q, BOB, 0, 0, &counted), QUOTA_OK);
    follow_quota_free(&mem_libc, q);
}

static void of_one(void **state)
{
    (void)state;
    bool counted;
    struct follow_quota *q = follow_quota_new(&mem_libc);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(follow_quota_take(q, ALICE, 0, 3, &counted), QUOTA_OK);
        assert_true(counted);
    }
    assert_int_equal(follow_quota_take(q, ALICE, 0, 3, &counted), QUOTA_USER);
    assert_int_equal(follow_quota_take(q, BOB, 0, 3, &counted), QUOTA_OK);
    follow_quota_give(q, ALICE);
    assert_int_equal(follow_quota_take(q, ALICE, 0, 3, &counted), QUOTA_OK);
    assert_int_equal(follow_quota_take(q, ALICE, 0, 3, &counted), QUOTA_USER);
    for (unsigned i = 0; i < 3; i++)
        follow_quota_give(q, ALICE);
    follow_quota_give(q, BOB);
    assert_int_equal(follow_quota_all(q), 0);
    follow_quota_free(&mem_libc, q);
}

/* More accounts than have room side by side: one more is refused, and let in once one is gone. */
static void of_many(void **state)
{
    (void)state;
    bool counted;
    unsigned n = 0;
    struct follow_quota *q = follow_quota_new(&mem_libc);
    while (follow_quota_take(q, ALICE + ((uint64_t)n << 32), 0, 1, &counted) == QUOTA_OK)
        n++;
    assert_true(n >= 16);
    assert_int_equal(follow_quota_all(q), n);
    follow_quota_give(q, ALICE + ((uint64_t)3 << 32));
    assert_int_equal(follow_quota_take(q, ALICE + ((uint64_t)n << 32), 0, 1, &counted), QUOTA_OK);
    follow_quota_free(&mem_libc, q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_all),
        cmocka_unit_test(of_one),
        cmocka_unit_test(of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
