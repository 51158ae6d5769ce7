/* The region's blocks: whole, apart from each other, joined again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rand.h"
#include "hook/heap.h"

#define N 200

static void blocks_keep_their_bytes(void **state)
{
    struct heap h;
    const struct rand_seed seed = rand_seed_from(7);
    struct rand r;
    char *at[N] = {0};
    size_t size[N] = {0};

    (void)state;
    rand_init(&r, &seed);
    assert_true(heap_init(&h, &mem_libc, 100000));
    for (unsigned turn = 0; turn < 20000; turn++) {
        unsigned i = (unsigned)(rand_u64(&r) % N);
        size_t to = 1 + rand_u64(&r) % (turn % 10 ? 300 : 9000);

        for (size_t k = 0; k < size[i]; k++)
            assert_int_equal(at[i][k], (char)i);
        if (!at[i]) {
            at[i] = heap_take(&h, to);
            size[i] = at[i] ? to : 0;
        } else if (rand_u64(&r) % 2) {
            char *new = heap_resize(&h, at[i], size[i], to);

            assert_true(new || to > size[i]);
            if (new) {
                at[i] = new;
                size[i] = to;
            }
        } else {
            heap_give(&h, at[i], size[i]);
            at[i] = NULL;
            size[i] = 0;
        }
        if (at[i])
            memset(at[i], (int)i, size[i]);
    }
    for (unsigned i = 0; i < N; i++)
        if (at[i])
            heap_give(&h, at[i], size[i]);
    assert_int_equal(h.used, 0);
    heap_fini(&h);
}

static void what_was_given_back_is_one_again(void **state)
{
    struct heap h;
    void *small[64];

    (void)state;
    assert_true(heap_init(&h, &mem_libc, 4096 + 31));
    for (unsigned i = 0; i < 64; i++)
        small[i] = heap_take(&h, 64);
    assert_null(heap_take(&h, 1));
    for (unsigned i = 0; i < 64; i++)
        heap_give(&h, small[63 - i], 64);
    void *whole = heap_take(&h, 4096);
    assert_non_null(whole);
    assert_null(heap_resize(&h, whole, 4096, 4097));
    assert_ptr_equal(heap_resize(&h, whole, 4096, 10), whole);
    assert_non_null(heap_take(&h, 2048));
    heap_clear(&h);
    assert_non_null(heap_take(&h, 4096));
    heap_fini(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_keep_their_bytes),
                                       cmocka_unit_test(what_was_given_back_is_one_again)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
