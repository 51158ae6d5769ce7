/* Reads sip, sips and tel URIs in one pass and carries others whole. Knows no header. */
#include "msg/uri_scan.h"
#include "msg/uri_text.h"

/* RFC 3261 25.1: user [ ":" password ] "@". Without an '@' behind them these bytes are the host. */
static inline enum msg_error_code userinfo_scan(struct cursor *c, enum uri_form form,
                                                struct uri *out)
{
    struct cursor look = *c;
    struct str user, password = STR_NONE;
    if (form == URI_BARE) {
        const char *stop = look.at;
        while (stop < look.end && *stop != ';' && *stop != '?' && *stop != ',')
            stop++;
        look.end = stop;
    }
    bool whole = escaped_scan(&look, LEX_USER, &user);
    if (whole && cursor_take(&look, ':'))
        whole = escaped_scan(&look, LEX_PASS, &password);
    if (!whole) {
        c->at = look.at;
        return MSG_E_BAD_URI_ESCAPE;
    }
    if (cursor_peek(&look) != '@')
        return MSG_OK;
    if (user.len == 0)
        return MSG_E_BAD_URI_USER;
    out->user = user;
    out->password = password;
    c->at = look.at + 1;
    return MSG_OK;
}

/* *( ";" pname [ "=" pvalue ] ) */
static inline enum msg_error_code params_scan(struct cursor *c, struct str *out)
{
    const char *from = c->at;
    struct str name, value;
    while (cursor_take(c, ';')) {
        if (!escaped_scan(c, LEX_PARAM, &name))
            return MSG_E_BAD_URI_ESCAPE;
        if (name.len == 0)
            return MSG_E_BAD_URI_PARAM;
        if (!cursor_take(c, '='))
            continue;
        if (!escaped_scan(c, LEX_PARAM, &value))
            return MSG_E_BAD_URI_ESCAPE;
        if (value.len == 0)
            return MSG_E_BAD_URI_PARAM;
    }
    *out = (struct str){from, (size_t)(c->at - from)};
    return MSG_OK;
}

/* "?" hname "=" hvalue *( "&" hname "=" hvalue ) */
static inline enum msg_error_code headers_scan(struct cursor *c, struct str *out)
{
    const char *from = c->at;
    struct str name, value;
    do {
        c->at++;
        if (!escaped_scan(c, LEX_HNV, &name))
            return MSG_E_BAD_URI_ESCAPE;
        if (name.len == 0 || !cursor_take(c, '='))
            return MSG_E_BAD_URI_HEADERS;
        if (!escaped_scan(c, LEX_HNV, &value))
            return MSG_E_BAD_URI_ESCAPE;
    } while (cursor_peek(c) == '&');
    *out = (struct str){from, (size_t)(c->at - from)};
    return MSG_OK;
}

static inline enum msg_error_code sip_scan(struct cursor *c, enum uri_form form, struct uri *out)
{
    enum msg_error_code e = userinfo_scan(c, form, out);
    if (e != MSG_OK)
        return e;
    if (!host_scan(c, &out->host))
        return MSG_E_BAD_URI_HOST;
    if (cursor_take(c, ':') && !port_scan(c, &out->port))
        return MSG_E_BAD_URI_PORT;
    if (form == URI_BARE)
        return MSG_OK;
    if (cursor_peek(c) == ';')
        e = params_scan(c, &out->params);
    if (e == MSG_OK && cursor_peek(c) == '?')
        e = headers_scan(c, &out->headers);
    return e;
}

/* RFC 3966 3: phone-context has a value. NULL: it is absent or good; else where the value should
 * stand. */
static const char *context_fault(struct str params)
{
    struct str name, value;
    for (size_t at = 0; uri_pair_next(params, ';', &at, &name, &value);)
        if (!value.at && uri_text_equal(name, STR("phone-context"), true))
            return name.at + name.len;
    return NULL;
}

static inline enum msg_error_code tel_params_scan(struct cursor *c, struct str *out)
{
    enum msg_error_code e = params_scan(c, out);
    const char *fault = e == MSG_OK ? context_fault(*out) : NULL;
    if (!fault)
        return e;
    c->at = fault;
    return MSG_E_BAD_URI_PARAM;
}

/* RFC 3966 3: a global number is '+' and digits, a local one may hold HEXDIG, '*' and '#'; either
 * at least one besides the visual separators. A local number without phone-context is let through:
 * gateways and old phones send them. */
static inline enum msg_error_code tel_scan(struct cursor *c, enum uri_form form, struct uri *out)
{
    const char *from = c->at;
    bool global = cursor_take(c, '+');
    size_t digits = 0;
    for (; !cursor_done(c); c->at++) {
        char ch = *c->at;
        if (lex_is(ch, global ? LEX_DIGIT : LEX_HEX) || (!global && (ch == '*' || ch == '#')))
            digits++;
        else if (ch != '-' && ch != '.' && ch != '(' && ch != ')')
            break;
    }
    if (digits == 0)
        return MSG_E_BAD_TEL;
    out->user = (struct str){from, (size_t)(c->at - from)};
    if (form == URI_FULL && cursor_peek(c) == ';')
        return tel_params_scan(c, &out->params);
    return MSG_OK;
}

static inline enum msg_error_code other_scan(struct cursor *c, enum uri_form form)
{
    const char *from = c->at;
    for (; !cursor_done(c) && lex_is(*c->at, LEX_URIC); c->at++) {
        if (form == URI_BARE && (*c->at == ';' || *c->at == ',' || *c->at == '?'))
            break;
        if (*c->at == '%' &&
            (c->end - c->at < 3 || !lex_is(c->at[1], LEX_HEX) || !lex_is(c->at[2], LEX_HEX)))
            return MSG_E_BAD_URI_ESCAPE;
    }
    return c->at == from ? MSG_E_BAD_URI : MSG_OK;
}

static enum uri_scheme scheme_of(struct str s)
{
    if (s.len == 3 && str_equal_nocase(s, STR("sip")))
        return URI_SIP;
    if (s.len == 4 && str_equal_nocase(s, STR("sips")))
        return URI_SIPS;
    if (s.len == 3 && str_equal_nocase(s, STR("tel")))
        return URI_TEL;
    return URI_OTHER;
}

static inline enum msg_error_code scheme_scan(struct cursor *c, struct uri *out)
{
    const char *from = c->at;
    if (LIKELY(c->end - from > 4 && memcmp(from, "sip:", 4) == 0)) {
        out->scheme = URI_SIP;
        out->scheme_name = (struct str){from, 3};
        c->at = from + 4;
        return MSG_OK;
    }
    if (cursor_done(c) || !lex_is(*from, LEX_ALPHA))
        return MSG_E_BAD_URI_SCHEME;
    out->scheme_name = cursor_run(c, LEX_SCHEME);
    if (!cursor_take(c, ':'))
        return MSG_E_BAD_URI_SCHEME;
    out->scheme = scheme_of(out->scheme_name);
    return MSG_OK;
}

static inline enum msg_error_code scheme_part_scan(struct cursor *c, enum uri_form form,
                                                   struct uri *out)
{
    enum msg_error_code e = scheme_scan(c, out);
    if (e != MSG_OK)
        return e;
    switch (out->scheme) {
    case URI_SIP:
    case URI_SIPS:
        return sip_scan(c, form, out);
    case URI_TEL:
        return tel_scan(c, form, out);
    case URI_NONE:
    case URI_OTHER:
        break;
    }
    return other_scan(c, form);
}

/* Field by field: as a whole gcc clears it in a loop. */
static inline void clear(struct uri *out)
{
    out->scheme = URI_NONE;
    out->text = out->scheme_name = out->user = out->password = STR_NONE;
    out->host = out->params = out->headers = STR_NONE;
    out->port = 0;
}

/* The cursor is copied so that the scanners, which are inline, keep it in registers. */
enum msg_error_code uri_scan(struct cursor *c, enum uri_form form, struct uri *out)
{
    struct cursor look = *c;
    clear(out);
    enum msg_error_code e = scheme_part_scan(&look, form, out);
    if (out->scheme != URI_NONE)
        out->text = text_between(c->at, look.at);
    c->at = look.at;
    return e;
}

bool uri_parse(struct str s, struct uri *out, struct msg_error *err)
{
    s = s.at ? s : STR("");
    struct cursor c = cursor_of(s);
    enum msg_error_code e = uri_scan(&c, URI_FULL, out);
    if (e == MSG_OK && !cursor_done(&c))
        e = MSG_E_BAD_URI;
    *err = (struct msg_error){.code = e, .offset = (uint32_t)(c.at - s.at)};
    return e == MSG_OK;
}
