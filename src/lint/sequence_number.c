/* CSeq numbers of requests, and what ACK, CANCEL and responses take from the request that they
 * belong to (RFC 3261 8.1.1.5, 9.1, 12.2.1.1, 17.1.1.3, 8.2.6.2). */
#include "sequence.h"

static bool counts(const struct fact *f)
{
    return f->m->is_request && f->method != METHOD_ACK && f->method != METHOD_CANCEL;
}

static bool has_credentials(const struct fact *f)
{
    return msg_header(f->m, HDR_AUTHORIZATION) || msg_header(f->m, HDR_PROXY_AUTHORIZATION);
}

/* RFC 3261 22.2: the request with credentials is a new one. */
static void try_again(const struct sequence *q, const struct fact *f)
{
    const struct fact *p = sequence_before(q, f);
    while (p && !(p->m->is_request && same_transaction(p, f)))
        p = sequence_before(q, p);
    if (p && f->n_vias == 1 && p->n_vias == 1 && has_credentials(f) && !has_credentials(p))
        sequence_note(f, LINT_CSEQ_NOT_INCREASED, HDR_CSEQ);
}

/* RFC 3261 17.2.3: a branch is looked for together with who sent it. */
static bool same_sender(const struct fact *a, const struct fact *b)
{
    const struct via *x = msg_via(a->m), *y = msg_via(b->m);
    return x && y && str_equal_nocase(x->host, y->host) && x->port == y->port;
}

/* RFC 3261 8.1.1.7: unique over space and time. Of who made the request alone: that proxies on the
 * way are no better is told where it does harm. */
static void branch(const struct sequence *q, const struct fact *f)
{
    if (f->n_vias != 1)
        return;
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p))
        if (counts(p) && !same_transaction(p, f) && f->branch.len > 0 &&
            str_equal(p->branch, f->branch) && same_sender(p, f)) {
            sequence_note(f, LINT_BRANCH_REUSED, HDR_VIA);
            return;
        }
}

void sequence_number(const struct sequence *q, const struct fact *f)
{
    if (!counts(f))
        return;
    branch(q, f);
    if (f->again) {
        try_again(q, f);
        return;
    }
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p)) {
        if (!counts(p) || p->again || !str_equal(p->from_tag, f->from_tag) ||
            (p->to_tag.len > 0 && !str_equal(p->to_tag, f->to_tag)))
            continue;
        if (f->cseq <= p->cseq)
            sequence_note(f, LINT_CSEQ_NOT_INCREASED, HDR_CSEQ);
        return;
    }
}

/* What the call has of the request that f belongs to. */
struct origin {
    const struct fact *request; /* one with f's number; NULL: none */
    const struct fact *hop;     /* the one with f's branch, too; NULL: none */
    bool others;                /* requests of the method with another number */
};

static struct origin origin_of(const struct sequence *q, const struct fact *f, uint8_t method)
{
    struct origin o = {0};
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p)) {
        if (!p->m->is_request || p->method != method || !str_equal(p->from_tag, f->from_tag))
            continue;
        if (p->cseq != f->cseq) {
            o.others = true;
            continue;
        }
        o.request = p;
        if (f->branch.len > 0 && str_equal(p->branch, f->branch))
            o.hop = p;
    }
    return o;
}

/* The final response that an ACK is for; 0: it was not seen. */
static unsigned acknowledged(const struct sequence *q, const struct fact *f)
{
    for (const struct fact *p = sequence_before(q, f); p; p = sequence_before(q, p))
        if (class_of(p) >= 2 && p->method == METHOD_INVITE && same_number(p, f) &&
            str_equal(p->to_tag, f->to_tag))
            return p->m->status;
    return 0;
}

/* RFC 3261 13.2.2.4: of a 2xx it is a transaction of its own; 17.1.1.3: else it is its INVITE's. */
void sequence_ack(const struct sequence *q, const struct fact *f)
{
    if (!is_request(f, METHOD_ACK))
        return;
    struct origin o = origin_of(q, f, METHOD_INVITE);
    unsigned status = acknowledged(q, f);
    if (!o.request && o.others)
        sequence_note(f, LINT_ACK_CSEQ, HDR_CSEQ);
    else if (o.request && status >= 300 && !o.hop && f->branch.len > 0)
        sequence_note(f, LINT_ACK_BRANCH, HDR_VIA);
    else if (o.hop && f->n_vias == 1 && status >= 200 && status < 300)
        sequence_note(f, LINT_ACK_BRANCH_OLD, HDR_VIA);
}

void sequence_cancel(const struct sequence *q, const struct fact *f)
{
    if (!is_request(f, METHOD_CANCEL))
        return;
    struct origin o = origin_of(q, f, METHOD_INVITE);
    if (!o.request && o.others)
        sequence_note(f, LINT_CANCEL_CSEQ, HDR_CSEQ);
    else if (o.request && !o.hop && f->branch.len > 0)
        sequence_note(f, LINT_CANCEL_BRANCH, HDR_VIA);
    else if (o.hop && !str_equal(o.hop->m->uri_text, f->m->uri_text))
        lint_note_start(f->found, LINT_CANCEL_URI, HDR_NONE);
}

static bool same_uri(const struct nameaddr *a, const struct nameaddr *b)
{
    return !a || !b || str_equal(a->uri_text, b->uri_text);
}

void sequence_response(const struct sequence *q, const struct fact *f)
{
    if (f->m->is_request)
        return;
    struct origin o = origin_of(q, f, f->method);
    if (!o.request && o.others)
        sequence_note(f, LINT_RESPONSE_CSEQ, HDR_CSEQ);
    else if (o.request && !o.hop && f->branch.len > 0)
        sequence_note(f, LINT_RESPONSE_BRANCH, HDR_VIA);
    else if (o.hop && !same_uri(msg_to(o.hop->m), msg_to(f->m)))
        sequence_note(f, LINT_RESPONSE_PARTIES, HDR_TO);
    else if (o.hop && !same_uri(msg_from(o.hop->m), msg_from(f->m)))
        sequence_note(f, LINT_RESPONSE_PARTIES, HDR_FROM);
}
