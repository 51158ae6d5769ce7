/* What travels from one worker to another: whole messages, bytes for a connection that another
 * worker holds, and news of connections' ends and of bans. */
#ifndef TANDEM_SERVER_POST_H
#define TANDEM_SERVER_POST_H

#include "base/attr.h"
#include "base/flow.h"
#include "base/mem.h"
#include "net/lane.h"

struct msg;
struct block;

enum parcel_kind {
    PARCEL_MESSAGE, /* `msg`, its only reference */
    PARCEL_SEND,    /* `bytes`, their only reference, for `conn` of the reader's */
    PARCEL_GONE,    /* `conn` has ended */
    PARCEL_BAN,     /* `bytes`, their only reference: a struct guard_ban */
    PARCEL_CAME,    /* `bytes`, their only reference: whose phones may have become more */
    PARCEL_ALIAS    /* `bytes`, their only reference: of worker_alias.c */
};

struct parcel {
    enum parcel_kind kind;
    unsigned from; /* set by post_send */
    conn_id conn;
    struct msg *msg;
    struct block *bytes;
};

struct post;

/* A ring from each of `n` workers to each other one, and a bell for each. NULL: no memory or no
 * descriptors. */
struct post *post_new(struct mem *mem, unsigned n);
/* Nothing may be left in it. */
void post_free(struct post *p);

/* In worker `from`'s thread; it is read once post_ring(to) was called. False: the ring is full and
 * the parcel is still the caller's. */
MUST_USE bool post_send(struct post *p, unsigned from, unsigned to, struct parcel *parcel);
void post_ring(struct post *p, unsigned to);
/* In worker `to`'s thread. False: nothing is there. */
MUST_USE bool post_take(struct post *p, unsigned to, struct parcel *out);
bool post_is_empty(const struct post *p, unsigned to);
struct bell *post_bell(struct post *p, unsigned worker);

#endif
