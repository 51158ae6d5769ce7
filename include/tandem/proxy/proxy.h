/* The transaction-stateful proxy of RFC 3261 section 16: response contexts, forking, best response, Timer C. It neither knows where users are nor
 * who may call whom: the element tells it the targets. */
#ifndef TANDEM_PROXY_PROXY_H
#define TANDEM_PROXY_PROXY_H

#include "engine/engine.h"
#include "engine/target.h"

struct proxy;

struct proxy_config {
    uint8_t owner;
    bool record_route;
    time_ns timer_c; /* over three minutes (RFC 3261 16.6 step 11) */
    struct hash_key key; /* signs what we put into Record-Route and branches; the same for all workers */
};

struct proxy *proxy_new(struct engine *, const struct proxy_config *);
void proxy_free(struct proxy *);

/* RFC 3261 16.3 and 16.4 on a request, before its targets are sought. Answers it itself and returns PROXY_DONE where it must be refused (400, 416, 420, 482, 483 …). */
enum proxy_verdict {
    PROXY_DONE,      /* answered; nothing more to do */
    PROXY_IN_DIALOG, /* its route set passed through us and bears our mark: forward it to its next hop with proxy_forward_on */
    PROXY_ROUTED,    /* a Route of somebody else's making, or ours without the mark, remains: policy decides, then proxy_forward_on */
    PROXY_TARGETS    /* the Request-URI decides: find the targets */
};
struct proxy_view {
    struct uri request_uri; /* after RFC 3261 16.4: strict routing undone, maddr of ours removed */
    bool next_is_local;     /* request_uri names one of our listeners or domains (no Route remains) */
};
enum proxy_verdict proxy_inspect(struct proxy *, const struct engine_event *, struct proxy_view *, time_ns now);

/* Forwards by Route or Request-URI: one branch. Also for ACK (EVENT_ACK: stateless). */
int proxy_forward_on(struct proxy *, const struct engine_event *, time_ns now);
/* Forks in parallel to all targets (copied). n >= 1. */
int proxy_fork(struct proxy *, tx_id, struct msg *request, const struct target *, size_t n, time_ns now);
/* An event of one of our transactions: response, timeout, transport error, CANCEL of our server transaction, server timeout or end. */
int proxy_event(struct proxy *, const struct engine_event *, time_ns now);

/* Timer C. */
int proxy_time(struct proxy *, time_ns now);
time_ns proxy_deadline(const struct proxy *);
size_t proxy_contexts(const struct proxy *); /* alive */

#endif
