/* Small objects out of large pieces: aligned, apart, used again by size, all gone at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/slab.h"
#include "mem_counting.h"

#define N 4000

static size_t size_of(size_t i)
{
    return 1 + i * 37 % (SLAB_MOST + 100);
}

static void objects_are_aligned_and_apart(void **state)
{
    static char *at[N];
    struct mem_counting mem = mem_counting();
    struct slab s;

    (void)state;
    slab_init(&s, &mem.mem);
    for (size_t i = 0; i < N; i++) {
        at[i] = mem_alloc(&s.mem, size_of(i));
        assert_non_null(at[i]);
        assert_int_equal((uintptr_t)at[i] % SLAB_STEP, 0);
        memset(at[i], (char)i, size_of(i));
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < size_of(i); k++)
            assert_int_equal(at[i][k], (char)i);
    for (size_t i = 0; i < N; i++)
        mem_free(&s.mem, at[i], size_of(i));
    slab_fini(&s);
    assert_int_equal(mem.n_live, 0);
    assert_int_equal(mem.n_bytes, 0);
}

static void what_was_freed_serves_the_next_of_its_size(void **state)
{
    struct mem_counting mem = mem_counting();
    struct slab s;

    (void)state;
    slab_init(&s, &mem.mem);
    void *a = mem_alloc(&s.mem, 100), *b = mem_alloc(&s.mem, 100);
    size_t n_allocs = mem.n_allocs;

    mem_free(&s.mem, a, 100);
    assert_ptr_not_equal(mem_alloc(&s.mem, 200), a);
    assert_ptr_equal(mem_alloc(&s.mem, 112), a);
    assert_ptr_not_equal(mem_alloc(&s.mem, 112), b);
    assert_int_equal(mem.n_allocs, n_allocs);
    slab_fini(&s);
    assert_int_equal(mem.n_live, 0);
}

/* A hundred objects of the size of a record take hardly more than their bytes. */
static void little_is_unused(void **state)
{
    struct mem_counting mem = mem_counting();
    struct slab s;

    (void)state;
    slab_init(&s, &mem.mem);
    for (unsigned i = 0; i < 1000; i++)
        assert_non_null(mem_alloc(&s.mem, 240));
    assert_in_range(mem.n_bytes, 240000, 260000);
    slab_fini(&s);
}

static void large_ones_come_from_below(void **state)
{
    struct mem_counting mem = mem_counting();
    struct slab s;

    (void)state;
    slab_init(&s, &mem.mem);
    void *large = mem_alloc(&s.mem, SLAB_MOST + 1);

    assert_int_equal(mem.n_bytes, SLAB_MOST + 1);
    mem_free(&s.mem, large, SLAB_MOST + 1);
    mem_free(&s.mem, NULL, 8);
    assert_int_equal(mem.n_live, 0);
    slab_fini(&s);
}

static void without_memory_nothing_changes(void **state)
{
    struct mem_counting mem = mem_counting();
    struct slab s;

    (void)state;
    slab_init(&s, &mem.mem);
    mem.refuse_after = 0;
    assert_null(mem_alloc(&s.mem, 64));
    mem.refuse_after = SIZE_MAX;
    assert_non_null(mem_alloc(&s.mem, 64));
    slab_fini(&s);
    assert_int_equal(mem.n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_aligned_and_apart),
        cmocka_unit_test(what_was_freed_serves_the_next_of_its_size),
        cmocka_unit_test(little_is_unused),
        cmocka_unit_test(large_ones_come_from_below),
        cmocka_unit_test(without_memory_nothing_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
