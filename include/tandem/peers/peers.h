/* Sets of peers that share a load: in which order the members of a set are asked for one request,
 * and which of them are there. Made of the configuration's entries; knows no transaction and no
 * rule. */
#ifndef TANDEM_PEERS_PEERS_H
#define TANDEM_PEERS_PEERS_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/siphash.h"
#include "base/time.h"
#include "config/entries.h"
#include "peers/loads.h"

struct peers;

/* `loads` counts the calls of members by their URI, and outlives this; members that do not fit in
 * are not counted. `key` makes the choice by Call-ID or user; servers that share one choose alike.
 * Nothing of the sets is kept. `old` (NULL: none) is what was there before: members of the same set
 * and URI stay as they are, and ids of its probes mean nothing here. NULL: no memory. */
struct peers *peers_new(struct mem *, const struct config_set_list *, const struct hash_key *key,
                        struct loads *loads, const struct peers *old);
void peers_free(struct peers *); /* NULL is legal */

/* What a set may go by. */
struct peers_request {
    struct str call_id, user;
    bool is_call; /* members that have as many calls as they may have are passed over */
    bool settled; /* always the same order for the same Call-ID, whatever the policy (but user) */
    time_ns now;
};

struct peer_choice {
    struct str uri;
    struct load load; /* to be taken by who sends a call there */
};

/* The URIs of a set's members, whom to ask first coming first; views that are good until
 * peers_free. Members of a lower priority number come first. Among those of one:
 *  - random: by chance, as their weights have it;
 *  - round-robin: the one whose turn it is, then the others in their order;
 *  - call-id, user: always in the same order for the same text; where a member goes, only what it
 *    had goes to others (rendezvous hashing, Thaler and Ravishankar 1998, with weights).
 *  - least: the one with the fewest calls under way, in all workers, for its weight.
 * A weight of 0 is asked after all others of its priority. Whom probes have found gone is left out,
 * unless nobody else is there; who was taken out by hand always. Returns how many were written. */
size_t peers_order(struct peers *, unsigned set, const struct peers_request *, struct rand *,
                   struct peer_choice *out, size_t max);
/* Is somebody in the set, though he may be full? */
bool peers_any(const struct peers *, unsigned set);
/* Would peers_order have somebody for a call? Nothing is counted. */
bool peers_have_room(const struct peers *, unsigned set, time_ns now);

/* --- are they there? --- */
/* The next member that is to be asked by OPTIONS: its URI, and an id for peers_heard. One that has
 * not been heard of since it was asked last has failed. False: nobody is due. */
MUST_USE bool peers_probe(struct peers *, time_ns now, struct str *uri, uint64_t *id);
time_ns peers_deadline(const struct peers *);
/* A probe's final answer; 0: none came, or it could not be sent. */
void peers_heard(struct peers *, uint64_t id, unsigned status);

struct peer_state {
    struct str set, uri; /* views that are good until peers_free */
    unsigned weight, priority;
    bool probed;                /* somebody asks whether it is there */
    bool up;                    /* it is, as far as is known */
    bool out;                   /* taken out by hand */
    unsigned failures;          /* in a row, by now */
    unsigned calls, most, rate; /* under way, in all workers; as struct load */
    uint64_t passed;            /* how often it was passed over because it was full */
};
/* The members of all sets, from the n-th on. Returns how many were written. */
size_t peers_list(const struct peers *, size_t from, struct peer_state *out, size_t max);
/* Takes a member (by its URI, in whatever sets) out, or lets it in again. How many there are. */
unsigned peers_set_out(struct peers *, struct str uri, bool out);

#endif
