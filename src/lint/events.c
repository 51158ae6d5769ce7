/* Subscriptions as one message shows them: Subscription-State, Expires, the body of a referral's
 * report (RFC 6665 3.1, 4.1, RFC 3515 2.4.5). */
#include "rules.h"

static void state(struct lint *l, struct msg *m, const struct token *t)
{
    struct str value;
    bool active = str_equal_nocase(t->name, STR("active"));
    bool pending = str_equal_nocase(t->name, STR("pending"));
    bool terminated = str_equal_nocase(t->name, STR("terminated"));
    if (!active && !pending && !terminated)
        lint_note_header(l, m, LINT_SUBSTATE_UNKNOWN, HDR_SUBSCRIPTION_STATE);
    if ((active || pending) && !params_get(t->params, STR("expires"), &value))
        lint_note_header(l, m, LINT_SUBSTATE_NO_EXPIRES, HDR_SUBSCRIPTION_STATE);
    if (!terminated && params_get(t->params, STR("reason"), &value))
        lint_note_header(l, m, LINT_SUBSTATE_REASON, HDR_SUBSCRIPTION_STATE);
}

/* RFC 3515 2.4.5 */
static void referral(struct lint *l, struct msg *m)
{
    const struct token *event = msg_single(m, HDR_EVENT);
    const struct media_type *type = msg_single(m, HDR_CONTENT_TYPE);
    if (!event || !str_equal(event->name, STR("refer")))
        return;
    if (m->body.len == 0 || (type && !(str_equal_nocase(type->type, STR("message")) &&
                                       str_equal_nocase(type->subtype, STR("sipfrag")))))
        lint_note_header(l, m, LINT_REFER_REPORT, HDR_EVENT);
}

void lint_events(struct lint *l, struct msg *m)
{
    const struct token *t = msg_single(m, HDR_SUBSCRIPTION_STATE);
    if (lint_is_method(m, METHOD_NOTIFY)) {
        if (t)
            state(l, m, t);
        referral(l, m);
    }
    if (lint_is_method(m, METHOD_SUBSCRIBE) && !msg_header(m, HDR_EXPIRES))
        lint_note_start(l, LINT_SUBSCRIBE_NO_EXPIRES, HDR_EXPIRES);
}
