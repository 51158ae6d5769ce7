/* Session timers of a user agent (RFC 4028): what it asks for and agrees to, and what it does about
 * a session that is, or is not, refreshed. */
#include "sim/agent.h"

#include <stdio.h>

#define LEAST 90
#define REFRESHER_UAS STR_INIT("refresher=uas")

static unsigned value_of(struct msg *m, enum hdr_id id)
{
    const struct number *n = msg_single(m, id);
    return n ? (unsigned)n->value : 0;
}

static bool has_text(struct msg *m, enum hdr_id id, struct str text)
{
    const struct hdr *h = msg_header(m, id);
    struct str value = h ? hdr_value(m, h) : STR_NONE;
    return value.len > 0 && memmem(value.at, value.len, text.at, text.len) != NULL;
}

static unsigned least_of(const struct agent_plan *p)
{
    return p->min_session_s > LEAST ? p->min_session_s : LEAST;
}

size_t session_ask(const struct agent *a, char *at, size_t size)
{
    const struct agent_plan *p = &a->plan;
    unsigned seconds = p->session_s > least_of(p) ? p->session_s : least_of(p);
    if (p->session_s == 0)
        return 0;
    int n = snprintf(at, size, "Supported: timer\r\nSession-Expires: %u%s\r\nMin-SE: %u\r\n",
                     seconds, p->refreshes % 2 ? "" : ";refresher=uac", least_of(p));
    return (size_t)n;
}

unsigned session_too_short(const struct agent *a, struct msg *invite)
{
    unsigned asked = value_of(invite, HDR_SESSION_EXPIRES);
    bool refuses = a->plan.session_s > 0 && asked > 0 && asked < least_of(&a->plan) &&
                   msg_has_token(invite, HDR_SUPPORTED, STR("timer"));
    return refuses ? least_of(&a->plan) : 0;
}

/* RFC 4028 9: it agrees to what was asked, and refreshes where the other cannot. */
void session_invited(struct call *c, struct msg *invite)
{
    static const struct str uas = REFRESHER_UAS;
    struct call_session *s = &c->session;
    bool is_asked = c->agent->plan.session_s > 0;
    s->seconds = is_asked ? value_of(invite, HDR_SESSION_EXPIRES) : 0;
    s->other_knows = msg_has_token(invite, HDR_SUPPORTED, STR("timer"));
    s->is_ours = !s->other_knows || has_text(invite, HDR_SESSION_EXPIRES, uas);
}

size_t session_agree(const struct call *c, char *at, size_t size)
{
    const struct call_session *s = &c->session;
    if (s->seconds == 0)
        return 0;
    int n = snprintf(at, size, "Session-Expires: %u;refresher=%s\r\n%s", s->seconds,
                     s->is_ours ? "uas" : "uac", s->other_knows ? "Require: timer\r\n" : "");
    return (size_t)n;
}

/* --- while it lasts --- */

static time_ns span_of(const struct call_session *s)
{
    unsigned early = s->seconds / 3 < 32 ? s->seconds / 3 : 32;
    return (s->is_ours ? s->seconds / 2 : s->seconds - early) * NS_PER_S;
}

/* RFC 4028 10: half of it is over and it is refreshed, or nearly all, and nobody did. */
static void is_due(void *call)
{
    struct call *c = call;
    struct call_session *s = &c->session;
    if (c->lost || s->seconds == 0 || c->agent->node.w->now < s->since + span_of(s))
        return;
    if (!s->is_ours)
        call_hang_up(c);
    else if (s->refreshed++ < c->agent->plan.refreshes)
        call_reinvite(c);
}

void session_begin(struct call *c)
{
    struct world *w = c->agent->node.w;
    c->session.since = w->now;
    if (c->session.seconds > 0)
        world_do(w, span_of(&c->session), is_due, c);
}

void session_answered(struct call *c, struct msg *answer)
{
    static const struct str uas = REFRESHER_UAS;
    struct call_session *s = &c->session;
    s->seconds = c->agent->plan.session_s > 0 ? value_of(answer, HDR_SESSION_EXPIRES) : 0;
    s->is_ours = !has_text(answer, HDR_SESSION_EXPIRES, uas);
    session_begin(c);
}
