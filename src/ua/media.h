/* The media of one session: what this side can do by the place of its m= lines, what is agreed, and
 * what is offered (RFC 3264 6, 8). Knows no message's kind and no turn: that is sdp/exchange.h.
 * Private to ua/. */
#ifndef TANDEM_SRC_UA_MEDIA_H
#define TANDEM_SRC_UA_MEDIA_H

#include "sdp/offer.h"
#include "ua/parts.h"

/* What the application gave, copied, each stream at its place. Never changes; counted. */
struct plan {
    unsigned refs;
    size_t size;
    struct addr addr;
    unsigned n_places;  /* m= lines that the session has; the streams behind them have none yet */
    unsigned n_streams; /* at least n_places */
    struct sdp_stream *streams;
    struct sdp_codec *codecs; /* of all streams */
    unsigned *source;  /* of each stream: its index at the application; PLAN_NONE: a place that
                          nothing serves */
    struct plan *full; /* of one that holds: what it holds */
};
#define PLAN_NONE UINT32_MAX

/* plan.c; NULL: no memory, or more m= lines than LIMIT_SDP_MEDIA. */
struct plan *plan_new(struct ua *, const struct sdp_local *);
/* The same with nothing received (RFC 3264 8.4). */
struct plan *plan_hold(struct ua *, struct plan *);
/* `wish` with its streams where `held` (may be NULL) has them, by the payload types that it has
 * (RFC 3264 8.3.2); new ones take places that nothing serves any more, or come behind. */
struct plan *plan_offer(struct ua *, const struct plan *held, const struct plan *wish);
/* `from`, by which `offer` was answered, with its streams where they are now, and payload types as
 * agreed (RFC 3264 8.3.2); `agreed` names streams of `from`. */
struct plan *plan_answered(struct ua *, const struct plan *from, const struct sdp *offer,
                           const struct sdp_agreed *agreed);
/* NULL is legal for both. */
struct plan *plan_ref(struct plan *);
void plan_unref(struct ua *, struct plan *);

struct media {
    uint64_t id, version;
    struct block *said;   /* the description that went last */
    struct plan *wish;    /* what the application wants now */
    struct plan *tried;   /* the wish that our open offer was made of … */
    struct plan *offered; /* … by its places; NULL: none is open */
    struct plan *settled; /* the wish that what is agreed was made of … */
    struct plan *held;    /* … by its places; NULL: nothing is yet */
    struct sdp_agreed *agreed;
    unsigned n_agreed;
    struct msg *theirs; /* `agreed` has views into it */
};

void media_init(struct ua *, struct media *);
/* For another leg of the same INVITE: what was offered, by the same words. */
void media_copy(struct media *, const struct media *from);
void media_fini(struct ua *, struct media *);
/* What the application wants from now on; takes the reference. */
void media_want(struct ua *, struct media *, struct plan *);
/* The worst of what is agreed (RFC 3312 6). */
enum sdp_readiness media_readiness(const struct media *);
/* Their last answer asks for an offer with what is there (RFC 3312 7). */
bool media_owes_offer(const struct media *);
/* Some of it has to be met: "Require: precondition" goes with its offers (RFC 3312 11). NULL is
 * legal. */
bool plan_demands(const struct plan *);
/* What an offer's preconditions need. ERR_NOMEM. *failure: the description that goes with a 580,
 * where they are impossible; else NULL. */
MUST_USE int media_weigh(struct ua *, struct str offer, enum sdp_readiness *,
                         struct block **failure);

/* A change of a session's media that is prepared, and made (media_offered, media_agreed) or dropped
 * (draft_drop) as a whole once its message has gone. */
struct draft {
    struct block *text; /* to be sent; NULL: nothing */
    uint64_t version;
    struct plan *plan;
    struct sdp_agreed *agreed;
    unsigned n_agreed;
    struct msg *theirs;
};
void draft_drop(struct ua *, struct draft *);
/* Something of it is live, or there is nothing that could be. */
bool draft_is_live(const struct draft *);

/* An offer of all that is wanted, or (`again`: something is agreed) of what holds, in the words in
 * which it was said last (RFC 4028 7.4). ERR_NOMEM; ERR_LIMIT:
 * more m= lines than SDP_MEDIA, or too long. */
MUST_USE int draft_offer(struct ua *, const struct media *, bool again, struct draft *);
/* Our answer to the offer in `m`. ERR_INVALID: nothing of it fits, or it is broken; with
 * `whatever` an answer that refuses everything is made all the same. */
MUST_USE int draft_answer(struct ua *, const struct media *, struct msg *m, struct str offer,
                          bool whatever, struct draft *);
/* What their answer in `m` to our open offer comes to. ERR_INVALID: it is broken, or no answer to
 * it, or refuses everything. */
MUST_USE int draft_answered(struct ua *, const struct media *, struct msg *m, struct str answer,
                            struct draft *);

/* The offer has gone. */
void media_offered(struct ua *, struct media *, struct draft *);
/* An answer went, or came. */
void media_agreed(struct ua *, struct media *, struct draft *);
/* The open offer is taken back: what was agreed holds; the wish stays. */
void media_withdraw(struct ua *, struct media *);
/* … has failed: the wish is the one before it, too, where there is no later one. */
void media_failed(struct ua *, struct media *);

#endif
