/* Messages in their order: what identifies each, which are the same again, and all of them through
 * the rules. Knows no rule itself. */
#include "sequence.h"

#include "base/err.h"

#define VIAS_COUNTED 64

static unsigned count_vias(struct msg *m)
{
    unsigned n = 0;
    for (const struct via *v = msg_via(m); v && n < VIAS_COUNTED; v = msg_via_next(m, v))
        n++;
    return n;
}

static struct fact fact_of(const struct lint_step *step)
{
    struct msg *m = step->m;
    struct fact f = {.m = m, .found = step->found};
    const struct cseq *cseq = msg_cseq(m);
    const struct via *via = msg_via(m);
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    const struct number *rseq = msg_single(m, HDR_RSEQ);
    f.usable = cseq && via && from && to && (m->is_request || m->status >= 100);
    if (!f.usable)
        return f;
    f.call_id = msg_call_id(m);
    f.from_tag = from->tag;
    f.to_tag = to->tag;
    f.branch = via->branch;
    f.cseq = cseq->number;
    f.method = m->is_request ? m->method : (uint8_t)cseq->method;
    f.n_vias = count_vias(m);
    f.rseq = rseq && !m->is_request ? (uint32_t)rseq->value : 0;
    return f;
}

/* Of an ACK each fork's is another; of responses each status, each tag, each RSeq. */
static bool is_same(const struct fact *a, const struct fact *b)
{
    return same_transaction(a, b) && a->m->is_request == b->m->is_request &&
           a->m->status == b->m->status && a->rseq == b->rseq && str_equal(a->to_tag, b->to_tag);
}

static void link_up(struct sequence *q, struct fact *f)
{
    size_t at = (size_t)(f - q->facts);
    while (at-- > 0)
        if (q->facts[at].usable && str_equal(q->facts[at].call_id, f->call_id)) {
            f->before = (uint32_t)at + 1;
            q->facts[at].after = (uint32_t)(f - q->facts) + 1;
            break;
        }
    for (const struct fact *p = sequence_before(q, f); p && !f->again; p = sequence_before(q, p))
        f->again = is_same(p, f);
}

static void judge(const struct sequence *q)
{
    static sequence_rule *const rules[] = {
        sequence_number, sequence_ack,    sequence_cancel,   sequence_response,
        sequence_tags,   sequence_routes, sequence_reliable, sequence_offers,
    };
    for (size_t i = 0; i < q->n; i++)
        for (size_t k = 0; q->facts[i].usable && k < sizeof(rules) / sizeof(rules[0]); k++)
            rules[k](q, &q->facts[i]);
}

int lint_sequence(struct lint_step *steps, size_t n, struct mem *mem)
{
    struct sequence q = {.n = n < LIMIT_LINT_MESSAGES ? n : LIMIT_LINT_MESSAGES, .mem = mem};
    if (q.n == 0)
        return OK;
    q.facts = mem_alloc_zero(mem, q.n * sizeof(*q.facts));
    if (!q.facts)
        return ERR_NOMEM;
    for (size_t i = 0; i < q.n; i++) {
        q.facts[i] = fact_of(&steps[i]);
        if (q.facts[i].usable)
            link_up(&q, &q.facts[i]);
    }
    judge(&q);
    mem_free(mem, q.facts, q.n * sizeof(*q.facts));
    return OK;
}
