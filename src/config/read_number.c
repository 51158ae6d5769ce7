/* Reads numbers, durations, booleans and words; keeps nothing. */
#include "config/read.h"

struct unit {
    const char *name;
    uint64_t ms;
};

/* Longest first. */
static const struct unit units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

#define N_UNITS (sizeof units / sizeof units[0])

static bool between(const struct key *k, uint64_t n)
{
    return n >= k->least && n <= k->most;
}

bool read_number(const struct key *k, struct str text, unsigned *out, struct buf *expected)
{
    uint64_t n;

    if (str_to_u64(text, UINT32_MAX, &n) && between(k, n)) {
        *out = (unsigned)n;
        return true;
    }
    buf_put_lit(expected, "expected a number from ");
    buf_put_u64(expected, k->least);
    buf_put_lit(expected, " to ");
    buf_put_u64(expected, k->most);
    return false;
}

/* In the longest unit that it is a whole number of. */
static void put_duration(struct buf *b, uint64_t ms)
{
    size_t i = 0;

    while (ms % units[i].ms != 0 || ms < units[i].ms)
        i++;
    buf_put_u64(b, ms / units[i].ms);
    buf_put(b, str_from(units[i].name));
}

static const struct unit *unit_named(struct str name)
{
    for (size_t i = 0; i < N_UNITS; i++)
        if (str_equal(name, str_from(units[i].name)))
            return &units[i];
    return NULL;
}

static bool to_ms(struct str text, uint64_t *ms)
{
    size_t digits = 0;
    uint64_t n;

    while (digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9')
        digits++;
    const struct unit *u = unit_named(str_slice(text, digits, text.len));

    if (str_equal(text, STR("0")))
        u = &units[0];
    if (!u || !str_to_u64(str_slice(text, 0, digits), UINT32_MAX, &n))
        return false;
    *ms = n * u->ms;
    return true;
}

bool read_duration(const struct key *k, struct str text, unsigned unit_ms, unsigned *out,
                   struct buf *expected)
{
    uint64_t ms;

    if (to_ms(text, &ms) && ms % unit_ms == 0 && between(k, ms / unit_ms)) {
        *out = (unsigned)(ms / unit_ms);
        return true;
    }
    buf_put_lit(expected, "expected a duration from ");
    if (k->least == 0)
        buf_put_char(expected, '0');
    else
        put_duration(expected, (uint64_t)k->least * unit_ms);
    buf_put_lit(expected, " to ");
    put_duration(expected, (uint64_t)k->most * unit_ms);
    if (unit_ms == 1000)
        buf_put_lit(expected, " in whole seconds");
    buf_put_lit(expected, ", with its unit, such as ");
    buf_put(expected, str_from(k->row.example));
    return false;
}

bool read_bool(struct str text, bool *out, struct buf *expected)
{
    *out = str_equal(text, STR("true"));
    if (*out || str_equal(text, STR("false")))
        return true;
    buf_put_lit(expected, "expected true or false");
    return false;
}

bool read_word(const char *const *words, unsigned n, struct str text, unsigned *out,
               struct buf *expected)
{
    for (unsigned i = 0; i < n; i++)
        if (str_equal_nocase(text, str_from(words[i]))) {
            *out = i;
            return true;
        }
    buf_put_lit(expected, "expected ");
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            buf_put(expected, i + 1 == n ? STR(" or ") : STR(", "));
        buf_put(expected, str_from(words[i]));
    }
    return false;
}

bool read_statuses(struct str text, struct buf *expected)
{
    size_t dash = str_find(text, '-');
    uint64_t from, to;

    if (str_to_u64(str_slice(text, 0, dash), 699, &from) && from >= 200 &&
        (dash == text.len ||
         (str_to_u64(str_slice(text, dash + 1, text.len), 699, &to) && to >= from)))
        return true;
    buf_put_lit(expected, "expected a status from 200 to 699 or a span of them, such as 200-499");
    return false;
}
