/* The keys of data/config.def as a table, and which of them a misspelt one was meant to be. */
#ifndef TANDEM_SRC_CONFIG_TABLE_H
#define TANDEM_SRC_CONFIG_TABLE_H

#include "config/config.h"

enum kind {
    KIND_NAMES,
    KIND_LISTENERS,
    KIND_BLOCKS,
    KIND_ALGORITHMS,
    KIND_HOST,
    KIND_PATH,
    KIND_TEXT,
    KIND_ADDRESS,
    KIND_NUMBER,
    KIND_SECONDS,
    KIND_MILLISECONDS,
    KIND_BOOL,
    KIND_AUTH,
    KIND_LEVEL,
    KIND_FORMAT,
    N_KINDS
};

struct key {
    struct config_row row;
    size_t at; /* of its member in struct config */
    enum kind kind;
    unsigned least, most;
};

enum {
#define CONFIG(...) +1
    N_KEYS = 0
#include "config.def"
#undef CONFIG
};

extern const struct key keys[N_KEYS];

/* "log.level". NULL: there is no such key. */
const struct key *key_find(struct str path);
/* The key that looks most like it; NULL: none does. */
const struct key *key_nearest(struct str path);
/* "log": the first key in it. NULL: there is no such section. */
const struct key *key_in_section(struct str name);
/* The index of the key of this member, by its offset. */
size_t key_of(size_t at);

#endif
