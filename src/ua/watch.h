/* Subscriptions of ours, from SUBSCRIBE or REFER to the last NOTIFY (RFC 6665 4.1). What is special
 * to either stands in subscription.c and transfer.c. Private to ua/. */
#ifndef TANDEM_SRC_UA_WATCH_H
#define TANDEM_SRC_UA_WATCH_H

#include "ua/subscription.h"
#include "ua/transfer.h"
#include "ua/usage.h"

struct watch {
    pool_id id;
    bool refers; /* made by REFER */
    bool leaves; /* unsubscribing: nothing of it is told any more */
    enum subscription_state state;
    ua_account account;
    struct usage usage;
    struct dialog trying; /* outside of calls: prints the first request; in ua->usages until a
                             NOTIFY makes the dialog */
    bool is_open;         /* … that it is in there */
    struct ask *ask;      /* NULL: none is under way */
    struct alarm timer_n, alarm;
    time_ns began; /* the subscription; and */
    time_ns expires;
    unsigned failures; /* since the last NOTIFY */
    /* SUBSCRIBE: what is asked for, and anew if it must be. */
    struct block *texts; /* target, Event's value, further lines */
    uint32_t target_len, event_len;
    unsigned expires_s;
    bool forks;    /* each notifier that it reaches counts … */
    pool_id group; /* … a watch each, which share this number */
    time_ns forks_until;
    /* REFER */
    ua_call call;
    uint32_t refer_seq; /* RFC 3515 2.4.6: `id` of its Event */
    unsigned status;    /* as reported last */
};

/* --- watch.c --- */
/* ERR_NOMEM, ERR_LIMIT. */
MUST_USE int watch_new(struct ua *, ua_account, struct watch **out);
/* Ends what is under way and leaves its dialog; it may be opened anew. */
void watch_close(struct ua *, struct watch *);
void watch_free(struct ua *, struct watch *);
void watches_init(struct ua *);
void watches_fini(struct ua *);
struct watch *watch_get(const struct ua *, uint64_t id);
struct watch *watch_of(struct usage *);
/* Sends its first request outside of dialogs; ERR_STALE: the account is gone. */
MUST_USE int watch_open(struct ua *, struct watch *, struct str method, struct str target,
                        struct str headers, time_ns now);
/* A request of it is out: a NOTIFY must come. */
void watch_expect(struct ua *, struct watch *, time_ns now);
/* SUBSCRIBE in the dialog that stands. */
MUST_USE int watch_refresh(struct ua *, struct watch *, unsigned expires_s, time_ns now);
/* Does the Event of a NOTIFY name it? */
bool watch_is_named(const struct watch *, struct msg *);
/* A NOTIFY of its dialog; and one that may be the first of its notifier. False: it is not. */
void watch_take(struct ua *, struct watch *, const struct engine_event *, time_ns now);
bool watch_take_first(struct ua *, const struct engine_event *, time_ns now);
void watch_answered(struct ua *, struct watch *, enum ask_news, const struct ask_answer *,
                    time_ns now);
void watch_fire(struct ua *, struct watch *, time_ns now);
void watch_fire_n(struct ua *, struct watch *, time_ns now);

/* --- subscription.c: SUBSCRIBE --- */
/* A new watch is of another notifier that the SUBSCRIBE of `asked` has reached; and that is told.
 * False: no memory. */
void subscription_inherit(struct watch *, const struct watch *asked);
bool subscription_forked(struct ua *, const struct watch *);
void subscription_put_event(struct buf *, const struct watch *);
/* Subscriptions end, or are asked for anew after `pause`. */
void subscription_over(struct ua *, struct watch *, unsigned status, struct msg *);
void subscription_lost(struct ua *, struct watch *, unsigned status, struct msg *, time_ns pause,
                       time_ns now);
/* False: no memory. */
bool subscription_notified(struct ua *, struct watch *, struct msg *);
/* A NOTIFY ended it. */
void subscription_terminated(struct ua *, struct watch *, struct msg *, time_ns now);
void subscription_answered(struct ua *, struct watch *, const struct ask_answer *, time_ns now);
void subscription_fire(struct ua *, struct watch *, time_ns now);

/* --- transfer.c: REFER --- */
bool transfer_notified(struct ua *, struct watch *, struct msg *);
void transfer_answered(struct ua *, struct watch *, const struct ask_answer *, time_ns now);
void transfer_over(struct ua *, struct watch *, unsigned status, struct msg *);

#endif
