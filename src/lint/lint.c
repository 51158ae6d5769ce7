/* One message through all rules, and the list of what they note. Knows no rule itself. */
#include "rules.h"

static bool is_noted(const struct lint *l, enum lint_code code, size_t offset, enum hdr_id header)
{
    for (unsigned i = 0; i < l->n; i++)
        if (l->at[i].code == code && l->at[i].offset == offset && l->at[i].header == header)
            return true;
    return false;
}

void lint_note(struct lint *l, enum lint_code code, size_t offset, enum hdr_id header,
               const char *rfc)
{
    if (l->n == LIMIT_LINT_FINDINGS || is_noted(l, code, offset, header))
        return;
    unsigned at = l->n++;
    for (; at > 0 && l->at[at - 1].offset > offset; at--)
        l->at[at] = l->at[at - 1];
    l->at[at] = (struct lint_finding){.code = code,
                                      .offset = (uint32_t)offset,
                                      .header = (uint8_t)header,
                                      .rfc = rfc ? rfc : lint_rfc(code)};
}

void lint_note_at(struct lint *l, const struct msg *m, enum lint_code code, struct str at,
                  enum hdr_id header)
{
    bool inside = at.at && at.at >= m->bytes.at && at.at <= m->bytes.at + m->bytes.len;
    lint_note(l, code, inside ? (size_t)(at.at - m->bytes.at) : 0, header, NULL);
}

void lint_note_start(struct lint *l, enum lint_code code, enum hdr_id header)
{
    lint_note(l, code, 0, header, NULL);
}

void lint_note_header(struct lint *l, const struct msg *m, enum lint_code code, enum hdr_id header)
{
    const struct hdr *h = msg_header(m, header);
    lint_note(l, code, h ? h->at : 0, header, NULL);
}

void lint_message(struct lint *l, struct msg *m, struct str whole, struct mem *mem)
{
    static lint_rule *const rules[] = {
        lint_headers,       lint_vias,      lint_request,    lint_response, lint_contacts,
        lint_routes,        lint_options,   lint_reliable,   lint_events,   lint_references,
        lint_session_timer, lint_auth,      lint_identities, lint_values,   lint_nat,
        lint_private,       lint_addresses,
    };
    l->n = 0;
    if (m->is_request ? m->uri_text.len == 0 : m->status < 100)
        return;        /* no message */
    (void)msg_cseq(m); /* a response's method comes from it */
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        rules[i](l, m);
    lint_body(l, m, whole, mem);
}
