/* One SQLite file: opened with our settings, its schema brought to the newest version. */
#ifndef TANDEM_SRC_STORE_DATABASE_H
#define TANDEM_SRC_STORE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "store/folder.h"

struct schema {
    const char *settings;          /* statements run at each opening, before all else */
    const char *const *migrations; /* [n] leads from version n to n + 1 */
    int version;                   /* how many there are */
};

enum database_use { DATABASE_MAKE, DATABASE_USE };

/* Opens the file; DATABASE_MAKE makes it where it is missing, for its owner alone. A file of a
 * newer version is left alone. NULL: the fault says why. */
sqlite3 *database_open(const char *path, const struct schema *, enum database_use,
                       struct store_fault *);
/* False: the fault (may be NULL) has SQLite's own words. */
MUST_USE bool database_run(sqlite3 *, const char *sql, struct store_fault *);
MUST_USE bool database_prepare(sqlite3 *, const char *sql, sqlite3_stmt **, struct store_fault *);
/* The first column of the first row of a statement without parameters. */
MUST_USE bool database_number(sqlite3 *, const char *sql, sqlite3_int64 *, struct store_fault *);
/* Always false. */
bool database_fault(sqlite3 *, struct store_fault *);

#endif
