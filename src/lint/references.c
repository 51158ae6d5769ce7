/* Headers that name other dialogs: Replaces, Join, Target-Dialog, and Replaces within Refer-To
 * (RFC 3891 3, 6.1; RFC 3911 4, 7; RFC 4538 7; RFC 5589). */
#include "rules.h"

#define ESCAPED_MOST 1024 /* a longer Replaces in a Refer-To is not judged */

static bool has_once(struct params p, struct str name)
{
    struct str found, value;
    unsigned n = 0;
    for (size_t at = 0; params_next(p, &at, &found, &value);)
        n += str_equal_nocase(found, name) && value.len > 0;
    return n == 1;
}

static void tags(struct lint *l, struct msg *m, enum hdr_id header, struct str one,
                 struct str other)
{
    const struct callid *id = msg_single(m, header);
    if (id && (!has_once(id->params, one) || !has_once(id->params, other)))
        lint_note_header(l, m, LINT_DIALOG_ID_TAGS, header);
}

/* RFC 3261 19.1.1: sip:…?Replaces=id%3Bto-tag%3D…%3Bfrom-tag%3D… */
static void replaces(struct lint *l, struct msg *m, struct str escaped)
{
    char text[ESCAPED_MOST];
    struct buf b;
    buf_init(&b, text, sizeof(text));
    uri_unescape(&b, escaped);
    struct str id = buf_str(&b);
    struct params p = {str_slice(id, str_find(id, ';'), id.len)};
    if (!b.over && (!has_once(p, STR("to-tag")) || !has_once(p, STR("from-tag"))))
        lint_note_at(l, m, LINT_REFER_REPLACES, escaped, HDR_REFER_TO);
}

static void refer_to(struct lint *l, struct msg *m)
{
    const struct nameaddr *to = msg_single(m, HDR_REFER_TO);
    struct str name, value;
    if (!to || (to->uri.scheme != URI_SIP && to->uri.scheme != URI_SIPS))
        return;
    for (size_t at = 0; uri_header_next(&to->uri, &at, &name, &value);)
        if (str_equal_nocase(name, STR("Replaces")))
            replaces(l, m, value);
}

void lint_references(struct lint *l, struct msg *m)
{
    tags(l, m, HDR_REPLACES, STR("to-tag"), STR("from-tag"));
    tags(l, m, HDR_JOIN, STR("to-tag"), STR("from-tag"));
    tags(l, m, HDR_TARGET_DIALOG, STR("local-tag"), STR("remote-tag"));
    if (msg_header(m, HDR_REPLACES) && msg_header(m, HDR_JOIN))
        lint_note_header(l, m, LINT_REPLACES_AND_JOIN, HDR_JOIN);
    refer_to(l, m);
}
