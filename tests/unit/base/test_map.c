/* The hash table: finding, growing, equal hashes, no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/list.h"
#include "base/map.h"
#include "mem_counting.h"

struct item {
    struct map_node node;
    unsigned key;
    unsigned seen;
};

static struct item *find(const struct map *m, uint64_t hash, unsigned key)
{
    for (struct map_node *n = map_find(m, hash); n; n = map_find_next(n)) {
        struct item *item = CONTAINER_OF(n, struct item, node);
        assert_true(n->hash == hash);
        if (item->key == key)
            return item;
    }
    return NULL;
}

/* Few hashes for many keys, so that chains and equal hashes occur. */
static uint64_t weak_hash(unsigned key)
{
    return key % 97 * UINT64_C(0x9e3779b97f4a7c15);
}

static void finds_what_is_in_it_while_it_grows_and_shrinks(void **state)
{
    (void)state;
    static struct item items[1000];
    struct mem_counting mem = mem_counting();
    struct map m;
    unsigned n_growing = 0;
    assert_int_equal(map_init(&m, &mem.mem, 3), OK);
    assert_int_equal(m.n_buckets, 4);
    for (unsigned i = 0; i < 1000; i++) {
        items[i].key = i;
        map_insert(&m, &items[i].node, weak_hash(i));
        assert_int_equal(mem.n_live, m.old ? 2 : 1);
        n_growing += m.old != NULL;
        assert_ptr_equal(find(&m, weak_hash(i / 2), i / 2), &items[i / 2]);
    }
    assert_int_equal(m.n_nodes, 1000);
    assert_int_equal(m.n_buckets, 1024);
    assert_in_range(n_growing, 1000 / 10, 1000 / 5);
    assert_null(m.old);
    for (unsigned i = 0; i < 1000; i++)
        assert_ptr_equal(find(&m, weak_hash(i), i), &items[i]);
    assert_null(find(&m, weak_hash(1), 1000));
    assert_null(map_find(&m, 12345));
    for (unsigned i = 0; i < 1000; i += 2)
        map_remove(&m, &items[i].node);
    for (unsigned i = 0; i < 1000; i++)
        assert_ptr_equal(find(&m, weak_hash(i), i), i % 2 ? &items[i] : NULL);
    for (unsigned i = 1; i < 1000; i += 2)
        map_remove(&m, &items[i].node);
    map_fini(&m);
    assert_int_equal(mem.n_bytes, 0);
}

static void equal_hashes_keep_their_order_when_it_grows(void **state)
{
    (void)state;
    struct item same[3] = {{.key = 0}, {.key = 1}, {.key = 2}}, others[64];
    struct map m;
    assert_int_equal(map_init(&m, &mem_libc, 1), OK);
    for (unsigned i = 0; i < 3; i++)
        map_insert(&m, &same[i].node, 5);
    for (unsigned i = 0; i < 64; i++)
        map_insert(&m, &others[i].node, 100 + i);
    struct map_node *n = map_find(&m, 5);
    for (unsigned i = 3; i-- > 0; n = map_find_next(n))
        assert_ptr_equal(n, &same[i].node);
    assert_null(n);
    for (unsigned i = 0; i < 3; i++)
        map_remove(&m, &same[i].node);
    for (unsigned i = 0; i < 64; i++)
        map_remove(&m, &others[i].node);
    map_fini(&m);
}

static void each_gives_every_node_once_and_bears_removal(void **state)
{
    (void)state;
    static struct item items[200];
    struct map m;
    assert_int_equal(map_init(&m, &mem_libc, 0), OK);
    assert_null(map_each(&m, NULL));
    for (unsigned i = 0; i < 200; i++)
        map_insert(&m, &items[i].node, weak_hash(i));
    struct map_node *node = map_each(&m, NULL);
    while (node) {
        struct map_node *after = map_each(&m, node);
        CONTAINER_OF(node, struct item, node)->seen++;
        map_remove(&m, node);
        node = after;
    }
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(items[i].seen, 1);
    map_fini(&m);
}

/* Between two arrays, at every moment of it. */
static void each_gives_every_node_once_while_it_grows(void **state)
{
    (void)state;
    static struct item items[300];
    struct map m;
    assert_int_equal(map_init(&m, &mem_libc, 1), OK);
    for (unsigned n = 1; n <= 300; n++) {
        items[n - 1] = (struct item){.key = n};
        map_insert(&m, &items[n - 1].node, weak_hash(n));
        unsigned seen = 0;
        for (struct map_node *node = NULL; (node = map_each(&m, node)); seen++)
            CONTAINER_OF(node, struct item, node)->seen++;
        assert_int_equal(seen, n);
        for (unsigned i = 0; i < n; i++)
            assert_int_equal(items[i].seen, n - i);
    }
    for (unsigned i = 0; i < 300; i++)
        map_remove(&m, &items[i].node);
    map_fini(&m);
}

static void works_on_without_memory_to_grow(void **state)
{
    (void)state;
    static struct item items[100];
    struct mem_counting mem = mem_counting();
    struct map m;
    mem.refuse_after = 0;
    assert_int_equal(map_init(&m, &mem.mem, 4), ERR_NOMEM);
    assert_int_equal(map_init(&m, &mem.mem, SIZE_MAX), ERR_NOMEM);
    mem.refuse_after = 1;
    assert_int_equal(map_init(&m, &mem.mem, 4), OK);
    for (unsigned i = 0; i < 100; i++) {
        items[i].key = i;
        map_insert(&m, &items[i].node, weak_hash(i));
    }
    assert_int_equal(m.n_buckets, 4);
    for (unsigned i = 0; i < 100; i++)
        assert_ptr_equal(find(&m, weak_hash(i), i), &items[i]);
    for (unsigned i = 0; i < 100; i++)
        map_remove(&m, &items[i].node);
    map_fini(&m);
    assert_int_equal(mem.n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_in_it_while_it_grows_and_shrinks),
        cmocka_unit_test(equal_hashes_keep_their_order_when_it_grows),
        cmocka_unit_test(each_gives_every_node_once_and_bears_removal),
        cmocka_unit_test(each_gives_every_node_once_while_it_grows),
        cmocka_unit_test(works_on_without_memory_to_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
