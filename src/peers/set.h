/* What the files of this folder share: sets, their members and what is known of them. */
#ifndef TANDEM_SRC_PEERS_SET_H
#define TANDEM_SRC_PEERS_SET_H

#include "base/shelf.h"
#include "peers/peers.h"

struct member {
    struct str uri;
    unsigned weight, priority;
    struct load load;
    bool out;          /* by hand */
    bool down;         /* by probes */
    bool asked;        /* and not heard of since */
    unsigned failures; /* in a row */
    unsigned answers;  /* in a row */
    time_ns next;      /* probe */
};

struct span {
    unsigned from, to; /* statuses */
};

struct set {
    struct str name;
    enum config_policy policy;
    time_ns pause; /* between probes; 0: none */
    unsigned down_after, up_after;
    struct member *members;
    unsigned n;
    unsigned turn; /* round-robin */
    struct span *alive;
    unsigned n_alive; /* 0: the usual ones */
};

struct peers {
    struct mem *mem;
    struct shelf *shelf;
    struct loads *loads; /* not ours */
    struct hash_key key;
    uint32_t generation; /* of ids */
    unsigned n;
    struct set *sets;
};

/* alive.c. False: no memory. */
bool set_takes_alive(struct set *, struct shelf *, const struct str_list *texts);
bool set_is_alive(const struct set *, unsigned status);
/* probe.c: what `old` (may be NULL) knows of members that are still there. */
void peers_take_over(struct peers *, const struct peers *old);

#endif
