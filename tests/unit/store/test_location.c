/* The in-memory location store: versions, ends of life, bounded sweeps, limits, and every
 * allocation failing in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/location.h"

#define HOUR (3600 * NS_PER_S)

/* A heap that counts, and fails the allocation whose turn it is. */
struct counting {
    struct mem mem;
    size_t bytes, blocks;
    long fail_in; /* allocations until one fails; negative: never */
};

static void *counting_alloc(struct mem *m, size_t size)
{
    struct counting *c = (struct counting *)m;
    if (c->fail_in == 0)
        return NULL;
    if (c->fail_in > 0)
        c->fail_in--;
    c->bytes += size;
    c->blocks++;
    return malloc(size);
}

static void counting_free(struct mem *m, void *at, size_t size)
{
    struct counting *c = (struct counting *)m;
    if (!at)
        return;
    c->bytes -= size;
    c->blocks--;
    free(at);
}

static struct counting heap;
static _Atomic uint64_t versions;
static const struct hash_key key = {1, 2};

static struct location *store_of(size_t max)
{
    heap = (struct counting){{counting_alloc, counting_free}, 0, 0, -1};
    struct location *l = location_new(&heap.mem, &key, max, &versions);
    assert_non_null(l);
    return l;
}

static void done(struct location *l)
{
    location_free(l);
    assert_int_equal(heap.bytes, 0);
    assert_int_equal(heap.blocks, 0);
}

static struct str name_of(unsigned i, char *space)
{
    struct buf b;
    buf_init(&b, space, 32);
    buf_put_lit(&b, "sip:user");
    buf_put_u64(&b, i);
    return buf_str(&b);
}

static int put(struct location *l, const char *k, const char *v, uint64_t version, time_ns expires,
               time_ns now, struct location_record *out)
{
    return location_put(l, str_from(k), str_from(v), version, expires, now, out);
}

static void assert_value(struct location *l, const char *k, time_ns now, const char *v)
{
    struct location_record r;
    location_get(l, str_from(k), now, &r);
    assert_true(str_equal(r.value, str_from(v)));
    assert_true((r.version != 0) == (*v != 0));
}

/* A write succeeds only on the version that the writer has read. */
static void test_compare_and_set(void **state)
{
    (void)state;
    struct location *l = store_of(10);
    struct location_record r, s;
    assert_int_equal(put(l, "a", "one", 7, HOUR, 0, &r), ERR_STALE);
    assert_int_equal(r.version, 0);
    assert_int_equal(put(l, "a", "one", 0, HOUR, 0, &r), OK);
    assert_int_not_equal(r.version, 0);
    assert_int_equal(put(l, "a", "two", 0, HOUR, 0, &s), ERR_STALE);
    assert_int_equal(s.version, r.version);
    assert_true(str_equal(s.value, STR("one")));
    assert_int_equal(put(l, "a", "three", r.version, HOUR, 0, &s), OK);
    assert_int_not_equal(s.version, r.version);
    assert_int_equal(put(l, "a", "four!", r.version, HOUR, 0, &r), ERR_STALE);
    assert_value(l, "a", 0, "three");
    done(l);
}

/* An empty value removes; a version never returns, so that a writer from before cannot win. */
static void test_removal(void **state)
{
    (void)state;
    struct location *l = store_of(10);
    struct location_record first, r;
    assert_int_equal(put(l, "a", "one", 0, HOUR, 0, &first), OK);
    assert_int_equal(put(l, "a", "", first.version, HOUR, 0, &r), OK);
    assert_int_equal(location_count(l), 0);
    assert_value(l, "a", 0, "");
    assert_int_equal(put(l, "a", "", 0, HOUR, 0, &r), OK);
    assert_int_equal(put(l, "a", "two", 0, HOUR, 0, &r), OK);
    assert_int_equal(put(l, "a", "bad", first.version, HOUR, 0, &r), ERR_STALE);
    assert_value(l, "a", 0, "two");
    done(l);
}

/* The texts of a write may be views into the record that it replaces. */
static void test_own_views(void **state)
{
    (void)state;
    struct location *l = store_of(10);
    struct location_record r;
    assert_int_equal(put(l, "key", "0123456789", 0, HOUR, 0, &r), OK);
    assert_int_equal(location_put(l, r.key, str_slice(r.value, 3, 4), r.version, HOUR, 0, &r), OK);
    assert_value(l, "key", 0, "3456");
    assert_int_equal(location_put(l, r.key, r.value, r.version, HOUR, 0, &r), OK);
    assert_value(l, "key", 0, "3456");
    assert_int_equal(location_put(l, r.key, STR_NONE, r.version, HOUR, 0, &r), OK);
    done(l);
}

/* A record past its end is absent before any sweep. */
static void test_expiry(void **state)
{
    (void)state;
    struct location *l = store_of(10);
    struct location_record r;
    assert_int_equal(put(l, "a", "one", 0, 100, 0, &r), OK);
    assert_value(l, "a", 99, "one");
    assert_value(l, "a", 100, "");
    assert_int_equal(put(l, "a", "two", r.version, 300, 200, &r), ERR_STALE);
    assert_int_equal(put(l, "a", "two", 0, 300, 200, &r), OK);
    assert_value(l, "a", 200, "two");
    assert_int_equal(location_count(l), 1);
    done(l);
}

static void fill(struct location *l, unsigned n, time_ns expires)
{
    char space[32];
    struct location_record r;
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(location_put(l, name_of(i, space), STR("v"), 0, expires, 0, &r), OK);
}

/* A sweep never looks at more than it was told to, and many of them find every record that has
 * ended. */
static void test_sweep(void **state)
{
    (void)state;
    struct location *l = store_of(1000);
    fill(l, 500, 100);
    assert_int_equal(location_sweep(l, 99, 1000), 0);
    assert_int_equal(location_count(l), 500);
    size_t dropped = 0;
    for (unsigned calls = 0; dropped < 500; calls++) {
        size_t n = location_sweep(l, 100, 7);
        assert_true(n <= 7);
        assert_true(calls < 1000);
        dropped += n;
    }
    assert_int_equal(location_count(l), 0);
    assert_int_equal(location_sweep(l, 100, 7), 0);
    done(l);
}

/* Records that live are passed over, also one look at a time. */
static void test_sweep_among_the_living(void **state)
{
    (void)state;
    struct location *l = store_of(1000);
    struct location_record r;
    fill(l, 200, HOUR);
    assert_int_equal(put(l, "ended", "v", 0, 100, 0, &r), OK);
    size_t dropped = 0;
    for (unsigned calls = 0; calls < 2000; calls++)
        dropped += location_sweep(l, 100, 1);
    assert_int_equal(dropped, 1);
    assert_int_equal(location_count(l), 200);
    done(l);
}

/* Over the limit new records are refused, old ones still change; what has ended makes room. */
static void test_limit(void **state)
{
    (void)state;
    struct location *l = store_of(3);
    struct location_record r;
    fill(l, 3, 100);
    assert_int_equal(put(l, "more", "v", 0, HOUR, 50, &r), ERR_LIMIT);
    assert_int_equal(location_count(l), 3);
    location_get(l, STR("sip:user1"), 50, &r);
    assert_int_equal(location_put(l, STR("sip:user1"), STR("longer"), r.version, 200, 50, &r), OK);
    assert_int_equal(put(l, "more", "v", 0, HOUR, 100, &r), OK);
    assert_value(l, "sip:user1", 100, "longer");
    done(l);
}

static void test_each(void **state)
{
    (void)state;
    struct location *l = store_of(1000);
    struct location_record r;
    uint64_t cursor = 0;
    fill(l, 300, HOUR);
    bool seen[300] = {false};
    size_t n = 0;
    while (location_each(l, &cursor, &r)) {
        uint64_t i;
        assert_true(str_to_u64(str_slice(r.key, 8, r.key.len), 299, &i));
        assert_false(seen[i]);
        seen[i] = true;
        n++;
    }
    assert_int_equal(n, 300);
    assert_false(location_each(l, &cursor, &r));
    done(l);
}

/* Out of memory: nothing has changed, whichever allocation fails. */
static void test_failing_allocations(void **state)
{
    (void)state;
    heap = (struct counting){{counting_alloc, counting_free}, 0, 0, 0};
    for (long turn = 0; turn < 2; turn++) {
        heap.fail_in = turn;
        assert_null(location_new(&heap.mem, &key, 10, &versions));
        assert_int_equal(heap.blocks, 0);
    }
    struct location *l = store_of(1000);
    struct location_record r;
    assert_int_equal(put(l, "a", "one", 0, HOUR, 0, &r), OK);
    heap.fail_in = 0;
    assert_int_equal(put(l, "b", "two", 0, HOUR, 0, &r), ERR_NOMEM);
    location_get(l, STR("a"), 0, &r);
    assert_int_equal(put(l, "a", "longer", r.version, HOUR, 0, &r), ERR_NOMEM);
    assert_value(l, "a", 0, "one");
    assert_value(l, "b", 0, "");
    heap.fail_in = -1;
    fill(l, 300, HOUR);
    done(l);
}

/* DESIGN: below 350 bytes a binding, index included (a heap's own 16 bytes a block counted). */
static void test_size(void **state)
{
    (void)state;
    enum { N = 20000, RECORD = 190 };
    static const char value[RECORD];
    struct location *l = store_of(N);
    struct location_record r;
    char space[32];
    for (unsigned i = 0; i < N; i++)
        assert_int_equal(
            location_put(l, name_of(i, space), (struct str){value, RECORD}, 0, HOUR, 0, &r), OK);
    assert_true((heap.bytes + 16 * heap.blocks) / N < 350);
    done(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare_and_set),
        cmocka_unit_test(test_removal),
        cmocka_unit_test(test_own_views),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_sweep),
        cmocka_unit_test(test_sweep_among_the_living),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_each),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
