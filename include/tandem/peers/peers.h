/* Sets of peers that share a load: in which order the members of a set are asked for one request.
 * Made of the configuration's entries; knows no transaction and no rule. */
#ifndef TANDEM_PEERS_PEERS_H
#define TANDEM_PEERS_PEERS_H

#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/rand.h"
#include "base/siphash.h"
#include "config/entries.h"

struct peers;

/* `key` makes the choice by Call-ID or user; servers that share one choose alike. Nothing of the
 * sets is kept. NULL: no memory. */
struct peers *peers_new(struct mem *, const struct config_set_list *, const struct hash_key *key);
void peers_free(struct peers *); /* NULL is legal */

/* What a set may go by. */
struct peers_request {
    struct str call_id, user;
};

/* The URIs of a set's members, whom to ask first coming first; views that are good until
 * peers_free. Members of a lower priority number come first. Among those of one:
 *  - random: by chance, as their weights have it;
 *  - round-robin: the one whose turn it is, then the others in their order;
 *  - call-id, user: always in the same order for the same text; where a member goes, only what it
 *    had goes to others (rendezvous hashing, Thaler and Ravishankar 1998, with weights).
 * A weight of 0 is asked after all others of its priority. Returns how many were written. */
size_t peers_order(struct peers *, unsigned set, const struct peers_request *, struct rand *,
                   struct str *out, size_t max);

#endif
