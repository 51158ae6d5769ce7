/* What the parts of a user agent share. Private to ua/.
 *
 *   ua ── accounts (account.h)
 *      ── asks: requests of ours that wait for their answer (ask.h)
 *      ── calls ── legs: a dialog each, with its session (call_parts.h)
 *      ── watches: subscriptions of ours (watch.h), referrals: those that a REFER to us makes
 *         (referral.h); both live in a leg's dialog or in one of their own (usage.h) */
#ifndef TANDEM_SRC_UA_PARTS_H
#define TANDEM_SRC_UA_PARTS_H

#include "base/limits.h"
#include "base/list.h"
#include "base/wheel.h"
#include "dialog/table.h"
#include "ua/ua.h"

#define UA_HEADERS_BYTES 8192 /* of header lines that go with one message of ours */

enum alarm_kind {
    ALARM_ASK,          /* struct ask: time to send it again */
    ALARM_CALL,         /* struct call: forks that nobody answered are over; it is forgotten */
    ALARM_RELIABLE,     /* struct call: our 1xx again */
    ALARM_REPEAT,       /* struct leg: our 2xx again */
    ALARM_MODIFY,       /* struct leg: an offer or a refresh that had to wait */
    ALARM_SESSION,      /* struct leg: refresh, or the session's end */
    ALARM_BYE,          /* struct leg: one that found no memory */
    ALARM_REGISTRATION, /* struct registration: the next REGISTER, or a keep-alive */
    ALARM_TIMER_N,      /* struct watch: no NOTIFY came (RFC 6665 4.1.2.4) */
    ALARM_WATCH,        /* struct watch: a refresh, the end, or the next try */
    ALARM_REFERRAL      /* struct referral: its end, or a NOTIFY that found no memory */
};

struct alarm {
    struct timer timer;
    enum alarm_kind kind;
};

struct ua {
    struct mem *mem;
    struct engine *engine;
    struct block_pool *blocks; /* the engine's */
    struct ua_config config;
    char *software; /* "User-Agent: …" line; NULL: none */
    size_t software_len;
    struct digester *digester;
    struct pool accounts, calls, legs, asks, requests, registrations, watches, referrals;
    struct dialog_table dialogs; /* of legs */
    struct dialog_table usages;  /* of watches and referrals outside of calls */
    struct wheel wheel;
    struct list notes, spare; /* struct note: told in order; kept for what must be told */
    size_t n_spare, n_reserved;
    struct msg *shown;       /* of the event that the application has */
    struct block *described; /* what OPTIONS are told; NULL: nothing */
    char scratch[LIMIT_MSG_BYTES];
};

/* --- time.c --- */
void alarm_init(struct alarm *, enum alarm_kind);
void alarm_set(struct ua *, struct alarm *, time_ns at);
void alarm_stop(struct ua *, struct alarm *);

/* --- event.c --- */
/* Sees to it that so many more events can be told without memory, for as long as their call lives.
 * False: no memory. */
MUST_USE bool event_reserve(struct ua *, size_t n);
void event_release(struct ua *, size_t n);
/* The new last event, with a reference to `m` (may be NULL). NULL: no memory, and none reserved. */
struct ua_event *event_tell(struct ua *, enum ua_event_kind, struct msg *m);
/* call.c: what is agreed in the leg of an event, as it is when the event is taken. */
void call_show_media(const struct ua *, struct ua_event *);
void event_init(struct ua *);
void event_fini(struct ua *);

/* --- text.c --- */
/* A block with this text. NULL: no memory, or `b` is over. */
struct block *text_block(struct ua *, const struct buf *b);
struct block *text_keep(struct ua *, struct str s);
void text_put_line(struct buf *, struct str name, struct str value);
void text_put_number(struct buf *, struct str name, uint64_t value);
/* Sixteen hex digits of random. */
#define TAG_LEN 16
void text_put_random(struct ua *, struct buf *);
/* A new Call-ID, whose messages come to our worker. */
#define CALL_ID_LEN (2 * TAG_LEN)
void text_put_call_id(struct ua *, struct buf *);

#endif
