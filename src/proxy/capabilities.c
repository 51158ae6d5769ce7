/* Owns the comparison of feature parameters (RFC 3840 9, RFC 3841 7.2.4 and 8). Knows no feature's
 * meaning: what a value looks like decides how it is compared. */
#include "proxy/capabilities.h"

#include <string.h>

#define MILLION INT64_C(1000000)

static const struct str base_tags[] = {
    STR_INIT("audio"),   STR_INIT("automata"), STR_INIT("class"),       STR_INIT("duplex"),
    STR_INIT("data"),    STR_INIT("control"),  STR_INIT("mobility"),    STR_INIT("description"),
    STR_INIT("events"),  STR_INIT("priority"), STR_INIT("methods"),     STR_INIT("schemes"),
    STR_INIT("video"),   STR_INIT("actor"),    STR_INIT("application"), STR_INIT("language"),
    STR_INIT("isfocus"), STR_INIT("type"),     STR_INIT("extensions"),  STR_INIT("text"),
};

/* RFC 3841 7.2.3 steps 2 and 3 */
static bool is_feature(struct str name)
{
    if (name.len > 1 && name.at[0] == '+')
        return true;
    for (size_t i = 0; i < sizeof base_tags / sizeof *base_tags; i++)
        if (str_equal_nocase(base_tags[i], name))
            return true;
    return false;
}

/* RFC 3840 9: a tag of the base set is "sip.audio" written as "audio"; others have a plus. */
static struct str tag_of(struct str name)
{
    if (name.at[0] == '+')
        name = str_slice(name, 1, name.len);
    if (name.len > 4 && str_equal_nocase(str_slice(name, 0, 4), STR("sip.")))
        name = str_slice(name, 4, name.len);
    return name;
}

bool features_any(struct params p)
{
    struct str name, value;
    for (size_t at = 0; params_next(p, &at, &name, &value);)
        if (is_feature(name))
            return true;
    return false;
}

static bool find(struct params p, struct str tag, struct str *value)
{
    struct str name;
    for (size_t at = 0; params_next(p, &at, &name, value);)
        if (is_feature(name) && str_equal_nocase(tag_of(name), tag))
            return true;
    return false;
}

/* --- values --- */

enum value_kind { VALUE_TOKEN, VALUE_STRING, VALUE_NUMBER };

struct value {
    enum value_kind kind;
    bool not ;
    struct str text;
    int64_t least, most; /* of a number, in millionths */
};

/* A decimal as millionths; further digits are cut. */
static bool read_number(struct str s, int64_t *out)
{
    bool minus = s.len > 0 && s.at[0] == '-';
    size_t i = minus || (s.len > 0 && s.at[0] == '+');
    int64_t n = 0, unit = MILLION;
    bool digits = false, point = false;
    for (; i < s.len; i++) {
        if (s.at[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (s.at[i] < '0' || s.at[i] > '9' || n > INT64_MAX / 100)
            return false;
        digits = true;
        unit /= point ? 10 : 1;
        n = point ? n + unit * (s.at[i] - '0') : n * 10 + MILLION * (s.at[i] - '0');
    }
    *out = minus ? -n : n;
    return digits;
}

/* RFC 3841 8: "#>=4", "#<=5", "#=3", "#1:5". */
static bool read_range(struct str s, struct value *v)
{
    v->kind = VALUE_NUMBER;
    v->least = INT64_MIN;
    v->most = INT64_MAX;
    if (s.len > 2 && s.at[0] == '>' && s.at[1] == '=')
        return read_number(str_slice(s, 2, s.len), &v->least);
    if (s.len > 2 && s.at[0] == '<' && s.at[1] == '=')
        return read_number(str_slice(s, 2, s.len), &v->most);
    if (s.len > 1 && s.at[0] == '=') {
        bool good = read_number(str_slice(s, 1, s.len), &v->least);
        v->most = v->least;
        return good;
    }
    size_t colon = str_find(s, ':');
    return read_number(str_slice(s, 0, colon), &v->least) &&
           read_number(str_slice(s, colon + 1, s.len), &v->most) && v->least <= v->most;
}

static struct value value_of(struct str s)
{
    struct value v = {.kind = VALUE_TOKEN, .not = s.len > 0 && s.at[0] == '!'};
    s = str_trim(v.not ? str_slice(s, 1, s.len) : s);
    v.text = s;
    if (s.len > 1 && s.at[0] == '<' && s.at[s.len - 1] == '>')
        v.kind = VALUE_STRING;
    else if (s.len > 0 && s.at[0] == '#' && !read_range(str_slice(s, 1, s.len), &v))
        v.kind = VALUE_TOKEN; /* no number: equal to itself alone */
    return v;
}

/* Is there a value of the feature that both allow? */
static bool agree(const struct value *a, const struct value *b)
{
    bool same;
    if (a->kind != b->kind)
        return a->not || b->not ;
    if (a->not &&b->not )
        return true;
    if (a->kind == VALUE_NUMBER) {
        const struct value *out = a->not ? a : b, *in = a->not ? b : a;
        if (a->not || b->not )
            return in->least < out->least || in->most > out->most;
        return a->least <= b->most && b->least <= a->most;
    }
    same =
        a->kind == VALUE_STRING ? str_equal(a->text, b->text) : str_equal_nocase(a->text, b->text);
    return same != (a->not || b->not );
}

/* The next of a list; a string is one value, whatever stands in it. */
static bool next_value(struct str *list, struct value *out)
{
    if (list->len == 0)
        return false;
    size_t end = list->at[0] == '<' ? list->len : str_find(*list, ',');
    *out = value_of(str_trim(str_slice(*list, 0, end)));
    *list = end < list->len ? str_slice(*list, end + 1, list->len) : STR_NONE;
    return true;
}

/* RFC 3841 8: none at all is TRUE. */
static struct str list_of(struct str value)
{
    if (!value.at)
        return STR("TRUE");
    if (value.len >= 2 && value.at[0] == '"')
        value = str_slice(value, 1, value.len - 2);
    return str_trim(value);
}

static bool lists_agree(struct str a, struct str b)
{
    struct value x, y;
    for (struct str rest = list_of(a); next_value(&rest, &x);)
        for (struct str others = list_of(b); next_value(&others, &y);)
            if (agree(&x, &y))
                return true;
    return false;
}

struct feature_match features_match(struct params wanted, struct params contact)
{
    struct feature_match m = {.agrees = true};
    struct str name, value, has;
    unsigned n = 0, named = 0;
    for (size_t at = 0; params_next(wanted, &at, &name, &value);) {
        if (!is_feature(name))
            continue;
        n++;
        if (!find(contact, tag_of(name), &has))
            continue;
        named++;
        m.agrees = m.agrees && lists_agree(value, has);
    }
    m.names_all = named == n;
    m.score = n ? 1000 * named / n : 1000;
    return m;
}
