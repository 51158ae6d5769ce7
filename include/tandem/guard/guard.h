/* Who is listened to: a worker's memory of where packets come from. Knows no SIP; is asked before a
 * packet is looked at, and told afterwards what it was. Sans-I/O, bounded, no allocation after
 * guard_new. */
#ifndef TANDEM_GUARD_GUARD_H
#define TANDEM_GUARD_GUARD_H

#include "base/addr_block.h"
#include "base/attr.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "base/time.h"

struct guard;

struct guard_config {
    struct mem *mem;
    struct hash_key key;
    unsigned sources;       /* how many are remembered; the longest silent makes room */
    unsigned packets_per_s; /* of one source; 0: no limit. A second's worth may come at once */
    unsigned strikes;       /* that lead to a ban; 0: nobody is banned */
    time_ns ban;            /* how long the first lasts; each further one of a source twice the
                               last, to a day */
    const struct addr_block *trusted; /* never limited nor banned; copied */
    size_t n_trusted;
};

/* What a source did; each has a weight in strikes, and strikes are forgotten with time. */
enum guard_fact {
    GUARD_BAD_MESSAGE,
    GUARD_AUTH_FAILED,
    GUARD_UNKNOWN_USER,
    GUARD_FORBIDDEN,
    GUARD_CHALLENGED, /* asks and asks and never answers */
    GUARD_GOOD,       /* authenticated: strikes are forgiven */
    N_GUARD_FACTS
};

enum guard_verdict {
    GUARD_PASS,
    GUARD_SILENT, /* banned: it is not answered */
    GUARD_FLOOD   /* over its rate: it is not answered either */
};

/* NULL: no memory. */
struct guard *guard_new(const struct guard_config *);
void guard_free(struct guard *);
/* ERR_NOMEM: the old one stays. What is remembered of sources stays. */
MUST_USE int guard_reconfigure(struct guard *, const struct guard_config *);

/* A packet, or a new connection, of `from` has come. */
enum guard_verdict guard_packet(struct guard *, const struct addr *from, time_ns now);
/* True: it is banned from now on, and was not before: tell the other workers with guard_ban. */
bool guard_tell(struct guard *, const struct addr *from, enum guard_fact, time_ns now);
/* Bans until then, or (0) forgives. */
void guard_ban(struct guard *, const struct addr *, time_ns until);

struct guard_entry {
    struct addr addr;
    time_ns until;
    uint64_t dropped; /* packets since */
};
/* The banned, in any order: start with *cursor = 0; false at the end. */
bool guard_each_ban(const struct guard *, uint64_t *cursor, struct guard_entry *, time_ns now);

struct guard_stats {
    uint64_t passed, silenced, flooded, bans; /* ever */
    unsigned sources, banned;                 /* now */
};
void guard_stats(const struct guard *, time_ns now, struct guard_stats *);

#endif
