/* The dialogs that run through a call-stateful proxy (RFC 3261 6, 16): learnt from the messages of
 * their INVITE, followed by those within them, and ended by a BYE of either side, by answers that
 * say that they are gone, by their age or session timer, or on request by BYEs of our own to both
 * sides. Sends nothing itself and knows neither targets nor marks: who forwards the messages tells
 * it of them, and sends the BYEs that it writes.
 *
 * One of these belongs to one worker; the quota alone is shared. ERR_NOMEM leaves all as it was. */
#ifndef TANDEM_FOLLOW_FOLLOW_H
#define TANDEM_FOLLOW_FOLLOW_H

#include "base/buf.h"
#include "base/pool.h"
#include "base/siphash.h"
#include "base/time.h"
#include "follow/quota.h"
#include "msg/msg.h"

struct follow_table;
typedef pool_id follow_ref; /* one dialog */
typedef pool_id setup_ref;  /* an INVITE that is under way, with the dialogs that it makes */

enum follow_side { FOLLOW_CALLER, FOLLOW_CALLEE };

/* What ended a call: the words of the log, the metrics and the documentation. */
enum follow_cause {
    FOLLOW_NOT_ANSWERED, /* its INVITE came to nothing, or another fork answered */
    FOLLOW_BYE,          /* a side hung up */
    FOLLOW_GONE,         /* a side did not know it any more, or did not answer within it */
    FOLLOW_EXPIRED,      /* its session timer ran out (RFC 4028) */
    FOLLOW_TOO_OLD,      /* it had lasted as long as a call may */
    FOLLOW_ON_REQUEST,   /* an operator ended it */
    FOLLOW_FORGOTTEN,    /* nothing was heard of it for LIMIT_CALL_SILENT_S */
    N_FOLLOW_CAUSES
};
/* "bye", "session_expired" … */
struct str follow_cause_name(enum follow_cause);

struct follow_rules {
    time_ns call_time;       /* the longest age, from the answer on; 0: any */
    uint32_t calls;          /* at once, in all workers; 0: any number */
    uint32_t calls_per_user; /* … of one account; 0: any number */
    bool end_expired;        /* a call whose session timer ran out is ended by BYEs; else it is
                                forgotten (RFC 4028 8.3) */
    time_ns linger;          /* for how long one that we ended is remembered: 64*T1 */
};

/* `quota` outlives it; NULL: one of its own. NULL: no memory. */
struct follow_table *follow_table_new(struct mem *, const struct hash_key *,
                                      struct follow_quota *quota);
void follow_table_free(struct follow_table *); /* NULL is legal */
/* Of calls that begin, and ends that come, from now on. */
void follow_table_rule(struct follow_table *, const struct follow_rules *);

/* --- the INVITE --- */
enum follow_refusal {
    FOLLOW_MAY_BEGIN,
    FOLLOW_NO_ROOM,      /* the table is full, or there is no memory */
    FOLLOW_TOO_MANY,     /* follow_rules.calls */
    FOLLOW_TOO_MANY_USER /* follow_rules.calls_per_user */
};
/* An INVITE that is no dialog's is about to be forwarded for `account` (empty: nobody's). *setup is
 * 0 where it is known already: it has come back to us, and its first pass is followed. */
MUST_USE enum follow_refusal follow_begin(struct follow_table *, struct msg *invite,
                                          struct str account, setup_ref *setup);
/* It is going to be ended: what is answered all the same is hung up. */
void follow_setup_doom(struct follow_table *, setup_ref, enum follow_cause);
/* No further response to it will come: dialogs without a 2xx are over. 0 is legal. */
void follow_setup_end(struct follow_table *, setup_ref);

/* How a dialog comes to its sides, by the response that makes it. */
struct follow_path {
    /* Our own Record-Route values in it: the first and the last of those that stand together. */
    const struct nameaddr *first, *last;
    struct str flows[2]; /* of enum follow_side: by what, while nobody else is between; empty: by
                            its Contact. Not looked into */
};
/* A response with a tag to the INVITE (101-299) is passed on: a dialog begins, or goes on. `invite`
 * is NULL where it is answered already: what it said is known from another dialog of it. 0: there
 * is no memory, or its texts exceed LIMIT_DIALOG_BYTES: it is not known (and counted). */
follow_ref follow_response(struct follow_table *, setup_ref, struct msg *invite,
                           struct msg *response, const struct follow_path *, time_ns now);

/* --- within it --- */
/* The dialog that a request belongs to, and who sent it. 0: none that is known. */
follow_ref follow_find(const struct follow_table *, struct msg *request, enum follow_side *from);
/* It is passed on, at whatever time (RFC 3261 12.2): its CSeq counts, and a BYE ends the call. Not
 * for ACK. */
void follow_request(struct follow_table *, follow_ref, enum follow_side from, struct msg *request,
                    time_ns now);
/* An ACK passed. */
void follow_acked(struct follow_table *, follow_ref, time_ns now);
/* A 2xx passed to an INVITE or UPDATE within it: remote targets are refreshed. A request or target
 * that cannot be kept for want of memory leaves the old one. */
void follow_refreshed(struct follow_table *, follow_ref, enum follow_side from, struct msg *request,
                      struct msg *response, time_ns now);
/* RFC 4028 8.2: the session lasts so long from now on; 0: without end. */
void follow_session(struct follow_table *, follow_ref, unsigned seconds, time_ns now);
/* It is over without any word of ours. Stale ids are legal, here and above. */
void follow_over(struct follow_table *, follow_ref, enum follow_cause);

/* --- ends of our making --- */
/* BYEs go to both sides. False: it is not answered, over already, or being ended. */
bool follow_end(struct follow_table *, follow_ref, enum follow_cause, time_ns now);
/* Did we end it? Then requests within it are not passed on. *told: this side has said that it is
 * over for it, too. */
bool follow_is_ended(const struct follow_table *, follow_ref, enum follow_side, bool *told);

/* A BYE that is to be sent. */
struct follow_bye {
    follow_ref call;
    enum follow_side to;
    struct str text; /* the request without Via */
    struct str hop;  /* the URI of the next hop */
    struct str flow; /* as it was given: try this first; empty: none */
};
/* The next one, written into `space`; taken after each input. It is to be answered by
 * follow_bye_sent or follow_bye_failed. False: none is left. */
MUST_USE bool follow_bye(struct follow_table *, struct buf *space, struct follow_bye *);
void follow_bye_sent(struct follow_table *, follow_ref, enum follow_side);
/* The side has answered that it is over. */
void follow_bye_done(struct follow_table *, follow_ref, enum follow_side);
/* It could not be sent, or reached nobody: by its flow, then it is written anew without; for want
 * of memory (`later`), then it is tried again in a while; else that side is given up. */
void follow_bye_failed(struct follow_table *, follow_ref, enum follow_side, bool later,
                       time_ns now);

/* Ages, session timers, lingering. */
void follow_time(struct follow_table *, time_ns now);
time_ns follow_deadline(const struct follow_table *);

/* --- what is there --- */
enum follow_state {
    FOLLOW_EARLY,    /* a provisional response has made it */
    FOLLOW_ANSWERED, /* a 2xx has */
    FOLLOW_ENDED,    /* by our BYEs; it is remembered for a while */
    FOLLOW_PAST      /* it is over, but its INVITE is not, or its end was not told */
};
struct follow_view {
    follow_ref id;
    enum follow_state state;
    enum follow_cause cause; /* of FOLLOW_ENDED */
    time_ns since;           /* answered; FOLLOW_EARLY: begun */
    time_ns session_end;     /* TIME_NEVER: no session timer runs */
    struct str id_text, from, to, from_tag,
        to_tag; /* id_text: the Call-ID; borrowed until the next mutation */
};
/* All but FOLLOW_PAST: start with *cursor = 0, which is 0 again at the end. */
size_t follow_list(const struct follow_table *, uint32_t *cursor, struct follow_view *out,
                   size_t max);
/* False: it is gone. */
bool follow_look(const struct follow_table *, follow_ref, struct follow_view *);

/* Calls that were answered and are over, each once, whatever ended them: FOLLOW_ENDED those that we
 * are ending, FOLLOW_PAST the others. Taken after each input: what is not taken stays in memory.
 * Its texts are borrowed until the next mutation or call of this. False: none more. */
bool follow_ended(struct follow_table *, struct follow_view *);

struct follow_stats {
    uint64_t dialogs, setups;     /* alive now; those that only linger not */
    uint64_t answered, untracked; /* ever: 2xx that made a call; dialogs that could not be kept */
    uint64_t refused[4];          /* ever: of enum follow_refusal */
    uint64_t ended[N_FOLLOW_CAUSES]; /* ever */
};
const struct follow_stats *follow_table_stats(const struct follow_table *);

#endif
