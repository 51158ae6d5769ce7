/* Values as text and as members of struct config. */
#ifndef TANDEM_SRC_CONFIG_VALUE_H
#define TANDEM_SRC_CONFIG_VALUE_H

#include "config/table.h"

/* Where texts and lists stand: one piece of memory that is only ever added to. */
struct shelf {
    char *at;
    size_t len, cap;
};

/* What the shelf must have for the lists of all keys. */
size_t value_lists_size(void);
bool value_is_list(const struct key *);
/* Sets the key's member, or appends to its list. False: `expected` says what to write instead. */
MUST_USE bool value_add(const struct key *, struct config *, struct shelf *, struct str text,
                        struct buf *expected);
/* Nothing, zero, no entry. */
void value_clear(const struct key *, struct config *);
/* Clears, then adds each word of the key's default. */
void value_preset(const struct key *, struct config *, struct shelf *);
bool value_same(const struct key *, const struct config *, const struct config *);

#endif
