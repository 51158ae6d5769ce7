/* The writer's thread: what it answered OK is there for the next one, what it could not write is as
 * it was before, and no asker has more writes waiting than the limit says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "server/keeper.h"
#include "store/rows.h"

#define ASKERS 2

static const struct hash_key key = {1, 2};

struct rig {
    char path[64];
    struct net_clock clock;
    struct bell bells[ASKERS];
    struct locations *locations, *accounts;
    struct keeper *keeper;
    struct block_pool pool;
    size_t n_accounts;
};

static void note_accounts(void *arg, size_t n)
{
    ((struct rig *)arg)->n_accounts = n;
}

static void start(struct rig *r)
{
    struct bell *bells[ASKERS] = {&r->bells[0], &r->bells[1]};
    struct keeper_config config = {.n_askers = ASKERS,
                                   .bells = bells,
                                   .clock = &r->clock,
                                   .accounts_known = note_accounts,
                                   .arg = r};
    struct store_fault fault = {""};

    r->locations = locations_new(&mem_libc, &key, 1000000);
    r->accounts = locations_new(&mem_libc, &key, 1000);
    r->keeper = keeper_new(&mem_libc, r->path, &config, r->locations, r->accounts, &fault);
    if (!r->keeper)
        print_message("%s\n", fault.what);
    assert_non_null(r->keeper);
}

static void stop(struct rig *r)
{
    assert_true(keeper_free(r->keeper, 60 * NS_PER_S));
    locations_free(r->locations);
    locations_free(r->accounts);
}

static int set_up(void **state)
{
    static struct rig r;
    const char *tmp = getenv("TMPDIR");

    r = (struct rig){0};
    snprintf(r.path, sizeof(r.path), "%s/tandem-keeper-XXXXXX", tmp ? tmp : "/tmp");
    net_clock_init(&r.clock);
    block_pool_init(&r.pool, &mem_libc, 4);
    for (unsigned i = 0; i < ASKERS; i++)
        if (bell_init(&r.bells[i]))
            return -1;
    *state = &r;
    return mkdtemp(r.path) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"locations.db",    "locations.db-wal", "accounts.db",
                                        "accounts.db-wal", "accounts.db-shm",  "lock"};
    struct rig *r = *state;
    char path[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", r->path, names[i]);
        unlink(path);
    }
    for (unsigned i = 0; i < ASKERS; i++)
        bell_fini(&r->bells[i]);
    block_pool_fini(&r->pool);
    return rmdir(r->path);
}

static struct store_ask put(struct rig *r, const char *k, const char *value, uint64_t version)
{
    return (struct store_ask){.op = STORE_PUT,
                              .key = str_from(k),
                              .value = str_from(value),
                              .version = version,
                              .expires = net_clock_now(&r->clock) + 3600 * NS_PER_S};
}

static bool write_one(struct rig *r, struct locations_asker who, const struct store_ask *ask,
                      struct store_answer *answer)
{
    struct block *copy;
    bool waits =
        keeper_write(r->keeper, who, ask, net_clock_now(&r->clock), &r->pool, answer, &copy);

    block_unref(&r->pool, copy);
    return waits;
}

/* The asker sleeps as a worker does: until its bell rings. */
static struct store_answer answer_of(struct rig *r, unsigned asker)
{
    struct pollfd p = {.fd = r->bells[asker].fd, .events = POLLIN};
    struct store_answer a;

    for (;;) {
        bell_asleep(&r->bells[asker]);
        if (keeper_answer(r->keeper, asker, &a))
            return a;
        assert_int_equal(poll(&p, 1, 60000), 1);
        bell_hush(&r->bells[asker]);
    }
}

static struct store_answer write_and_wait(struct rig *r, unsigned asker, const char *k,
                                          const char *value, uint64_t version)
{
    struct store_ask ask = put(r, k, value, version);
    struct store_answer a;

    if (!write_one(r, (struct locations_asker){asker, 7}, &ask, &a))
        return a;
    a = answer_of(r, asker);
    assert_int_equal(a.query, 7);
    return a;
}

static void assert_value(struct rig *r, const char *k, const char *value, uint64_t version)
{
    struct store_ask get = {.op = STORE_GET, .key = str_from(k)};
    struct store_answer a;
    struct block *copy;

    locations_ask(r->locations, &get, net_clock_now(&r->clock), &r->pool, &a, &copy);
    assert_true(str_equal(a.value, str_from(value)));
    assert_int_equal(a.version, version);
    block_unref(&r->pool, copy);
}

static void test_what_was_answered_is_there_again(void **state)
{
    struct rig *r = *state;

    start(r);
    struct store_answer a = write_and_wait(r, 0, "a", "one", 0);
    assert_int_equal(a.status, STORE_OK);
    struct store_answer b = write_and_wait(r, 1, "b", "two", 0);
    assert_int_equal(b.status, STORE_OK);
    a = write_and_wait(r, 1, "a", "three", a.version);
    assert_int_equal(a.status, STORE_OK);
    assert_int_equal(write_and_wait(r, 0, "b", "", b.version).status, STORE_OK);
    assert_int_equal(write_and_wait(r, 0, "a", "late", 1).status, STORE_CONFLICT);
    stop(r);
    start(r);
    assert_value(r, "a", "three", a.version);
    assert_value(r, "b", "", 0);
    /* versions go on where they were */
    struct store_answer c = write_and_wait(r, 0, "b", "again", 0);
    assert_true(c.status == STORE_OK && c.version > a.version);
    stop(r);
}

/* What waits when the server ends is written, too. */
static void test_the_last_commit(void **state)
{
    struct rig *r = *state;
    struct store_answer a;
    char name[16];

    start(r);
    for (unsigned i = 0; i < 500; i++) {
        snprintf(name, sizeof(name), "k%u", i);
        struct store_ask ask = put(r, name, "value", 0);
        assert_true(write_one(r, (struct locations_asker){0, i}, &ask, &a));
    }
    stop(r);
    start(r);
    assert_int_equal(locations_count(r->locations), 500);
    stop(r);
}

static void allow_bytes(rlim_t bytes)
{
    struct rlimit l;

    getrlimit(RLIMIT_FSIZE, &l);
    l.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

/* The disk takes nothing any more: memory is as before, and later writes try again. */
static void test_a_full_disk(void **state)
{
    struct rig *r = *state;
    struct keeper_stats stats;

    (void)signal(SIGXFSZ, SIG_IGN);
    start(r);
    struct store_answer a = write_and_wait(r, 0, "a", "one", 0);
    assert_int_equal(a.status, STORE_OK);
    allow_bytes(1);
    assert_int_equal(write_and_wait(r, 0, "a", "two", a.version).status, STORE_FAILED);
    assert_int_equal(write_and_wait(r, 1, "b", "new", 0).status, STORE_FAILED);
    keeper_stats(r->keeper, &stats);
    assert_true(stats.failing && stats.failures >= 2);
    allow_bytes(RLIM_INFINITY);
    assert_value(r, "a", "one", a.version);
    assert_value(r, "b", "", 0);
    a = write_and_wait(r, 0, "a", "two", a.version);
    assert_int_equal(a.status, STORE_OK);
    keeper_stats(r->keeper, &stats);
    assert_false(stats.failing);
    stop(r);
    start(r);
    assert_value(r, "a", "two", a.version);
    assert_value(r, "b", "", 0);
    stop(r);
}

static void test_the_queue_is_bounded(void **state)
{
    struct rig *r = *state;
    struct store_answer a;
    char name[16];

    start(r);
    for (unsigned i = 0; i < LIMIT_STORE_QUEUE; i++) {
        snprintf(name, sizeof(name), "k%u", i);
        struct store_ask ask = put(r, name, "value", 0);
        assert_true(write_one(r, (struct locations_asker){0, i}, &ask, &a));
    }
    struct store_ask more = put(r, "more", "value", 0);
    assert_false(write_one(r, (struct locations_asker){0, 0}, &more, &a));
    assert_int_equal(a.status, STORE_FAILED);
    assert_value(r, "more", "", 0);
    assert_int_equal(write_and_wait(r, 1, "other", "value", 0).status, STORE_OK);
    assert_int_equal(answer_of(r, 0).status, STORE_OK);
    assert_true(write_one(r, (struct locations_asker){0, 0}, &more, &a));
    stop(r);
}

/* A record that no chunk holds is refused before it fails those who wait with it. */
static void test_too_large(void **state)
{
    static char large[ROWS_BYTES + 1];
    struct rig *r = *state;
    struct store_answer a;

    start(r);
    memset(large, 'x', ROWS_BYTES);
    struct store_ask ask = put(r, "a", large, 0);
    assert_false(write_one(r, (struct locations_asker){0, 1}, &ask, &a));
    assert_int_equal(a.status, STORE_FAILED);
    large[ROWS_BYTES - row_bytes(STR("a"), STR_NONE)] = '\0';
    assert_int_equal(write_and_wait(r, 0, "a", large, 0).status, STORE_OK);
    stop(r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_answered_is_there_again),
        TEST(test_the_last_commit),
        TEST(test_a_full_disk),
        TEST(test_the_queue_is_bounded),
        TEST(test_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
