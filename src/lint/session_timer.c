/* Session-Expires and Min-SE (RFC 4028 4, 5, 7, 9). */
#include "rules.h"

#define LEAST_S 90 /* RFC 4028 5 */

static void refresher(struct lint *l, struct msg *m, const struct number *session)
{
    struct str who = STR_NONE;
    bool told = params_get(session->params, STR("refresher"), &who);
    if (told && !str_equal_nocase(who, STR("uac")) && !str_equal_nocase(who, STR("uas")))
        lint_note_header(l, m, LINT_SESSION_REFRESHER, HDR_SESSION_EXPIRES);
    if (m->is_request)
        return;
    if (!told)
        lint_note_header(l, m, LINT_SESSION_NO_REFRESHER, HDR_SESSION_EXPIRES);
    else if (str_equal_nocase(who, STR("uac")) && !msg_has_token(m, HDR_REQUIRE, STR("timer")))
        lint_note_header(l, m, LINT_SESSION_NOT_REQUIRED, HDR_SESSION_EXPIRES);
}

static void interval(struct lint *l, struct msg *m, const struct number *session,
                     const struct number *least)
{
    if (session && session->value < LEAST_S)
        lint_note_header(l, m, LINT_SESSION_SHORT, HDR_SESSION_EXPIRES);
    if (least && least->value < LEAST_S)
        lint_note_header(l, m, LINT_MIN_SE_SHORT, HDR_MIN_SE);
    if (session && least && m->is_request && session->value < least->value)
        lint_note_header(l, m, LINT_SESSION_BELOW_LEAST, HDR_SESSION_EXPIRES);
}

void lint_session_timer(struct lint *l, struct msg *m)
{
    const struct number *session = msg_single(m, HDR_SESSION_EXPIRES);
    interval(l, m, session, msg_single(m, HDR_MIN_SE));
    if (!session)
        return;
    refresher(l, m, session);
    /* RFC 4028 7.1, 7.4: a proxy may have put it in for a caller without the extension */
    if (m->is_request && !msg_has_token(m, HDR_SUPPORTED, STR("timer")) &&
        !msg_has_token(m, HDR_REQUIRE, STR("timer")))
        lint_note_header(l, m, LINT_SESSION_NOT_SUPPORTED, HDR_SESSION_EXPIRES);
}
