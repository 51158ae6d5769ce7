/* Responses: status, To tag, and what certain statuses owe (RFC 3261 8.2.6.2, 20.43, 21). */
#include "rules.h"

static bool is_registered(unsigned status)
{
    switch (status) {
#define RESPONSE(code, phrase) \
    case code:                 \
        return true;
#include "responses.def"
#undef RESPONSE
    default:
        return false;
    }
}

static void status(struct lint *l, struct msg *m)
{
    if (!is_registered(m->status))
        lint_note_start(l, LINT_STATUS_UNKNOWN, HDR_NONE);
    /* RFC 4320 4.1 */
    if (m->status > 100 && m->status < 200 && m->method != METHOD_INVITE &&
        m->method != METHOD_OTHER)
        lint_note_start(l, LINT_PROVISIONAL_NON_INVITE, HDR_NONE);
}

static void to_tag(struct lint *l, struct msg *m)
{
    const struct nameaddr *to = msg_to(m);
    if (to && to->tag.len == 0 && m->status > 100)
        lint_note_at(l, m, LINT_TO_WITHOUT_TAG, to->text, HDR_TO);
}

/* RFC 3261 21.3, 21.4.13, 21.4.14 */
static void owed(struct lint *l, const struct msg *m)
{
    if ((m->status == 301 || m->status == 302 || m->status == 305) && !msg_header(m, HDR_CONTACT))
        lint_note_start(l, LINT_REDIRECT_NOWHERE, HDR_CONTACT);
    if (m->status == 415 && !msg_header(m, HDR_ACCEPT) && !msg_header(m, HDR_ACCEPT_ENCODING) &&
        !msg_header(m, HDR_ACCEPT_LANGUAGE))
        lint_note_start(l, LINT_MEDIA_UNSAID, HDR_ACCEPT);
    if (m->status == 421 && !msg_header(m, HDR_REQUIRE))
        lint_note_start(l, LINT_EXTENSION_UNSAID, HDR_REQUIRE);
}

/* RFC 3261 20.43: the first digit is 3. */
static void warnings(struct lint *l, struct msg *m)
{
    for (const struct warning *w = msg_single(m, HDR_WARNING); w; w = w->next)
        if (w->code < 300 || w->code > 399)
            lint_note_header(l, m, LINT_WARNING_CODE, HDR_WARNING);
}

void lint_response(struct lint *l, struct msg *m)
{
    if (m->is_request)
        return;
    status(l, m);
    to_tag(l, m);
    owed(l, m);
    warnings(l, m);
}
