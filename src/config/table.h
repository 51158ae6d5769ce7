/* The keys of data/config.def and data/config_entries.def as tables, and which of them a misspelt
 * one was meant to be. */
#ifndef TANDEM_SRC_CONFIG_TABLE_H
#define TANDEM_SRC_CONFIG_TABLE_H

#include "config/config.h"

enum kind {
    KIND_NAMES,
    KIND_LISTENERS,
    KIND_SERVERS,
    KIND_BLOCKS,
    KIND_TEXTS,
    KIND_STATUSES,
    KIND_ORIGINS,
    KIND_ALGORITHMS,
    KIND_ROUTES, /* from here to KIND_AGENTS: lists of entries with keys of their own */
    KIND_SETS,
    KIND_MEMBERS,
    KIND_GROUPS,
    KIND_AGENTS,
    KIND_HOST,
    KIND_PATH,
    KIND_URL_PATH,
    KIND_TEXT,
    KIND_LINE,
    KIND_LABEL,
    KIND_CODE,
    KIND_ADDRESS,
    KIND_NUMBER,
    KIND_SECONDS,
    KIND_MILLISECONDS,
    KIND_BOOL,
    KIND_AUTH, /* from here on: one of some words */
    KIND_LEVEL,
    KIND_FORMAT,
    KIND_SWITCH,
    KIND_SERVE,
    KIND_ALLOW,
    KIND_POLICY,
    KIND_ORDER,
    KIND_FORK,
    KIND_MODE,
    KIND_CLIENTS,
    KIND_TLS,
    KIND_PING,
    N_KINDS
};

struct key {
    struct config_row row;
    size_t at; /* of its member in struct config, or in that of its entry */
    enum kind kind;
    unsigned least, most;
};

struct key_table {
    const char *name; /* of one entry */
    const struct key *keys;
    unsigned n;
    size_t size; /* of what the members are in */
};

enum {
#define CONFIG(...) +1
    N_KEYS = 0
#include "config.def"
#undef CONFIG
};

#define TABLE_KEYS_MAX 128 /* the most keys of one table */

extern const struct key_table root_table;
/* Those of data/config.def. */
extern const struct key *const keys;

/* The table of the entries of this list; NULL: it is none of entries. */
const struct key_table *key_entries(const struct key *);
/* NULL: there is none of that name. */
const struct key_table *table_named(const char *name);
/* "log.level". NULL: there is no such key. */
const struct key *key_find(const struct key_table *, struct str path);
/* The key that looks most like it; NULL: none does. */
const struct key *key_nearest(const struct key_table *, struct str path);
/* "log": the first key in it. NULL: there is no such section. */
const struct key *key_in_section(const struct key_table *, struct str name);
/* The index of the root's key of this member, by its offset. */
size_t key_of(size_t at);

#endif
