/* What waits to be acknowledged: reliable provisional responses and their PRACK (RFC 3262 3, 4), a
 * 2xx to INVITE and its ACK (RFC 3261 13.2.2.4). Only where the call goes on without it: what the
 * sequence ends before is not missed. */
#include "sequence.h"

static bool is_reliable(const struct fact *f)
{
    return class_of(f) == 1 && f->rseq > 0 && f->method == METHOD_INVITE;
}

static bool acknowledges(const struct fact *prack, const struct fact *f)
{
    const struct rack *rack = msg_single(prack->m, HDR_RACK);
    return rack && rack->rseq == f->rseq && rack->cseq == f->cseq &&
           str_equal(prack->to_tag, f->to_tag) && str_equal(prack->from_tag, f->from_tag);
}

/* RFC 3262 3: each RSeq of a dialog is one above the last. */
static void step(const struct sequence *q, const struct fact *f)
{
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p)) {
        if (!is_reliable(p) || !same_transaction(p, f) || !str_equal(p->to_tag, f->to_tag))
            continue;
        if (f->rseq != p->rseq && f->rseq != p->rseq + 1)
            sequence_note(f, LINT_RSEQ_STEP, HDR_RSEQ);
        return;
    }
}

static void wait_for_prack(const struct sequence *q, const struct fact *f)
{
    bool went_on = false;
    for (const struct fact *p = sequence_after(q, f); p; p = sequence_after(q, p)) {
        if (is_request(p, METHOD_PRACK) && acknowledges(p, f))
            return;
        went_on |= is_request(p, METHOD_ACK) && str_equal(p->to_tag, f->to_tag);
    }
    if (went_on)
        sequence_note(f, LINT_PRACK_MISSING, HDR_RSEQ);
}

static void wait_for_ack(const struct sequence *q, const struct fact *f)
{
    bool went_on = false;
    for (const struct fact *p = sequence_after(q, f); p; p = sequence_after(q, p)) {
        if (is_request(p, METHOD_ACK) && same_number(p, f) && str_equal(p->to_tag, f->to_tag))
            return;
        went_on |= p->m->is_request && p->to_tag.len > 0 && p->method != METHOD_PRACK &&
                   (str_equal(p->to_tag, f->to_tag) || str_equal(p->from_tag, f->to_tag));
    }
    if (went_on)
        lint_note_start(f->found, LINT_ACK_MISSING, HDR_NONE);
}

static void prack(const struct sequence *q, const struct fact *f)
{
    bool reliable = false;
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p)) {
        if (!is_reliable(p))
            continue;
        if (acknowledges(f, p))
            return;
        reliable = true;
    }
    if (reliable && msg_header(f->m, HDR_RACK))
        sequence_note(f, LINT_RACK_UNKNOWN, HDR_RACK);
}

void sequence_reliable(const struct sequence *q, const struct fact *f)
{
    if (f->again)
        return;
    if (is_reliable(f)) {
        step(q, f);
        wait_for_prack(q, f);
    } else if (class_of(f) == 2 && f->method == METHOD_INVITE) {
        wait_for_ack(q, f);
    } else if (is_request(f, METHOD_PRACK)) {
        prack(q, f);
    }
}
