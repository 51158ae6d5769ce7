/* A place where a user can be reached: what a location record yields and a proxy forks to. */
#ifndef TANDEM_ENGINE_TARGET_H
#define TANDEM_ENGINE_TARGET_H

#include "base/flow.h"
#include "base/str.h"
#include "base/time.h"
#include "peers/loads.h"

/* What must have become of those before it for a target to have its turn: bits. */
enum target_when {
    WHEN_BUSY = 1,       /* a 486 */
    WHEN_NO_ANSWER = 2,  /* one rang as long as it may, or said 408 or 480 */
    WHEN_UNREACHABLE = 4 /* none could be reached, or there was none */
};

struct target {
    struct str uri; /* becomes the Request-URI */
    unsigned q;     /* 0-1000 */
    bool has_flow;  /* the registration's own flow is known: prefer it (NAT) */
    bool flow_only; /* nothing but that flow leads there (RFC 5626 7); not with a path */
    struct flow flow;
    struct str instance; /* the phone's URN (RFC 5626 4.1); empty: unknown. Of one instance one
                            target is tried at a time */
    struct str params;   /* of the Contact as it was registered, ";name=value" each, its
                            capabilities (RFC 3840) among them */
    struct str path; /* Path values of the registration (RFC 3327), comma separated; empty: none */
    time_ns delay;   /* it begins to ring so much later than those that it rings together with, or
                        once none of them rings any more */
    time_ns ring_time; /* of an INVITE; 0: none of its own */
    /* The request is retargeted: the URI is another user's, and who is to ring is found out when
     * its turn comes (proxy_wish). */
    bool look_up;
    bool phones_only; /* … his phones alone, whatever he says of his calls */
    unsigned when;    /* enum target_when; 0: whatever became of them. Of those with a condition one
                         at most has its turn */
    struct load load; /* of a peer, whose calls are counted: an INVITE is not sent where it has as
                         many as it may have */
    unsigned cause;   /* why it is retargeted, as RFC 4458 has it: 302, 408, 486, 503 …; 0 where
                         `when` tells */
};

#endif
