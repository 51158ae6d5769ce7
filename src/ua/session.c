/* Session timers (RFC 4028): what is asked for, agreed, refreshed; and the end where nobody does.
 */
#include "ua/call_parts.h"

#define MIN_SE_S 90 /* RFC 4028 4 */

static unsigned min_of(const struct ua *ua)
{
    return ua->config.min_session_s > MIN_SE_S ? ua->config.min_session_s : MIN_SE_S;
}

static void put_min(struct buf *b, unsigned min_s)
{
    if (min_s > MIN_SE_S)
        text_put_number(b, STR("Min-SE"), min_s);
}

static void put_expires(struct buf *b, unsigned interval_s, struct str refresher)
{
    buf_put_lit(b, "Session-Expires: ");
    buf_put_u64(b, interval_s);
    buf_put(b, refresher);
    buf_put_lit(b, "\r\n");
}

void session_put_wish(struct buf *b, const struct call *call)
{
    if (call->session_s == 0)
        return;
    put_expires(b, call->session_s, STR_NONE);
    put_min(b, call->min_session_s);
}

static unsigned number_of(struct msg *m, enum hdr_id id)
{
    const struct number *n = msg_single(m, id);
    return !n ? 0 : n->value > INT32_MAX ? INT32_MAX : (unsigned)n->value;
}

/* RFC 4028 6: a 422 names at least what it wants, also of who asked for nothing: a proxy may have
 * (8.1). False: it asks for nothing new. */
static bool raise(struct msg *m, unsigned *interval_s, unsigned *min_s)
{
    unsigned wanted = number_of(m, HDR_MIN_SE);
    if (wanted <= *min_s)
        return false;
    *min_s = wanted;
    if (*interval_s < wanted)
        *interval_s = wanted;
    return true;
}

bool session_is_too_small(struct call *call, struct msg *m)
{
    return m && raise(m, &call->session_s, &call->min_session_s);
}

bool session_raise(struct leg *leg, struct msg *m)
{
    return m && raise(m, &leg->session.interval_s, &leg->session.min_s);
}

/* --- running --- */
void session_stop(struct ua *ua, struct leg *leg)
{
    leg->session.interval_s = 0;
    alarm_stop(ua, &leg->session.alarm);
}

/* RFC 4028 10: a little before the session expires. */
static time_ns end_of(const struct session *s)
{
    time_ns third = s->interval_s * NS_PER_S / 3;
    return s->expires - time_min(32 * NS_PER_S, third);
}

/* RFC 4028 9: of a dialog that is not confirmed the 2xx to its INVITE will say it. */
static void start(struct ua *ua, struct leg *leg, unsigned interval_s, bool is_ours, time_ns now)
{
    struct session *s = &leg->session;
    if (leg->dialog->state != DIALOG_CONFIRMED)
        return;
    s->interval_s = interval_s;
    s->is_ours = is_ours;
    s->expires = time_add(now, interval_s * NS_PER_S);
    alarm_set(ua, &s->alarm, is_ours ? time_add(now, interval_s * NS_PER_S / 2) : end_of(s));
}

void session_fire(struct ua *ua, struct leg *leg, time_ns now)
{
    struct session *s = &leg->session;
    if (s->is_ours && now < end_of(s)) {
        leg->modify.refresh = true;
        alarm_set(ua, &s->alarm, end_of(s));
        modify_advance(ua, leg, now);
        return;
    }
    leg_end(ua, leg, CALL_END_EXPIRED, 0, NULL, STR("SIP;cause=408;text=\"Session expired\""), now);
}

static bool is_refresher(struct msg *m, struct str who)
{
    const struct number *n = msg_single(m, HDR_SESSION_EXPIRES);
    struct str value;
    return n && params_get(n->params, STR("refresher"), &value) && str_equal_nocase(value, who);
}

/* --- as a UAC --- */
void session_put_refresh(struct buf *b, const struct leg *leg)
{
    const struct session *s = &leg->session;
    if (s->interval_s == 0)
        return;
    put_expires(b, s->interval_s, s->is_ours ? STR(";refresher=uac") : STR(";refresher=uas"));
    put_min(b, s->min_s);
}

/* RFC 4028 7.2: without Session-Expires the session does not expire. */
void session_begin_uac(struct ua *ua, struct leg *leg, struct msg *m, time_ns now)
{
    unsigned interval_s = number_of(m, HDR_SESSION_EXPIRES);
    if (interval_s == 0)
        session_stop(ua, leg);
    else
        start(ua, leg, interval_s < MIN_SE_S ? MIN_SE_S : interval_s, !is_refresher(m, STR("uas")),
              now);
}

/* --- as a UAS --- */
struct terms {
    unsigned interval_s; /* 0: no timer */
    bool is_ours;
};

/* RFC 4028 9, table 2 */
static struct terms agree(const struct ua *ua, struct msg *request)
{
    bool knows = msg_has_token(request, HDR_SUPPORTED, STR("timer"));
    unsigned asked = number_of(request, HDR_SESSION_EXPIRES), wish = ua->config.session_s;
    unsigned min_s = number_of(request, HDR_MIN_SE);
    struct terms t = {.interval_s = asked};
    if (wish > 0 && (asked == 0 || (wish < asked && wish >= min_s)))
        t.interval_s = wish < min_s ? min_s : wish;
    if (t.interval_s > 0 && t.interval_s < MIN_SE_S)
        t.interval_s = MIN_SE_S;
    t.is_ours = !knows || is_refresher(request, STR("uas"));
    return t;
}

void session_put_agreed(const struct ua *ua, struct buf *b, struct msg *request)
{
    struct terms t = agree(ua, request);
    if (t.interval_s == 0)
        return;
    if (!t.is_ours)
        buf_put_lit(b, "Require: timer\r\n");
    put_expires(b, t.interval_s, t.is_ours ? STR(";refresher=uas") : STR(";refresher=uac"));
}

void session_begin_uas(struct ua *ua, struct leg *leg, struct msg *request, time_ns now)
{
    struct terms t = agree(ua, request);
    if (t.interval_s == 0)
        session_stop(ua, leg);
    else
        start(ua, leg, t.interval_s, t.is_ours, now);
    leg->session.min_s = min_of(ua);
}

bool session_refuses(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    unsigned asked = number_of(ev->msg, HDR_SESSION_EXPIRES), least = min_of(ua);
    char space[64];
    struct buf b;
    if (asked == 0 || asked >= least || !msg_has_token(ev->msg, HDR_SUPPORTED, STR("timer")))
        return false;
    buf_init(&b, space, sizeof space);
    text_put_number(&b, STR("Min-SE"), least);
    const struct reply reply = {.status = 422, .headers = buf_str(&b)};
    (void)engine_reply(ua->engine, ev->tx, &reply, now);
    return true;
}
