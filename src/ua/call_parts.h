/* Calls and their legs, as the files of this folder share them. Private to ua/.
 *
 * A call has one leg for each dialog that its INVITE made; `chosen` is the one that it goes on
 * with. What is told to the application has an end; the object lives on until nothing of it can
 * come any more (call_settle). */
#ifndef TANDEM_SRC_UA_CALL_PARTS_H
#define TANDEM_SRC_UA_CALL_PARTS_H

#include "dialog/early.h"
#include "msg/body.h"
#include "sdp/exchange.h"
#include "ua/ask.h"
#include "ua/call.h"
#include "ua/media.h"

/* Events that must be told of one call between two looks at them. */
#define CALL_EVENTS 7

/* RFC 3261 13.3.1.4: a 2xx of ours that waits for its ACK. */
struct repeat {
    tx_id tx; /* 0: none does */
    uint32_t cseq;
    time_ns interval, until;
    struct alarm alarm;
};

/* An offer or a refresh of ours within the dialog (RFC 3261 14, RFC 3311). */
struct modify {
    struct ask *ask;
    bool is_invite, offers; /* of `ask` */
    bool changes;           /* … which offers something new */
    bool offer, refresh;    /* wanted */
    bool waits;             /* for the alarm */
    bool cancels;           /* the session has ended, its CANCEL found no memory */
    unsigned tries;         /* since something new was wanted or accepted */
    struct alarm alarm;
};

/* RFC 4028 */
struct session {
    unsigned interval_s; /* 0: no timer */
    unsigned min_s;
    bool is_ours; /* we refresh */
    time_ns expires;
    struct alarm alarm;
};

struct bye {
    bool owed;  /* it found no memory … */
    bool waits; /* … or has to wait for the ACK to our 2xx (RFC 3261 15) */
    struct block *headers;
    struct alarm alarm;
    struct ask *ask;
};

struct leg {
    pool_id id;
    unsigned number;
    struct call *call;
    struct list node;
    struct dialog *dialog; /* in ua->dialogs */
    struct sdp_exchange exchange;
    struct media media;
    bool suspended;    /* preconditions are not met: media wait (RFC 3312 6) */
    bool firm;         /* a description was exchanged reliably (RFC 3311 5.1) */
    bool peer_updates; /* their Allow has UPDATE */
    bool peer_times;   /* their Supported has timer */
    bool peer_targets; /* their Supported has tdialog */
    uint32_t rseq;     /* of the last reliable 1xx that came; 0: none */
    struct ask *prack;
    struct block *ack; /* of the last 2xx that was acknowledged; and its hop behind it */
    uint32_t ack_len, ack_cseq;
    bool ack_owed;      /* it found no memory */
    struct list infos;  /* struct ask */
    struct list usages; /* struct usage: subscriptions in its dialog */
    struct repeat repeat;
    struct modify modify;
    struct session session;
    struct bye bye;
};

/* RFC 3262 3: a reliable 1xx of ours that waits for its PRACK, and one that waits for its turn. */
struct reliable {
    bool is_open;
    bool described; /* it has an offer or an answer */
    unsigned status;
    struct block *text; /* header lines, body */
    uint32_t headers_len;
    uint32_t rseq;
    time_ns interval, until;
    struct alarm alarm;
    /* the next one */
    unsigned next_status; /* 0: there is none */
    struct block *next_headers;
    struct plan *next_wish;
};

struct call {
    pool_id id;
    bool is_outgoing;
    bool answers; /* call_answer waits for a PRACK */
    enum call_state state;
    enum call_reliability reliability;
    ua_account account;
    uint64_t user;
    uint64_t referral; /* the REFER that made it; 0: none */
    unsigned depth;    /* REFERs, one after the other, that led here */
    ua_call replaces;  /* whose place it takes when it is answered */
    struct list legs;
    unsigned n_legs; /* ever made */
    struct leg *chosen;
    struct alarm alarm;
    /* outgoing */
    struct early early;
    struct ask *invite;
    bool is_final;                     /* the INVITE has its final response */
    struct sdp_exchange exchange;      /* with which legs begin */
    struct media media;                /* likewise */
    unsigned session_s, min_session_s; /* asked for */
    struct block *headers;             /* the application's */
    /* incoming */
    struct dialog own;
    tx_id tx; /* 0: it has its final response */
    struct msg *request;
    struct body offer;   /* in `request` */
    bool peer_reliable;  /* 100rel is supported … */
    bool needs_reliable; /* … or required */
    struct reliable reliable;
};

/* --- call.c: their lives --- */
struct call *call_get(const struct ua *, ua_call);
/* ERR_NOMEM, ERR_LIMIT. */
MUST_USE int call_new(struct ua *, bool is_outgoing, ua_account, struct call **out);
/* Tells the end, once; the call is ENDING. */
void call_over(struct ua *, struct call *, enum call_end, unsigned status, struct msg *);
/* It has ended, and what is left of it only repeats itself. */
bool call_is_done(const struct call *);
/* Frees the call where it has ended and nothing of it can come any more. */
void call_settle(struct ua *, struct call *);
void call_free(struct ua *, struct call *);
void call_fire(struct ua *, struct call *, time_ns now);
/* NULL: nobody is told: the call has ended, or there is no memory. */
struct ua_event *call_tell(struct ua *, const struct call *, const struct leg *, enum ua_event_kind,
                           struct msg *);

/* --- leg.c --- */
/* `d` is its dialog, put into the table; media and exchange are still to be filled. NULL: no
 * memory. */
struct leg *leg_new(struct ua *, struct call *, struct dialog *d);
void leg_free(struct ua *, struct leg *);
struct leg *leg_get(const struct ua *, uint64_t id);
/* The leg whose dialog this message is of; NULL: none. */
struct leg *leg_of(struct ua *, struct msg *);
/* NULL: no leg has this dialog. */
struct leg *leg_named(struct ua *, const struct dialog_id *);
/* The session is over, and with it the dialog, unless a subscription goes on in it (RFC 5057 4). */
void leg_close(struct leg *);
/* … which is over now. */
void leg_settle(struct ua *, struct leg *);
/* What the peer says of itself. */
void leg_learn(struct leg *, struct msg *);
/* The leg is over with its dialog; a BYE goes where one is owed to the peer. The whole call is,
 * where it is the chosen one. `reason`: the value of Reason; may be empty. */
void leg_end(struct ua *, struct leg *, enum call_end, unsigned status, struct msg *,
             struct str reason, time_ns now);

/* --- bye.c --- */
/* The dialog ends; BYE goes now, or as soon as there is memory. */
void bye_send(struct ua *, struct leg *, struct str reason, time_ns now);
/* Theirs came before ours went. */
void bye_drop(struct ua *, struct leg *);
/* The ACK that it waited for came, or will not. */
void bye_go(struct ua *, struct leg *, time_ns now);
/* It is not sent yet, or not answered. */
bool bye_is_open(const struct leg *);
void bye_fire(struct ua *, struct leg *, time_ns now);
void bye_answered(struct ua *, struct leg *);
/* "Reason: …" */
void bye_put_reason(struct buf *, struct str reason);

/* --- speak.c: descriptions in messages --- */
enum heard {
    HEARD_NOTHING,
    HEARD_ANSWER,   /* it holds now, and is told */
    HEARD_OFFER,    /* to be answered, or refused with sdp_exchange_failed */
    HEARD_BAD,      /* no answer where there must be one, or none to our offer */
    HEARD_GLARE,    /* 491 */
    HEARD_TOO_SOON, /* 500 with Retry-After */
    HEARD_AGAIN,    /* a reliable 1xx that is known, or not in order: it means nothing */
    HEARD_NO_MEMORY /* nothing has changed */
};
enum heard leg_hear(struct ua *, struct leg *, enum sdp_carrier, struct msg *, const struct body *);
/* The leg ends: what was heard is no agreement, or could not be taken up. */
void leg_disagree(struct ua *, struct leg *, enum heard, struct msg *, time_ns now);
/* Their offer is answered by what went: told, and held. Takes the draft. */
void leg_agreed(struct ua *, struct leg *, enum sdp_carrier, struct draft *);
/* The same of a plain 1xx, which gives a foretaste of the 2xx's answer (RFC 3261 13.2.1): the
 * exchange stays open. */
void leg_foretaste(struct ua *, struct leg *, struct draft *);
/* Who is called goes on, so that what it was to wait for is there (RFC 4032 4). */
void leg_resume(struct ua *, struct leg *);

/* --- precondition.c --- */
/* RFC 3312 8, 9, 11: an offer whose preconditions can never be met (580), or that would have to
 * wait for them without a reliable response (421). True: it is answered. Else *suspended says
 * whether the called one waits for them. */
bool precondition_refuses(struct ua *, const struct engine_event *, const struct body *,
                          bool *suspended, time_ns now);
/* An offer of ours in a response suspends the call until its answer says that what it demands is
 * there. ERR_INVALID: the caller cannot be asked (RFC 3312 11). */
MUST_USE int precondition_demand(struct call *, const struct plan *wish);
/* "Require: precondition" where what is offered demands it. */
void precondition_put(struct buf *, const struct media *);

/* --- outgoing.c --- */
void outgoing_take(struct ua *, struct call *, enum ask_news, const struct ask_answer *,
                   time_ns now);
/* Ends it before it is answered: CANCEL. ERR_NOMEM, ERR_LIMIT: nothing has changed. */
MUST_USE int outgoing_end(struct ua *, struct call *, enum call_end, struct str reason,
                          time_ns now);

/* --- ack.c --- */
/* Acknowledges the 2xx `m`; `answer` may be NULL. ERR_NOMEM: it was not made, the 2xx will come
 * again. One that is made and finds no memory to be sent is owed: until the 2xx comes again, or
 * ack_settle. */
MUST_USE int ack_send(struct ua *, struct leg *, struct msg *m, struct str answer,
                      const struct block *credentials, time_ns now);
/* The same once more, where the 2xx with this number came again. */
void ack_again(struct ua *, struct leg *, struct msg *m, time_ns now);
/* Sends what is owed: before anything that has to come behind it. ERR_NOMEM: it still is. */
MUST_USE int ack_settle(struct ua *, struct leg *, time_ns now);

/* --- incoming.c --- */
void incoming_take(struct ua *, const struct engine_event *, time_ns now);
void incoming_cancelled(struct ua *, struct call *, struct msg *, time_ns now);
/* The 2xx that waited, or that is wanted now. */
MUST_USE int incoming_answer(struct ua *, struct call *, time_ns now);
/* A final response other than 2xx. */
MUST_USE int incoming_refuse(struct ua *, struct call *, enum call_end, unsigned status,
                             struct str headers, time_ns now);
/* The transaction of its INVITE has ended. */
void incoming_lost(struct ua *, struct call *);
/* NULL: no such call, or it has a final response. */
struct call *incoming_unanswered(const struct ua *, ua_call);
/* Contact, Allow and Supported of our answers that make or refresh a dialog. */
void incoming_put_lines(struct buf *, const struct leg *);

/* --- repeat.c --- */
void repeat_begin(struct ua *, struct leg *, tx_id, uint32_t cseq, time_ns now);
void repeat_end(struct ua *, struct leg *);
void repeat_fire(struct ua *, struct leg *, time_ns now);

/* --- reliable.c --- */
void reliable_fire(struct ua *, struct call *, time_ns now);
/* RFC 3262 5: a description that is not acknowledged stands in the way of a 2xx. */
bool reliable_blocks(const struct call *);
/* A PRACK. */
void reliable_take(struct ua *, struct leg *, const struct engine_event *, time_ns now);
void reliable_end(struct ua *, struct call *);
/* RFC 3312 6: the answer, or our offer, in a 183, where it has not gone; `wish` may be NULL: that
 * of before. */
MUST_USE int reliable_prepare(struct ua *, struct call *, struct plan *wish, time_ns now);
/* What waited goes, as far as it may. */
void reliable_advance(struct ua *, struct call *, time_ns now);

/* --- prack.c --- */
/* A provisional response above 100: PRACKed where it is reliable, its description heard. */
enum heard prack_hear(struct ua *, struct leg *, struct msg *, const struct body *, time_ns now);
void prack_answered(struct ua *, struct leg *, enum ask_news, const struct ask_answer *,
                    time_ns now);

/* --- modify.c, modify_take.c --- */
void modify_advance(struct ua *, struct leg *, time_ns now);
void modify_fire(struct ua *, struct leg *, time_ns now);
void modify_end(struct ua *, struct leg *);
/* The same at the end of the session: a re-INVITE that waits for an answer is cancelled. */
void modify_give_up(struct ua *, struct leg *, time_ns now);
void modify_answered(struct ua *, struct leg *, enum ask_news, const struct ask_answer *,
                     time_ns now);
/* A re-INVITE or UPDATE of theirs. */
void modify_take(struct ua *, struct leg *, const struct engine_event *, time_ns now);

/* --- session.c --- */
void session_fire(struct ua *, struct leg *, time_ns now);
void session_stop(struct ua *, struct leg *);
/* Lines of our first INVITE; and of those within the dialog. */
void session_put_wish(struct buf *, const struct call *);
void session_put_refresh(struct buf *, const struct leg *);
/* A 422 asks for more, which is taken up. */
bool session_is_too_small(struct call *, struct msg *);
bool session_raise(struct leg *, struct msg *);
/* A 2xx to our INVITE or UPDATE begins the timer anew, or ends it. */
void session_begin_uac(struct ua *, struct leg *, struct msg *, time_ns now);
/* Lines of our 2xx to such a request, which then begins the timer. */
void session_put_agreed(const struct ua *, struct buf *, struct msg *request);
void session_begin_uas(struct ua *, struct leg *, struct msg *request, time_ns now);
/* RFC 4028 9: 422. True: it is answered. */
bool session_refuses(struct ua *, const struct engine_event *, time_ns now);

/* --- info.c --- */
void info_answered(struct ua *, struct leg *, struct ask *, enum ask_news,
                   const struct ask_answer *, time_ns now);

/* --- within.c: requests within the dialog --- */
void within_take(struct ua *, const struct engine_event *, time_ns now);
/* False: it is of no dialog of ours. */
bool within_ack(struct ua *, struct msg *, time_ns now);

/* --- take.c --- */
/* A request that the application has to answer. */
void take_request(struct ua *, const struct engine_event *, ua_account, time_ns now);

#endif
