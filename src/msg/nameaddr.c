/* Decodes the headers that hold addresses: name-addr or addr-spec, with the header's own parameters
 * (RFC 3261 20.10, 25.1). Knows no meaning of them. */
#include "msg/decode.h"
#include "msg/uri_scan.h"

/* Headers whose grammar has name-addr or "<" absoluteURI ">" only. Bare URIs are read elsewhere. */
static bool needs_brackets(enum hdr_id id)
{
    return id == HDR_ROUTE || id == HDR_RECORD_ROUTE || id == HDR_PATH || id == HDR_SERVICE_ROUTE ||
           id == HDR_ALERT_INFO || id == HDR_CALL_INFO || id == HDR_ERROR_INFO ||
           id == HDR_HISTORY_INFO || id == HDR_DIVERSION || id == HDR_GEOLOCATION;
}

static enum msg_error_code malformed(const struct decoder *d)
{
    switch ((int)d->id) {
    case HDR_FROM:
        return MSG_E_BAD_FROM;
    case HDR_TO:
        return MSG_E_BAD_TO;
    case HDR_CONTACT:
        return MSG_E_BAD_CONTACT;
    case HDR_ROUTE:
        return MSG_E_BAD_ROUTE;
    case HDR_RECORD_ROUTE:
        return MSG_E_BAD_RECORD_ROUTE;
    default:
        return MSG_E_BAD_NAME_ADDR;
    }
}

/* display-name = *( token LWS ) / quoted-string. The cursor ends at '<'; or where it began, when a
 * scheme's ':' shows that there is no display name. */
static bool display_scan(struct decoder *d, struct cursor *c, struct nameaddr *v)
{
    const char *from = c->at, *end = from;
    v->display = STR_NONE;
    if (*from == '<')
        return true;
    if (*from == '"') {
        if (!cursor_quoted(c, &v->display))
            return decode_fail(d, c->at, MSG_E_UNBALANCED_QUOTE);
        cursor_skip_lws(c);
        return cursor_peek(c) == '<' || decode_fail(d, c->at, malformed(d));
    }
    if (cursor_token(c).len > 0 && cursor_peek(c) == ':') {
        c->at = from;
        return true;
    }
    for (c->at = from; cursor_peek(c) != '<'; cursor_skip_lws(c)) {
        if (cursor_token(c).len == 0)
            return decode_fail(d, c->at, MSG_E_BAD_DISPLAY_NAME);
        end = c->at;
    }
    v->display = text_between(from, end);
    return true;
}

static bool uri_part(struct decoder *d, struct cursor *c, struct nameaddr *v)
{
    v->bracketed = cursor_take(c, '<');
    if (!v->bracketed && needs_brackets(d->id))
        return decode_fail(d, c->at, malformed(d));
    enum msg_error_code e = uri_scan(c, v->bracketed ? URI_FULL : URI_BARE, &v->uri);
    if (e != MSG_OK)
        return decode_fail(d, c->at, e);
    v->uri_text = v->uri.text;
    if (v->bracketed)
        return cursor_take(c, '>') ||
               decode_fail(d, c->at, cursor_done(c) ? MSG_E_UNBALANCED_BRACKET : MSG_E_BAD_URI);
    /* RFC 3261 20.10: without brackets the URI must not hold these. */
    return cursor_peek(c) != '?' || decode_fail(d, c->at, MSG_E_BRACKETS_NEEDED);
}

/* The first tag counts. */
static bool tag_set(struct nameaddr *v, const struct param *p)
{
    if (!name_is(p->name, "tag", 3))
        return true;
    if (!v->tag.at)
        v->tag = p->value;
    return p->value.at && (p->value.len == 0 || p->value.at[0] != '"');
}

/* Every message has From and To, so that a fault in them ends a call: old phones' ";;" and "tag="
 * mean nothing and are passed over there. */
static bool is_lenient(const struct decoder *d)
{
    return d->id == HDR_FROM || d->id == HDR_TO;
}

static bool param_read(struct decoder *d, struct cursor *c, struct nameaddr *v)
{
    struct param p;
    const char *at = c->at;
    if (is_lenient(d) && (cursor_done(c) || *at == ';'))
        return true;
    if (!param_scan_usual(c, STR("tag="), &p) && !(is_lenient(d) && p.value.at && p.value.len == 0))
        return decode_fail(d, c->at, MSG_E_BAD_PARAM);
    return tag_set(v, &p) || decode_fail(d, p.value.at ? p.value.at : at, MSG_E_BAD_PARAM);
}

static bool params_scan(struct decoder *d, struct cursor *c, struct nameaddr *v)
{
    const char *from = c->at, *end = c->at;
    v->tag = STR_NONE;
    while (param_starts(c)) {
        if (!param_read(d, c, v))
            return false;
        end = c->at;
    }
    v->params.text = params_between(from, end);
    v->text = text_between(v->text.at, end);
    return true;
}

static bool nameaddr_value(struct decoder *d, void *value)
{
    struct nameaddr *v = value;
    struct cursor c = d->c;
    if (cursor_done(&c))
        return decode_fail(d, c.at, MSG_E_EMPTY_VALUE);
    v->star = false;
    v->text.at = c.at;
    if (!display_scan(d, &c, v) || !uri_part(d, &c, v) || !params_scan(d, &c, v))
        return false;
    cursor_skip_lws(&c);
    d->c = c;
    return true;
}

/* RFC 3261 10.2.2: Contact: * stands alone and without parameters. */
static void *star(struct decoder *d)
{
    struct nameaddr *v = decode_alloc(d, sizeof *v);
    if (v)
        *v = (struct nameaddr){.text = {d->c.at, 1}, .star = true};
    return v;
}

void *decode_nameaddr(struct decoder *d)
{
    if (d->id == HDR_CONTACT && *d->c.at == '*') {
        if (d->c.end - d->c.at == 1)
            return star(d);
        const char *next = lex_span(d->c.at + 1, d->c.end, LEX_LWS);
        if (next < d->c.end && (*next == ',' || *next == ';')) {
            decode_fail(d, next, MSG_E_CONTACT_STAR);
            return NULL;
        }
    }
    return decode_list(d, sizeof(struct nameaddr), offsetof(struct nameaddr, next), nameaddr_value);
}
