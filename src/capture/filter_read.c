/* The words of a filter: values become terms, in the order in which they are to be asked. */
#include "capture/filter.h"

#include "ip.h"

enum { DEPTH = LIMIT_CAPTURE_FILTER_TERMS };

/* The words in front of a value. */
struct words {
    bool any; /* there are some */
    enum { WORD_HOST, WORD_NET, WORD_PORT, WORD_RANGE } type;
    bool has_type;
    enum capture_side side;
    uint8_t protocol, family;
};

struct reader {
    struct capture_filter *out;
    struct str text, word;  /* `word` is a part of `text`; empty: its end */
    struct words last;      /* those of the value before */
    uint8_t waiting[DEPTH]; /* what joins terms that are not all there yet; OPEN: a parenthesis */
    unsigned n_waiting;
};

#define OPEN 255

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* It ends the word before it. */
static bool is_sign(char c)
{
    return c == '(' || c == ')' || c == '!' || c == '&' || c == '|';
}

static size_t word_len(struct str s)
{
    size_t len = 0;

    if (str_starts(s, STR("&&")) || str_starts(s, STR("||")))
        return 2;
    if (s.len > 0 && is_sign(s.at[0]))
        return 1;
    while (len < s.len && !is_space(s.at[len]) && !is_sign(s.at[len]))
        len++;
    return len;
}

/* On to the next word. */
static void step(struct reader *r)
{
    size_t at = r->word.at ? (size_t)(r->word.at - r->text.at) + r->word.len : 0;

    while (at < r->text.len && is_space(r->text.at[at]))
        at++;
    r->word = str_slice(r->text, at, r->text.len);
    r->word.len = word_len(r->word);
}

static bool is(const struct reader *r, const char *word)
{
    return str_equal_nocase(r->word, str_from(word));
}

static bool is_join(const struct reader *r, bool *is_and)
{
    *is_and = is(r, "and") || is(r, "&&");
    return *is_and || is(r, "or") || is(r, "||");
}

/* --- terms and what joins them --- */

static bool put(struct reader *r, const struct capture_term *t)
{
    if (r->out->n == LIMIT_CAPTURE_FILTER_TERMS)
        return false;
    r->out->terms[r->out->n++] = *t;
    return true;
}

static bool wait(struct reader *r, uint8_t kind)
{
    if (r->n_waiting == DEPTH)
        return false;
    r->waiting[r->n_waiting++] = kind;
    return true;
}

/* All that waits behind the last open parenthesis has its terms. */
static bool join(struct reader *r)
{
    while (r->n_waiting > 0 && r->waiting[r->n_waiting - 1] != OPEN) {
        struct capture_term t = {.kind = r->waiting[--r->n_waiting]};

        if (!put(r, &t))
            return false;
    }
    return true;
}

/* --- a value with its words --- */

static bool take_type(struct reader *r, struct words *w)
{
    static const char *const names[] = {
        [WORD_HOST] = "host", [WORD_NET] = "net", [WORD_PORT] = "port", [WORD_RANGE] = "portrange"};

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is(r, names[i])) {
            w->type = i;
            w->has_type = true;
            return true;
        }
    return false;
}

static bool take_word(struct reader *r, struct words *w)
{
    static const struct {
        const char *name;
        enum capture_side side;
        uint8_t protocol, family;
    } words[] = {{"src", CAPTURE_FROM, 0, 0}, {"dst", CAPTURE_TO, 0, 0}, {"udp", 0, IP_UDP, 0},
                 {"tcp", 0, IP_TCP, 0},       {"sctp", 0, IP_SCTP, 0},   {"ip", 0, 0, ADDR_IP4},
                 {"ip6", 0, 0, ADDR_IP6}};

    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is(r, words[i].name)) {
            w->side = words[i].side ? words[i].side : w->side;
            w->protocol = words[i].protocol ? words[i].protocol : w->protocol;
            w->family = words[i].family ? words[i].family : w->family;
            return true;
        }
    return take_type(r, w);
}

static bool read_port(struct str s, uint16_t *out)
{
    uint64_t n;

    if (!str_to_u64(s, UINT16_MAX, &n))
        return false;
    *out = (uint16_t)n;
    return true;
}

static const char *read_value(const struct reader *r, const struct words *w, struct capture_term *t)
{
    size_t dash = str_find(r->word, '-');

    switch (w->type) {
    case WORD_HOST:
        t->what = CAPTURE_NET;
        if (!addr_parse_ip(r->word, &t->net.addr))
            return "no address; names are not looked up";
        t->net.bits = t->net.addr.family == ADDR_IP4 ? 32 : 128;
        return NULL;
    case WORD_NET:
        t->what = CAPTURE_NET;
        return addr_block_parse(r->word, &t->net) ? NULL : "no network such as 192.0.2.0/24";
    case WORD_PORT:
        t->what = CAPTURE_PORTS;
        if (!read_port(r->word, &t->ports[0]))
            return "no port";
        t->ports[1] = t->ports[0];
        return NULL;
    case WORD_RANGE:
        break;
    }
    t->what = CAPTURE_PORTS;
    return read_port(str_slice(r->word, 0, dash), &t->ports[0]) &&
                   read_port(str_slice(r->word, dash + 1, r->word.len), &t->ports[1])
               ? NULL
               : "no range of ports such as 10000-20000";
}

static bool is_value(const struct reader *r)
{
    bool is_and;

    return r->word.len > 0 && !is_join(r, &is_and) && !is_sign(r->word.at[0]) && !is(r, "not");
}

static const char *read_term(struct reader *r)
{
    struct words w = {0};
    struct capture_term t = {.kind = CAPTURE_TERM};

    while (take_word(r, &w)) {
        w.any = true;
        step(r);
    }
    if (!w.any)
        w = r->last;
    t.side = w.side;
    t.protocol = w.protocol;
    t.family = w.family;
    if (is_value(r)) {
        const char *wrong = read_value(r, &w, &t);

        if (wrong)
            return wrong;
        r->last = w;
        step(r);
    } else if (!w.any || w.has_type || w.side)
        return "a value is missing";
    return put(r, &t) ? NULL : "too long";
}

/* --- the whole --- */

/* Where a term may stand; *done: one stood there. */
static const char *before_term(struct reader *r, bool *done)
{
    bool is_open = is(r, "("), is_not = is(r, "not") || is(r, "!");

    if (!is_open && !is_not) {
        *done = true;
        return read_term(r);
    }
    step(r);
    return wait(r, is_open ? OPEN : CAPTURE_NOT) ? NULL : "too long";
}

static const char *behind_term(struct reader *r, bool *done)
{
    bool is_and;

    if (is_join(r, &is_and)) {
        *done = false;
        if (!join(r) || !wait(r, is_and ? CAPTURE_AND : CAPTURE_OR))
            return "too long";
    } else if (is(r, ")")) {
        if (!join(r))
            return "too long";
        if (r->n_waiting == 0)
            return "no parenthesis is open";
        r->n_waiting--;
    } else
        return "and, or or the end has to stand here";
    step(r);
    return NULL;
}

static const char *read_all(struct reader *r)
{
    bool done = false;
    const char *wrong = NULL;

    step(r);
    while (!wrong && r->word.len > 0)
        wrong = done ? behind_term(r, &done) : before_term(r, &done);
    if (wrong)
        return wrong;
    if (!done)
        return "a value is missing";
    if (!join(r))
        return "too long";
    return r->n_waiting == 0 ? NULL : "a parenthesis is not closed";
}

const char *capture_filter_read(struct capture_filter *f, struct str text, size_t *at)
{
    struct reader r = {.out = f, .text = text};

    f->n = 0;
    const char *wrong = read_all(&r);

    *at = r.word.at ? (size_t)(r.word.at - text.at) : 0;
    return wrong;
}
