/* Decodes challenges and credentials: the scheme and its parameters (RFC 3261 25.1). Computes no
 * digest. */
#include "msg/decode.h"

/* auth-param-name EQUAL ( token / quoted-string ). Unquoted values with '/', ':', '@' or '=' are
 * met (uri=sip:example.com). */
static bool one_scan(struct cursor *c, struct str *name, struct str *value)
{
    *name = cursor_token(c);
    if (name->len == 0 || !cursor_take_sep(c, '='))
        return false;
    if (cursor_peek(c) == '"')
        return cursor_quoted(c, value);
    const char *from = c->at;
    while (!cursor_done(c) && *c->at != ',' && lex_is(*c->at, LEX_GENVALUE | LEX_URIC))
        c->at++;
    *value = text_between(from, c->at);
    return value->len > 0;
}

static bool list_scan(struct decoder *d)
{
    struct str name, value;
    do {
        if (!one_scan(&d->c, &name, &value))
            return decode_fail(d, d->c.at, MSG_E_BAD_AUTH);
    } while (cursor_take_sep(&d->c, ','));
    return cursor_done(&d->c) || decode_fail(d, d->c.at, MSG_E_BAD_AUTH);
}

/* auth-scheme LWS; Authentication-Info has none. */
static bool scheme_scan(struct decoder *d, struct auth *v)
{
    v->scheme = STR_NONE;
    if (d->id == HDR_AUTHENTICATION_INFO)
        return true;
    v->scheme = cursor_token(&d->c);
    const char *gap = d->c.at;
    cursor_skip_lws(&d->c);
    return (v->scheme.len > 0 && d->c.at > gap) || decode_fail(d, gap, MSG_E_BAD_AUTH);
}

/* RFC 6750 2.1, 7617 2: some schemes have one bare word instead of parameters; only those of RFC
 * 3261 are looked into. */
static bool has_params(const struct decoder *d, const struct auth *v)
{
    return d->id == HDR_AUTHENTICATION_INFO || str_equal_nocase(v->scheme, STR("Digest"));
}

void *decode_auth(struct decoder *d)
{
    struct auth *v = decode_alloc(d, sizeof *v);
    if (!v || !scheme_scan(d, v))
        return NULL;
    v->text = text_between(d->c.at, d->c.end);
    return !has_params(d, v) || list_scan(d) ? v : NULL;
}

static struct str unquote(struct str s)
{
    if (s.len >= 2 && s.at[0] == '"')
        return (struct str){s.at + 1, s.len - 2};
    return s;
}

bool auth_param_next(const struct auth *a, size_t *at, struct str *name, struct str *value)
{
    struct cursor c = cursor_of(str_slice(a->text, *at, a->text.len));
    const char *from = c.at;
    if (cursor_done(&c) || !one_scan(&c, name, value))
        return false;
    (void)cursor_take_sep(&c, ',');
    *at += (size_t)(c.at - from);
    return true;
}

bool auth_param(const struct auth *a, struct str name, struct str *value)
{
    struct str n, v;
    for (size_t at = 0; auth_param_next(a, &at, &n, &v);)
        if (str_equal_nocase(n, name)) {
            *value = unquote(v);
            return true;
        }
    return false;
}
