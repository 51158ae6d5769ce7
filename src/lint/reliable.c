/* Reliable provisional responses as one message shows them: RSeq, RAck, 100rel (RFC 3262 3, 4, 7).
 * Whether a PRACK fits what it acknowledges is sequence.c's. */
#include "rules.h"

static void provisional(struct lint *l, struct msg *m)
{
    const struct number *rseq = msg_single(m, HDR_RSEQ);
    bool requires = msg_has_token(m, HDR_REQUIRE, STR("100rel"));
    if (m->status == 100 && (requires || msg_header(m, HDR_RSEQ)))
        lint_note_header(l, m, LINT_RELIABLE_100, requires ? HDR_REQUIRE : HDR_RSEQ);
    else if (requires && !msg_header(m, HDR_RSEQ))
        lint_note_header(l, m, LINT_RELIABLE_NO_RSEQ, HDR_REQUIRE);
    else if (rseq && !requires)
        lint_note_header(l, m, LINT_RSEQ_NOT_REQUIRED, HDR_RSEQ);
    if (rseq && rseq->value > INT32_MAX)
        lint_note_header(l, m, LINT_RSEQ_RANGE, HDR_RSEQ);
}

void lint_reliable(struct lint *l, struct msg *m)
{
    const struct rack *rack = msg_single(m, HDR_RACK);
    if (!m->is_request && m->status < 200)
        provisional(l, m);
    if (rack && rack->method != METHOD_INVITE)
        lint_note_header(l, m, LINT_RACK_METHOD, HDR_RACK);
}
