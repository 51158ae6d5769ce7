/* Owns the journal's file: chunks of rows in sequence, each with a sum over its bytes. Knows
 * nothing of what the rows are for. */
#include "store/journal.h"

#include <assert.h>

#include "base/err.h"
#include "store/database.h"
#include "store/rows.h"

#define SUM_BYTES 8
#define CHUNK_BYTES (SUM_BYTES + ROWS_BYTES)
/* So few rows are not worth cleaning. */
#define SLACK_ROWS 1024
/* Of twice as many rows as are needed, half of what is looked at is needed on average; looking at
 * two rows for each one written would just do. */
#define LOOKS_PER_WRITE 4
#define LOOKS_AT_LEAST 64

static const char *const migrations[] = {
    "CREATE TABLE chunk (seq INTEGER PRIMARY KEY, rows BLOB NOT NULL)",
};

/* FULL: a commit lasts through a loss of power. EXCLUSIVE: one process, no shared memory file. */
static const struct schema schema = {
    .settings = "PRAGMA page_size = 16384;"
                "PRAGMA locking_mode = EXCLUSIVE;"
                "PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL;"
                "PRAGMA wal_autocheckpoint = 1000;"
                "PRAGMA journal_size_limit = 33554432;"
                "PRAGMA cache_size = -4096",
    .migrations = migrations,
    .version = sizeof(migrations) / sizeof(migrations[0]),
};

struct journal {
    struct mem *mem;
    sqlite3 *db;
    sqlite3_stmt *begin, *insert, *oldest, *remove, *commit, *rollback;
    size_t rows;    /* on disk */
    size_t written; /* in this commit … */
    size_t removed;
    bool failed; /* … which cannot succeed any more */
    struct store_fault fault;
    struct buf out; /* the chunk that is being filled */
    char out_bytes[CHUNK_BYTES];
    char in_bytes[CHUNK_BYTES]; /* the chunk that is being cleaned */
};

/* Against a disk's faults, not against malice. */
static uint64_t sum_of(struct str rows)
{
    static const struct hash_key key = {0x74616e64656d, 0x6a6f75726e616c};

    return siphash13(&key, rows);
}

static bool prepare(struct journal *j, struct store_fault *fault)
{
    return database_prepare(j->db, "BEGIN", &j->begin, fault) &&
           database_prepare(j->db, "INSERT INTO chunk (rows) VALUES (?)", &j->insert, fault) &&
           database_prepare(j->db, "SELECT seq, rows FROM chunk ORDER BY seq LIMIT 1", &j->oldest,
                            fault) &&
           database_prepare(j->db, "DELETE FROM chunk WHERE seq = ?", &j->remove, fault) &&
           database_prepare(j->db, "COMMIT", &j->commit, fault) &&
           database_prepare(j->db, "ROLLBACK", &j->rollback, fault);
}

struct journal *journal_open(struct mem *mem, const char *folder, struct store_fault *fault)
{
    char path[FOLDER_PATH_MAX];

    if (!folder_file(folder, "locations.db", path, fault))
        return NULL;
    struct journal *j = mem_alloc_zero(mem, sizeof(*j));

    if (!j) {
        (void)fault_say(fault, "%s: no memory", path);
        return NULL;
    }
    j->mem = mem;
    j->db = database_open(path, &schema, DATABASE_MAKE, fault);
    if (j->db && prepare(j, fault))
        return j;
    journal_close(j);
    return NULL;
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    sqlite3_stmt *all[] = {j->begin, j->insert, j->oldest, j->remove, j->commit, j->rollback};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        sqlite3_finalize(all[i]);
    sqlite3_close(j->db);
    mem_free(j->mem, j, sizeof(*j));
}

/* --- reading --- */

/* False: this is no chunk. */
static bool open_chunk(sqlite3_stmt *s, int column, struct str *rows)
{
    struct str all = {sqlite3_column_blob(s, column), (size_t)sqlite3_column_bytes(s, column)};
    uint64_t sum;

    if (!all.at || all.len < SUM_BYTES || all.len > CHUNK_BYTES)
        return false;
    memcpy(&sum, all.at, SUM_BYTES);
    *rows = str_slice(all, SUM_BYTES, all.len);
    return sum == sum_of(*rows);
}

static int fail_damaged(struct journal *j, sqlite3_int64 seq, struct store_fault *fault)
{
    (void)fault_say(
        fault,
        "%s: damaged (chunk %lld): restore it from a copy, or move it away to begin without "
        "registrations",
        sqlite3_db_filename(j->db, "main"), (long long)seq);
    return ERR_INVALID;
}

static int read_chunk(struct journal *j, sqlite3_stmt *s, journal_take *take, void *arg,
                      struct store_fault *fault)
{
    struct location_record r;
    struct str rows;
    bool bad = !open_chunk(s, 1, &rows);

    while (!bad && row_read(&rows, &r, &bad)) {
        int rc = take(arg, &r);

        if (rc != OK)
            return rc;
        j->rows++;
    }
    return bad ? fail_damaged(j, sqlite3_column_int64(s, 0), fault) : OK;
}

int journal_read(struct journal *j, journal_take *take, void *arg, struct store_fault *fault)
{
    sqlite3_stmt *s = NULL;
    int rc = OK, step = SQLITE_DONE;

    j->rows = 0;
    if (!database_prepare(j->db, "SELECT seq, rows FROM chunk ORDER BY seq", &s, fault))
        return ERR_INVALID;
    while (rc == OK && (step = sqlite3_step(s)) == SQLITE_ROW)
        rc = read_chunk(j, s, take, arg, fault);
    if (rc == OK && step != SQLITE_DONE) {
        (void)database_fault(j->db, fault);
        rc = ERR_INVALID;
    }
    sqlite3_finalize(s);
    return rc;
}

/* --- one commit --- */

static void fail(struct journal *j)
{
    if (!j->failed)
        (void)database_fault(j->db, &j->fault);
    j->failed = true;
}

static void run(struct journal *j, sqlite3_stmt *s)
{
    if (!j->failed && sqlite3_step(s) != SQLITE_DONE)
        fail(j);
    sqlite3_reset(s);
}

static void begin_chunk(struct journal *j)
{
    buf_init(&j->out, j->out_bytes, CHUNK_BYTES);
    j->out.len = SUM_BYTES;
}

static void end_chunk(struct journal *j)
{
    if (j->failed || j->out.len == SUM_BYTES)
        return;
    uint64_t sum = sum_of(str_slice(buf_str(&j->out), SUM_BYTES, j->out.len));

    memcpy(j->out_bytes, &sum, SUM_BYTES);
    sqlite3_bind_blob(j->insert, 1, j->out_bytes, (int)j->out.len, SQLITE_STATIC);
    run(j, j->insert);
    sqlite3_clear_bindings(j->insert);
    begin_chunk(j);
}

void journal_begin(struct journal *j)
{
    j->failed = false;
    j->written = j->removed = 0;
    begin_chunk(j);
    run(j, j->begin);
}

void journal_write(struct journal *j, const struct location_record *r)
{
    size_t size = row_bytes(r->key, r->value);

    assert(size <= ROWS_BYTES);
    if (size > CHUNK_BYTES - j->out.len)
        end_chunk(j);
    if (j->failed)
        return;
    row_write(&j->out, r);
    j->written++;
}

/* A copy of the oldest chunk's rows in in_bytes. False: there is none, or the commit failed. */
static bool take_oldest(struct journal *j, sqlite3_int64 *seq, struct str *rows)
{
    bool there = !j->failed && sqlite3_step(j->oldest) == SQLITE_ROW;

    if (there) {
        *seq = sqlite3_column_int64(j->oldest, 0);
        if (open_chunk(j->oldest, 1, rows)) {
            memcpy(j->in_bytes, rows->at, rows->len);
            rows->at = j->in_bytes;
        } else {
            there = false;
            j->failed = true;
            (void)fail_damaged(j, *seq, &j->fault);
        }
    }
    if (sqlite3_reset(j->oldest) != SQLITE_OK)
        fail(j);
    return there;
}

static size_t move_needed(struct journal *j, struct str rows, journal_needs *needs, void *arg)
{
    struct location_record r;
    size_t n = 0;
    bool bad;

    for (; row_read(&rows, &r, &bad); n++)
        if (needs(arg, &r))
            journal_write(j, &r);
    return n;
}

void journal_clean(struct journal *j, size_t live, size_t writes, journal_needs *needs, void *arg)
{
    size_t looks = LOOKS_AT_LEAST + LOOKS_PER_WRITE * writes;
    sqlite3_int64 seq;
    struct str rows;

    while (j->removed < looks && j->rows - j->removed > 2 * live + SLACK_ROWS &&
           take_oldest(j, &seq, &rows)) {
        j->removed += move_needed(j, rows, needs, arg);
        sqlite3_bind_int64(j->remove, 1, seq);
        run(j, j->remove);
    }
}

bool journal_end(struct journal *j, struct store_fault *fault)
{
    end_chunk(j);
    run(j, j->commit);
    if (!j->failed) {
        j->rows += j->written - j->removed;
        return true;
    }
    *fault = j->fault;
    if (!sqlite3_get_autocommit(j->db)) {
        (void)sqlite3_step(j->rollback);
        sqlite3_reset(j->rollback);
    }
    return false;
}

size_t journal_rows(const struct journal *j)
{
    return j->rows;
}
