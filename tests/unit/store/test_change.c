/* Writes that are taken back: whatever was changed by whomever, undoing leaves the table as it was,
 * settling as it is, and no row that may be needed is given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/err.h"
#include "store/location.h"

#define HOUR (3600 * NS_PER_S)
#define MOST 8

static const struct hash_key key = {1, 2};
static _Atomic uint64_t versions;

static bool failing;

static void *alloc(struct mem *m, size_t size)
{
    (void)m;
    return failing ? NULL : malloc(size);
}

static void give_back(struct mem *m, void *at, size_t size)
{
    (void)m;
    (void)size;
    free(at);
}

static struct mem mem = {alloc, give_back};

struct table {
    struct location *l;
    struct location_change changes[MOST];
    unsigned n;
};

static void setup(struct table *t, size_t max)
{
    *t = (struct table){.l = location_new(&mem, &key, max, &versions)};
    assert_non_null(t->l);
}

static uint64_t version_of(struct table *t, const char *k)
{
    struct location_record r;
    location_get(t->l, str_from(k), 0, &r);
    return r.version;
}

/* Writes upon whatever is there now. */
static uint64_t change(struct table *t, const char *k, const char *v)
{
    struct location_record r;
    assert_true(t->n < MOST);
    assert_int_equal(location_change(t->l, &t->changes[t->n++], str_from(k), str_from(v),
                                     version_of(t, k), HOUR, 0, &r),
                     OK);
    assert_true(str_equal(r.value, str_from(v)));
    return r.version;
}

static uint64_t put(struct table *t, const char *k, const char *v)
{
    struct location_record r;
    assert_int_equal(location_put(t->l, str_from(k), str_from(v), version_of(t, k), HOUR, 0, &r),
                     OK);
    return r.version;
}

static void assert_value(struct table *t, const char *k, const char *v)
{
    struct location_record r;
    location_get(t->l, str_from(k), 0, &r);
    assert_true(str_equal(r.value, str_from(v)));
    assert_int_equal(r.version != 0, *v != 0);
}

static unsigned take_all(struct table *t)
{
    unsigned n = 0;
    while (location_take(t->l))
        n++;
    return n;
}

static void settle(struct table *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        location_settle(t->l, &t->changes[i]);
}

static void test_a_change_is_seen_at_once(void **state)
{
    (void)state;
    struct table t;
    setup(&t, 10);
    change(&t, "a", "one");
    assert_value(&t, "a", "one");
    change(&t, "a", "two");
    assert_value(&t, "a", "two");
    change(&t, "a", "");
    assert_value(&t, "a", "");
    assert_int_equal(take_all(&t), 3);
    settle(&t, 0, 3);
    assert_value(&t, "a", "");
    assert_int_equal(location_count(t.l), 0);
    location_free(t.l);
}

/* Versions too: who read before the failed write may write after it. */
static void test_undone_is_as_before(void **state)
{
    (void)state;
    struct table t;
    setup(&t, 10);
    uint64_t old = put(&t, "a", "old"), gone = put(&t, "b", "stays");
    change(&t, "a", "one");
    change(&t, "c", "new");
    assert_int_equal(take_all(&t), 2); /* being written … */
    change(&t, "a", "");               /* … when these come upon them */
    change(&t, "b", "");
    change(&t, "a", "again");
    change(&t, "c", "newer");
    failing = true; /* undoing needs no memory */
    for (unsigned i = 6; i-- > 0;)
        assert_ptr_equal(location_undo(t.l), &t.changes[i]);
    failing = false;
    assert_null(location_undo(t.l));
    assert_value(&t, "a", "old");
    assert_value(&t, "b", "stays");
    assert_value(&t, "c", "");
    assert_int_equal(version_of(&t, "a"), old);
    assert_int_equal(version_of(&t, "b"), gone);
    assert_int_equal(location_count(t.l), 2);
    location_free(t.l);
}

/* What was settled stays where a later write upon it is undone. */
static void test_settled_stays(void **state)
{
    (void)state;
    struct table t;
    setup(&t, 10);
    uint64_t version = change(&t, "a", "one");
    assert_int_equal(take_all(&t), 1);
    change(&t, "a", "");
    settle(&t, 0, 1);
    assert_value(&t, "a", "");
    assert_ptr_equal(location_undo(t.l), &t.changes[1]);
    assert_value(&t, "a", "one");
    assert_int_equal(version_of(&t, "a"), version);
    location_free(t.l);
}

static void test_open_changes_are_not_swept(void **state)
{
    (void)state;
    struct table t;
    struct location_record r;
    setup(&t, 10);
    assert_int_equal(location_change(t.l, &t.changes[0], STR("a"), STR("v"), 0, 10, 0, &r), OK);
    assert_int_equal(location_sweep(t.l, 20, 10), 0);
    assert_int_equal(take_all(&t), 1);
    settle(&t, 0, 1);
    assert_int_equal(location_sweep(t.l, 20, 10), 1);
    location_free(t.l);
}

static void test_refused_leaves_no_change(void **state)
{
    (void)state;
    struct table t;
    struct location_record r;
    setup(&t, 1);
    put(&t, "a", "one");
    assert_int_equal(location_change(t.l, t.changes, STR("b"), STR("v"), 0, HOUR, 0, &r),
                     ERR_LIMIT);
    assert_int_equal(location_change(t.l, t.changes, STR("a"), STR("v"), 0, HOUR, 0, &r),
                     ERR_STALE);
    assert_true(str_equal(r.value, STR("one")));
    failing = true;
    assert_int_equal(location_change(t.l, t.changes, STR("a"), STR("v"), r.version, HOUR, 0, &r),
                     ERR_NOMEM);
    failing = false;
    assert_int_equal(location_change(t.l, t.changes, STR_NONE, STR("v"), 0, HOUR, 0, &r),
                     ERR_LIMIT);
    assert_null(location_take(t.l));
    assert_null(location_undo(t.l));
    assert_value(&t, "a", "one");
    location_free(t.l);
}

static bool is_needed(struct table *t, const char *k, uint64_t version)
{
    return location_needs(t->l, str_from(k), version, 0);
}

/* A row is needed as long as a crash now, or a failure of what is not written yet, leads back to
 * it. */
static void test_what_rows_are_needed(void **state)
{
    (void)state;
    struct table t;
    setup(&t, 10);
    uint64_t first = put(&t, "a", "one");
    assert_true(is_needed(&t, "a", first));
    assert_false(is_needed(&t, "a", first - 1));
    assert_false(is_needed(&t, "b", first));
    uint64_t second = change(&t, "a", "two");
    assert_true(is_needed(&t, "a", first)); /* the second may fail */
    assert_false(is_needed(&t, "a", second));
    assert_int_equal(take_all(&t), 1);
    assert_false(is_needed(&t, "a", first)); /* it goes with the commit that brings the second */
    uint64_t third = change(&t, "a", "");
    assert_false(is_needed(&t, "a", first));
    assert_true(is_needed(&t, "a", second));
    settle(&t, 0, 1);
    assert_true(is_needed(&t, "a", second));
    assert_int_equal(take_all(&t), 1);
    assert_false(is_needed(&t, "a", second));
    assert_false(is_needed(&t, "a", third)); /* a removal is known by absence */
    settle(&t, 1, 2);
    assert_false(is_needed(&t, "a", third));
    assert_false(location_needs(t.l, STR("x"), 1, 0));
    uint64_t ended = put(&t, "e", "v");
    assert_false(location_needs(t.l, STR("e"), ended, HOUR));
    location_free(t.l);
}

static void test_restore(void **state)
{
    (void)state;
    struct table t;
    setup(&t, 1);
    struct location_record r = {STR("a"), STR("one"), 7, HOUR};
    assert_int_equal(location_restore(t.l, &r), OK);
    r.value = STR("other");
    r.version = 9;
    assert_int_equal(location_restore(t.l, &r), OK);
    assert_value(&t, "a", "other");
    assert_int_equal(version_of(&t, "a"), 9);
    struct location_record more = {STR("b"), STR("v"), 10, HOUR};
    assert_int_equal(location_restore(t.l, &more), ERR_LIMIT);
    failing = true;
    assert_int_equal(location_restore(t.l, &r), ERR_NOMEM);
    failing = false;
    assert_value(&t, "a", "other");
    r.value = STR_NONE;
    assert_int_equal(location_restore(t.l, &r), OK);
    assert_value(&t, "a", "");
    assert_int_equal(location_count(t.l), 0);
    location_free(t.l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_is_seen_at_once),
        cmocka_unit_test(test_undone_is_as_before),
        cmocka_unit_test(test_settled_stays),
        cmocka_unit_test(test_open_changes_are_not_swept),
        cmocka_unit_test(test_refused_leaves_no_change),
        cmocka_unit_test(test_what_rows_are_needed),
        cmocka_unit_test(test_restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
