/* The configuration that holds: an old one lives until every taker has gone over, and not longer;
 * the first lives to the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "../base/mem_counting.h"
#include "server/current.h"

static void nobody(void *arg, const struct config_fault *f)
{
    (void)arg;
    (void)f;
}

static struct config *make(struct mem *mem)
{
    struct config *c = config_parse(mem, &(struct config_source){0}, nobody, NULL);

    assert_non_null(c);
    return c;
}

static void the_old_one_lives_until_all_have_gone_over(void **state)
{
    struct mem_counting m = mem_counting();
    struct config *zeroth = make(&m.mem), *first = make(&m.mem), *second = make(&m.mem);
    struct config *third = make(&m.mem);
    size_t each = m.n_live / 4;
    struct current c;

    (void)state;
    current_init(&c, zeroth, 2);
    assert_true(current_replace(&c, first));
    current_taken(&c, 0);
    current_taken(&c, 1);
    current_sweep(&c);
    assert_int_equal(m.n_live, 4 * each); /* the one of the start stays */
    assert_ptr_equal(current_config(&c), first);
    assert_false(current_is_new(&c, 0));
    assert_true(current_replace(&c, second));
    assert_ptr_equal(current_config(&c), second);
    assert_true(current_is_new(&c, 0) && current_is_new(&c, 1));

    current_taken(&c, 0);
    current_sweep(&c);
    assert_int_equal(m.n_live, 4 * each); /* the other one still runs by it */
    assert_false(current_replace(&c, third));

    current_taken(&c, 1);
    current_sweep(&c);
    assert_int_equal(m.n_live, 3 * each);
    assert_false(current_is_new(&c, 0) || current_is_new(&c, 1));
    assert_true(current_replace(&c, third));
    assert_ptr_equal(current_hold(&c), third);
    current_release(&c);
    current_fini(&c);
    assert_int_equal(m.n_live, 0);
}

/* It says what only a start changes: each reload compares with it. */
static void the_first_one_stays_to_the_end(void **state)
{
    struct mem_counting m = mem_counting();
    struct config *first = make(&m.mem);
    size_t each = m.n_live;
    struct current c;

    (void)state;
    current_init(&c, first, 1);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(current_replace(&c, make(&m.mem)));
        current_taken(&c, 0);
        current_sweep(&c);
        assert_int_equal(m.n_live, 2 * each);
        assert_int_equal(first->registrar.max_contacts, 10);
    }
    current_fini(&c);
    assert_int_equal(m.n_live, 0);
}

#define TURNS 20000

static struct current shared;
static _Atomic bool stop;

/* Reads what holds in each turn: after free it would be seen. */
static void *turn(void *arg)
{
    unsigned i = *(unsigned *)arg;

    while (!atomic_load(&stop)) {
        if (current_is_new(&shared, i))
            current_taken(&shared, i);
        assert_int_equal(current_config(&shared)->registrar.max_contacts, 10);
    }
    return NULL;
}

static void threads_never_see_a_freed_one(void **state)
{
    unsigned index[2] = {0, 1}, replaced = 0;
    pthread_t threads[2];

    (void)state;
    current_init(&shared, make(&mem_libc), 2);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, turn, &index[i]), 0);
    for (unsigned i = 0; i < TURNS && replaced < 100; i++) {
        struct config *next = make(&mem_libc);

        assert_int_equal(current_hold(&shared)->registrar.max_contacts, 10);
        current_release(&shared);
        if (current_replace(&shared, next))
            replaced++;
        else
            config_free(next);
        current_sweep(&shared);
    }
    atomic_store(&stop, true);
    for (unsigned i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true(replaced > 0);
    current_fini(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_one_lives_until_all_have_gone_over),
        cmocka_unit_test(the_first_one_stays_to_the_end),
        cmocka_unit_test(threads_never_see_a_freed_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
