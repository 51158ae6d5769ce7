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

#define THREADS 3
#define ROUNDS 1000
#define AT_ONCE 64 /* many more than a pool keeps: what one thread gave back another takes */

struct taker {
    struct mem *mem;
    pthread_t thread;
    char mark;
};

static void *take_and_give_back(void *arg)
{
    const struct taker *t = arg;
    struct block_pool pool;
    struct block *at[AT_ONCE];

    block_pool_init(&pool, t->mem, 4);
    for (unsigned i = 0; i < ROUNDS; i++) {
        for (unsigned k = 0; k < AT_ONCE; k++) {
            at[k] = block_new(&pool, 200 + k % 4 * 600);
            assert_non_null(at[k]);
            memset(at[k]->bytes, t->mark, at[k]->cap);
        }
        for (unsigned k = 0; k < AT_ONCE; k++) {
            assert_int_equal(at[k]->bytes[0], t->mark); /* nobody else has it */
            assert_int_equal(at[k]->bytes[at[k]->cap - 1], t->mark);
            block_unref(&pool, at[k]);
        }
    }
    block_pool_fini(&pool);
    return NULL;
}

static void threads_share_it_and_nothing_is_given_twice(void **state)
{
    struct mem_counting below = mem_counting();
    struct depot *d = depot_new(&below.mem);
    struct taker takers[THREADS];

    (void)state;
    for (unsigned i = 0; i < THREADS; i++) {
        takers[i] = (struct taker){.mem = depot_mem(d), .mark = (char)('a' + i)};
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_and_give_back, &takers[i]),
                         0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(takers[i].thread, NULL), 0);
    assert_in_range(below.n_live, 2, 1 + THREADS); /* what came back was used again */
    depot_free(d);
    assert_int_equal(below.n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_back_serves_the_next_of_its_size),
        cmocka_unit_test(thousands_take_as_many_bytes_and_hardly_more),
        cmocka_unit_test(what_is_large_or_of_too_many_sizes_comes_from_below),
        cmocka_unit_test(without_memory_nothing_is_given_and_nothing_lost),
        cmocka_unit_test(threads_share_it_and_nothing_is_given_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
