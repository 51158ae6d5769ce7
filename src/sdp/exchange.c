/* Whose turn it is, as a table of messages (RFC 6337 2.2, table 1). */
#include "sdp/exchange.h"

/* What a message may bring. `offers`: always; `offers_first`: where the INVITE had no offer and
 * nobody has offered since. `answers`: the carriers whose offer it may answer, a bit each. `last`:
 * no later message can. */
static const struct {
    bool offers, offers_first, request, last;
    uint16_t answers;
} may[SDP_N_CARRIERS] = {
#define BY(carrier) (1U << (carrier))
    [SDP_INVITE] = {.offers = true, .request = true},
    [SDP_PROVISIONAL] = {.answers = BY(SDP_INVITE)},
    [SDP_RELIABLE] = {.offers_first = true, .answers = BY(SDP_INVITE)},
    [SDP_SUCCESS] = {.offers_first = true, .answers = BY(SDP_INVITE), .last = true},
    [SDP_ACK] = {.answers = BY(SDP_SUCCESS), .last = true},
    [SDP_PRACK] = {.offers = true, .request = true, .answers = BY(SDP_RELIABLE), .last = true},
    [SDP_PRACK_SUCCESS] = {.answers = BY(SDP_PRACK), .last = true},
    [SDP_UPDATE] = {.offers = true, .request = true},
    [SDP_UPDATE_SUCCESS] = {.answers = BY(SDP_UPDATE), .last = true},
#undef BY
};

static bool answers(const struct sdp_exchange *x, enum sdp_carrier carrier)
{
    return may[carrier].answers >> x->asked_by & 1U;
}

/* `mine`: the turn that an offer of the sender makes, `other`: the one that it may answer in. */
static enum sdp_means take(struct sdp_exchange *x, enum sdp_carrier carrier, bool described,
                           enum sdp_turn mine, enum sdp_turn other)
{
    if (carrier == SDP_INVITE && !described && x->turn == SDP_FREE)
        x->empty_invite = true;
    if (!described)
        return SDP_NOTHING;
    if (x->turn == other && answers(x, carrier)) {
        x->turn = SDP_FREE;
        return SDP_ANSWER;
    }
    if (!may[carrier].offers && !(may[carrier].offers_first && x->empty_invite))
        return SDP_NOTHING;
    if (x->turn != SDP_FREE)
        return !may[carrier].request ? SDP_NOTHING : x->turn == mine ? SDP_TOO_SOON : SDP_GLARE;
    x->turn = mine;
    x->asked_by = carrier;
    x->empty_invite = false;
    return SDP_OFFER;
}

enum sdp_means sdp_exchange_received(struct sdp_exchange *x, enum sdp_carrier carrier,
                                     bool described)
{
    return take(x, carrier, described, SDP_THEIRS, SDP_OURS);
}

enum sdp_means sdp_exchange_sent(struct sdp_exchange *x, enum sdp_carrier carrier, bool described)
{
    return take(x, carrier, described, SDP_OURS, SDP_THEIRS);
}

void sdp_exchange_failed(struct sdp_exchange *x)
{
    x->turn = SDP_FREE;
    x->empty_invite = false;
}

bool sdp_exchange_must_answer(const struct sdp_exchange *x, enum sdp_carrier carrier)
{
    return x->turn != SDP_FREE && may[carrier].last && answers(x, carrier);
}
