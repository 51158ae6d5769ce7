/* A sequence of messages as the rules see it: what identifies each, and who came before it. */
#ifndef TANDEM_SRC_LINT_SEQUENCE_H
#define TANDEM_SRC_LINT_SEQUENCE_H

#include "rules.h"

struct fact {
    struct msg *m;
    struct lint *found;
    struct str call_id, from_tag, to_tag, branch; /* of the topmost Via */
    uint32_t cseq, rseq;                          /* `rseq`: 0 where it is not reliable */
    uint8_t method;                               /* enum method; a response's is its CSeq's */
    unsigned n_vias;
    uint32_t before, after; /* index + 1 of its neighbours in the same call; 0: none */
    bool usable;            /* the mandatory headers could be read */
    bool again;             /* the same message was seen earlier: at another hop, or repeated */
};

struct sequence {
    struct fact *facts;
    size_t n;
    struct mem *mem;
};

/* The one before it in the same call; NULL: it is the first. */
static inline const struct fact *sequence_before(const struct sequence *q, const struct fact *f)
{
    return f->before ? &q->facts[f->before - 1] : NULL;
}
/* The one after it in the same call; NULL: it is the last. */
static inline const struct fact *sequence_after(const struct sequence *q, const struct fact *f)
{
    return f->after ? &q->facts[f->after - 1] : NULL;
}

static inline bool is_request(const struct fact *f, enum method method)
{
    return f->m->is_request && f->method == method;
}
static inline unsigned class_of(const struct fact *f)
{
    return f->m->is_request ? 0 : f->m->status / 100;
}
/* The requests and responses of one transaction, at whichever hop; an ACK and a CANCEL have the
 * CSeq number of their INVITE. */
static inline bool same_number(const struct fact *a, const struct fact *b)
{
    return a->cseq == b->cseq && str_equal(a->from_tag, b->from_tag);
}
static inline bool same_transaction(const struct fact *a, const struct fact *b)
{
    return same_number(a, b) && a->method == b->method;
}

/* A rule judges one usable fact by the others. */
typedef void sequence_rule(const struct sequence *, const struct fact *);
sequence_rule sequence_number, sequence_ack, sequence_cancel, sequence_response, sequence_tags;
sequence_rule sequence_routes, sequence_reliable, sequence_offers;

/* Notes at the first line of a header of f's message. */
static inline void sequence_note(const struct fact *f, enum lint_code code, enum hdr_id header)
{
    lint_note_header(f->found, f->m, code, header);
}

/* The answer against its offer (RFC 3264 6); `next` against what the same side described before
 * (RFC 3264 8). All have descriptions. */
void sequence_answer(const struct sequence *, const struct fact *answer, const struct fact *offer);
void sequence_next(const struct sequence *, const struct fact *next, const struct fact *last);

#endif
