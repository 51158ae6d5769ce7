/* A request of ours and what every UAC does until it has its answer (RFC 3261 8.1.3): credentials
 * after a challenge, contacts of a 3xx, a short Retry-After, less where a 416 or 420 asks for it, a
 * timeout as 408, a transport's error as 503. Whoever asks has the dialog (in TRYING for a request
 * outside of dialogs) by which it is printed, and says what becomes of the answer. Private to ua/.
 */
#ifndef TANDEM_SRC_UA_ASK_H
#define TANDEM_SRC_UA_ASK_H

#include "auth/respond.h"
#include "ua/parts.h"
#include "ua/targets.h"

/* Who asks: take.c brings the news there. */
enum ask_use {
    ASK_INVITE, /* a call's first INVITE; `user` is the call */
    ASK_MODIFY, /* its re-INVITE or UPDATE; `user` is the leg, as of those below */
    ASK_PRACK,
    ASK_INFO,
    ASK_BYE,
    ASK_REQUEST,  /* outside of dialogs: `user` is the request … */
    ASK_REGISTER, /* … or the registration */
    ASK_WATCH,    /* SUBSCRIBE, REFER; `user` is the watch */
    ASK_NOTIFY    /* `user` is the referral */
};

struct ask {
    pool_id id;
    enum ask_use use;
    uint64_t user;
    ua_account account;
    struct dialog *dialog; /* borrowed */
    tx_id tx;              /* 0: it waits to be sent again */
    struct block *text;    /* method, headers, body */
    uint32_t method_len, headers_len;
    struct proof proof;
    struct block *credentials; /* header lines as sent last; NULL: none */
    uint32_t cseq;             /* as sent last */
    bool follows;              /* 3xx, 416, 420 and Retry-After are obeyed: outside of dialogs */
    bool unreliable;           /* 100rel is not said to be known */
    bool waited;               /* a Retry-After was */
    struct targets targets;
    struct alarm alarm;
    struct list node; /* whoever asks may keep several in a list; freed, it leaves it */
};

struct ask_start {
    enum ask_use use;
    uint64_t user;
    ua_account account;
    struct dialog *dialog;
    struct str method, headers, body;
    bool follows, unreliable;
};
/* Sends it, with what we support (RFC 4028 7.1). ERR_NOMEM, ERR_LIMIT, ERR_NO_ROUTE, ERR_INVALID
 * (the dialog prints nothing any more): nothing was sent, nothing is left, the dialog is as it was.
 */
MUST_USE int ask_new(struct ua *, const struct ask_start *, time_ns now, struct ask **out);
/* Sends it once more with the next number, with other headers and the same body. */
MUST_USE int ask_again(struct ua *, struct ask *, struct str headers, time_ns now);
/* Nothing that comes of it is told any more; it is not cancelled. NULL is legal. */
void ask_free(struct ua *, struct ask *);
struct ask *ask_get(const struct ua *, uint64_t id);

enum ask_news {
    ASK_NOTHING,     /* not for who asked */
    ASK_PROVISIONAL, /* 100 to 199 */
    ASK_REPEATED, /* it failed, and is or will be sent again: dialogs of its responses are over */
    ASK_FINAL     /* 200 to 699; of an INVITE each 2xx */
};
struct ask_answer {
    unsigned status;
    struct msg *msg; /* NULL: a timeout, a transport error */
};
enum ask_news ask_take(struct ua *, struct ask *, const struct engine_event *, time_ns now,
                       struct ask_answer *);
void ask_fire(struct ua *, struct ask *, time_ns now);
/* take.c: it cannot be sent once more; counts as a 503. */
void ask_lost(struct ua *, struct ask *, time_ns now);

#endif
