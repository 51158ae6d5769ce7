/* Owns how a parameter's value is read and quoted in digest authentication. */
#include "auth/params.h"

static unsigned find(const struct param_names *names, struct str name)
{
    unsigned i = 0;
    while (i < names->n && !str_equal_nocase(name, names->names[i]))
        i++;
    return i;
}

/* A folded or a control character is part of no value, and must not get into what we write. */
static bool is_clean(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
            return false;
    return true;
}

/* RFC 7230 3.2.6: a quoted-pair is the octet behind the backslash. */
static struct str plain(struct buf *space, struct str value)
{
    if (value.len < 2 || value.at[0] != '"')
        return value;
    struct str inner = {value.at + 1, value.len - 2};
    if (str_find(inner, '\\') == inner.len)
        return inner;
    size_t from = space->len;
    quoted_unescape(space, value);
    return str_slice(buf_str(space), from, space->len);
}

bool params_read(const struct auth *a, const struct param_names *names, struct str *values,
                 struct buf *space)
{
    struct str name, value;
    bool good = true;
    for (unsigned i = 0; i < names->n; i++)
        values[i] = STR_NONE;
    for (size_t at = 0; auth_param_next(a, &at, &name, &value);) {
        unsigned i = find(names, name);
        if (i == names->n)
            continue;
        good = good && !values[i].at && is_clean(value);
        values[i] = plain(space, value);
    }
    return good && !space->over;
}

void params_put_quoted(struct buf *b, struct str s)
{
    size_t from = 0;
    buf_put_char(b, '"');
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '"' || s.at[i] == '\\') {
            buf_put(b, str_slice(s, from, i - from));
            buf_put_char(b, '\\');
            from = i;
        }
    buf_put(b, str_slice(s, from, s.len));
    buf_put_char(b, '"');
}
