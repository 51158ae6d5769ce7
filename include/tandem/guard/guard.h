/* Who is listened to: a worker's memory of where packets come from. Knows no SIP; is asked before a
 * packet is looked at, and told afterwards what it was. Sans-I/O, bounded, no allocation after
 * guard_new and guard_reconfigure.
 *
 * A source is an IPv4 address, or the 64 leading bits of an IPv6 address. What it does wrong weighs
 * in strikes; LIMIT_GUARD_FORGET_S seconds make one strike forgotten. With config.strikes of them
 * it is banned, and begins anew after that.
 *
 * The address of a datagram can be forged, so that a ban would hit whom it names. Therefore:
 *  - what a forged datagram could have caused counts only against a source that has not
 *    authenticated in the last LIMIT_GUARD_GOOD_S seconds; the ban that it leads to lasts
 *    config.ban, never longer, and does not touch streams;
 *  - what was proven to come from there counts against everybody (with LIMIT_GUARD_PATIENCE times
 *    the strikes for who has authenticated), bans streams too, and each further ban of a source
 *    lasts twice as long as the last one, to a day. */
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
    unsigned sources;       /* how many are remembered, at least 1. Of LIMIT_GUARD_CHOICE in turn
                               the longest silent makes room; who is banned or has authenticated
                               only where they all are */
    unsigned packets_per_s; /* of one source that is not on loopback; 0: no limit. A second's worth
                               may come at once */
    unsigned strikes;       /* that lead to a ban; 0: nobody is banned */
    time_ns ban;            /* how long the first lasts */
    const struct addr_block *trusted; /* never limited nor banned; copied */
    size_t n_trusted;
};

/* What a source did; each has a weight in strikes (the table in judge.c). */
enum guard_fact {
    GUARD_BAD_MESSAGE,
    GUARD_CUT_SHORT, /* weighs little: a network on the way may have done it */
    GUARD_AUTH_FAILED,
    GUARD_UNKNOWN_USER,
    GUARD_FORBIDDEN,
    GUARD_BAD_HANDSHAKE, /* of TLS; work of ours without any of theirs */
    GUARD_CHALLENGED,    /* weighs little: it is usually answered */
    GUARD_GOOD, /* authenticated: takes back the weight of the challenge, and, once in a minute,
                   half of all strikes */
    N_GUARD_FACTS
};

/* How we know that what a source did was done there. */
enum guard_proof {
    GUARD_FORGEABLE, /* a datagram said so */
    GUARD_PROVEN,    /* what we sent there was read: it has a stream, or brought our nonce back */
    N_GUARD_PROOFS
};

enum guard_verdict {
    GUARD_PASS,
    GUARD_SILENT, /* banned: it is not answered */
    GUARD_FLOOD   /* over its rate: it is not answered either */
};

/* NULL: no memory. */
struct guard *guard_new(const struct guard_config *);
/* NULL is legal. */
void guard_free(struct guard *);
/* ERR_NOMEM: the old one stays. What is remembered of sources stays, as far as there is room; `mem`
 * and `key` stay. A ban goes on, but for who is trusted now. */
MUST_USE int guard_reconfigure(struct guard *, const struct guard_config *, time_ns now);

/* A datagram of `from` has come. */
enum guard_verdict guard_packet(struct guard *, const struct addr *from, time_ns now);
/* A connection of `from` wants to be accepted. */
enum guard_verdict guard_connection(struct guard *, const struct addr *from, time_ns now);
/* A standing connection of `from` has brought bytes: GUARD_SILENT asks for its end, GUARD_FLOOD
 * never comes. */
enum guard_verdict guard_stream(struct guard *, const struct addr *from, time_ns now);

struct guard_ban {
    struct addr addr; /* without a port; IPv6: its block's first address */
    time_ns until;
    enum guard_proof proof;
    uint64_t dropped; /* packets and connections of it since; nothing to guard_set */
};
/* True: it is banned from now on, and was not before, as *ban says: tell the other workers, who
 * call guard_set. */
bool guard_tell(struct guard *, const struct addr *from, enum guard_fact, enum guard_proof,
                time_ns now, struct guard_ban *ban);
/* Bans until then, unless it is banned for longer. One that has authenticated lately is banned for
 * a proven cause alone; who is trusted, never. */
void guard_set(struct guard *, const struct guard_ban *, time_ns now);
/* Nothing is held against it any more. */
void guard_forgive(struct guard *, const struct addr *);

/* The banned, in any order: start with *cursor = 0; false at the end. */
bool guard_each_ban(const struct guard *, uint32_t *cursor, struct guard_ban *, time_ns now);
/* Some of the banned: start with *cursor = 0, which is 0 again at the end. Looks at `looks` sources
 * at most and fills out[max]; returns how many. */
size_t guard_list_bans(const struct guard *, uint32_t *cursor, unsigned looks,
                       struct guard_ban *out, size_t max, time_ns now);
/* Is it banned? Who is trusted never is. */
bool guard_has_banned(struct guard *, const struct addr *, time_ns now);

struct guard_stats {
    uint64_t passed, silenced, flooded, bans; /* ever */
    unsigned sources, banned;                 /* now */
};
/* All but `banned`, which is 0. */
void guard_counters(const struct guard *, struct guard_stats *);
/* Looks at every source: for people, not for each packet. */
void guard_stats(const struct guard *, time_ns now, struct guard_stats *);

#endif
