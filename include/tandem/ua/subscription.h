/* Subscriptions to the state of others (RFC 6665): presence (RFC 3856), message-summary (RFC 3842),
 * dialog (RFC 4235), reg (RFC 3680) and any other package, whose bodies go up as they came.
 *
 *   subscription_start ─► UA_SUBSCRIPTION_NOTIFIED* ─► subscription_end
 *                      └► UA_SUBSCRIPTION_LOST ─► (asked for anew)
 *                      └► UA_SUBSCRIPTION_ENDED
 *
 * It is refreshed before it expires. Where it is lost (481, no NOTIFY within 64*T1, "deactivated",
 * "timeout", "probation", "giveup", an overload) it is asked for anew under a new Call-ID: after
 * what Retry-After or retry-after says, else at once, but never twice within ten seconds, and with
 * growing pauses while nothing comes of it. What was refused ("rejected", "noresource",
 * "invariant", any other final response) is over. Of a forked SUBSCRIBE the first notifier counts;
 * the others are answered 481, or are subscriptions of their own with `every_notifier`
 * (RFC 6665 4.4.1). */
#ifndef TANDEM_UA_SUBSCRIPTION_H
#define TANDEM_UA_SUBSCRIPTION_H

#include "ua/ua.h"

enum subscription_state {
    SUBSCRIPTION_ASKED,   /* no NOTIFY came yet */
    SUBSCRIPTION_PENDING, /* somebody has to allow it still */
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_WAITING /* it was lost, and is asked for anew later */
};
/* "asked", "pending" … */
struct str subscription_state_name(enum subscription_state);

/* What a NOTIFY says of its subscription: "pending", "active", "terminated" or another state, with
 * its parameters. Those are not there where they cannot be read, as some phones write them. False:
 * there is no state, or it cannot be read. Borrowed from the message. RFC 6665 4.1.3, 8.2.3 */
bool subscription_told(struct msg *notify, struct token *state);

struct subscription_start {
    ua_account account;
    struct str target;  /* whose state: a SIP, SIPS or tel URI */
    struct str event;   /* Event's value: the package, and parameters where it wants some */
    unsigned expires_s; /* asked for; 1 to 2^31-1. A 423 raises it */
    struct str headers; /* further lines, each with CRLF: Accept, … */
    /* Every notifier counts that a forked SUBSCRIBE reaches within 64*T1, as long as there is room
     * for it: UA_SUBSCRIPTION_FORKED tells of each but the first, which is refreshed, ended and
     * lost by itself from then on. Which is lost while others of them stand is over; the last one
     * is asked for anew, of all. */
    bool every_notifier;
};
/* All is copied. ERR_STALE: no such account. ERR_INVALID: the target is no URI, there is no event,
 * or expires_s is 0. ERR_LIMIT, ERR_NOMEM, ERR_NO_ROUTE: nothing was sent. */
MUST_USE int subscription_start(struct ua *, const struct subscription_start *, time_ns now,
                                ua_subscription *out);
/* Unsubscribes where there is something to end. Nothing more is told; the id has ended. ERR_STALE.
 */
int subscription_end(struct ua *, ua_subscription, time_ns now);

struct subscription_view {
    enum subscription_state state;
    ua_account account;
    struct str event;
    time_ns expires; /* when it ends unless it is refreshed; TIME_NEVER: it does not stand */
    time_ns next;    /* when the next SUBSCRIBE goes; TIME_NEVER: one is under way, or none does */
};
/* Texts are borrowed until the next input or command. ERR_STALE. */
MUST_USE int subscription_look(const struct ua *, ua_subscription, struct subscription_view *);

#endif
