/* Values as text and as members of struct config or of an entry. */
#ifndef TANDEM_SRC_CONFIG_VALUE_H
#define TANDEM_SRC_CONFIG_VALUE_H

#include "config/table.h"

#include "base/shelf.h"

/* `base` is what the key's member is in: a struct config, or an entry of a list. */
bool value_is_list(const struct key *);
/* Sets the key's member, or appends to its list. False: `expected` says what to write instead. */
MUST_USE bool value_add(const struct key *, void *base, struct shelf *, struct str text,
                        struct buf *expected);
/* Appends an entry with its defaults to a list of entries. NULL: `expected` says why not. Entries
 * move when further ones are appended. */
struct config_entry *value_add_entry(const struct key *, void *base, struct shelf *,
                                     struct buf *expected);
/* Nothing, zero, no entry. */
void value_clear(const struct key *, void *base);
/* Clears, then adds each word of the key's default. False: no memory. */
MUST_USE bool value_preset(const struct key *, void *base, struct shelf *);
bool value_same(const struct key *, const void *, const void *);

#endif
