/* The journal on a real disk: what was committed is read again, in order; what is out of date goes;
 * a fault of the disk takes a commit back as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "store/journal.h"
#include "store/rows.h"

#define MOST 4096

struct folder_at {
    char path[64];
};

/* What the rows say, the last of a key counting. */
struct image {
    uint64_t version[MOST];
    size_t rows;
    int answer; /* of the taker */
};

static int make_folder(void **state)
{
    static struct folder_at f;
    const char *tmp = getenv("TMPDIR");
    snprintf(f.path, sizeof f.path, "%s/tandem-journal-XXXXXX", tmp ? tmp : "/tmp");
    *state = &f;
    return mkdtemp(f.path) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"locations.db", "locations.db-wal", "locations.db-journal",
                                        "lock"};
    const struct folder_at *f = *state;
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        unlink(path);
    }
    return rmdir(f->path);
}

static struct journal *open_at(void **state)
{
    const struct folder_at *f = *state;
    struct store_fault fault = {""};
    struct journal *j = journal_open(&mem_libc, f->path, &fault);
    if (!j)
        print_message("%s\n", fault.what);
    assert_non_null(j);
    return j;
}

static int see(void *arg, const struct location_record *r)
{
    struct image *m = arg;
    uint64_t i;
    assert_true(str_to_u64(r->key, MOST - 1, &i));
    m->version[i] = r->value.len > 0 ? r->version : 0;
    m->rows++;
    return m->answer;
}

static int read_all(struct journal *j, struct image *m)
{
    struct store_fault fault;
    *m = (struct image){0};
    return journal_read(j, see, m, &fault);
}

static void write_row(struct journal *j, unsigned i, uint64_t version, const char *value)
{
    char key[16];
    snprintf(key, sizeof key, "%u", i);
    journal_write(j, &(struct location_record){str_from(key), str_from(value), version, 99});
}

static bool end(struct journal *j)
{
    struct store_fault fault;
    return journal_end(j, &fault);
}

static void test_read_again(void **state)
{
    static struct image m;
    struct journal *j = open_at(state);
    assert_int_equal(read_all(j, &m), OK);
    assert_int_equal(m.rows, 0);
    for (unsigned round = 0; round < 3; round++) {
        journal_begin(j);
        for (unsigned i = 0; i < 1000; i++)
            write_row(j, i, 1000 * round + i + 1,
                      i == 7 && round == 2 ? "" : "some value of a row");
        assert_true(end(j));
    }
    assert_int_equal(journal_rows(j), 3000);
    journal_close(j);
    j = open_at(state);
    assert_int_equal(read_all(j, &m), OK);
    assert_int_equal(m.rows, 3000);
    assert_int_equal(journal_rows(j), 3000);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(m.version[i], i == 7 ? 0 : 2000 + i + 1);
    m.answer = ERR_LIMIT;
    struct store_fault fault;
    assert_int_equal(journal_read(j, see, &m, &fault), ERR_LIMIT);
    journal_close(j);
}

/* A row of the largest size, and one byte more than fits beside it. */
static void test_large_rows(void **state)
{
    static char large[ROWS_BYTES];
    struct journal *j = open_at(state);
    static struct image m;
    struct location_record r = {STR("1"), {large, 0}, 5, 99};
    memset(large, 'x', sizeof large);
    r.value.len = ROWS_BYTES - row_bytes(r.key, STR_NONE);
    journal_begin(j);
    write_row(j, 2, 1, "before");
    journal_write(j, &r);
    write_row(j, 3, 1, "behind");
    assert_true(end(j));
    assert_int_equal(read_all(j, &m), OK);
    assert_int_equal(m.rows, 3);
    assert_int_equal(m.version[1], 5);
    journal_close(j);
}

static uint64_t current[MOST];

static bool is_current(void *arg, const struct location_record *r)
{
    uint64_t i;
    assert_true(str_to_u64(r->key, MOST - 1, &i));
    (*(size_t *)arg)++;
    return current[i] == r->version;
}

/* However long it goes on, and whoever is refreshed, no more than about twice as many rows as are
 * needed stay, and none of those is lost; no commit looks at much more than it writes. */
static void test_stays_short(void **state)
{
    enum { USERS = 2000, PER_COMMIT = 50, COMMITS = 400 };
    static struct image m;
    struct journal *j = open_at(state);
    uint64_t version = 0;
    unsigned next = 0;
    memset(current, 0, sizeof current);
    for (unsigned c = 0; c < COMMITS; c++) {
        size_t looked = 0;
        journal_begin(j);
        journal_clean(j, USERS, PER_COMMIT, is_current, &looked);
        assert_true(looked <= 64 + 4 * PER_COMMIT + 2 * PER_COMMIT);
        for (unsigned i = 0; i < PER_COMMIT; i++) {
            /* half of them are never refreshed */
            unsigned user = version < USERS ? (unsigned)version : next++ % (USERS / 2);
            current[user] = ++version;
            write_row(j, user, version, "value");
        }
        assert_true(end(j));
        assert_true(journal_rows(j) <= 2 * USERS + 1024 + 8 * PER_COMMIT);
    }
    journal_close(j);
    j = open_at(state);
    assert_int_equal(read_all(j, &m), OK);
    assert_int_equal(m.rows, journal_rows(j));
    for (unsigned i = 0; i < USERS; i++)
        assert_int_equal(m.version[i], current[i]);
    journal_close(j);
}

static int fails_to_open(void **state, const char *what)
{
    const struct folder_at *f = *state;
    struct store_fault fault = {""};
    struct journal *j = journal_open(&mem_libc, f->path, &fault);
    bool told = strstr(fault.what, what) && strstr(fault.what, f->path);
    if (!told)
        print_message("said: %s\n", fault.what);
    journal_close(j);
    return !j && told;
}

static void path_of(void **state, char path[128])
{
    const struct folder_at *f = *state;
    snprintf(path, 128, "%s/locations.db", f->path);
}

static void run_sql(void **state, const char *sql)
{
    char path[128];
    sqlite3 *db;
    path_of(state, path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_a_newer_format_is_left_alone(void **state)
{
    journal_close(open_at(state));
    run_sql(state, "PRAGMA user_version = 2");
    assert_true(fails_to_open(state, "newer version of tandem (format 2, this one knows 1)"));
    run_sql(state, "PRAGMA user_version = 1");
    journal_close(open_at(state));
}

static void test_one_user(void **state)
{
    struct journal *first = open_at(state);
    struct folder a, b;
    struct store_fault fault;
    const struct folder_at *f = *state;
    assert_true(fails_to_open(state, "locked"));
    journal_close(first);
    assert_true(folder_hold(&a, f->path, &fault));
    assert_false(folder_hold(&b, f->path, &fault));
    assert_non_null(strstr(fault.what, "another server uses this folder"));
    folder_close(&b);
    folder_close(&a);
    assert_true(folder_hold(&b, f->path, &fault));
    folder_close(&b);
}

static void test_nobody_else_reads(void **state)
{
    char path[128];
    struct stat st;
    mode_t before = umask(0);
    journal_close(open_at(state));
    umask(before);
    path_of(state, path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* --- damage --- */

static void write_some(void **state)
{
    struct journal *j = open_at(state);
    for (unsigned c = 0; c < 3; c++) {
        journal_begin(j);
        for (unsigned i = 0; i < 100; i++)
            write_row(j, i, c + 1, "value of a row");
        assert_true(end(j));
    }
    journal_close(j);
}

/* One byte of any chunk: the sum shows it. */
static void test_damaged_rows(void **state)
{
    static struct image m;
    struct store_fault fault;
    write_some(state);
    run_sql(state, "UPDATE chunk SET rows = CAST(substr(rows, 1, 500) || x'ff' || substr(rows, 502)"
                   " AS BLOB) WHERE seq = 2");
    struct journal *j = open_at(state);
    m = (struct image){0};
    assert_int_equal(journal_read(j, see, &m, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.what, "damaged (chunk 2)"));
    assert_non_null(strstr(fault.what, "locations.db"));
    journal_close(j);
    run_sql(state, "UPDATE chunk SET rows = x'01' WHERE seq = 2");
    j = open_at(state);
    assert_int_equal(journal_read(j, see, &m, &fault), ERR_INVALID);
    journal_close(j);
}

static void test_no_database(void **state)
{
    char path[128];
    path_of(state, path);
    FILE *f = fopen(path, "w");
    for (unsigned i = 0; i < 1000; i++)
        fputs("this is no database\n", f);
    fclose(f);
    assert_true(fails_to_open(state, "not a database"));
}

/* --- a full disk --- */

static void allow_bytes(rlim_t bytes)
{
    struct rlimit r;
    getrlimit(RLIMIT_FSIZE, &r);
    r.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* A commit that finds no room leaves nothing behind, and the next one succeeds once there is. */
static void test_full_disk(void **state)
{
    static struct image m;
    struct journal *j = open_at(state);
    (void)signal(SIGXFSZ, SIG_IGN);
    journal_begin(j);
    write_row(j, 1, 1, "one");
    assert_true(end(j));
    size_t rows = journal_rows(j);
    allow_bytes(65536);
    bool failed = false;
    for (unsigned c = 0; c < 10; c++) {
        struct store_fault fault = {""};
        journal_begin(j);
        for (unsigned i = 0; i < 1000; i++)
            write_row(j, 2 + i, 100 + c, "a value that needs room, a value that needs room");
        if (journal_end(j, &fault)) {
            rows += 1000;
            assert_false(failed);
        } else {
            failed = true;
            assert_non_null(strstr(fault.what, "locations.db: "));
        }
    }
    assert_true(failed);
    allow_bytes(RLIM_INFINITY);
    assert_int_equal(journal_rows(j), rows);
    assert_int_equal(read_all(j, &m), OK);
    assert_int_equal(m.rows, rows);
    journal_begin(j);
    write_row(j, 1, 200, "there is room");
    assert_true(end(j));
    journal_close(j);
    j = open_at(state);
    assert_int_equal(read_all(j, &m), OK);
    assert_int_equal(m.version[1], 200);
    assert_int_equal(m.rows, rows + 1);
    journal_close(j);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read_again),   TEST(test_large_rows),
        TEST(test_stays_short),  TEST(test_a_newer_format_is_left_alone),
        TEST(test_one_user),     TEST(test_nobody_else_reads),
        TEST(test_damaged_rows), TEST(test_no_database),
        TEST(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
