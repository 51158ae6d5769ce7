/* The data folder: who holds it, and where its files are. */
#ifndef TANDEM_STORE_FOLDER_H
#define TANDEM_STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "store/fault.h"

struct folder {
    const char *path; /* borrowed */
    int lock;         /* held as long as this is open; -1: not held */
};

#define FOLDER_PATH_MAX 4096

/* Makes the folder where it is missing: 0700, its parents must be there. False: the fault says why.
 */
MUST_USE bool folder_make(const char *path, struct store_fault *);
/* Holds the folder, which must be there: until folder_close no other server can. False: the fault
 * says why, and nothing is held. `path` must outlive *f. */
MUST_USE bool folder_hold(struct folder *f, const char *path, struct store_fault *);
/* A folder that is zeroed was never held. */
void folder_close(struct folder *f);
/* The file `name` in the folder at `path`. False: the path is too long. */
MUST_USE bool folder_file(const char *path, const char *name, char out[FOLDER_PATH_MAX],
                          struct store_fault *);
/* Where the server and the tools keep their data unless they are told: $TANDEM_DATA, for root
 * /var/lib/tandem, else $XDG_DATA_HOME/tandem or ~/.local/share/tandem. False: there is no such
 * place. */
MUST_USE bool folder_default(char out[FOLDER_PATH_MAX]);

#endif
