/* Offers and answers of a call, from its first INVITE on: whose turn it is in each of its dialogs
 * (RFC 3264 4, RFC 6337 2; sdp/exchange.h has the table). What the descriptions say to each other
 * is sequence_answer.c's. */
#include "sequence.h"

#include "sdp/exchange.h"

#define LEGS 8 /* the dialogs of one INVITE that are followed; further ones are not */

/* One dialog; the first stands for the INVITE before it has any. */
struct leg {
    struct str tag; /* of who was called */
    struct sdp_exchange exchange;
    const struct fact *offer;
    const struct fact *last[2]; /* described by the caller, by the called */
    bool answered;              /* with a 2xx */
};

struct call {
    const struct sequence *q;
    struct str caller; /* its tag */
    struct leg legs[LEGS];
    unsigned n_legs;
};

static struct leg *leg_of(struct call *c, struct str tag)
{
    for (unsigned i = 1; i < c->n_legs; i++)
        if (str_equal(c->legs[i].tag, tag))
            return &c->legs[i];
    return NULL;
}

/* The dialog that f stands in, made where a response brings a new tag. NULL: not of this call, or
 * of one that is not followed. */
static struct leg *find_leg(struct call *c, const struct fact *f)
{
    bool by_caller = str_equal(f->from_tag, c->caller);
    if (!by_caller && !str_equal(f->to_tag, c->caller))
        return NULL;
    struct str tag = by_caller ? f->to_tag : f->from_tag;
    struct leg *leg = tag.len > 0 ? leg_of(c, tag) : &c->legs[0];
    if (leg || f->m->is_request || class_of(f) > 2 || f->method != METHOD_INVITE ||
        c->n_legs == LEGS)
        return leg;
    leg = &c->legs[c->n_legs++];
    *leg = c->legs[0];
    leg->tag = tag;
    return leg;
}

static bool request_carrier(const struct leg *leg, const struct fact *f, enum sdp_carrier *out)
{
    switch (f->method) {
    case METHOD_INVITE:
        *out = SDP_INVITE;
        return true;
    case METHOD_ACK:
        *out = SDP_ACK;
        return leg->answered;
    case METHOD_PRACK:
        *out = SDP_PRACK;
        return true;
    case METHOD_UPDATE:
        *out = SDP_UPDATE;
        return true;
    default:
        return false;
    }
}

static bool response_carrier(const struct fact *f, enum sdp_carrier *out)
{
    if (f->m->status == 100 || (class_of(f) == 1 && f->method != METHOD_INVITE))
        return false;
    switch (f->method) {
    case METHOD_INVITE:
        *out = class_of(f) == 2 ? SDP_SUCCESS : f->rseq ? SDP_RELIABLE : SDP_PROVISIONAL;
        return true;
    case METHOD_PRACK:
        *out = SDP_PRACK_SUCCESS;
        return true;
    case METHOD_UPDATE:
        *out = SDP_UPDATE_SUCCESS;
        return true;
    default:
        return false;
    }
}

static void take_in(struct call *c, struct leg *leg, const struct fact *f, enum sdp_means means,
                    unsigned side)
{
    switch (means) {
    case SDP_NOTHING:
        return;
    case SDP_GLARE:
        sequence_note(f, LINT_OFFER_GLARE, HDR_CONTENT_TYPE);
        return;
    case SDP_TOO_SOON:
        sequence_note(f, LINT_OFFER_TWICE, HDR_CONTENT_TYPE);
        return;
    case SDP_OFFER:
        leg->offer = f;
        break;
    case SDP_ANSWER:
        if (leg->offer)
            sequence_answer(c->q, f, leg->offer);
        break;
    }
    if (leg->last[side])
        sequence_next(c->q, f, leg->last[side]);
    leg->last[side] = f;
}

/* An offer within a dialog fails alone, the first INVITE with all that came of it. */
static void fail(struct call *c, struct leg *leg, const struct fact *f)
{
    bool within = leg && leg->tag.len > 0 && (leg->answered || f->method != METHOD_INVITE);
    if (within)
        sdp_exchange_failed(&leg->exchange);
    else if (f->method == METHOD_INVITE && str_equal(f->from_tag, c->caller))
        sdp_exchange_failed(&c->legs[0].exchange);
}

static void follow(struct call *c, const struct fact *f)
{
    struct leg *leg = find_leg(c, f);
    enum sdp_carrier carrier;
    if (class_of(f) > 2) {
        fail(c, leg, f);
        return;
    }
    if (!leg ||
        (f->m->is_request ? !request_carrier(leg, f, &carrier) : !response_carrier(f, &carrier)))
        return;
    if (leg == &c->legs[0] && is_request(f, METHOD_INVITE))
        sdp_exchange_failed(&leg->exchange); /* whatever the INVITE before came to */
    bool by_caller = f->m->is_request == str_equal(f->from_tag, c->caller);
    bool described = lint_description(f->m).len > 0;
    if (!described && sdp_exchange_must_answer(&leg->exchange, carrier))
        lint_note_start(f->found, LINT_ANSWER_MISSING, HDR_CONTENT_TYPE);
    enum sdp_means means = by_caller ? sdp_exchange_sent(&leg->exchange, carrier, described)
                                     : sdp_exchange_received(&leg->exchange, carrier, described);
    take_in(c, leg, f, means, by_caller ? 0 : 1);
    leg->answered |= carrier == SDP_SUCCESS;
}

/* Once for each call: at the first INVITE of its caller. */
static bool begins(const struct sequence *q, const struct fact *f)
{
    if (!is_request(f, METHOD_INVITE) || f->to_tag.len > 0)
        return false;
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p))
        if (str_equal(p->from_tag, f->from_tag))
            return false;
    return true;
}

void sequence_offers(const struct sequence *q, const struct fact *f)
{
    struct call c = {.q = q, .caller = f->from_tag, .n_legs = 1};
    if (!begins(q, f))
        return;
    for (const struct fact *p = f; p; p = sequence_after(q, p)) {
        if (lint_is_unclear(p->m)) /* it may hold a description or not */
            return;
        if (!p->again)
            follow(&c, p);
    }
}
