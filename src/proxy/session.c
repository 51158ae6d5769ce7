/* Session timers at a proxy (RFC 4028 8): asks for them, and tells the caller's side where the
 * callee's does not know them. Ends nothing. */
#include "proxy/session.h"
#include "proxy/forward.h"

#define MIN_LEAST 90 /* RFC 4028 5: seconds */

static bool is_refresh(const struct msg *m)
{
    return m->method == METHOD_INVITE || m->method == METHOD_UPDATE;
}

/* 0: absent, or cannot be read. */
static unsigned value_of(struct msg *m, enum hdr_id id)
{
    const struct number *n = msg_single(m, id);
    return n && n->value <= UINT32_MAX ? (unsigned)n->value : 0;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* RFC 4028 8: who asks for nothing and allows what the RFC does leaves everything as it is. */
static bool has_a_say(const struct proxy *p)
{
    return p->config.session_s > 0 || p->config.min_session_s > MIN_LEAST;
}

static bool is_unreadable(struct msg *m, enum hdr_id id)
{
    return msg_header(m, id) && !msg_single(m, id);
}

bool session_is_too_short(const struct proxy *p, struct msg *m, unsigned *min)
{
    unsigned seconds = is_refresh(m) ? value_of(m, HDR_SESSION_EXPIRES) : 0;
    *min = larger(p->config.min_session_s, MIN_LEAST);
    return has_a_say(p) && seconds > 0 && seconds < *min &&
           msg_has_token(m, HDR_SUPPORTED, STR("timer"));
}

/* RFC 4028 8.1: what came too short of somebody who does not know timers is made longer. */
static void lengthen(struct session *s, unsigned came, unsigned min, unsigned least)
{
    if (!s->supported && came > 0 && came < least && min < least)
        s->min = min = least;
    s->seconds = came > 0 ? larger(came, min) : 0;
}

struct session session_of(const struct proxy *p, struct msg *m, bool in_path)
{
    struct session s = {0};
    if (!is_refresh(m) || !has_a_say(p) || is_unreadable(m, HDR_SESSION_EXPIRES) ||
        is_unreadable(m, HDR_MIN_SE))
        return s;
    unsigned came = value_of(m, HDR_SESSION_EXPIRES), least = p->config.min_session_s;
    unsigned min = larger(value_of(m, HDR_MIN_SE), MIN_LEAST);
    unsigned wish = p->config.session_s > 0 ? larger(p->config.session_s, least) : 0;
    s.supported = msg_has_token(m, HDR_SUPPORTED, STR("timer"));
    lengthen(&s, came, min, larger(least, MIN_LEAST));
    min = larger(min, s.min);
    if (wish > 0 && in_path && (s.seconds == 0 || s.seconds > larger(wish, min)))
        s.seconds = larger(wish, min);
    s.changed = s.seconds != came;
    return s;
}

/* RFC 4028 8.1: a refresher that it names stays. */
static void edit_number(struct forward *f, const struct msg *m, const struct hdr *h, unsigned n)
{
    struct str value = hdr_value(m, h);
    size_t from = f->text.len, digits = 0;
    while (digits < value.len && value.at[digits] >= '0' && value.at[digits] <= '9')
        digits++;
    buf_put_u64(&f->text, n);
    edits_add(&f->edits, h->value_at, h->value_at + (uint32_t)digits,
              str_slice(buf_str(&f->text), from, f->text.len - from));
}

void session_edit(struct forward *f, struct msg *m, const struct session *s)
{
    const struct hdr *expires = msg_header(m, HDR_SESSION_EXPIRES),
                     *min = msg_header(m, HDR_MIN_SE);
    if (s->changed && expires)
        edit_number(f, m, expires, s->seconds);
    if (s->min > 0 && min)
        edit_number(f, m, min, s->min);
}

static void put_line(struct buf *b, struct str name, unsigned n)
{
    buf_put(b, name);
    buf_put_u64(b, n);
    buf_put_lit(b, "\r\n");
}

void session_put(struct forward *f, struct msg *m, const struct session *s)
{
    if (s->changed && !msg_header(m, HDR_SESSION_EXPIRES))
        put_line(&f->text, STR("Session-Expires: "), s->seconds);
    if (s->min > 0 && !msg_header(m, HDR_MIN_SE))
        put_line(&f->text, STR("Min-SE: "), s->min);
}

static bool is_told(const struct context *c, const struct msg *m)
{
    return m->status >= 200 && m->status < 300 && c->session.seconds > 0 && c->session.supported &&
           !msg_header(m, HDR_SESSION_EXPIRES);
}

struct edits *session_answer(const struct context *c, struct msg *m, struct edits *edits,
                             struct edits *space, char *text)
{
    struct buf b;
    if (!is_told(c, m))
        return edits;
    if (!edits)
        edits_init(space);
    buf_init(&b, text, SESSION_TEXT);
    buf_put_lit(&b, "Session-Expires: ");
    buf_put_u64(&b, c->session.seconds);
    buf_put_lit(&b, ";refresher=uac\r\nRequire: timer\r\n");
    uint32_t at = m->headers[m->n_headers - 1].end;
    edits_add(edits ? edits : space, at, at, buf_str(&b));
    return edits ? edits : space;
}

unsigned session_seconds(const struct context *c, struct msg *m)
{
    if (msg_header(m, HDR_SESSION_EXPIRES))
        return value_of(m, HDR_SESSION_EXPIRES);
    return is_told(c, m) ? c->session.seconds : 0;
}
