/* Who somebody says to be: P-Asserted-Identity, P-Preferred-Identity, Privacy, Identity (RFC 3325
 * 9, RFC 3323 4.2, RFC 8224 4). */
#include "rules.h"

/* RFC 3325 9.1: one, or a sip and a tel URI. */
static void asserted(struct lint *l, struct msg *m, enum hdr_id header)
{
    unsigned n_sip = 0, n_tel = 0, n_other = 0;
    for (const struct nameaddr *v = msg_nameaddr_next(m, header, NULL); v;
         v = msg_nameaddr_next(m, header, v)) {
        n_sip += v->uri.scheme == URI_SIP || v->uri.scheme == URI_SIPS;
        n_tel += v->uri.scheme == URI_TEL;
        n_other += v->uri.scheme == URI_OTHER;
    }
    if (n_sip > 1 || n_tel > 1 || n_other > 0)
        lint_note_header(l, m, LINT_IDENTITIES_ASSERTED, header);
}

/* RFC 3323 4.2: "none" excludes all others, "critical" goes with another. */
static void privacy(struct lint *l, struct msg *m)
{
    unsigned n = 0;
    bool none = false, critical = false;
    for (const struct token *t = msg_token_next(m, HDR_PRIVACY, NULL); t;
         t = msg_token_next(m, HDR_PRIVACY, t), n++) {
        none |= str_equal_nocase(t->name, STR("none"));
        critical |= str_equal_nocase(t->name, STR("critical"));
    }
    if ((none && n > 1) || (critical && n == 1))
        lint_note_header(l, m, LINT_PRIVACY_CONTRADICTS, HDR_PRIVACY);
}

void lint_identities(struct lint *l, struct msg *m)
{
    asserted(l, m, HDR_P_ASSERTED_IDENTITY);
    asserted(l, m, HDR_P_PREFERRED_IDENTITY);
    privacy(l, m);
    if (m->is_request && msg_header(m, HDR_IDENTITY) && !msg_header(m, HDR_DATE))
        lint_note_header(l, m, LINT_IDENTITY_NO_DATE, HDR_IDENTITY);
}
