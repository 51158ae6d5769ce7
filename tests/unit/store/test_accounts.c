/* The accounts' file, as two programs have it open: what one changes the other learns, once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/accounts.h"

struct folder_at {
    char path[64];
};

static int make_folder(void **state)
{
    static struct folder_at f;
    const char *tmp = getenv("TMPDIR");
    snprintf(f.path, sizeof f.path, "%s/tandem-accounts-XXXXXX", tmp ? tmp : "/tmp");
    *state = &f;
    return mkdtemp(f.path) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"accounts.db", "accounts.db-wal", "accounts.db-shm"};
    const struct folder_at *f = *state;
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", f->path, names[i]);
        unlink(path);
    }
    return rmdir(f->path);
}

static struct store_fault fault;

static struct accounts_file *open_at(void **state)
{
    const struct folder_at *f = *state;
    struct accounts_file *file = accounts_open(&mem_libc, f->path, &fault);
    if (!file)
        print_message("%s\n", fault.what);
    assert_non_null(file);
    return file;
}

/* What was told, as text: "key=record;" … */
struct told {
    char text[512];
    struct buf b;
    unsigned resets, room; /* how many more it takes */
};

static bool take(void *arg, struct str key, struct str record)
{
    struct told *t = arg;
    if (t->room == 0)
        return false;
    t->room--;
    buf_put(&t->b, key);
    buf_put_char(&t->b, '=');
    buf_put(&t->b, record);
    buf_put_char(&t->b, ';');
    return true;
}

static void reset(void *arg)
{
    ((struct told *)arg)->resets++;
}

static bool read_news(struct accounts_file *f, struct told *t, unsigned room)
{
    struct accounts_reader r = {take, reset, t};
    *t = (struct told){.room = room};
    buf_init(&t->b, t->text, sizeof t->text);
    return accounts_news(f, &r, &fault);
}

static void assert_news(struct accounts_file *f, const char *expected)
{
    struct told t;
    assert_true(read_news(f, &t, 100));
    assert_true(str_equal(buf_str(&t.b), str_from(expected)));
    assert_int_equal(t.resets, 0);
}

static void assert_list(struct accounts_file *f, const char *expected)
{
    struct told t = {.room = 100};
    buf_init(&t.b, t.text, sizeof t.text);
    assert_true(accounts_list(f, take, &t, &fault));
    assert_true(str_equal(buf_str(&t.b), str_from(expected)));
}

static enum accounts_result add(struct accounts_file *f, const char *key, const char *record)
{
    return accounts_add(f, str_from(key), str_from(record), &fault);
}

static void test_add_replace_remove(void **state)
{
    struct accounts_file *f = open_at(state);
    assert_int_equal(accounts_replace(f, STR("a"), STR("1"), &fault), ACCOUNTS_MISSING);
    assert_int_equal(accounts_remove(f, STR("a"), &fault), ACCOUNTS_MISSING);
    assert_int_equal(add(f, "b", "1"), ACCOUNTS_DONE);
    assert_int_equal(add(f, "a", "2"), ACCOUNTS_DONE);
    assert_int_equal(add(f, "a", "3"), ACCOUNTS_EXISTS);
    assert_list(f, "a=2;b=1;");
    assert_int_equal(accounts_replace(f, STR("a"), STR("4"), &fault), ACCOUNTS_DONE);
    assert_int_equal(accounts_remove(f, STR("b"), &fault), ACCOUNTS_DONE);
    assert_int_equal(accounts_remove(f, STR("b"), &fault), ACCOUNTS_MISSING);
    assert_list(f, "a=4;");
    assert_int_equal(add(f, "b", "5"), ACCOUNTS_DONE);
    assert_list(f, "a=4;b=5;");
    accounts_close(f);
    f = open_at(state);
    assert_list(f, "a=4;b=5;");
    accounts_close(f);
}

/* The server's side: everything at first, then only what is new, removals among it. */
static void test_news(void **state)
{
    struct accounts_file *server = open_at(state), *tool = open_at(state);
    assert_true(accounts_changed(server));
    assert_news(server, "");
    assert_int_equal(add(tool, "a", "1"), ACCOUNTS_DONE);
    assert_int_equal(add(tool, "b", "2"), ACCOUNTS_DONE);
    assert_true(accounts_changed(server));
    assert_news(server, "a=1;b=2;");
    assert_false(accounts_changed(server));
    assert_int_equal(accounts_remove(tool, STR("a"), &fault), ACCOUNTS_DONE);
    assert_int_equal(accounts_replace(tool, STR("b"), STR("3"), &fault), ACCOUNTS_DONE);
    assert_news(server, "a=;b=3;");
    assert_int_equal(add(tool, "a", "4"), ACCOUNTS_DONE);
    assert_news(server, "a=4;");
    assert_news(server, "");
    accounts_close(server);
    accounts_close(tool);
    server = open_at(state);
    assert_news(server, "b=3;a=4;");
    accounts_close(server);
}

/* What was not taken comes again. */
static void test_news_that_find_no_room(void **state)
{
    struct accounts_file *f = open_at(state);
    struct told t;
    assert_int_equal(add(f, "a", "1"), ACCOUNTS_DONE);
    assert_int_equal(add(f, "b", "2"), ACCOUNTS_DONE);
    assert_false(read_news(f, &t, 1));
    assert_non_null(strstr(fault.what, "no memory"));
    assert_true(accounts_changed(f));
    assert_news(f, "b=2;");
    accounts_close(f);
}

/* An older copy was put in the file's place by SQLite's own means: what was read of it counts no
 * more. */
static void test_an_older_copy(void **state)
{
    struct accounts_file *server = open_at(state), *tool = open_at(state);
    struct told t;
    char path[128];
    sqlite3 *db;
    const struct folder_at *at = *state;
    assert_int_equal(add(tool, "a", "1"), ACCOUNTS_DONE);
    assert_int_equal(add(tool, "b", "2"), ACCOUNTS_DONE);
    assert_news(server, "a=1;b=2;");
    snprintf(path, sizeof path, "%s/accounts.db", at->path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM account WHERE key = x'62'", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    assert_true(read_news(server, &t, 100));
    assert_int_equal(t.resets, 1);
    assert_true(str_equal(buf_str(&t.b), STR("a=1;")));
    accounts_close(server);
    accounts_close(tool);
}

static void test_faults(void **state)
{
    const struct folder_at *f = *state;
    char path[128];
    assert_null(accounts_open(&mem_libc, "/nowhere/at/all", &fault));
    assert_non_null(strstr(fault.what, "/nowhere/at/all/accounts.db: No such file"));
    snprintf(path, sizeof path, "%s/accounts.db", f->path);
    FILE *file = fopen(path, "w");
    for (unsigned i = 0; i < 1000; i++)
        fputs("this is no database\n", file);
    fclose(file);
    assert_null(accounts_open(&mem_libc, f->path, &fault));
    assert_non_null(strstr(fault.what, "not a database"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_add_replace_remove), TEST(test_news),   TEST(test_news_that_find_no_room),
        TEST(test_an_older_copy),      TEST(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
