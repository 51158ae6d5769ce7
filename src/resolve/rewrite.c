/* Rewrites a text as a NAPTR record's regexp field says: its delimiter, expression, replacement and
 * flags. Knows no record. */
#include "resolve/rewrite.h"

#include "base/regexp.h"

#define FIELD_MAX 255 /* RFC 1035 3.3: a character-string */

struct substitution {
    char delimiter;
    struct str expression, replacement, flags;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Up to the next delimiter that no \ stands before. */
static bool read_part(struct str field, char delimiter, size_t *at, struct str *out)
{
    size_t from = *at;
    for (size_t i = from; i < field.len; i++) {
        if (field.at[i] == delimiter) {
            *out = str_slice(field, from, i - from);
            *at = i + 1;
            return true;
        }
        i += field.at[i] == '\\';
    }
    return false;
}

/* RFC 6116 5.2: any delimiter, three times; an i behind the last says nothing where all is digits.
 */
static bool read_field(struct str field, struct substitution *s)
{
    size_t at = 1;
    if (field.len < 3 || field.len > FIELD_MAX)
        return false;
    s->delimiter = field.at[0];
    if (is_digit(s->delimiter) || s->delimiter == '\\' || (s->delimiter | 32) == 'i' ||
        !read_part(field, s->delimiter, &at, &s->expression) ||
        !read_part(field, s->delimiter, &at, &s->replacement))
        return false;
    s->flags = str_slice(field, at, field.len - at);
    return s->flags.len == 0 || str_equal_nocase(s->flags, STR("i"));
}

static bool is_special(char c)
{
    return memchr(".[]()*+?{}|^$", c, 13) != NULL;
}

/* A delimiter behind \ stands for itself, which it may do in a class, too. */
static struct str plain(const struct substitution *s, char space[FIELD_MAX])
{
    struct buf b;
    struct str e = s->expression;
    buf_init(&b, space, FIELD_MAX);
    for (size_t i = 0; i < e.len; i++) {
        if (e.at[i] != '\\' || i + 1 == e.len) {
            buf_put_char(&b, e.at[i]);
            continue;
        }
        i++;
        if (e.at[i] != s->delimiter || is_special(s->delimiter))
            buf_put_char(&b, '\\');
        buf_put_char(&b, e.at[i]);
    }
    return buf_str(&b);
}

static void put_group(struct buf *out, struct str text, const uint16_t places[2])
{
    if (places[0] != REGEXP_UNSET && places[1] != REGEXP_UNSET)
        buf_put(out, str_slice(text, places[0], (size_t)places[1] - places[0]));
}

/* False: it speaks of a group that is not there. */
static bool put_replacement(struct buf *out, struct str r, struct str text, unsigned n_groups,
                            const uint16_t *places)
{
    for (size_t i = 0; i < r.len; i++) {
        if (r.at[i] != '\\') {
            buf_put_char(out, r.at[i]);
            continue;
        }
        if (++i == r.len)
            return false;
        unsigned group = is_digit(r.at[i]) ? (unsigned)(r.at[i] - '0') : 0;
        if (!is_digit(r.at[i]))
            buf_put_char(out, r.at[i]);
        else if (group == 0 || group > n_groups)
            return false;
        else
            put_group(out, text, &places[2 * group]);
    }
    return !out->over;
}

bool rewrite_apply(struct str field, struct str text, struct buf *out)
{
    struct substitution s;
    struct regexp re;
    uint16_t places[2 * REGEXP_GROUPS];
    char space[FIELD_MAX];
    return read_field(field, &s) && !regexp_compile(&re, plain(&s, space)) &&
           regexp_match(&re, text, places) &&
           put_replacement(out, s.replacement, text, re.n_groups, places);
}
