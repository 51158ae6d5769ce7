/* Values that contradict themselves or what the RFC gives them: Reason, Allow, Accept
 * (RFC 3326 2, RFC 3261 20.5, 20.1). */
#include "rules.h"

/* RFC 3326 2: SIP's causes are statuses, Q.850's 1 to 127. */
static void reason(struct lint *l, struct msg *m, const struct token *t)
{
    struct str cause;
    uint64_t n;
    bool sip = str_equal_nocase(t->name, STR("SIP")),
         isup = str_equal_nocase(t->name, STR("Q.850"));
    if ((!sip && !isup) || !params_get(t->params, STR("cause"), &cause))
        return;
    if (!str_to_u64(cause, 699, &n) || (sip && n < 200) || (isup && (n < 1 || n > 127)))
        lint_note_at(l, m, LINT_REASON_CAUSE, cause.at ? cause : t->text, HDR_REASON);
}

/* RFC 3261 13.2.1, 20.5: who invites can be sent these. */
static void allow(struct lint *l, struct msg *m)
{
    static const char *const needed[] = {"INVITE", "ACK", "CANCEL", "BYE"};
    if (!msg_header(m, HDR_ALLOW) || m->method != METHOD_INVITE)
        return;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if ((m->is_request || m->status / 100 == 2) &&
            !msg_has_token(m, HDR_ALLOW, str_from(needed[i])))
            lint_note_header(l, m, LINT_ALLOW_LACKS, HDR_ALLOW);
}

/* RFC 3261 20.1: the answer to a call's offer is a description, alone or among parts. */
static bool takes_descriptions(const struct media_type *t)
{
    if (str_equal(t->type, STR("*")) || str_equal_nocase(t->type, STR("multipart")))
        return true;
    return str_equal_nocase(t->type, STR("application")) &&
           (str_equal(t->subtype, STR("*")) || str_equal_nocase(t->subtype, STR("sdp")));
}

static void accept(struct lint *l, struct msg *m)
{
    const struct hdr *first = msg_header(m, HDR_ACCEPT);
    if (!first || !lint_is_method(m, METHOD_INVITE))
        return;
    for (struct hdr *h = msg_header(m, HDR_ACCEPT); h; h = msg_header_next(m, h))
        for (const struct media_type *t = msg_typed(m, h); t; t = t->next)
            if (takes_descriptions(t))
                return;
    lint_note_header(l, m, LINT_ACCEPT_NO_SDP, HDR_ACCEPT);
}

void lint_values(struct lint *l, struct msg *m)
{
    for (const struct token *t = msg_token_next(m, HDR_REASON, NULL); t;
         t = msg_token_next(m, HDR_REASON, t))
        reason(l, m, t);
    allow(l, m);
    accept(l, m);
}
