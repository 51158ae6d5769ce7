/* TCP connections as a capture sees them: both directions' bytes put in order. Bounded in number
 * and memory; the one that was silent for longest is forgotten. RFC 9293. */
#ifndef TANDEM_CAPTURE_STREAMS_H
#define TANDEM_CAPTURE_STREAMS_H

#include "base/addr.h"
#include "base/list.h"
#include "base/map.h"
#include "base/siphash.h"
#include "content.h"
#include "pieces.h"

struct capture;
struct ip_packet;

/* What one end sends. */
struct side {
    bool is_known;       /* `next` is */
    uint64_t next;       /* the next byte, numbered beyond 32 bits */
    struct pieces early; /* what came before its turn */
    int64_t waits_since; /* with `early` */
    struct content content;
};

struct stream {
    struct map_node by_ends;
    struct list in_use;   /* the latest first */
    struct addr ends[2];  /* the lower first */
    struct side sides[2]; /* what ends[i] sends */
    struct tls_session *tls;
};

struct streams {
    struct mem *mem;
    struct hash_key key;
    struct map map;
    struct list by_use;
};

MUST_USE int streams_init(struct streams *, struct mem *, const struct hash_key *);
void streams_fini(struct streams *);

/* A segment: the TCP header and what is behind it. */
void streams_take(struct capture *, struct ip_packet *);

/* Forgets the one that was silent for longest; false: there is none. */
bool streams_forget_one(struct streams *);

/* What waits for missing bytes goes on without them. */
void streams_flush(struct capture *);

#endif
