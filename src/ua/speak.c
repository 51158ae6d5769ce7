/* What a description in a message means to a leg: an offer, an answer, or nothing (RFC 3264,
 * RFC 6337 2). */
#include "ua/call_parts.h"

static bool is_reliable(enum sdp_carrier carrier)
{
    return carrier != SDP_PROVISIONAL;
}

/* Not of who answers after another one has. */
static void tell_media(struct ua *ua, const struct leg *leg)
{
    if (leg->call->chosen && leg->call->chosen != leg)
        return;
    (void)call_tell(ua, leg->call, leg, UA_CALL_MEDIA, leg->media.theirs);
}

void leg_resume(struct ua *ua, struct leg *leg)
{
    if (!leg->suspended)
        return;
    leg->suspended = false;
    tell_media(ua, leg);
    struct ua_event *ev =
        leg->call->tx ? call_tell(ua, leg->call, leg, UA_CALL_RESUMED, leg->call->request) : NULL;
    if (ev)
        ev->replaced = leg->call->replaces;
}

/* RFC 3312 6: what is agreed holds once its preconditions are met. */
static void tell_agreed(struct ua *ua, struct leg *leg)
{
    if (media_readiness(&leg->media) != SDP_MET)
        leg->suspended = true;
    else if (leg->suspended)
        leg_resume(ua, leg);
    else
        tell_media(ua, leg);
}

/* RFC 3312 7: by UPDATE, which whoever has preconditions knows (11); of an answer to that nothing
 * more is owed. */
static void owe_offer(struct leg *leg, enum sdp_carrier carrier)
{
    if (carrier == SDP_UPDATE_SUCCESS || !media_owes_offer(&leg->media))
        return;
    leg->peer_updates = true;
    leg->modify.offer = true;
}

static enum heard take_answer(struct ua *ua, struct leg *leg, enum sdp_carrier carrier,
                              struct msg *m, struct str text)
{
    struct draft d;
    int err = draft_answered(ua, &leg->media, m, text, &d);
    if (err == ERR_NOMEM)
        return HEARD_NO_MEMORY;
    if (err)
        return HEARD_BAD;
    media_agreed(ua, &leg->media, &d);
    leg->firm |= is_reliable(carrier);
    tell_agreed(ua, leg);
    owe_offer(leg, carrier);
    return HEARD_ANSWER;
}

enum heard leg_hear(struct ua *ua, struct leg *leg, enum sdp_carrier carrier, struct msg *m,
                    const struct body *body)
{
    struct sdp_exchange before = leg->exchange;
    bool described = body->sdp.len > 0;
    enum heard heard = HEARD_NOTHING;
    if (!described && sdp_exchange_must_answer(&leg->exchange, carrier))
        return HEARD_BAD;
    switch (sdp_exchange_received(&leg->exchange, carrier, described)) {
    case SDP_NOTHING:
        leg->firm |= described && is_reliable(carrier) && leg->media.held;
        break;
    case SDP_OFFER:
        return HEARD_OFFER;
    case SDP_ANSWER:
        heard = take_answer(ua, leg, carrier, m, body->sdp);
        break;
    case SDP_GLARE:
        return HEARD_GLARE;
    case SDP_TOO_SOON:
        return HEARD_TOO_SOON;
    }
    if (heard == HEARD_NO_MEMORY)
        leg->exchange = before;
    return heard;
}

void leg_disagree(struct ua *ua, struct leg *leg, enum heard heard, struct msg *m, time_ns now)
{
    if (heard == HEARD_NO_MEMORY)
        leg_end(ua, leg, CALL_END_FAILED, m->status, m, STR("SIP;cause=500;text=\"No memory\""),
                now);
    else
        leg_end(ua, leg, CALL_END_NO_AGREEMENT, m->status, m,
                STR("SIP;cause=488;text=\"No agreement\""), now);
}

void leg_foretaste(struct ua *ua, struct leg *leg, struct draft *d)
{
    media_agreed(ua, &leg->media, d);
    tell_agreed(ua, leg);
}

void leg_agreed(struct ua *ua, struct leg *leg, enum sdp_carrier carrier, struct draft *d)
{
    (void)sdp_exchange_sent(&leg->exchange, carrier, true);
    leg->firm = true;
    leg_foretaste(ua, leg, d);
}
