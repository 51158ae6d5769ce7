/* Owns how a rule changes the Request-URI, and how a target's URI takes its user over. */
#include "route/rule.h"

static bool has_change(const struct rule *r)
{
    return r->strip > 0 || r->prefix.len > 0 || r->set_user.len > 0 || r->set_domain.len > 0;
}

/* A number without its separators, else as it stands. */
static void put_user(struct buf *b, const struct rule *r, const struct seen *s)
{
    struct str user = s->number.len > 0 ? s->number : s->uri->user;

    if (r->set_user.len > 0)
        user = r->set_user;
    buf_put(b, r->prefix);
    buf_put(b, str_slice(user, r->strip, user.len));
}

/* user=phone says that the user is a number, wherever it goes (RFC 3261 19.1.6). */
static void put_rest(struct buf *b, const struct rule *r, const struct uri *u)
{
    struct str phone;

    if (r->set_domain.len > 0) {
        buf_put_char(b, '@');
        buf_put(b, r->set_domain);
        if (u->scheme == URI_TEL || uri_param(u, STR("user"), &phone))
            buf_put_lit(b, ";user=phone");
        return;
    }
    if (u->scheme != URI_TEL) {
        buf_put_char(b, '@');
        buf_put(b, u->host);
        if (u->port > 0) {
            buf_put_char(b, ':');
            buf_put_u64(b, u->port);
        }
    }
    buf_put(b, u->params);
}

void rule_rewrite(const struct rule *r, struct seen *s, struct route_decision *d)
{
    char text[ROUTE_URI_MAX];
    struct buf b;
    struct uri uri;
    struct msg_error err;

    if (!has_change(r) || (!s->uri->user.at && r->set_user.len == 0 && r->set_domain.len == 0))
        return;
    buf_init(&b, text, sizeof text);
    bool tel = s->uri->scheme == URI_TEL && r->set_domain.len == 0;
    buf_put(&b, tel ? STR("tel:") : s->uri->scheme == URI_SIPS ? STR("sips:") : STR("sip:"));
    size_t before = b.len;
    put_user(&b, r, s);
    if (b.len == before) /* nothing is left: the user is empty, and the '@' goes with him */
        return;
    put_rest(&b, r, s->uri);
    if (b.over || !uri_parse(buf_str(&b), &uri, &err))
        return;
    memcpy(d->uri_text, text, b.len);
    (void)uri_parse((struct str){d->uri_text, b.len}, &d->uri, &err);
    d->rewritten = true;
    see_uri(s, &d->uri);
}

void route_put_target(struct buf *b, const struct route_decision *d, struct str to, bool has_user)
{
    size_t colon = str_find(to, ':') + 1;

    if (has_user || !d->uri.user.at) {
        buf_put(b, to);
        return;
    }
    buf_put(b, str_slice(to, 0, colon));
    buf_put(b, d->uri.user);
    buf_put_char(b, '@');
    buf_put(b, str_slice(to, colon, to.len));
    if (d->uri.scheme == URI_TEL)
        buf_put_lit(b, ";user=phone");
}
