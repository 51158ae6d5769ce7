/* The user agent core (RFC 3261 section 8, 11, 12, 13, 14, 15): a role above an engine that calls,
 * is called, and answers for itself. It owns accounts, dialogs and what runs in them; it knows no
 * socket, no media and no person.
 *
 * The contract is the engine's: each input is one mutation and takes `now`. Whoever hosts it takes
 * the engine's events and hands each to ua_take, then takes ua_event until there is none and acts
 * through commands, then the engine's outputs. ua_deadline says when ua_time is next wanted.
 * Nothing is called back. What is named by an id that has ended gives ERR_STALE. ERR_NOMEM,
 * ERR_LIMIT and ERR_INVALID leave everything as it was.
 *
 * Calls: ua/call.h. Transfers of them: ua/transfer.h. Requests outside of dialogs: ua/request.h.
 * Registrations: ua/registration.h. Subscriptions: ua/subscription.h. */
#ifndef TANDEM_UA_UA_H
#define TANDEM_UA_UA_H

#include "engine/engine.h"
#include "sdp/offer.h"

struct ua;
typedef pool_id ua_account;      /* 0: none */
typedef pool_id ua_call;         /* 0: none */
typedef pool_id ua_request;      /* 0: none */
typedef pool_id ua_registration; /* 0: none */
typedef pool_id ua_subscription; /* 0: none */
/* Of REFERs of ours and of theirs; 0: none. */
typedef pool_id ua_transfer;
typedef pool_id ua_referral;

struct ua_config {
    struct engine *engine; /* borrowed; outlives the UA */
    uint8_t owner;         /* our transactions carry it */
    struct str software;   /* User-Agent of our requests; empty: none. Copied */
    struct tx_timers timers;
    /* RFC 4028: the session timer that our calls ask for (0: none; else 90 at least), and the
     * shortest that is agreed to (0: 90). */
    unsigned session_s, min_session_s;
    uint32_t max_calls; /* 0: LIMIT_UA_CALLS */
};

/* NULL: no memory. */
struct ua *ua_new(const struct ua_config *);
/* Drops everything without sending anything. NULL is legal. */
void ua_free(struct ua *);

/* --- accounts: who we are --- */
struct ua_account_config {
    struct str address; /* From, and who is called here: name-addr or a bare URI, without tag */
    /* Our own URI, without brackets; empty: made of the address's user and the listener that a
     * request comes or leaves by. */
    struct str contact;
    struct str routes; /* outbound proxies, in the form of dialog/route_set.h; may be empty */
    struct str user, password; /* for whoever asks for credentials; empty: none are given */
};

/* All is copied. ERR_INVALID: the address is none, or a route or the contact is malformed.
 * ERR_LIMIT: LIMIT_UA_ACCOUNTS are there. ERR_NOMEM. */
MUST_USE int ua_account_add(struct ua *, const struct ua_account_config *, ua_account *out);
/* The same account is another's from now on; what is under way goes on by what it began with, but
 * for the credentials. */
MUST_USE int ua_account_change(struct ua *, ua_account, const struct ua_account_config *);
/* Calls of it go on, without credentials. ERR_STALE. */
int ua_account_remove(struct ua *, ua_account);

/* --- inputs --- */
/* Every event of the engine that no other role took. True: it was the UA's. False: it is of another
 * owner, or an ACK of no dialog of ours. A request is always the UA's: what is not known is refused
 * (405, 481, 501 …). */
bool ua_take(struct ua *, const struct engine_event *, time_ns now);
/* ERR_NOMEM: something is due and could not be done; it is tried again. */
int ua_time(struct ua *, time_ns now);
time_ns ua_deadline(const struct ua *);

/* --- events: what the application is told --- */
enum ua_event_kind {
    /* Calls (call.h); `call`, and `leg` where one fork is meant. */
    UA_CALL_INCOMING,  /* `msg`: the INVITE; `account`: whom it is for, 0: nobody we know. Answer
                          with call_ring, call_answer, call_refuse or call_redirect. `replaced`,
                          `joined`: see call_answer; `suspended`: see call_ring */
    UA_CALL_RESUMED,   /* incoming: the preconditions that it was suspended for are met: alert now;
                          `msg`: the INVITE; `replaced` as before */
    UA_CALL_PROGRESS,  /* outgoing: a provisional response, `status`, `msg` (101 to 199) */
    UA_CALL_MEDIA,     /* an offer has been answered, either way: `agreed` holds from now on */
    UA_CALL_ANSWERED,  /* outgoing: a 2xx came, `msg`, and is acknowledged */
    UA_CALL_CONFIRMED, /* incoming: the ACK to our 2xx came */
    UA_CALL_CHANGE_FAILED, /* call_change: the offer was refused, `status`, `msg` (may be NULL);
                              what was agreed before holds */
    UA_CALL_INFO,          /* `msg`: an INFO, answered already (RFC 6086 4.2.2; or an old one with
                              application/dtmf-relay or application/dtmf: RFC 2976) */
    UA_CALL_ENDED,         /* `end`, `status`, `msg` (may be NULL): forget its id */
    /* Transfers (transfer.h). */
    UA_TRANSFER_PROGRESS, /* `transfer`, `call` (0: outside of calls): it is tried, `status` (100 to
                             199) says how far it is; `msg`: the NOTIFY */
    UA_TRANSFER_ENDED, /* `status`: 200 to 299: done; 300 to 699: it failed, as REFER's own answer
                          or the last report has it (408: none came); 0: nothing more will be
                          known. `msg` (may be NULL). Forget its id */
    UA_REFERRED,       /* `referral`, `call` (0: none), `account`, `msg`: a REFER. Decide with
                          referral_accept or referral_refuse */
    /* Subscriptions (subscription.h); `subscription`, `account`. */
    UA_SUBSCRIPTION_FORKED,   /* another notifier has come, with an id of its own; `group`: the id
                                 that   subscription_start gave, whether that has ended or not */
    UA_SUBSCRIPTION_NOTIFIED, /* `msg`: the NOTIFY, answered already */
    UA_SUBSCRIPTION_LOST,  /* `status`, `msg` (may be NULL): it failed, or was ended with leave to
                              come again; subscription_look tells when that is tried */
    UA_SUBSCRIPTION_ENDED, /* `status`, `msg` (may be NULL): for good: forget its id */
    /* Requests outside of dialogs. */
    UA_REQUEST,  /* `msg`: a MESSAGE or another request that an application has to answer, with
                   ua_reply to `tx`; `account` as above */
    UA_ANSWERED, /* request.h; `request`, `user`, `status`, `msg` (NULL: a timeout, 408, or no way,
                    503): the final answer; its id has ended */
    /* registration.h; `registration`, `account`, `user`, `status`, `msg` (may be NULL) */
    UA_REGISTERED,          /* the binding stands, anew with each refresh */
    UA_REGISTRATION_FAILED, /* a REGISTER did; registration_look tells when the next one goes */
    UA_UNREGISTERED         /* it is over: forget its id */
};

/* Why a call is over. */
enum call_end {
    CALL_END_HUNG_UP,   /* call_end */
    CALL_END_BYE,       /* theirs; `msg`: it, with its Reason */
    CALL_END_CANCELLED, /* their CANCEL of a call that was not answered; `msg`: it */
    CALL_END_REFUSED,   /* the INVITE's final response `status` (408: nothing came, 503: it could
                           not be sent) … */
    CALL_END_REFUSED_BY_US, /* … or ours */
    CALL_END_NO_ACK,        /* our 2xx was not acknowledged (RFC 3261 13.3.1.4) */
    CALL_END_NO_PRACK,      /* nor our reliable 1xx (RFC 3262 3) */
    CALL_END_EXPIRED,       /* the session timer (RFC 4028 10) */
    CALL_END_GONE,          /* a request within the dialog was answered 481 or 408 (RFC 5057) */
    CALL_END_NO_AGREEMENT,  /* the peer's description is missing, broken, or no answer to ours */
    CALL_END_REPLACED,      /* another call took its place (RFC 3891) */
    CALL_END_FAILED,        /* we could not go on: no memory, no way */
    N_CALL_ENDS
};
/* "hung-up", "bye" … */
struct str call_end_name(enum call_end);

struct ua_event {
    enum ua_event_kind kind;
    ua_account account;
    ua_call call;
    ua_call replaced, joined; /* 0: none */
    ua_transfer transfer;
    ua_referral referral;
    ua_request request;
    ua_registration registration;
    ua_subscription subscription, group;
    uint64_t user; /* the application's, of a request or a registration */
    unsigned leg;  /* which of a forked call's dialogs, from 1 */
    unsigned status;
    enum call_end end;
    tx_id tx;
    bool suspended;
    struct msg *msg; /* borrowed until the next ua_event; msg_ref keeps it */
    /* UA_CALL_MEDIA: an m= line each; `stream` is the application's (call.h). Borrowed until the
     * next input or command. */
    const struct sdp_agreed *agreed;
    const struct sdp_stream *streams; /* … and what of ours was agreed on there: its codecs are
                                         those that `formats` of `agreed` count */
    unsigned n_agreed;
};
/* False: none left. */
bool ua_event(struct ua *, struct ua_event *);

/* Answers a UA_REQUEST, once; `reply` as of engine_reply, whose errors these are. */
int ua_reply(struct ua *, tx_id, const struct reply *, time_ns now);

/* Nothing is under way: no call, no request of ours without an answer, no transaction of a call, no
 * subscription, transfer or referral. */
bool ua_is_quiet(const struct ua *);
/* Who leaves now leaves nobody without an answer: no call goes on, no request of ours waits, no
 * fork rings. A call that was answered is quiet only 64*T1 later, when its 2xx cannot come again
 * (RFC 3261 13.2.2.4), but done with the answer to its BYE. */
bool ua_is_done(const struct ua *);

/* What OPTIONS are told of our media (RFC 3261 11.2, RFC 3264 9); ports are not. Copied. ERR_LIMIT,
 * ERR_NOMEM: the former description stays. */
MUST_USE int ua_describe(struct ua *, const struct sdp_local *);
/* Methods, bodies and extensions that we understand, as header lines: "Allow: …", "Accept: …",
 * "Supported: …" (RFC 3261 20.1, 20.5, 20.37). */
struct str ua_capabilities(void);

#endif
