/* Accounts on disk: `accounts.db` in the data folder, which several programs may open at once: the
 * server reads it, the tools write it. Records are bytes to it. */
#ifndef TANDEM_STORE_ACCOUNTS_H
#define TANDEM_STORE_ACCOUNTS_H

#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/folder.h"

struct accounts_file;

/* Opens the file, and makes it where it is missing; the folder must be there. NULL: the fault says
 * why. */
struct accounts_file *accounts_open(struct mem *, const char *folder, struct store_fault *);
/* NULL is legal. */
void accounts_close(struct accounts_file *);

enum accounts_result {
    ACCOUNTS_DONE,
    ACCOUNTS_EXISTS,  /* add: there is one of this key */
    ACCOUNTS_MISSING, /* replace, remove: there is none */
    ACCOUNTS_FAILED   /* the fault says why; nothing has changed */
};

/* Each is one transaction that lasts, but between accounts_begin and accounts_end: all of these are
 * one, kept or (`keep` false) undone. False: the fault says why, and nothing was begun, or kept. */
MUST_USE bool accounts_begin(struct accounts_file *, struct store_fault *);
MUST_USE bool accounts_end(struct accounts_file *, bool keep, struct store_fault *);
enum accounts_result accounts_add(struct accounts_file *, struct str key, struct str record,
                                  struct store_fault *);
enum accounts_result accounts_replace(struct accounts_file *, struct str key, struct str record,
                                      struct store_fault *);
enum accounts_result accounts_remove(struct accounts_file *, struct str key, struct store_fault *);

/* Takes one account, in the order of changes, or of keys for accounts_list; an empty record: it was
 * removed. Borrowed for the call. False ends the reading. */
typedef bool accounts_take(void *arg, struct str key, struct str record);
/* Every account there is, by key. */
MUST_USE bool accounts_list(struct accounts_file *, accounts_take *take, void *arg,
                            struct store_fault *);
/* What has changed since the last call by this opener; at first, everything. *reset is called where
 * the file is another one than before and what was read of it counts no more. False: the fault says
 * why, and the next call begins where this one did. */
struct accounts_reader {
    accounts_take *take;
    void (*reset)(void *arg);
    void *arg;
};
MUST_USE bool accounts_news(struct accounts_file *, const struct accounts_reader *,
                            struct store_fault *);
/* Might accounts_news have something? Cheap. */
bool accounts_changed(struct accounts_file *);

#endif
