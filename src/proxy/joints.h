/* Whose phones may still join a request that is in progress (RFC 3261 16.5), and which of his were
 * reached. */
#ifndef TANDEM_SRC_PROXY_JOINTS_H
#define TANDEM_SRC_PROXY_JOINTS_H

#include "proxy/context.h"

/* One user whom an INVITE rings for: whom it was for, or whom it was retargeted to. */
struct joint {
    struct map_node by_who;
    struct list wanted; /* while it waits to be taken by proxy_wish */
    struct joint *next; /* of the same context */
    struct context *context;
    struct leg *leg;
    pool_id id;
    uint64_t serial; /* in the order in which they began */
    bool fixed;
    bool joins; /* else it is only told whose phone answered */
    enum fork_order order;
    time_ns ring_time;
    size_t who_len;
    char who[LIMIT_AOR_BYTES];
};

/* As `how` says; where there is no memory, nobody joins. */
void joint_new(struct proxy *p, struct context *c, struct leg *leg, const struct fork_how *how);
void joints_free(struct proxy *p, struct context *c);
/* A branch that is nothing but waiting for a first phone. */
void joint_wait(struct proxy *p, struct context *c, const struct fork_how *how, time_ns now);
/* … in vain. */
void joint_waited(struct proxy *p, struct branch *b);
/* The branch is for this phone. */
void joint_mark(const struct proxy *p, struct branch *b, const struct target *t);
/* proxy_wish of those. */
bool joint_wish(struct proxy *p, struct proxy_wish *out);

#endif
