/* Answers that are remembered for as long as they hold (RFC 1035 7.4, RFC 2308). Asks nothing. */
#ifndef TANDEM_SRC_RESOLVE_CACHE_H
#define TANDEM_SRC_RESOLVE_CACHE_H

#include "base/list.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/siphash.h"
#include "base/time.h"
#include "resolve/dns.h"

struct cache {
    struct mem *mem;
    struct block_pool *blocks;
    struct hash_key key;
    struct pool entries;
    struct map by_question;
    struct list by_use; /* the one unused for longest first */
};

/* ERR_NOMEM: not initialised. */
MUST_USE int cache_init(struct cache *, struct mem *, struct block_pool *, const struct hash_key *);
void cache_fini(struct cache *);
void cache_clear(struct cache *);
uint64_t cache_hash(const struct hash_key *, const struct dns_question *);
/* NULL: nothing is remembered. Borrowed until the next cache_put or cache_get. */
struct block *cache_get(struct cache *, const struct dns_question *, time_ns now);
/* Takes a reference of its own. Without memory nothing is remembered. */
void cache_put(struct cache *, struct block *answer, time_ns now);

#endif
