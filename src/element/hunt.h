/* A request that waits for what its targets depend on, and what calls to groups add to that. */
#ifndef TANDEM_SRC_ELEMENT_HUNT_H
#define TANDEM_SRC_ELEMENT_HUNT_H

#include "element/parts.h"

enum lookup_kind {
    LOOKUP_FORWARDS, /* then LOOKUP_TARGETS */
    LOOKUP_GROUP,
    LOOKUP_TARGETS,
    LOOKUP_REDIRECT,
    LOOKUP_SENDER
};

/* Which phones are sought, of a wish of the proxy. */
enum lookup_of {
    OF_ALL,
    OF_COMERS, /* who were not reached yet */
    OF_MEMBER  /* of a group: whatever he says of his calls */
};

struct lookup {
    enum lookup_kind kind;
    enum lookup_of of;
    bool is_gruu;
    bool routed;
    struct gruu gruu;
    struct engine_event event; /* its message is our reference */
    struct manner manner;      /* LOOKUP_TARGETS */
    unsigned status;           /* LOOKUP_REDIRECT */
    uint64_t wish;             /* of the proxy, to which it belongs already; 0: it is ours */
    struct block *forwards;    /* his record; NULL: he has none */
    struct block *hunt;        /* LOOKUP_GROUP */
    uint8_t suffix;            /* the next one in which the number is looked up … */
    uint8_t rounds;            /* … and how often one was */
    bool failed;               /* the DNS, of those before */
    size_t key_len;
    char key[LIMIT_AOR_BYTES];
};

/* lookup.c: what is answered where there is nobody to be rung. */
void lookup_refuse(struct element *, const struct lookup *, unsigned status, struct str reason,
                   time_ns now);

/* --- enum.c --- */
/* Nobody of ours has the number of l->key: the DNS is asked who has (RFC 6116). False: it is none,
 * or its sender may not go elsewhere, or all was asked. */
MUST_USE bool enum_asks(struct element *, struct lookup *, pool_id, time_ns now);

/* --- hunt.c --- */
/* What the proxy knows calls by that wait for a member of a group; and the group's key in it. */
bool hunt_is_queue(struct str who);
struct str hunt_of_queue(struct str who);
/* Calls wait: now and then somebody may be free. */
void hunt_time(struct element *, time_ns now);
/* A call to the group of l->key begins. False: no memory. */
MUST_USE bool hunt_begin(struct element *, struct lookup *);
/* What it asks the store next; key.at has room for LIMIT_AOR_BYTES + 16. False: nothing more. */
bool hunt_question(struct element *, const struct lookup *, struct buf *key, struct store_ask *);
/* The answer. */
void hunt_take(struct element *, struct lookup *, const struct store_answer *);
/* Everything is known: its members ring. */
void hunt_go(struct element *, struct lookup *, time_ns now);

#endif
