/* REFERs of theirs: asked for consent, followed, and reported of (RFC 3515 2.4.2 to 2.4.7). Private
 * to ua/. */
#ifndef TANDEM_SRC_UA_REFERRAL_H
#define TANDEM_SRC_UA_REFERRAL_H

#include "ua/refer_to.h"
#include "ua/transfer.h"
#include "ua/usage.h"

struct referral {
    pool_id id;
    struct usage usage;
    tx_id tx; /* of the REFER; 0: it is answered */
    struct msg *request;
    struct refer_to to; /* in `request` */
    ua_account account;
    ua_call call; /* that it came in, or names */
    unsigned depth;
    bool quiet;         /* RFC 4488: nothing is reported */
    uint32_t event_id;  /* RFC 3515 2.4.6; 0: none, outside of calls */
    unsigned status;    /* of what it made … */
    unsigned told;      /* … as reported last */
    bool ends;          /* it is over before that has a final answer */
    bool last;          /* the report that is under way is the last one */
    struct ask *notify; /* NULL: none is under way */
    time_ns expires;
    struct alarm alarm;
};

void referrals_init(struct ua *);
void referrals_fini(struct ua *);
struct referral *referral_get(const struct ua *, uint64_t id);
struct referral *referral_of(struct usage *);
/* A REFER; `leg` NULL: outside of our calls. */
void referral_take(struct ua *, struct leg *, const struct engine_event *, time_ns now);
/* Its transaction has ended. */
void referral_lost(struct ua *, struct referral *, tx_id);
/* What the call that it made came to: 100 to 699. */
void referral_progress(struct ua *, const struct call *, unsigned status, time_ns now);
/* Does the Event of a SUBSCRIBE name it? */
bool referral_is_named(const struct referral *, struct msg *);
/* A SUBSCRIBE to it: a refresh, or the end. */
void referral_subscribed(struct ua *, struct referral *, const struct engine_event *, time_ns now);
void referral_answered(struct ua *, struct referral *, enum ask_news, const struct ask_answer *,
                       time_ns now);
void referral_fire(struct ua *, struct referral *, time_ns now);

#endif
