/* Finds the dialog of a message by its id (RFC 3261 12.2.2). It owns no dialog. */
#ifndef TANDEM_DIALOG_TABLE_H
#define TANDEM_DIALOG_TABLE_H

#include "base/siphash.h"
#include "dialog/dialog.h"

struct dialog_table {
    struct map map;
    struct hash_key key;
};

/* ERR_NOMEM: not initialised. */
MUST_USE int dialog_table_init(struct dialog_table *t, struct mem *mem, const struct hash_key *key);
/* It must be empty. */
void dialog_table_fini(struct dialog_table *t);

/* Its id must not be in the table yet; id and place stay as they are until it is removed. */
void dialog_table_add(struct dialog_table *t, struct dialog *d);
void dialog_table_remove(struct dialog_table *t, struct dialog *d);
/* NULL: there is none: a request with a To tag is then answered 481 (RFC 3261 12.2.2). */
struct dialog *dialog_table_find(const struct dialog_table *t, const struct dialog_id *id);
size_t dialog_table_count(const struct dialog_table *t);

#endif
