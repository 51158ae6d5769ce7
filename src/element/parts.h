/* What the files of this folder share: the element, its roles, and the requests that wait for a
 * user's location. */
#ifndef TANDEM_SRC_ELEMENT_PARTS_H
#define TANDEM_SRC_ELEMENT_PARTS_H

#include "base/limits.h"
#include "element/calls.h"
#include "element/element.h"

/* Whose an event is. */
enum owner { OWNER_NONE, OWNER_ELEMENT, OWNER_REGISTRAR, OWNER_PROXY };

struct element {
    struct mem *mem;
    struct engine *engine;
    struct registrar *registrar;
    struct proxy *proxy;
    struct pool lookups;
    bool counts_calls; /* it stays in the path of calls */
    struct calls calls;
    bool relay_loopback;
    struct str *domains; /* and their text: one allocation */
    size_t n_domains, domains_size;
};

/* --- dispatch.c: who looks at an event, in which order --- */
void dispatch(struct element *, const struct engine_event *, time_ns now);

/* --- home.c: which names are ours --- */
/* ERR_NOMEM, ERR_LIMIT */
int home_init(struct element *, const struct str *domains, size_t n);
void home_fini(struct element *);
/* Is this the URI of one of our domains, or of one of our users? *aor (may be NULL) becomes the
 * same with the one spelling that location records use: a listener's address counts as the first
 * domain, and no port. */
bool home_has(const struct element *, const struct uri *, struct uri *aor);

/* --- policy.c: who may have what relayed --- */
enum policy {
    POLICY_RELAY,
    POLICY_ASK, /* where the sender is registered from the flow that the request came by */
    POLICY_REFUSE
};
/* A request that is to go to `hop` outside of our domains, or (NULL) by its Route. For POLICY_ASK,
 * *sender is From's address-of-record. */
enum policy policy_of(const struct element *, struct msg *, const struct uri *hop,
                      struct uri *sender);

/* --- lookup.c: requests that wait for a location record --- */
/* To our user: forked to the bindings, or 404, 480. */
void lookup_targets(struct element *, const struct engine_event *, const struct uri *aor,
                    time_ns now);
/* To a foreign place: relayed where `sender` is registered from its flow, else 403. */
void lookup_sender(struct element *, const struct engine_event *, const struct uri *sender,
                   time_ns now);
void lookup_stored(struct element *, const struct engine_event *, time_ns now);
/* RFC 3261 16.10: CANCEL of an INVITE that still waits. */
void lookup_cancelled(struct element *, const struct engine_event *, time_ns now);
void lookup_forget(struct element *, const struct engine_event *);
void lookup_init(struct element *);
void lookup_fini(struct element *);

/* --- self.c: requests to the server itself --- */
void self_request(struct element *, const struct engine_event *, time_ns now);
/* RFC 3261 11.2 */
void self_options(struct element *, const struct engine_event *, time_ns now);

/* --- answer.c --- */
/* Answers a request; an ACK has no answer and is dropped. `headers`: whole lines. 503 gets a
 * Retry-After. */
void answer(struct element *, const struct engine_event *, unsigned status, struct str reason,
            struct str headers, time_ns now);
/* Gives a request to the proxy for its Route or Request-URI. */
void relay(struct element *, const struct engine_event *, time_ns now);

#endif
