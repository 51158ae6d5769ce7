/* The memory that all workers' blocks come from: used again by size, whoever gave it back; large
 * things from below; all gone at the end. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "base/block.h"
#include "server/depot.h"

#define SMALL 544
#define LARGE (64 * 1024)

static void what_came_back_serves_the_next_of_its_size(void **state)
{
    struct mem_counting below = mem_counting();
    struct depot *d = depot_new(&below.mem);
    struct mem *m = depot_mem(d);

    (void)state;
    void *a = mem_alloc(m, SMALL), *b = mem_alloc(m, SMALL);
    size_t n_allocs = below.n_allocs;

    assert_true((char *)b >= (char *)a + SMALL || (char *)a >= (char *)b + SMALL);
    assert_int_equal((uintptr_t)a % 16, 0);
    assert_int_equal((uintptr_t)b % 16, 0);
    memset(a, 'a', SMALL);
    memset(b, 'b', SMALL);
    mem_free(m, a, SMALL);
    assert_ptr_not_equal(mem_alloc(m, 2 * SMALL), a);
    assert_ptr_equal(mem_alloc(m, SMALL), a);
    assert_ptr_not_equal(mem_alloc(m, SMALL), a);
    assert_int_equal(below.n_allocs, n_allocs);
    mem_free(m, NULL, SMALL);
    depot_free(d);
    assert_int_equal(below.n_live, 0);
}

static void thousands_take_as_many_bytes_and_hardly_more(void **state)
{
    struct mem_counting below = mem_counting();
    struct depot *d = depot_new(&below.mem);

    (void)state;
    for (unsigned i = 0; i < 10000; i++)
        assert_non_null(mem_alloc(depot_mem(d), SMALL));
    assert_in_range(below.n_bytes, 10000 * SMALL, 10000 * SMALL * 1.1);
    depot_free(d);
    assert_int_equal(below.n_live, 0);
}

static void what_is_large_or_of_too_many_sizes_comes_from_below(void **state)
{
    struct mem_counting below = mem_counting();
    struct depot *d = depot_new(&below.mem);
    size_t before = below.n_bytes;
    void *at[20], *large = mem_alloc(depot_mem(d), LARGE);

    (void)state;
    assert_int_equal(below.n_bytes, before + LARGE);
    mem_free(depot_mem(d), large, LARGE);
    for (size_t i = 0; i < 20; i++)
        assert_non_null(at[i] = mem_alloc(depot_mem(d), 100 * (i + 1)));
    for (size_t i = 0; i < 20; i++)
        mem_free(depot_mem(d), at[i], 100 * (i + 1));
    assert_int_equal(below.n_live, 2); /* the depot and one piece */
    depot_free(d);
    assert_int_equal(below.n_live, 0);
}

static void without_memory_nothing_is_given_and_nothing_lost(void **state)
{
    struct mem_counting below = mem_counting();

    (void)state;
    below.refuse_after = 0;
    assert_null(depot_new(&below.mem));
    below.refuse_after = 2;
    struct depot *d = depot_new(&below.mem);
    void *first = mem_alloc(depot_mem(d), SMALL), *last = first, *next;

    while ((next = mem_alloc(depot_mem(d), SMALL)))
        last = next;
    assert_null(mem_alloc(depot_mem(d), LARGE));
    mem_free(depot_mem(d), last, SMALL);
    assert_ptr_equal(mem_alloc(depot_mem(d), SMALL), last);
    depot_free(d);
    depot_free(NULL);
    assert_int_equal(below.n_live, 0);
}

#define ROUNDS 20000

/* As two workers: what one takes the other gives back. */
static void *give_back(void *arg)
{
    struct block_pool pool;

    block_pool_init(&pool, arg, 4);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct block *b = block_new(&pool, 200 + i % 2000);

        assert_non_null(b);
        memset(b->bytes, (int)i, b->cap);
        block_unref(&pool, b);
    }
    block_pool_fini(&pool);
    return NULL;
}

static void threads_share_it(void **state)
{
    struct depot *d = depot_new(&mem_libc);
    pthread_t threads[3];

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, give_back, depot_mem(d)), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    depot_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_back_serves_the_next_of_its_size),
        cmocka_unit_test(thousands_take_as_many_bytes_and_hardly_more),
        cmocka_unit_test(what_is_large_or_of_too_many_sizes_comes_from_below),
        cmocka_unit_test(without_memory_nothing_is_given_and_nothing_lost),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
