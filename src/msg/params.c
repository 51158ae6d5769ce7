/* Reads ";name=value" parameters: when a value is decoded, and again on demand. Knows no header. */
#include "msg/decode.h"

bool decode_params(struct decoder *d, struct params *out)
{
    struct cursor c = d->c;
    struct param p;
    const char *from = c.at, *end = from;
    while (param_starts(&c)) {
        if (!param_scan(&c, &p))
            return decode_fail(d, c.at, MSG_E_BAD_PARAM);
        end = c.at;
    }
    out->text = end > from ? params_between(from, end) : STR_NONE;
    d->c = c;
    return true;
}

/* The text was read once and found good: what a decoder let through as empty is passed over,
 * anything else ends the iteration. */
bool params_next(struct params p, size_t *at, struct str *name, struct str *value)
{
    if (*at >= p.text.len)
        return false;
    struct cursor c = {p.text.at + *at, p.text.at + p.text.len};
    struct param one = {STR_NONE, STR_NONE};
    bool started = param_starts(&c);
    while (started && cursor_peek(&c) == ';')
        param_starts(&c);
    if (!started || (!param_scan(&c, &one) && !one.value.at)) {
        *at = p.text.len;
        return false;
    }
    *at = (size_t)(c.at - p.text.at);
    *name = one.name;
    *value = one.value;
    return true;
}

bool params_get(struct params p, struct str name, struct str *value)
{
    struct str n, v;
    for (size_t at = 0; params_next(p, &at, &n, &v);) {
        if (!str_equal_nocase(n, name))
            continue;
        *value = v;
        return true;
    }
    return false;
}

void quoted_unescape(struct buf *b, struct str s)
{
    if (s.len < 2 || s.at[0] != '"' || s.at[s.len - 1] != '"') {
        buf_put(b, s);
        return;
    }
    for (size_t i = 1; i + 1 < s.len; i++) {
        if (s.at[i] == '\\' && i + 2 < s.len)
            i++;
        buf_put_char(b, s.at[i]);
    }
}
