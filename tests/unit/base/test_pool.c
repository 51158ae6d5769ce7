/* The pool: ids with a generation, slots that stay, limits, no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "base/pool.h"
#include "mem_counting.h"

struct thing {
    uint64_t value;
    char rest[29];
};

static bool all_zero(const void *at, size_t len)
{
    const unsigned char *bytes = at;
    while (len > 0 && bytes[len - 1] == 0)
        len--;
    return len == 0;
}

static void ids_find_their_objects_and_stale_ones_nothing(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct pool p;
    pool_init(&p, &mem.mem, sizeof(struct thing), 10);
    assert_int_equal(mem.n_live, 0);
    pool_id old, id;
    struct thing *a = pool_alloc(&p, &old);
    assert_non_null(a);
    assert_int_equal((uintptr_t)a % 16, 0);
    assert_true(old != 0);
    memset(a, 0xff, sizeof *a);
    assert_ptr_equal(pool_get(&p, old), a);
    pool_free(&p, old);
    assert_null(pool_get(&p, old));
    struct thing *b = pool_alloc(&p, &id);
    assert_ptr_equal(b, a);
    assert_true(id != old);
    assert_true(all_zero(b, sizeof *b));
    assert_null(pool_get(&p, old));
    assert_ptr_equal(pool_get(&p, id), b);
    pool_fini(&p);
    assert_int_equal(mem.n_bytes, 0);
}

static void made_up_ids_find_nothing(void **state)
{
    (void)state;
    struct pool p;
    pool_id id;
    pool_init(&p, &mem_libc, 8, 10);
    assert_null(pool_get(&p, 0));
    assert_non_null(pool_alloc(&p, &id));
    assert_null(pool_get(&p, 0));
    assert_null(pool_get(&p, id + 1));
    assert_null(pool_get(&p, id & UINT32_MAX));
    assert_null(pool_get(&p, id + (UINT64_C(1) << 32)));
    assert_null(pool_get(&p, UINT64_MAX));
    pool_free(&p, id);
    /* The generation that a freed slot bears names nothing alive. */
    assert_null(pool_get(&p, id + (UINT64_C(1) << 32)));
    pool_fini(&p);
}

static void objects_never_move_and_the_limit_holds(void **state)
{
    (void)state;
    enum { MAX = 1000 };
    static pool_id ids[MAX];
    static struct thing *at[MAX];
    struct mem_counting mem = mem_counting();
    struct pool p;
    pool_init(&p, &mem.mem, sizeof(struct thing), MAX);
    for (unsigned i = 0; i < MAX; i++) {
        at[i] = pool_alloc(&p, &ids[i]);
        assert_non_null(at[i]);
        at[i]->value = i;
    }
    pool_id more;
    assert_null(pool_alloc(&p, &more));
    for (unsigned i = 0; i < MAX; i++) {
        assert_ptr_equal(pool_get(&p, ids[i]), at[i]);
        assert_true(at[i]->value == i);
    }
    pool_free(&p, ids[500]);
    size_t n_allocs = mem.n_allocs;
    assert_non_null(pool_alloc(&p, &more));
    assert_int_equal(mem.n_allocs, n_allocs);
    assert_int_equal(p.live, MAX);
    pool_fini(&p);
    assert_int_equal(mem.n_bytes, 0);
    assert_int_equal(mem.n_live, 0);
}

static void each_gives_the_living_and_bears_changes(void **state)
{
    (void)state;
    struct pool p;
    pool_id ids[100], id;
    pool_init(&p, &mem_libc, sizeof(struct thing), 200);
    for (unsigned i = 0; i < 100; i++) {
        struct thing *t = pool_alloc(&p, &ids[i]);
        t->value = i;
    }
    for (unsigned i = 0; i < 100; i += 3)
        pool_free(&p, ids[i]);
    uint32_t cursor = 0;
    unsigned n = 0;
    for (struct thing *t; (t = pool_each(&p, &cursor, &id)); n++) {
        assert_int_equal(t->value % 3 == 0, 0);
        assert_true(id == ids[t->value]);
        pool_free(&p, id);
    }
    assert_int_equal(n, 66);
    assert_int_equal(p.live, 0);
    pool_fini(&p);
}

/* Whichever allocation fails, the pool is as it was and works again when there is memory. */
static void no_memory_changes_nothing(void **state)
{
    (void)state;
    for (size_t refuse = 0; refuse < 8; refuse++) {
        struct mem_counting mem = mem_counting();
        struct pool p;
        pool_id id;
        uint32_t n = 0;
        pool_init(&p, &mem.mem, sizeof(struct thing), 300);
        mem.refuse_after = refuse;
        while (pool_alloc(&p, &id))
            n++;
        assert_int_equal(p.live, n);
        assert_int_equal(n % 64 == 0 || n == 300, 1);
        mem.refuse_after = SIZE_MAX;
        while (pool_alloc(&p, &id))
            n++;
        assert_int_equal(n, 300);
        pool_fini(&p);
        assert_int_equal(mem.n_bytes, 0);
    }
}

static void what_is_reserved_needs_no_memory(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct pool p;
    pool_id id;
    pool_init(&p, &mem.mem, sizeof(struct thing), 65);
    for (unsigned n = 0; n < 65; n++) {
        mem.refuse_after = SIZE_MAX;
        assert_true(pool_reserve(&p));
        mem.refuse_after = 0;
        assert_non_null(pool_alloc(&p, &id));
        assert_int_equal(pool_reserve(&p), n + 1 < 64);
    }
    mem.refuse_after = SIZE_MAX;
    assert_false(pool_reserve(&p));
    pool_fini(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_find_their_objects_and_stale_ones_nothing),
        cmocka_unit_test(made_up_ids_find_nothing),
        cmocka_unit_test(objects_never_move_and_the_limit_holds),
        cmocka_unit_test(each_gives_the_living_and_bears_changes),
        cmocka_unit_test(no_memory_changes_nothing),
        cmocka_unit_test(what_is_reserved_needs_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
