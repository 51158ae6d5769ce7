/* Values that contradict themselves or what the RFC gives them: Reason, Allow, Expires
 * (RFC 3326 2, RFC 3261 20.5, 20.19). */
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

void lint_values(struct lint *l, struct msg *m)
{
    for (const struct token *t = msg_token_next(m, HDR_REASON, NULL); t;
         t = msg_token_next(m, HDR_REASON, t))
        reason(l, m, t);
    allow(l, m);
}
