/* Reads flat JSON objects (RFC 8259); knows no verb. */
#include "tools/ctl_row.h"

#include <stdlib.h>

#include "base/buf.h"

struct reader {
    struct str rest;
    struct buf out;
    bool bad;
};

static void skip_space(struct reader *r)
{
    while (r->rest.len > 0 && memchr(" \t\r\n", r->rest.at[0], 4))
        r->rest = str_slice(r->rest, 1, r->rest.len);
}

static bool take(struct reader *r, char c)
{
    skip_space(r);
    if (r->rest.len == 0 || r->rest.at[0] != c)
        return false;
    r->rest = str_slice(r->rest, 1, r->rest.len);
    return true;
}

static unsigned take_hex(struct reader *r)
{
    unsigned n = 0;

    for (unsigned i = 0; i < 4; i++) {
        char c = r->rest.len > i ? r->rest.at[i] : ' ';
        const char *digit = strchr("0123456789abcdef", c | 0x20);

        if (!digit || !*digit) {
            r->bad = true;
            return 0;
        }
        n = n << 4 | (unsigned)(digit - "0123456789abcdef");
    }
    r->rest = str_slice(r->rest, 4, r->rest.len);
    return n;
}

/* RFC 3629 3 */
static void put_utf8(struct buf *b, unsigned c)
{
    if (c < 0x80) {
        buf_put_char(b, (char)c);
    } else if (c < 0x800) {
        buf_put_char(b, (char)(0xc0 | c >> 6));
        buf_put_char(b, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_put_char(b, (char)(0xe0 | c >> 12));
        buf_put_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_put_char(b, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_put_char(b, (char)(0xf0 | c >> 18));
        buf_put_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_put_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_put_char(b, (char)(0x80 | (c & 0x3f)));
    }
}

/* RFC 8259 7: a half of a pair alone is no character. */
static void take_unicode(struct reader *r)
{
    unsigned c = take_hex(r);

    if (c >= 0xd800 && c < 0xdc00 && str_starts(r->rest, STR("\\u"))) {
        r->rest = str_slice(r->rest, 2, r->rest.len);
        unsigned low = take_hex(r);

        c = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00)
                                          : 0xfffd;
    }
    put_utf8(&r->out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
}

static void take_escape(struct reader *r)
{
    static const char names[] = "\"\\/bfnrt", chars[] = "\"\\/\b\f\n\r\t";
    char c = r->rest.len > 0 ? r->rest.at[0] : '\0';
    const char *at = strchr(names, c);

    r->rest = str_slice(r->rest, 1, r->rest.len);
    if (c == 'u')
        take_unicode(r);
    else if (c && at)
        buf_put_char(&r->out, chars[at - names]);
    else
        r->bad = true;
}

static void take_string(struct reader *r)
{
    while (!r->bad && r->rest.len > 0 && r->rest.at[0] != '"') {
        char c = r->rest.at[0];

        r->rest = str_slice(r->rest, 1, r->rest.len);
        if (c == '\\')
            take_escape(r);
        else
            buf_put_char(&r->out, c);
    }
    if (!take(r, '"'))
        r->bad = true;
}

/* A number, true, false or null, as it stands. */
static void take_plain(struct reader *r)
{
    size_t n = 0;

    while (n < r->rest.len && !memchr(",]}[{\" \t", r->rest.at[n], 8))
        n++;
    r->bad |= n == 0;
    buf_put(&r->out, str_slice(r->rest, 0, n));
    r->rest = str_slice(r->rest, n, r->rest.len);
}

static void take_value(struct reader *r)
{
    if (take(r, '"'))
        take_string(r);
    else
        take_plain(r);
}

static void take_list(struct reader *r)
{
    for (bool first = true; !r->bad && !take(r, ']'); first = false) {
        if (!first && !take(r, ','))
            r->bad = true;
        if (!first)
            buf_put_lit(&r->out, ", ");
        if (!r->bad)
            take_value(r);
    }
}

static void take_field(struct reader *r, struct ctl_field *f)
{
    size_t from = r->out.len;

    if (!take(r, '"'))
        r->bad = true;
    take_string(r);
    f->key = (struct str){r->out.at + from, r->out.len - from};
    from = r->out.len;
    if (!take(r, ':'))
        r->bad = true;
    if (take(r, '['))
        take_list(r);
    else
        take_value(r);
    f->value = (struct str){r->out.at + from, r->out.len - from};
}

bool ctl_row_read(struct ctl_row *row, struct str json)
{
    size_t cap = 2 * json.len + 1; /* ", " may be longer than "," */
    struct reader r = {.rest = json};

    *row = (struct ctl_row){.text = malloc(cap)};
    if (!row->text)
        return false;
    buf_init(&r.out, row->text, cap);
    r.bad = !take(&r, '{');
    for (bool first = true; !r.bad && !take(&r, '}'); first = false) {
        if ((!first && !take(&r, ',')) || row->n == CTL_FIELDS)
            r.bad = true;
        else
            take_field(&r, &row->fields[row->n++]);
    }
    skip_space(&r);
    if (!r.bad && !r.out.over && r.rest.len == 0)
        return true;
    ctl_row_free(row);
    return false;
}

void ctl_row_free(struct ctl_row *row)
{
    free(row->text);
    *row = (struct ctl_row){0};
}

struct str ctl_row_get(const struct ctl_row *row, const char *key)
{
    for (unsigned i = 0; i < row->n; i++)
        if (str_equal(row->fields[i].key, str_from(key)))
            return row->fields[i].value;
    return STR_NONE;
}
