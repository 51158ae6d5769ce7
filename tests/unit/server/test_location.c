/* The shared location service: versions decide between workers that write at once, copies outlive
 * the lock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include "server/location.h"

#define NOW (1000 * NS_PER_S)
#define N_THREADS 4
#define N_WRITES 500

static const struct hash_key key = {1, 2};

static struct store_answer ask(struct locations *l, struct block_pool *pool, struct store_ask a,
                               time_ns now, struct block **copy)
{
    struct store_answer answer = {.query = 5};

    locations_ask(l, &a, now, pool, &answer, copy);
    assert_int_equal(answer.query, 5);
    return answer;
}

static struct store_ask put(struct str k, struct str value, uint64_t version)
{
    return (struct store_ask){.op = STORE_PUT,
                              .key = k,
                              .value = value,
                              .version = version,
                              .expires = NOW + 60 * NS_PER_S};
}

static void versions_decide(void **state)
{
    struct locations *l = locations_new(&mem_libc, &key, 1000);
    struct block_pool pool;
    struct block *copy, *second;
    struct store_answer a;

    (void)state;
    block_pool_init(&pool, &mem_libc, 4);
    assert_non_null(l);
    a = ask(l, &pool, (struct store_ask){.op = STORE_GET, .key = STR("bob")}, NOW, &copy);
    assert_int_equal(a.status, STORE_OK);
    assert_int_equal(a.version, 0);
    assert_null(copy);

    a = ask(l, &pool, put(STR("bob"), STR("one"), 0), NOW, &copy);
    assert_int_equal(a.status, STORE_OK);
    assert_int_not_equal(a.version, 0);
    assert_null(copy); /* who wrote it knows it */
    uint64_t version = a.version;

    a = ask(l, &pool, put(STR("bob"), STR("two"), 0), NOW, &copy);
    assert_int_equal(a.status, STORE_CONFLICT);
    assert_int_equal(a.version, version);
    assert_true(str_equal(a.value, STR("one")));
    struct store_answer later = ask(l, &pool, put(STR("bob"), STR("three"), version), NOW, &second);
    assert_int_equal(later.status, STORE_OK);
    block_unref(&pool, second);
    assert_true(str_equal(a.value, STR("one"))); /* the copy stands */
    block_unref(&pool, copy);
    assert_int_equal(locations_count(l), 1);

    for (unsigned i = 0; i < 64; i++)
        locations_sweep(l, NOW + 61 * NS_PER_S);
    assert_int_equal(locations_count(l), 0);
    locations_free(l);
    block_pool_fini(&pool);
}

/* Adds one byte to the record N_WRITES times, as often as conflicts make it try. */
static void *write_many(void *arg)
{
    struct locations *l = arg;
    struct block_pool pool;
    static const char bytes[N_THREADS * N_WRITES + 1];
    struct locations_place place;

    block_pool_init(&pool, &mem_libc, 4);
    for (unsigned done = 0; done < N_WRITES;) {
        struct store_answer a = {0};
        struct block *copy;
        struct store_ask get = {.op = STORE_GET, .key = STR("bob")};

        locations_prefetch(l, get.key, &place);
        locations_prefetch_record(l, &place);
        locations_ask(l, &get, NOW, &pool, &a, &copy);
        struct store_ask more = put(STR("bob"), (struct str){bytes, a.value.len + 1}, a.version);
        block_unref(&pool, copy);
        locations_ask(l, &more, NOW, &pool, &a, &copy);
        block_unref(&pool, copy);
        done += a.status == STORE_OK;
    }
    block_pool_fini(&pool);
    return NULL;
}

static void no_write_is_lost_between_threads(void **state)
{
    struct locations *l = locations_new(&mem_libc, &key, 1000);
    pthread_t threads[N_THREADS];
    struct block_pool pool;
    struct block *copy;

    (void)state;
    block_pool_init(&pool, &mem_libc, 4);
    for (unsigned i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, l), 0);
    for (unsigned i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    struct store_answer a =
        ask(l, &pool, (struct store_ask){.op = STORE_GET, .key = STR("bob")}, NOW, &copy);
    assert_int_equal(a.value.len, N_THREADS * N_WRITES);
    block_unref(&pool, copy);
    block_pool_fini(&pool);
    locations_free(l);
}

/* Whole, in portions, without what has ended. */
static void a_walk_meets_every_record(void **state)
{
    static char space[LOCATION_WALK_BYTES], value[5000];
    struct locations *l = locations_new(&mem_libc, &key, 1000);
    struct location_walk walk = {0};
    struct location_record out[7];
    struct block_pool pool;
    struct block *copy;
    char name[16];
    unsigned met[300] = {0};

    (void)state;
    block_pool_init(&pool, &mem_libc, 4);
    for (unsigned i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "%u", i);
        struct store_ask a = put(str_from(name), (struct str){value, sizeof(value)}, 0);

        a.expires = i % 3 == 0 ? NOW + 1 : a.expires;
        assert_int_equal(ask(l, &pool, a, NOW, &copy).status, STORE_OK);
        block_unref(&pool, copy);
    }
    while (!walk.over) {
        size_t n = locations_walk(l, &walk, NOW + 1, space, out, 7);

        for (size_t i = 0; i < n; i++) {
            uint64_t number;

            assert_true(str_to_u64(out[i].key, 299, &number));
            assert_int_equal(out[i].value.len, sizeof(value));
            met[number]++;
        }
    }
    for (unsigned i = 0; i < 300; i++)
        assert_int_equal(met[i], i % 3 != 0);
    block_pool_fini(&pool);
    locations_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_decide),
        cmocka_unit_test(no_write_is_lost_between_threads),
        cmocka_unit_test(a_walk_meets_every_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
