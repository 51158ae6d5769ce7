/* Finding servers (RFC 3263) as a machine: a host, with a port and transport or without, becomes an
 * ordered list of places to try. It asks for DNS records through questions that its owner takes,
 * remembers the answers, and knows which places did not answer lately. No socket, no clock: all of
 * it works in virtual time, and the same seed gives the same order.
 *
 * The owner, after each call that takes `now`: takes questions with resolver_question until there
 * is none, and searches that ended with resolver_ended until there is none. */
#ifndef TANDEM_RESOLVE_RESOLVE_H
#define TANDEM_RESOLVE_RESOLVE_H

#include "base/flow.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/rand.h"
#include "base/siphash.h"
#include "base/time.h"
#include "resolve/dns.h"

struct resolver;
struct hosts; /* resolve/hosts.h */

#define RESOLVE_TRANSPORTS (TRANSPORT_SCTP + 1)

/* NULL: no memory. `blocks` is where answers lie; it outlives the resolver. */
struct resolver *resolver_new(struct mem *, struct block_pool *blocks, const struct hash_key *);
/* NULL is legal. Searches and questions that are open are dropped. */
void resolver_free(struct resolver *);
/* A transport that can be sent by, to addresses of this family. */
void resolver_can(struct resolver *, enum transport, enum addr_family);
/* Names that are known without asking, borrowed until replaced; NULL: none. Their answers take the
 * place of the DNS's from the next search on, and what it said until now is forgotten: the name
 * servers may be others, too. */
void resolver_hosts(struct resolver *, const struct hosts *);

struct resolve_request {
    struct str host;   /* a name, as it stands in the URI (RFC 3263 4's TARGET); copied */
    uint16_t port;     /* 0: none is given */
    uint8_t transport; /* enum transport; TRANSPORT_NONE: none is given */
    bool secure;       /* a sips URI */
    uint64_t order;    /* decides among records of one weight: random for a transaction, the same
                          for what must go the same way again (RFC 3263 4.4) */
};

struct resolve_target {
    uint8_t transport;
    struct addr addr; /* with its port */
};

/* Starts a search. *over: it has ended already, and resolver_ended will not name it. ERR_LIMIT,
 * ERR_NOMEM: not started, or nothing found for want of room. ERR_INVALID: the host is no name. */
MUST_USE int resolver_find(struct resolver *, const struct resolve_request *, uint64_t user,
                           time_ns now, pool_id *search, bool *over);
/* The next search that ended, with the user that it was started for. False: none. */
bool resolver_ended(struct resolver *, pool_id *search, uint64_t *user);
/* Where to, the best first, what did not answer lately last; copied, at most LIMIT_RESOLVE_TARGETS.
 * None: the name leads nowhere. The search is over and its id stale. */
unsigned resolver_targets(struct resolver *, pool_id search, time_ns now,
                          struct resolve_target out[LIMIT_RESOLVE_TARGETS]);
/* Nobody waits for it any more. A stale id is legal. */
void resolver_drop(struct resolver *, pool_id search);

/* The next question to be asked, and under which id; borrowed until the next call. False: none. */
bool resolver_question(struct resolver *, uint64_t *id, struct dns_question *out);
/* The text of an open question. False: it is open no more. */
bool resolver_is_open(const struct resolver *, uint64_t id, struct dns_question *out);
/* How many searches an answer to it may end. */
size_t resolver_waiting(const struct resolver *, uint64_t id);
/* The answer's whole message; empty: there is none. ERR_STALE: not open. ERR_NOMEM: as it was; give
 * it again, or leave it: it counts as unanswered LIMIT_DNS_WAIT_S after it was asked. */
MUST_USE int resolver_answered(struct resolver *, uint64_t id, struct str message, time_ns now);
/* Ends one question that has waited for too long. False: none has. */
bool resolver_expire(struct resolver *, time_ns now);
/* When resolver_expire has something to do. */
time_ns resolver_deadline(const struct resolver *);

/* This place did not answer: it is tried last until then. */
void resolver_avoid(struct resolver *, const struct resolve_target *, time_ns now, time_ns until);
/* It answers again. */
void resolver_heed(struct resolver *, const struct resolve_target *);
bool resolver_avoids(const struct resolver *, const struct resolve_target *, time_ns now);

struct resolver_stats {
    uint64_t questions, answers, failures;     /* asked; answered with records or without; not */
    uint64_t hits;                             /* what was remembered, or stands in hosts */
    uint64_t searches, found_nothing, refused; /* refused: over a limit */
    uint64_t open, cached, avoided;            /* now */
};
void resolver_stats(const struct resolver *, time_ns now, struct resolver_stats *);

#endif
