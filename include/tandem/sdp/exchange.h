/* Offer and answer within one dialog (RFC 3264 4, RFC 3261 13.2.1, RFC 3311 5, RFC 6337 2): what a
 * description means by the message that brings it, whose turn it is, and what may not be. Knows
 * messages by their kind alone; the descriptions are the caller's, who keeps the last agreed ones
 * and goes back to them where an offer fails.
 *
 *   FREE -- an offer --> OURS or THEIRS -- its answer, or a refusal --> FREE
 */
#ifndef TANDEM_SDP_EXCHANGE_H
#define TANDEM_SDP_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

/* What can bring a description. */
enum sdp_carrier {
    SDP_INVITE,
    SDP_PROVISIONAL, /* 1xx to INVITE, unreliable */
    SDP_RELIABLE,    /* 1xx to INVITE, with 100rel */
    SDP_SUCCESS,     /* 2xx to INVITE */
    SDP_ACK,
    SDP_PRACK,
    SDP_PRACK_SUCCESS,
    SDP_UPDATE,
    SDP_UPDATE_SUCCESS,
    SDP_N_CARRIERS
};

enum sdp_turn {
    SDP_FREE,  /* no offer is open */
    SDP_OURS,  /* ours waits for its answer */
    SDP_THEIRS /* theirs waits for ours */
};

enum sdp_means {
    SDP_NOTHING, /* to be ignored: the answer said again, or what has no place there */
    SDP_OFFER,
    SDP_ANSWER,
    SDP_GLARE,   /* a request with an offer while ours is open: 491 (RFC 3311 5.2, RFC 3261 14.2) */
    SDP_TOO_SOON /* … while their own is not answered yet: 500 with Retry-After of 0 to 10 s */
};

struct sdp_exchange {
    enum sdp_turn turn;
    bool empty_invite; /* an INVITE without an offer is open, and nobody has offered since */
    enum sdp_carrier asked_by; /* what brought the open offer */
};

/* A message of this kind comes or is about to go, with a description or without. What it means is
 * said, and *x has taken it in: OFFER opens one, ANSWER closes it, all else changes nothing. A
 * caller who wants to send and is told anything but OFFER or ANSWER sends no description.
 * Each early dialog of a forked INVITE has an exchange of its own, begun as a copy. */
enum sdp_means sdp_exchange_received(struct sdp_exchange *x, enum sdp_carrier, bool described);
enum sdp_means sdp_exchange_sent(struct sdp_exchange *x, enum sdp_carrier, bool described);

/* The request that brought the open offer, or was to bring its answer, has failed (488, 491, a
 * timeout, no memory): what was agreed before holds again (RFC 3261 14.1, RFC 6337 3.4). */
void sdp_exchange_failed(struct sdp_exchange *x);

/* The message has to bring an answer, and a peer that leaves it out has broken the exchange: a 2xx
 * to an INVITE that offered, an ACK to a 2xx that did, and so on. Asked before …_received. */
bool sdp_exchange_must_answer(const struct sdp_exchange *x, enum sdp_carrier);

#endif
