/* Counted blocks: size classes, reuse, counting, moving between pools. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/block.h"
#include "mem_counting.h"

static void sizes_are_classes_up_to_64k(void **state)
{
    (void)state;
    static const struct {
        size_t asked, cap;
    } cases[] = {{0, 512},       {1, 512},       {512, 512},      {513, 1024},
                 {1024, 1024},   {1500, 2048},   {32769, 65536},  {65535, 65536},
                 {65536, 65536}, {65537, 65537}, {100000, 100000}};
    struct mem_counting mem = mem_counting();
    struct block_pool p;
    block_pool_init(&p, &mem.mem, 4);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct block *b = block_new(&p, cases[i].asked);
        assert_int_equal(b->cap, cases[i].cap);
        assert_int_equal(b->len, 0);
        assert_int_equal(b->refs, 1);
        assert_int_equal((uintptr_t)b->bytes % 16, 0);
        memset(b->bytes, 0x55, b->cap);
        block_unref(&p, b);
    }
    assert_int_equal(p.live, 0);
    block_pool_fini(&p);
    assert_int_equal(mem.n_bytes, 0);
}

static void freed_blocks_are_used_again_up_to_keep(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct block_pool p;
    struct block *b[5];
    block_pool_init(&p, &mem.mem, 3);
    for (unsigned i = 0; i < 5; i++)
        b[i] = block_new(&p, 600);
    assert_int_equal(p.live, 5);
    for (unsigned i = 0; i < 5; i++)
        block_unref(&p, b[i]);
    assert_int_equal(mem.n_live, 3);
    size_t n_allocs = mem.n_allocs;
    for (unsigned i = 0; i < 3; i++)
        b[i] = block_new(&p, 1000);
    assert_int_equal(mem.n_allocs, n_allocs);
    for (unsigned i = 0; i < 3; i++)
        block_unref(&p, b[i]);
    block_pool_fini(&p);
    assert_int_equal(mem.n_live, 0);
}

/* Whatever came in all sizes: what is kept of each stays below `keep` KiB. */
static void large_blocks_are_kept_by_their_bytes(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct block_pool p;
    struct block *b[32];
    const unsigned kept[BLOCK_CLASSES] = {16, 16, 8, 4, 2, 1, 1, 1};
    block_pool_init(&p, &mem.mem, 16);
    for (unsigned class = 0; class < BLOCK_CLASSES; class ++) {
        size_t before = mem.n_live;
        for (unsigned i = 0; i < 32; i++)
            b[i] = block_new(&p, (size_t)512 << class);
        for (unsigned i = 0; i < 32; i++)
            block_unref(&p, b[i]);
        assert_int_equal(mem.n_live - before, kept[class]);
    }
    block_pool_fini(&p);
    assert_int_equal(mem.n_live, 0);
}

static void the_last_reference_frees(void **state)
{
    (void)state;
    struct block_pool p;
    block_pool_init(&p, &mem_libc, 1);
    struct block *b = block_new(&p, 10);
    memcpy(b->bytes, "abc", 3);
    b->len = 3;
    assert_ptr_equal(block_ref(b), b);
    block_unref(&p, b);
    assert_int_equal(p.live, 1);
    assert_true(str_equal(block_str(b), STR("abc")));
    block_unref(&p, b);
    assert_int_equal(p.live, 0);
    block_unref(&p, NULL);
    block_pool_fini(&p);
}

static void a_block_moves_to_another_pool(void **state)
{
    (void)state;
    struct block_pool from, to;
    block_pool_init(&from, &mem_libc, 2);
    block_pool_init(&to, &mem_libc, 2);
    struct block *b = block_new(&from, 10);
    block_leave(&from, b);
    assert_int_equal(from.live, 0);
    block_enter(&to, b);
    assert_int_equal(to.live, 1);
    block_unref(&to, b);
    assert_int_equal(to.n_free[0], 1);
    block_pool_fini(&from);
    block_pool_fini(&to);
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    struct mem_counting mem = mem_counting();
    struct block_pool p;
    block_pool_init(&p, &mem.mem, 2);
    mem.refuse_after = 0;
    assert_null(block_new(&p, 10));
    assert_null(block_new(&p, 1 << 20));
    assert_int_equal(p.live, 0);
    mem.refuse_after = 1;
    assert_null(block_new(&p, SIZE_MAX));
    assert_null(block_new(&p, (size_t)UINT32_MAX + 1));
    block_unref(&p, block_new(&p, 10));
    block_pool_fini(&p);
    assert_int_equal(mem.n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_classes_up_to_64k),
        cmocka_unit_test(freed_blocks_are_used_again_up_to_keep),
        cmocka_unit_test(large_blocks_are_kept_by_their_bytes),
        cmocka_unit_test(the_last_reference_frees),
        cmocka_unit_test(a_block_moves_to_another_pool),
        cmocka_unit_test(no_memory_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
