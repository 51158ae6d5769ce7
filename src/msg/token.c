/* Decodes headers whose values are a token with parameters, and two of their kin: Privacy and
 * Identity. Knows no meaning of the tokens. */
#include "msg/decode.h"

static bool token_value(struct decoder *d, void *value)
{
    struct token *v = value;
    v->name = cursor_token(&d->c);
    if (v->name.len == 0)
        return decode_fail(d, d->c.at, MSG_E_BAD_TOKEN);
    v->text = v->name;
    v->params.text = STR_NONE;
    if (cursor_done(&d->c) || *d->c.at == ',')
        return true;
    if (!decode_params(d, &v->params))
        return false;
    if (v->params.text.len > 0)
        v->text = text_between(v->name.at, v->params.text.at + v->params.text.len);
    cursor_skip_lws(&d->c);
    return true;
}

void *decode_token(struct decoder *d)
{
    return decode_list(d, sizeof(struct token), offsetof(struct token, next), token_value);
}

/* RFC 3323 4.2: priv-value *( ";" priv-value ). Commas are met instead and mean the same. */
static bool privacy_value(struct decoder *d, struct token *v)
{
    v->name = v->text = cursor_token(&d->c);
    v->params.text = STR_NONE;
    v->next = NULL;
    if (v->name.len == 0)
        return decode_fail(d, d->c.at, MSG_E_BAD_PRIVACY);
    return true;
}

void *decode_privacy(struct decoder *d)
{
    struct token *first = NULL, **link = &first;
    do {
        struct token *v = decode_alloc(d, sizeof *v);
        if (!v || !privacy_value(d, v))
            return NULL;
        *link = v;
        link = &v->next;
    } while (cursor_take_sep(&d->c, ';') || cursor_take_sep(&d->c, ','));
    if (cursor_done(&d->c))
        return first;
    decode_fail(d, d->c.at, MSG_E_BAD_PRIVACY);
    return NULL;
}

/* RFC 8224 4: base64url parts with dots between them, in the compact form of a PASSporT ".." and a
 * signature; RFC 4474: the signature as a quoted string. */
static bool digest_scan(struct cursor *c, struct str *out)
{
    if (cursor_peek(c) == '"')
        return cursor_quoted(c, out);
    const char *from = c->at;
    while (!cursor_done(c) && (lex_is(*c->at, LEX_TOKEN) || *c->at == '/' || *c->at == '='))
        c->at++;
    *out = text_between(from, c->at);
    return out->len > 0;
}

/* info is a URI in brackets, the others are generic parameters. */
static bool identity_param(struct cursor *c)
{
    struct param p;
    struct cursor look = *c;
    if (cursor_token(&look).len > 0 && cursor_take_sep(&look, '=') && cursor_take(&look, '<')) {
        *c = look;
        return cursor_run(c, LEX_URIC).len > 0 && cursor_take(c, '>');
    }
    return param_scan(c, &p);
}

static bool identity_value(struct decoder *d, void *value)
{
    struct token *v = value;
    const char *from = d->c.at;
    if (!digest_scan(&d->c, &v->name))
        return decode_fail(d, d->c.at, MSG_E_BAD_IDENTITY);
    const char *params = d->c.at, *end = params;
    while (param_starts(&d->c)) {
        if (!identity_param(&d->c))
            return decode_fail(d, d->c.at, MSG_E_BAD_IDENTITY);
        end = d->c.at;
    }
    v->params.text = params_between(params, end);
    v->text = text_between(from, end);
    cursor_skip_lws(&d->c);
    return true;
}

void *decode_identity(struct decoder *d)
{
    return decode_list(d, sizeof(struct token), offsetof(struct token, next), identity_value);
}
