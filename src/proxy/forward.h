/* The copy of a request that goes to one target, as edits of the received one (RFC 3261 16.6). */
#ifndef TANDEM_SRC_PROXY_FORWARD_H
#define TANDEM_SRC_PROXY_FORWARD_H

#include "proxy/context.h"

/* Two Record-Route lines with host names of 255 bytes and IPv6 flows, the numbers, session timers,
 * and an asserted identity. */
#define FORWARD_TEXT_MAX (1152 + 2 * LIMIT_AOR_BYTES)

/* A URI as it may stand in a Request-URI: in parts, so that nothing is copied. */
struct clean_uri {
    struct str part[3];
};

struct forward {
    struct edits edits;
    const struct flow *flow; /* NULL: by the hop */
    struct uri hop;
    struct buf text; /* what the edits insert, but for views into the request and the target */
    char space[FORWARD_TEXT_MAX];
};

/* identity.c: is the next hop, which is chosen, of our Trust Domain? */
bool identity_goes_inside(const struct proxy *p, const struct forward *f);
/* identity.c: RFC 3325 on a request: edits what is there, and appends to f->text the line of what
 * is asserted (`who` may be NULL). f's next hop is chosen. */
void identity_forward(const struct proxy *p, struct forward *f, struct msg *m,
                      const struct asserted *who);

/* One target: its URI decoded, and the registration that it came from (NULL: the Request-URI
 * itself). */
struct goal {
    const struct uri *uri;
    const struct target *target;
    const struct leg *leg; /* whom the request was retargeted to; NULL: it was not */
    unsigned breadth;      /* Max-Breadth of this branch (RFC 5393 5) */
    unsigned step;     /* RFC 7044 10.3: its number among those that the request went to; 0: it is
                          not told */
    unsigned group;    /* all that have this number are one phone (RFC 5626 7); 0: nobody knows */
    unsigned score;    /* RFC 3841 7.2.4: how much the caller wants it, in thousandths */
    unsigned stage;    /* RFC 3261 16.6: those of one ring together */
    time_ns ring_time; /* 0: as long as Timer C lets it */
};

/* RFC 3261 16.6 steps 1 to 9 without Via, by p->plan. `who` sent it; NULL: that is not told. False:
 * the target's path cannot be read. */
bool forward_build(struct proxy *p, struct forward *f, struct msg *m, const struct goal *goal,
                   const struct asserted *who);

/* record_route.c: appends to f->text our own Record-Route values, one for each listener that the
 * dialog crosses, in the order in which they stand in the request: whole lines. `out` is the
 * listener that the copy leaves by. Each has the flow of its side, where the phone there may be
 * reachable by no other way. */
void record_route_print(const struct proxy *p, struct forward *f, struct msg *m,
                        const struct goal *goal, unsigned out);

/* Our own URI by a listener, without its end; in the user part, where there is a token, that with
 * what comes before it and what proves it. */
void forward_own_uri(const struct proxy *p, struct buf *b, unsigned listener, struct str before,
                     struct str token, uint64_t proof);

/* RFC 3261 16.6 step 3 and RFC 5393 5.3.3: edits the numbers that are there … */
void forward_edit_numbers(struct forward *f, struct msg *m, int max_forwards, unsigned breadth);
/* … and appends lines to f->text for those that are not. */
void forward_put_numbers(struct forward *f, const struct msg *m, unsigned breadth);
/* What a request allows: its Max-Breadth, or 60 where it has none, a malformed one or a larger one.
 */
unsigned forward_breadth(struct msg *m);

/* credentials.c: RFC 3261 22.3: leaves out the Proxy-Authorization that was for us. */
void forward_credentials(const struct proxy *p, struct forward *f, struct msg *m);

/* fork.c: RFC 5630 5.3: sips goes to sips alone; a sips contact is reached over TLS alone. 0: it
 * may go; else the code of the Warning. */
unsigned fork_conflict(const struct proxy *p, const struct uri *u, const struct target *t);
/* Is there a listener for sips? */
bool fork_has_secure(const struct proxy *p);

/* RFC 3261 16.6 step 2: without headers and method parameter; `scheme` in place of its own where it
 * is not empty. */
struct clean_uri forward_clean_uri(const struct uri *u, struct str scheme);

/* RFC 3261 16.6 step 6 on the Route header. */
struct route_change {
    struct str push;              /* values that come first; empty: none */
    const struct nameaddr *first; /* of the request's values that stay, to plan->last; NULL: none */
    const struct clean_uri *append; /* NULL: nothing */
    bool cut;                       /* not all of the request's values stay */
};
/* `insert_at`: where a new line goes when the request has no Route. */
void forward_route(struct forward *f, struct msg *m, const struct plan *plan,
                   const struct route_change *change, uint32_t insert_at);

#endif
