/* What the decoders of header values share: the unread text, where values are kept, the first
 * fault, and the reading of parameters and lists. Knows no header. */
#ifndef TANDEM_SRC_MSG_DECODE_H
#define TANDEM_SRC_MSG_DECODE_H

#include "msg/lex.h"
#include "msg/msg.h"
#include "msg/tables.h"

struct decoder {
    struct cursor c; /* what is not read yet of the value */
    struct msg *m;
    enum hdr_id id;
    bool is_list; /* more values may follow behind a comma */
    enum msg_error_code code;
    const char *fault;
};

/* The first fault: its code and where it stands. Always false. */
bool decode_fail(struct decoder *d, const char *at, enum msg_error_code code);

/* Space for a value; NULL (and a fault) where the message has no more. Not zeroed. */
static inline void *decode_alloc(struct decoder *d, size_t size)
{
    void *at = msg_take_space(d->m, size);
    if (UNLIKELY(!at))
        decode_fail(d, d->c.at, MSG_E_TOO_MANY_VALUES);
    return at;
}

/* Reads one value into `value` from the cursor, which no white space precedes; leaves the cursor
 * behind the value and the white space that follows. False: a fault is noted. */
typedef bool decode_value(struct decoder *d, void *value);

/* Reads values until the end and links them through the pointer at `next_at` in each. NULL: a
 * fault. Inline, so that each family has a loop of its own with its reader in it. */
static inline void *decode_list(struct decoder *d, size_t size, size_t next_at, decode_value *value)
{
    void *first = NULL, **link = &first;
    for (;;) {
        char *v = decode_alloc(d, size);
        if (!v || !value(d, v))
            return NULL;
        *link = v;
        link = (void **)(void *)(v + next_at);
        *link = NULL;
        if (cursor_done(&d->c))
            return first;
        if (!d->is_list || !cursor_take(&d->c, ',')) {
            decode_fail(d, d->c.at, MSG_E_TRAILING_BYTES);
            return NULL;
        }
        cursor_skip_lws(&d->c);
    }
}

/* One ";name=value" behind its ';'. */
struct param {
    struct str name, value; /* value.at == NULL: none */
};

static inline bool param_value_scan(struct cursor *c, struct str *out)
{
    *out = STR_NONE;
    if (cursor_peek(c) == '"')
        return cursor_quoted(c, out);
    *out = cursor_run(c, LEX_GENVALUE);
    return out->len > 0;
}

/* RFC 3261 25.1 generic-param. Leaves the cursor behind the last byte of the parameter. False: the
 * cursor stands at the fault. */
static inline bool param_scan(struct cursor *c, struct param *out)
{
    out->name = cursor_token(c);
    out->value = STR_NONE;
    if (out->name.len == 0)
        return false;
    if (cursor_done(c) || *c->at == ';')
        return true;
    struct cursor look = *c;
    if (!cursor_take_sep(&look, '='))
        return true;
    *c = look;
    return param_value_scan(c, &out->value);
}

/* The same where one name is the usual one: `usual` has its '=', too. */
static inline bool param_scan_usual(struct cursor *c, struct str usual, struct param *out)
{
    if (!cursor_starts(c, usual) || lex_is_lws(c->at[usual.len]))
        return param_scan(c, out);
    out->name = (struct str){c->at, usual.len - 1};
    c->at += usual.len;
    return param_value_scan(c, &out->value);
}

/* Steps over SWS ';' SWS if a ';' is next; otherwise the cursor stays. */
static inline bool param_starts(struct cursor *c)
{
    struct cursor look = *c;
    if (!cursor_done(&look) && *look.at != ';')
        cursor_skip_lws(&look);
    if (!cursor_take(&look, ';'))
        return false;
    cursor_skip_lws(&look);
    *c = look;
    return true;
}

/* The parameters that were read up to `end`, without the white space before the first ';'. */
static inline struct str params_between(const char *from, const char *end)
{
    while (from < end && lex_is_lws(*from))
        from++;
    return text_between(from, end);
}

/* All parameters of a value, none of which the decoder itself wants. False: a fault is noted. */
bool decode_params(struct decoder *d, struct params *out);

/* Do two bytes, or four, differ by the case of letters alone? `lower` is letters. */
static inline bool same2(const char *at, const char *lower)
{
    uint16_t a, b;
    memcpy(&a, at, sizeof a);
    memcpy(&b, lower, sizeof b);
    return ((a ^ b) & 0xDFDF) == 0;
}

static inline bool same4(const char *at, const char *lower)
{
    uint32_t a, b;
    memcpy(&a, at, sizeof a);
    memcpy(&b, lower, sizeof b);
    return ((a ^ b) & 0xDFDFDFDF) == 0;
}

/* `lower` is 3 to 8 letters: its two ends, which may overlap. */
static inline bool name_is(struct str name, const char *lower, size_t len)
{
    if (name.len != len)
        return false;
    if (len == 3)
        return same2(name.at, lower) && same2(name.at + 1, lower + 1);
    return same4(name.at, lower) && same4(name.at + len - 4, lower + len - 4);
}

/* The families of data/headers.def. Each returns the first value, NULL after a fault. */
void *decode_via(struct decoder *d);
void *decode_nameaddr(struct decoder *d);
void *decode_cseq(struct decoder *d);
void *decode_number(struct decoder *d);
void *decode_token(struct decoder *d);
void *decode_media(struct decoder *d);
void *decode_callid(struct decoder *d);
void *decode_callid_params(struct decoder *d);
void *decode_auth(struct decoder *d);
void *decode_date(struct decoder *d);
void *decode_warning(struct decoder *d);
void *decode_decimal(struct decoder *d);
void *decode_rack(struct decoder *d);
void *decode_identity(struct decoder *d);
void *decode_privacy(struct decoder *d);

#endif
