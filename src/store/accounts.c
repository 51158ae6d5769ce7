/* Owns the accounts' file: records by key, each with the number of its last change. Knows nothing
 * of what a record says. */
#include "store/accounts.h"

#include "store/database.h"

/* How long a program waits for another one's transaction. */
#define BUSY_MS "5000"

/* A removed account stays as a row without a record, so that who reads only what is new learns of
 * it. */
static const char *const migrations[] = {
    "CREATE TABLE account (key BLOB PRIMARY KEY, record BLOB, change INTEGER NOT NULL UNIQUE)"
    " WITHOUT ROWID",
};

static const struct schema schema = {
    .settings = "PRAGMA busy_timeout = " BUSY_MS ";"
                "PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL",
    .migrations = migrations,
    .version = sizeof(migrations) / sizeof(migrations[0]),
};

struct accounts_file {
    struct mem *mem;
    sqlite3 *db;
    sqlite3_int64 change;       /* the last one that was read */
    sqlite3_int64 data_version; /* when it was */
};

struct accounts_file *accounts_open(struct mem *mem, const char *folder, struct store_fault *fault)
{
    char path[FOLDER_PATH_MAX];

    if (!folder_file(folder, "accounts.db", path, fault))
        return NULL;
    struct accounts_file *f = mem_alloc_zero(mem, sizeof(*f));

    if (!f) {
        (void)fault_say(fault, "%s: no memory", path);
        return NULL;
    }
    f->mem = mem;
    f->db = database_open(path, &schema, DATABASE_MAKE, fault);
    if (f->db)
        return f;
    accounts_close(f);
    return NULL;
}

void accounts_close(struct accounts_file *f)
{
    if (!f)
        return;
    sqlite3_close(f->db);
    mem_free(f->mem, f, sizeof(*f));
}

/* --- writing --- */

static const char insert[] =
    "INSERT INTO account VALUES (?1, ?2, (SELECT coalesce(max(change), 0) + 1 FROM account))"
    " ON CONFLICT (key) DO UPDATE SET record = excluded.record, change = excluded.change"
    " WHERE account.record IS NULL";
static const char update[] =
    "UPDATE account SET record = ?2, change = (SELECT max(change) + 1 FROM account)"
    " WHERE key = ?1 AND record IS NOT NULL";

static bool run(struct accounts_file *f, const char *sql, struct store_fault *fault)
{
    return sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK || database_fault(f->db, fault);
}

bool accounts_begin(struct accounts_file *f, struct store_fault *fault)
{
    return run(f, "BEGIN IMMEDIATE", fault);
}

bool accounts_end(struct accounts_file *f, bool keep, struct store_fault *fault)
{
    if (keep && run(f, "COMMIT", fault))
        return true;
    struct store_fault undone;

    return run(f, "ROLLBACK", &undone) && !keep;
}

/* One statement is one transaction, unless one is open. `otherwise`: what it means that no row was
 * touched. */
static enum accounts_result write_one(struct accounts_file *f, const char *sql, struct str key,
                                      struct str record, enum accounts_result otherwise,
                                      struct store_fault *fault)
{
    sqlite3_stmt *s = NULL;

    if (!database_prepare(f->db, sql, &s, fault))
        return ACCOUNTS_FAILED;
    sqlite3_bind_blob(s, 1, key.at, (int)key.len, SQLITE_STATIC);
    if (record.len > 0)
        sqlite3_bind_blob(s, 2, record.at, (int)record.len, SQLITE_STATIC);
    int rc = sqlite3_step(s);

    if (rc != SQLITE_DONE)
        (void)database_fault(f->db, fault);
    sqlite3_finalize(s);
    if (rc != SQLITE_DONE)
        return ACCOUNTS_FAILED;
    return sqlite3_changes(f->db) > 0 ? ACCOUNTS_DONE : otherwise;
}

enum accounts_result accounts_add(struct accounts_file *f, struct str key, struct str record,
                                  struct store_fault *fault)
{
    return write_one(f, insert, key, record, ACCOUNTS_EXISTS, fault);
}

enum accounts_result accounts_replace(struct accounts_file *f, struct str key, struct str record,
                                      struct store_fault *fault)
{
    return write_one(f, update, key, record, ACCOUNTS_MISSING, fault);
}

enum accounts_result accounts_remove(struct accounts_file *f, struct str key,
                                     struct store_fault *fault)
{
    return write_one(f, update, key, STR_NONE, ACCOUNTS_MISSING, fault);
}

/* --- reading --- */

static struct str column(sqlite3_stmt *s, int i)
{
    const char *at = sqlite3_column_blob(s, i);

    return (struct str){at, (size_t)sqlite3_column_bytes(s, i)};
}

bool accounts_list(struct accounts_file *f, accounts_take *take, void *arg,
                   struct store_fault *fault)
{
    sqlite3_stmt *s = NULL;
    int rc;

    if (!database_prepare(f->db,
                          "SELECT key, record FROM account WHERE record IS NOT NULL ORDER BY key",
                          &s, fault))
        return false;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW && take(arg, column(s, 0), column(s, 1)))
        ;
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        (void)database_fault(f->db, fault);
    sqlite3_finalize(s);
    return rc == SQLITE_DONE || rc == SQLITE_ROW;
}

static bool data_version(struct accounts_file *f, sqlite3_int64 *out)
{
    return database_number(f->db, "PRAGMA data_version", out, NULL);
}

bool accounts_changed(struct accounts_file *f)
{
    sqlite3_int64 now;

    return !data_version(f, &now) || now != f->data_version;
}

/* The rows behind `change`; *change becomes the last one's that was taken. */
static bool read_behind(struct accounts_file *f, const struct accounts_reader *r,
                        sqlite3_int64 *change, struct store_fault *fault)
{
    sqlite3_stmt *s = NULL;
    int rc;

    if (!database_prepare(
            f->db, "SELECT key, record, change FROM account WHERE change > ? ORDER BY change", &s,
            fault))
        return false;
    sqlite3_bind_int64(s, 1, *change);
    while ((rc = sqlite3_step(s)) == SQLITE_ROW && r->take(r->arg, column(s, 0), column(s, 1)))
        *change = sqlite3_column_int64(s, 2);
    if (rc == SQLITE_ROW)
        (void)fault_say(fault, "%s: no memory for the accounts",
                        sqlite3_db_filename(f->db, "main"));
    else if (rc != SQLITE_DONE)
        (void)database_fault(f->db, fault);
    sqlite3_finalize(s);
    return rc == SQLITE_DONE;
}

bool accounts_news(struct accounts_file *f, const struct accounts_reader *r,
                   struct store_fault *fault)
{
    sqlite3_int64 version, last;

    if (!data_version(f, &version) ||
        !database_number(f->db, "SELECT coalesce(max(change), 0) FROM account", &last, fault))
        return database_fault(f->db, fault);
    if (last < f->change) { /* a copy from before was put in its place */
        r->reset(r->arg);
        f->change = 0;
    }
    if (!read_behind(f, r, &f->change, fault))
        return false;
    f->data_version = version;
    return true;
}
