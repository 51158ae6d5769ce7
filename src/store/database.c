/* Owns how a SQLite file of ours is opened and its schema migrated. Knows no table. */
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool database_fault(sqlite3 *db, struct store_fault *fault)
{
    const char *path = db ? sqlite3_db_filename(db, "main") : NULL;

    return fault_say(fault, "%s: %s", path ? path : "database",
                     db ? sqlite3_errmsg(db) : "no memory");
}

bool database_run(sqlite3 *db, const char *sql, struct store_fault *fault)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || database_fault(db, fault);
}

bool database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct store_fault *fault)
{
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) == SQLITE_OK ||
           database_fault(db, fault);
}

bool database_number(sqlite3 *db, const char *sql, sqlite3_int64 *out, struct store_fault *fault)
{
    sqlite3_stmt *s = NULL;

    if (!database_prepare(db, sql, &s, fault))
        return false;
    int rc = sqlite3_step(s);

    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(s, 0);
    if (sqlite3_finalize(s) != SQLITE_OK || rc != SQLITE_ROW)
        return database_fault(db, fault);
    return true;
}

/* What root makes in a server's folder is for the server's user, who owns that. */
static void give_to_owner(int fd, const char *path)
{
    char folder[FOLDER_PATH_MAX];
    struct stat st;
    const char *slash = strrchr(path, '/');

    if (geteuid() != 0 || !slash)
        return;
    (void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
    if (stat(folder, &st) == 0)
        (void)!fchown(fd, st.st_uid, st.st_gid);
}

/* SQLite would make the file for everybody to read. */
static bool make_file(const char *path, struct store_fault *fault)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return fault_say(fault, "%s: %s", path, strerror(errno));
    (void)!fchmod(fd, 0600); /* somebody else's file stays as it is */
    give_to_owner(fd, path);
    close(fd);
    return true;
}

static bool refuse_newer(const char *path, int found, int known, struct store_fault *fault)
{
    return fault_say(fault,
                     "%s: written by a newer version of tandem (format %d, this one knows %d); it "
                     "is left as it is",
                     path, found, known);
}

static bool step_up(sqlite3 *db, const struct schema *s, int from, struct store_fault *fault)
{
    char sql[64];

    snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", from + 1);
    return database_run(db, s->migrations[from], fault) && database_run(db, sql, fault);
}

/* Two programs may open a new file at once: the version is read again inside the transaction. */
static bool migrate(sqlite3 *db, const char *path, const struct schema *s,
                    struct store_fault *fault)
{
    sqlite3_int64 version = 0;

    if (!database_number(db, "PRAGMA user_version", &version, fault))
        return false;
    if (version > s->version)
        return refuse_newer(path, (int)version, s->version, fault);
    if (version == s->version)
        return true;
    if (!database_run(db, "BEGIN IMMEDIATE", fault) ||
        !database_number(db, "PRAGMA user_version", &version, fault))
        return false;
    for (; version < s->version; version++)
        if (!step_up(db, s, (int)version, fault))
            return false;
    return database_run(db, "COMMIT", fault);
}

sqlite3 *database_open(const char *path, const struct schema *s, enum database_use use,
                       struct store_fault *fault)
{
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

    if (use == DATABASE_MAKE && !make_file(path, fault))
        return NULL;
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
        (void)fault_say(fault, "%s: %s", path, db ? sqlite3_errmsg(db) : "no memory");
    } else if (database_run(db, s->settings, fault) && migrate(db, path, s, fault)) {
        return db;
    }
    sqlite3_close(db);
    return NULL;
}
