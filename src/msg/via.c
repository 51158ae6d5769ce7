/* Decodes Via (RFC 3261 20.42, RFC 3581 rport). Knows no transport beyond its name. */
#include "msg/decode.h"
#include "msg/print.h"
#include "msg/uri_scan.h"

static bool fail(struct decoder *d, const struct cursor *c)
{
    return decode_fail(d, c->at, MSG_E_BAD_VIA);
}

static enum transport transport_read(struct str s)
{
    if (s.len == 3 && memcmp(s.at, "UDP", 3) == 0)
        return TRANSPORT_UDP;
    return transport_of(s);
}

/* sent-protocol: protocol-name SLASH protocol-version SLASH transport, then LWS */
static bool protocol_scan(struct cursor *c, struct via *v)
{
    const char *from = c->at;
    if (cursor_starts(c, STR("SIP/2.0/"))) {
        c->at = from + 8;
        if (lex_is(*c->at, LEX_LWS))
            cursor_skip_lws(c);
    } else if (cursor_token(c).len == 0 || !cursor_take_sep(c, '/') || cursor_token(c).len == 0 ||
               !cursor_take_sep(c, '/')) {
        return false;
    }
    v->transport_name = cursor_token(c);
    if (v->transport_name.len == 0)
        return false;
    v->protocol = text_between(from, c->at);
    v->transport = (uint8_t)transport_read(v->transport_name);
    const char *gap = c->at;
    cursor_skip_lws(c);
    return c->at > gap;
}

/* sent-by: host [ COLON port ] */
static bool sent_by_scan(struct cursor *c, struct via *v)
{
    if (!host_scan(c, &v->host))
        return false;
    v->port = 0;
    struct cursor look = *c;
    if (!cursor_take_sep(&look, ':'))
        return true;
    *c = look;
    return port_scan(c, &v->port);
}

/* RFC 5118 4.5: a received with brackets is understood as well. */
static bool received_set(struct via *v, struct str value)
{
    if (value.len > 2 && value.at[0] == '[' && value.at[value.len - 1] == ']')
        value = (struct str){value.at + 1, value.len - 2};
    v->received = value;
    return value.len > 0;
}

/* RFC 3581 3: "rport" alone asks for the port, a response carries it. */
static bool rport_set(struct via *v, struct str value)
{
    v->has_rport = true;
    if (value.at == NULL)
        return true;
    struct cursor c = cursor_of(value);
    return port_scan(&c, &v->rport) && cursor_done(&c);
}

static bool branch_set(struct via *v, struct str value)
{
    bool first = v->branch.at == NULL;
    v->branch = value;
    return first && value.len > 0 && value.at[0] != '"';
}

/* The parameters that the struct has; others are read on demand. */
static bool param_set(struct via *v, const struct param *p)
{
    switch (p->name.len) {
    case 4:
        v->asks_keep |= name_is(p->name, "keep", 4) && !p->value.at;
        return true;
    case 5:
        if (name_is(p->name, "maddr", 5) && v->maddr.len == 0)
            v->maddr = p->value;
        return !name_is(p->name, "rport", 5) || rport_set(v, p->value);
    case 6:
        return !name_is(p->name, "branch", 6) || branch_set(v, p->value);
    case 8:
        return !name_is(p->name, "received", 8) || received_set(v, p->value);
    default:
        return true;
    }
}

static bool params_scan(struct decoder *d, struct cursor *c, struct via *v)
{
    struct param p;
    const char *from = c->at, *end = c->at, *own_end = NULL;
    v->branch = v->received = v->maddr = STR_NONE;
    v->has_rport = v->asks_keep = false;
    v->rport = 0;
    while (param_starts(c)) {
        const char *at = c->at;
        if (!param_scan_usual(c, STR("branch="), &p))
            return fail(d, c);
        if (!param_set(v, &p))
            return decode_fail(d, p.value.at ? p.value.at : at, MSG_E_BAD_VIA);
        if (!own_end && (v->has_rport || v->received.at || v->asks_keep))
            own_end = end;
        end = c->at;
    }
    v->params.text = params_between(from, end);
    v->text = text_between(v->text.at, end);
    v->own = text_between(v->text.at, own_end ? own_end : end);
    return true;
}

static bool via_value(struct decoder *d, void *value)
{
    struct via *v = value;
    struct cursor c = d->c;
    v->text.at = c.at;
    if (!protocol_scan(&c, v) || !sent_by_scan(&c, v))
        return fail(d, &c);
    if (!params_scan(d, &c, v))
        return false;
    cursor_skip_lws(&c);
    d->c = c;
    return true;
}

void *decode_via(struct decoder *d)
{
    return decode_list(d, sizeof(struct via), offsetof(struct via, next), via_value);
}
