/* Records on disk: a journal in one SQLite file to which changes are appended and whose oldest part
 * is given up as it becomes out of date, so that all writing is in sequence. What the records are,
 * memory says; the journal is read once, when a server starts. One thread at a time. */
#ifndef TANDEM_STORE_JOURNAL_H
#define TANDEM_STORE_JOURNAL_H

#include "base/mem.h"
#include "store/folder.h"
#include "store/location.h"

struct journal;

/* Opens, or makes, `locations.db` in the folder; brings an older format up to date. Nobody else can
 * use the file meanwhile. NULL: the fault says why. */
struct journal *journal_open(struct mem *, const char *folder, struct store_fault *);
/* NULL is legal. */
void journal_close(struct journal *);

/* Takes one row; borrowed for the call. Anything but OK ends the reading. */
typedef int journal_take(void *arg, const struct location_record *);
/* Every row, oldest first: the last of a key is what holds, and an empty value means that it was
 * removed. ERR_INVALID: the file is damaged (the fault says where); else what `take` returned. */
MUST_USE int journal_read(struct journal *, journal_take *take, void *arg, struct store_fault *);

/* One commit: begin, clean, write each change, end. What fails in between shows at the end. */
void journal_begin(struct journal *);
/* May the row of this key and version be given up? */
typedef bool journal_needs(void *arg, const struct location_record *);
/* Makes room while there are more than twice as many rows as `live` records: of the oldest rows
 * those that are needed are written anew, the others go; a few more than `writes`, the number of
 * changes of this commit, at once. Before the first journal_write, so that the rows of a key stay
 * in their order. */
void journal_clean(struct journal *, size_t live, size_t writes, journal_needs *needs, void *arg);
/* The row must fit ROWS_BYTES (row_bytes). */
void journal_write(struct journal *, const struct location_record *);
/* True: all of it lasts, whatever happens now. False: none of it; the fault says why, and the next
 * commit may succeed again. */
MUST_USE bool journal_end(struct journal *, struct store_fault *);

/* How many rows there are, those that nobody needs any more among them. */
size_t journal_rows(const struct journal *);

#endif
