/* Calls: sessions that INVITE makes (RFC 3261 13 to 15) with what belongs to them: reliable
 * provisional responses (RFC 3262), offers and answers (RFC 3264, 3311, 6141, 6337), session timers
 * (RFC 4028), INFO.
 *
 *   ours:    call_start ─► PROGRESS* MEDIA* ─► ANSWERED ─► … ─► ENDED
 *   theirs:  INCOMING ─► call_ring* ─► call_answer ─► MEDIA CONFIRMED ─► … ─► ENDED
 *
 * A call of ours may reach several phones by a forking proxy. Each is a leg, told apart by its To
 * tag and numbered from 1, until one of them answers; that is the call then, and whoever else
 * answers is acknowledged and hung up (RFC 3261 13.2.2.4).
 *
 * The application says what media it has (struct sdp_local: `id` and `version` do not count, they
 * are the call's) and is told what was agreed. Descriptions are written, read and rolled back
 * here: offers that the peer makes later are answered at once from the streams that the application
 * gave last. An m= line of a session keeps its place for ever (RFC 3264 8); `stream` of what is
 * agreed names the application's stream that serves it.
 *
 * Preconditions (RFC 3312, RFC 4032): nothing is reserved here; our side of `qos` is always there,
 * which is said where somebody asks. What is agreed is told by UA_CALL_MEDIA once they are met, and
 * what was agreed before is to be used until then. A stream with `demands_qos` offers them; not
 * with CALL_RELIABLE_NEVER.
 *
 * After UA_CALL_ENDED every command gives ERR_STALE. Commands that a call's state does not allow
 * give ERR_INVALID. */
#ifndef TANDEM_UA_CALL_H
#define TANDEM_UA_CALL_H

#include "ua/ua.h"

enum call_state {
    CALL_TRYING,    /* the INVITE is out, or has come */
    CALL_RINGING,   /* a provisional response with a tag came, or was sent */
    CALL_ANSWERED,  /* our 2xx is sent, its ACK has not come */
    CALL_CONFIRMED, /* … or has: the session stands */
    CALL_ENDING,    /* UA_CALL_ENDED was told; what remains is between the machines */
    N_CALL_STATES
};

/* RFC 3262: provisional responses that are acknowledged. */
enum call_reliability {
    CALL_RELIABLE_SUPPORTED, /* where the other side wants them */
    CALL_RELIABLE_REQUIRED,
    CALL_RELIABLE_NEVER /* not even said to be known */
};

struct call_start {
    ua_account account;
    struct str target; /* whom: a SIP, SIPS or tel URI */
    struct str to;     /* To: name-addr or URI; empty: the target */
    /* What is offered. Copied. */
    const struct sdp_local *media;
    bool offer_later; /* the INVITE has no offer: theirs comes in the 2xx (RFC 3261 13.2.1) and is
                         answered with `media` in the ACK */
    enum call_reliability reliability;
    struct str headers; /* further lines of the INVITE, whole, each with CRLF */
};

/* ERR_STALE: no such account. ERR_INVALID: the target is no URI, `media` is missing, has no
 * stream, or has preconditions with CALL_RELIABLE_NEVER. ERR_LIMIT, ERR_NOMEM, ERR_NO_ROUTE:
 * nothing was sent. */
MUST_USE int call_start(struct ua *, const struct call_start *, time_ns now, ua_call *out);

/* --- incoming calls --- */
/* A provisional response, 101 to 199. `media` (may be NULL; once given it stands): early media: the
 * answer goes in it, reliably where the caller knows RFC 3262, else as a foretaste of that of the
 * 2xx. Where the INVITE has no offer, a reliable response carries ours. One that is to go reliably
 * while another one is not acknowledged waits for that.
 * `reliably`: with "Require: 100rel", though the caller requires none; ERR_INVALID: he does not
 * know it (call_refuse with 421 and "Require: 100rel" where it has to be: RFC 3261 21.4.15). So it
 * is where nothing of their offer fits these media (call_would_refuse).
 * Where the event of its coming has `suspended`, the offer has preconditions that the caller still
 * has to meet (RFC 3312 6): nobody is to be alerted before UA_CALL_RESUMED, and UA_CALL_MEDIA comes
 * no sooner. Give `media` at once, with a 183: the answer has to go for the caller to go on. A 180
 * and a 2xx that are asked for meanwhile wait; where there are media for it the answer goes before
 * them, in a 183 of its own. So it is where the INVITE has no offer, and media with mandatory
 * `demands_qos` are offered to the caller: UA_CALL_RESUMED comes once he has said that they are
 * met; ERR_INVALID: he does not know RFC 3262 or RFC 3312 (421 with "Require: precondition"). */
struct call_ring {
    unsigned status;
    const struct sdp_local *media;
    bool reliably;
    struct str headers;
};
MUST_USE int call_ring(struct ua *, ua_call, const struct call_ring *, time_ns now);
/* 200 with an answer to the INVITE's offer, or with an offer where it has none; sent again until
 * its ACK comes. It waits for the PRACK of a description (RFC 3262 3). `media` NULL: those of
 * call_ring. ERR_INVALID: nothing of their offer fits (the call is as it was: refuse it with 488),
 * there is no media, or the call is answered.
 * Where the event of its coming has `replaced` (RFC 3891 3), that call is ended with this answer,
 * by BYE or CANCEL: nobody is to be alerted, and who refuses it (603) leaves the other one as it
 * is. Whoever asks for it knows that call's tags, and need not be the one who may: Referred-By and
 * the network are to be weighed. `joined` (RFC 3911 4): whose media are to be mixed with that
 * call's; an application that does not mix refuses it with 488. */
MUST_USE int call_answer(struct ua *, ua_call, const struct sdp_local *media, time_ns now);
/* 300 to 699 with these header lines (Warning, Retry-After, Reason, Contact; may be empty). */
MUST_USE int call_refuse(struct ua *, ua_call, unsigned status, struct str headers, time_ns now);
/* 302 (301, 305) with these URIs, the best first. */
MUST_USE int call_redirect(struct ua *, ua_call, unsigned status, const struct str *uris, size_t n,
                           time_ns now);
/* RFC 3264 6, RFC 3261 20.43: would something of the INVITE's offer fit these media? The status to
 * refuse it with: 488 where nothing does; 0: it fits, or there is no offer. */
unsigned call_would_refuse(struct ua *, ua_call, const struct sdp_local *media);

/* --- either side --- */
/* New media: other directions, streams added, dropped (port 0) or in other codecs. What call_hold
 * holds stays held. Copied; offered by UPDATE before the call is confirmed, where the peer allows
 * that and has answered the first offer reliably (RFC 3311 5.1), else by re-INVITE: now, or when
 * the exchange under way is over. A call of ours that is not answered is changed in each of its
 * legs, those that come included; what comes of it is told by leg. A later change takes the place
 * of one that waits. A 491 is waited out (RFC 3261 14.1), LIMIT_UA_CHANGE_TRIES times; a re-INVITE
 * that has no final response after LIMIT_UA_REINVITE_S is cancelled, and has failed with what
 * answers it then. UA_CALL_MEDIA or UA_CALL_CHANGE_FAILED tells what came of it. Streams keep their
 * index in `media` through all changes: a stream that is not wanted any more has port 0. */
MUST_USE int call_change(struct ua *, ua_call, const struct sdp_local *media, time_ns now);
/* All streams of the last given media: receiving alone stops (RFC 3264 8.4: sendrecv becomes
 * sendonly, recvonly inactive), or goes on as the application gave it. */
MUST_USE int call_hold(struct ua *, ua_call, bool held, time_ns now);
/* An INFO (RFC 6086; `headers` may have Info-Package). Its failure is not told, but 481 and 408 end
 * the call. */
MUST_USE int call_info(struct ua *, ua_call, struct str content_type, struct str headers,
                       struct str body, time_ns now);
/* CANCEL, BYE or 603, as the state needs; UA_CALL_ENDED comes at once, whatever is left to do (a
 * BYE waits for the ACK to our 2xx, RFC 3261 15). `reason` (RFC 3326, the value alone) may be
 * empty. ERR_NOMEM, ERR_LIMIT: a call that is not answered goes on. */
int call_end(struct ua *, ua_call, struct str reason, time_ns now);

/* --- what is there --- */
struct call_view {
    enum call_state state;
    bool is_outgoing;
    bool is_held;    /* by us */
    bool is_held_by; /* by them: no stream receives */
    ua_account account;
    uint64_t user; /* the application's */
    unsigned leg;  /* 0: none is answered */
    /* Of the dialog; empty before there is one. Borrowed until the next input or command. */
    struct str call_id, local_tag, remote_tag, local, remote, remote_target;
    const struct sdp_agreed *agreed;
    unsigned n_agreed;
};
/* ERR_STALE. */
MUST_USE int call_look(const struct ua *, ua_call, struct call_view *);
/* A number of the application's. */
int call_set_user(struct ua *, ua_call, uint64_t user);
/* Every call that has not ended: start with 0, ends with 0. */
ua_call call_next(const struct ua *, ua_call after);

#endif
