/* What RFC 3261 16.3 and 16.4 find out about a request: where it is to go, which Route values
 * remain, and the part of the branch that tells loops from spirals. Knows no target and no state.
 */
#ifndef TANDEM_SRC_PROXY_PLAN_H
#define TANDEM_SRC_PROXY_PLAN_H

#include "engine/engine.h"
#include "proxy/session.h"

struct proxy;

#define LOOP_SUFFIX_LEN 9 /* "-" and eight digits */
#define PLAN_URI_MAX 1024 /* the longest Request-URI with an maddr of ours that is understood */

struct plan {
    struct uri request_uri; /* after 16.4 */
    bool uri_changed;       /* it is not the message's own text */
    bool marked;            /* a Route or Request-URI of ours bore the mark of this dialog */
    bool stateless;         /* it said that the dialog's requests are passed on without state */
    bool route_cut;         /* some Route values are to be left out */
    bool uri_too_long;
    bool record_route; /* as the configuration has it, unless the fork says else */
    /* No Route remains, and this is the flow by which the other side of the dialog is reached. */
    bool has_flow;
    struct flow flow;
    bool
        by_path; /* … as a Path value of ours has it: whatever Route remains, and by no other way */
    bool bad_path; /* a Route of ours bore a flow that is not ours */
    /* The Route values that remain, in order from first to last; NULL: none. */
    const struct nameaddr *first, *last;
    struct session session;       /* of the context that it is forwarded in */
    int max_forwards;             /* -1: absent, malformed or over 255 */
    char suffix[LOOP_SUFFIX_LEN]; /* once loop_suffix has made it */
    bool has_suffix;
    char uri_text[PLAN_URI_MAX];
};

/* RFC 3261 16.4. False: a Route header cannot be read. */
bool plan_route(const struct proxy *p, struct msg *m, struct plan *plan);

/* Is it a domain of ours? Listeners do not count. */
bool host_is_domain(const struct proxy *p, struct str host);
/* Does it name one of our listeners, or a domain of ours without port or with one of theirs? */
bool uri_is_local(const struct proxy *p, const struct uri *u);
/* RFC 3261 16.6 step 8 with RFC 5393 4.2.1: the part of the branch that all forwarded copies share;
 * in p->plan, which is m's, and made once. */
struct str loop_suffix(struct proxy *p, struct msg *m);
/* RFC 5393 4.2.2: does a Via of ours bear this suffix? */
bool loop_found(struct proxy *p, struct msg *m);

#endif
