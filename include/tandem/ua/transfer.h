/* Transfers of calls: REFER on both sides (RFC 3515, 3892, 4488, 5589, 7647), with Replaces
 * (RFC 3891) where one call takes another one's place.
 *
 *   ours:   transfer_start ─► UA_TRANSFER_PROGRESS* ─► UA_TRANSFER_ENDED
 *   theirs: UA_REFERRED ─► referral_accept ─► the events of the call that it makes
 *                       └► referral_refuse
 *
 * A transfer changes nothing of the calls that it is about: whoever wants the far end to hear
 * nothing meanwhile holds them before, whoever is glad of its success ends them, and where it fails
 * they go on as they were (RFC 5589 6.3, 7). What the far end reports comes in the dialog of the
 * call and goes on coming after its end (RFC 5057), or, where the far end has a GRUU and knows
 * Target-Dialog (RFC 5589 5), in a dialog of its own (RFC 7647 4). */
#ifndef TANDEM_UA_TRANSFER_H
#define TANDEM_UA_TRANSFER_H

#include "ua/call.h"

/* --- ours --- */
struct transfer_start {
    /* Who shall call: the far end of this call, which has to be answered, … */
    ua_call call;
    /* … or, where that is 0, whoever this URI leads to, outside of any dialog. */
    struct str asked;
    ua_account account; /* used there */
    /* Whom: a URI, which may bear headers of the request that it shall make (RFC 3261 19.1.1), … */
    struct str target;
    /* … or, where that is empty, the far end of this other call, whose place the new call takes
     * (attended: RFC 5589 7). It has to be answered. */
    ua_call consulted;
    /* No reports are wanted (RFC 4488); the far end may send them all the same. */
    bool quiet;
};
/* Sends REFER, with our account's address as Referred-By. All is copied. ERR_STALE: one of the
 * calls or the account is gone. ERR_INVALID: a call has no answered dialog, or a target is no URI.
 * ERR_LIMIT, ERR_NOMEM, ERR_NO_ROUTE: nothing was sent. */
MUST_USE int transfer_start(struct ua *, const struct transfer_start *, time_ns now,
                            ua_transfer *out);

/* --- theirs --- */
struct referral_view {
    ua_call call; /* the call that it came in, or that its Target-Dialog names (RFC 4538); 0: none.
                     Whoever sends it outside of our calls has proved nothing of himself */
    ua_account account; /* whom it is for; 0: nobody we know */
    struct str target;  /* the URI of Refer-To, whole */
    bool replaces;      /* it has a Replaces: somebody takes part in an attended transfer */
    struct str by;      /* Referred-By's value; empty: none. Nobody vouches for it */
    unsigned depth;     /* transfers, one after the other, that led to that call; 1 with this one */
};
/* Texts are borrowed until the next input or command. ERR_STALE: it is decided, or its time is over
 * (32 seconds). */
MUST_USE int referral_look(const struct ua *, ua_referral, struct referral_view *);
/* Nothing is done without this consent. Calls whom Refer-To names with these media, from the
 * account that the REFER was for, and reports what becomes of it until there is a final answer, or
 * for LIMIT_UA_REFERRAL_S seconds; the end of the call that the REFER came in does not hinder that.
 * *out is the new call. ERR_STALE. ERR_INVALID: the account is none, or the target cannot be
 * called. ERR_LIMIT, ERR_NOMEM, ERR_NO_ROUTE: the REFER is still to be decided. */
MUST_USE int referral_accept(struct ua *, ua_referral, const struct sdp_local *media, time_ns now,
                             ua_call *out);
/* 300 to 699; 603 where the user does not want it, 403 where he is not asked. ERR_STALE,
 * ERR_INVALID. */
MUST_USE int referral_refuse(struct ua *, ua_referral, unsigned status, time_ns now);

#endif
