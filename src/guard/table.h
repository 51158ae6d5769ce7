/* The sources that are remembered: found by address, made, and given up for others. Judges nobody.
 */
#ifndef TANDEM_SRC_GUARD_TABLE_H
#define TANDEM_SRC_GUARD_TABLE_H

#include "base/limits.h"
#include "base/map.h"
#include "guard/guard.h"

#define STRIKE 1000 /* points */

/* Blocks narrower than a source are looked at for each packet of it. */
enum trust { TRUST_NONE, TRUST_SOME, TRUST_ALL };

/* What each packet looks at comes first: one line of the cache. */
struct source {
    struct map_node node;
    uint64_t prefix; /* of the address: its first eight bytes */
    uint32_t scope;
    uint8_t family;
    uint8_t trust; /* enum trust */
    bool is_local; /* on loopback: no limit */
    uint8_t proof; /* enum guard_proof: of the ban */
    time_ns until; /* banned; 0: never was */
    time_ns due;   /* when its next packet would come at the allowed rate */
    time_ns heard;
    uint64_t dropped;

    uint64_t points[N_GUARD_PROOFS]; /* as they were at `counted` */
    time_ns counted;
    time_ns good_until; /* it has authenticated; 0: never */
    time_ns forgive_at; /* half of its strikes may be taken back again */
    unsigned bans;      /* proven ones, in a row */
};

struct table {
    struct source *sources;
    uint32_t n, cap;
    uint32_t next; /* where the next look for one to give up begins */
    struct map by_addr;
};

struct guard {
    struct mem *mem;
    struct hash_key key;
    struct table table;
    time_ns interval; /* between packets at the allowed rate; 0: no limit */
    time_ns burst;    /* that `due` may be ahead of now */
    uint64_t limit;   /* points that lead to a ban; 0: nobody is banned */
    time_ns ban;
    struct addr_block *trusted;
    size_t n_trusted;
    uint64_t passed, silenced, flooded, bans;
};

/* ERR_NOMEM: not initialised. */
MUST_USE int table_init(struct table *t, struct mem *mem, unsigned cap);
void table_fini(struct table *t, struct mem *mem);

/* NULL: nothing is remembered of it. */
struct source *source_find(const struct guard *g, const struct addr *a);
/* Never NULL: another one makes room. */
struct source *source_watch(struct guard *g, const struct addr *a, time_ns now);
/* Puts all that is remembered into another table, which may be smaller. */
void table_move(struct guard *g, struct table *to, time_ns now);
void source_addr(const struct source *s, struct addr *out);

static inline bool is_banned(const struct source *s, time_ns now)
{
    return s->until > now;
}

static inline bool is_good(const struct source *s, time_ns now)
{
    return s->good_until > now;
}

/* --- trust.c --- */
enum trust trust_of(const struct guard *g, const struct addr *a);
bool is_trusted(const struct guard *g, const struct source *s, const struct addr *a);

#endif
