/* Puts values into struct config and its entries, by the kind of their key; knows no file. */
#include "config/value.h"

#include <assert.h>
#include <stdalign.h>

#include "config/listener.h"
#include "config/read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WORDS(...)                                                      \
    {                                                                   \
        (const char *const[]){__VA_ARGS__},                             \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *) \
    }

/* Words are kept as their index: in the order of their enums. */
static const struct {
    const char *const *list;
    unsigned n;
} words[N_KINDS - KIND_AUTH] = {
    [KIND_AUTH - KIND_AUTH] = WORDS("auto", "required", "none"),
    [KIND_LEVEL - KIND_AUTH] = WORDS("error", "warn", "info", "debug"),
    [KIND_FORMAT - KIND_AUTH] = WORDS("text", "logfmt", "json"),
    [KIND_SWITCH - KIND_AUTH] = WORDS("", "false", "true"),
    [KIND_SERVE - KIND_AUTH] = WORDS("no", "register", "lookup", "default"),
    [KIND_ALLOW - KIND_AUTH] = WORDS("accounts", "peers", "anyone"),
    [KIND_FORK - KIND_AUTH] = WORDS("parallel", "sequential", "by_q"), /* enum fork_order */
    [KIND_MODE - KIND_AUTH] = WORDS("", "transaction", "call", "stateless"),
    [KIND_CLIENTS - KIND_AUTH] = WORDS("no", "ask", "require"),
    [KIND_TLS - KIND_AUTH] = WORDS("1.2", "1.3"),
    [KIND_PING - KIND_AUTH] = WORDS("crlf", "options"), /* enum ping_by */
    [KIND_POLICY - KIND_AUTH] = WORDS("random", "round-robin", "call-id", "user", "least"),
    [KIND_ORDER - KIND_AUTH] = WORDS("all", "in-order", "in-turn", "longest-idle"),
};
/* In the order of enum digest_algorithm. */
static const char *const algorithm_words[] = {"SHA-512-256", "SHA-256", "MD5"};

static_assert(sizeof(enum config_auth) == sizeof(unsigned), "an enum is an unsigned");
static_assert(sizeof(enum log_level) == sizeof(unsigned), "an enum is an unsigned");

struct list {
    void *at;
    unsigned n;
};
static_assert(sizeof(struct list) == sizeof(struct str_list), "see list_of");
static_assert(sizeof(struct list) == sizeof(struct config_route_list), "see list_of");

static void *member(const struct key *k, void *base)
{
    return (char *)base + k->at;
}

static const void *const_member(const struct key *k, const void *base)
{
    return (const char *)base + k->at;
}

static bool no_memory(struct buf *expected)
{
    buf_put_lit(expected, "there is no memory for it");
    return false;
}

static bool keep(struct shelf *s, struct str text, struct str *out, struct buf *expected)
{
    return shelf_keep(s, text, out) || no_memory(expected);
}

/* --- lists --- */

static size_t entry_size(const struct key *k)
{
    if (k->kind == KIND_NAMES || k->kind == KIND_LISTENERS || k->kind == KIND_TEXTS ||
        k->kind == KIND_SERVERS || k->kind == KIND_ORIGINS || k->kind == KIND_STATUSES)
        return sizeof(struct str);
    if (k->kind == KIND_BLOCKS)
        return sizeof(struct addr_block);
    return key_entries(k) ? key_entries(k)->size : 0;
}

bool value_is_list(const struct key *k)
{
    return entry_size(k) > 0 || k->kind == KIND_ALGORITHMS;
}

/* struct str_list, struct addr_block_list and the lists of entries are alike. */
static struct list list_of(const struct key *k, const void *base)
{
    struct list l;

    memcpy(&l, const_member(k, base), sizeof l);
    return l;
}

static void set_list(const struct key *k, void *base, struct list l)
{
    memcpy(member(k, base), &l, sizeof l);
}

static bool same_listener(struct str a, struct str b)
{
    struct config_listener x, y;

    return !config_listener_parse(a, &x) && !config_listener_parse(b, &y) &&
           x.transport == y.transport && x.localhost == y.localhost && addr_equal(&x.addr, &y.addr);
}

static bool same_entry(const struct key *k, const void *a, const void *b)
{
    const struct addr_block *x = a, *y = b;

    if (k->kind == KIND_TEXTS || k->kind == KIND_STATUSES)
        return str_equal(*(const struct str *)a, *(const struct str *)b);
    if (k->kind == KIND_NAMES || k->kind == KIND_SERVERS || k->kind == KIND_ORIGINS)
        return str_equal_nocase(*(const struct str *)a, *(const struct str *)b);
    if (k->kind == KIND_LISTENERS)
        return same_listener(*(const struct str *)a, *(const struct str *)b);
    return x->bits == y->bits && addr_equal_ip(&x->addr, &y->addr);
}

static bool read_entry(const struct key *k, struct shelf *s, struct str text, void *at,
                       struct buf *expected)
{
    if (k->kind == KIND_BLOCKS)
        return read_block(text, at, expected);
    bool good = k->kind == KIND_TEXTS      ? read_item(text, expected)
                : k->kind == KIND_STATUSES ? read_statuses(text, expected)
                : k->kind == KIND_NAMES    ? read_name(text, expected)
                : k->kind == KIND_SERVERS  ? read_server(text, expected)
                : k->kind == KIND_ORIGINS  ? read_origin(text, expected)
                                           : read_listener(text, expected);

    return good && keep(s, text, at, expected);
}

/* Port 0 is another one each time. */
static bool may_repeat(const struct key *k, struct str text)
{
    struct config_listener l;

    return k->kind == KIND_LISTENERS && !config_listener_parse(text, &l) && l.addr.port == 0;
}

/* The place of a further entry, which does not count yet. Lists grow by doubling. */
static void *next_place(const struct key *k, void *base, struct shelf *s, struct buf *expected)
{
    struct list l = list_of(k, base);
    size_t size = entry_size(k);

    if (l.n == k->most) {
        buf_put_lit(expected, "too many entries: at most ");
        buf_put_u64(expected, k->most);
        return NULL;
    }
    if ((l.n & (l.n - 1)) == 0) {
        void *at = shelf_take(s, (l.n ? 2 * (size_t)l.n : 1) * size);

        if (!at) {
            (void)no_memory(expected);
            return NULL;
        }
        if (l.n > 0)
            memcpy(at, l.at, l.n * size);
        l.at = at;
        set_list(k, base, l);
    }
    return (char *)l.at + l.n * size;
}

static void count_entry(const struct key *k, void *base)
{
    struct list l = list_of(k, base);

    l.n++;
    set_list(k, base, l);
}

static bool append(const struct key *k, void *base, struct shelf *s, struct str text,
                   struct buf *expected)
{
    void *entry = next_place(k, base, s, expected);
    struct list l = list_of(k, base);

    if (!entry || !read_entry(k, s, text, entry, expected))
        return false;
    for (unsigned i = 0; i < l.n && !may_repeat(k, text); i++)
        if (same_entry(k, (char *)l.at + i * entry_size(k), entry)) {
            buf_put_lit(expected, "is in the list already: leave it out");
            return false;
        }
    count_entry(k, base);
    return true;
}

static bool preset_all(const struct key_table *t, struct config_entry *e, struct shelf *s)
{
    for (unsigned i = 0; i < t->n; i++)
        if (!value_preset(&t->keys[i], e, s))
            return false;
    return true;
}

struct config_entry *value_add_entry(const struct key *k, void *base, struct shelf *s,
                                     struct buf *expected)
{
    const struct key_table *t = key_entries(k);
    struct config_entry *e = next_place(k, base, s, expected);
    unsigned *lines = e ? shelf_take(s, t->n * sizeof *lines) : NULL;

    if (!e)
        return NULL;
    memset(e, 0, t->size);
    if (!lines || !preset_all(t, e, s)) {
        (void)no_memory(expected);
        return NULL;
    }
    e->lines = lines;
    count_entry(k, base);
    return e;
}

static bool add_algorithm(unsigned *bits, struct str text, struct buf *expected)
{
    unsigned i = 0;

    if (!read_word(algorithm_words, COUNT(algorithm_words), text, &i, expected))
        return false;
    if (*bits & 1u << i) {
        buf_put_lit(expected, "is in the list already: leave it out");
        return false;
    }
    *bits |= 1u << i;
    return true;
}

/* --- single values --- */

static bool is_text(const struct key *k, struct str text, struct buf *expected)
{
    if (k->kind == KIND_HOST)
        return read_host(text, expected);
    if (k->kind == KIND_PATH)
        return read_path(k, text, expected);
    if (k->kind == KIND_URL_PATH)
        return read_url_path(k, text, expected);
    if (k->kind == KIND_LINE)
        return read_line(k, text, expected);
    if (k->kind == KIND_CODE)
        return read_code(k, text, expected);
    if (k->kind == KIND_ADDRESS)
        return read_address(text, expected);
    return k->kind == KIND_TEXT ? read_user(k, text, expected) : read_label(k, text, expected);
}

static bool add_word(const struct key *k, unsigned *at, struct str text, struct buf *expected)
{
    unsigned of_unsaid = k->kind == KIND_SWITCH;
    unsigned n = words[k->kind - KIND_AUTH].n - of_unsaid;

    if (!read_word(words[k->kind - KIND_AUTH].list + of_unsaid, n, text, at, expected))
        return false;
    *at += of_unsaid;
    return true;
}

bool value_add(const struct key *k, void *base, struct shelf *s, struct str text,
               struct buf *expected)
{
    void *at = member(k, base);

    switch (k->kind) {
    case KIND_NAMES:
    case KIND_LISTENERS:
    case KIND_SERVERS:
    case KIND_BLOCKS:
    case KIND_TEXTS:
    case KIND_STATUSES:
    case KIND_ORIGINS:
        return append(k, base, s, text, expected);
    case KIND_ALGORITHMS:
        return add_algorithm(at, text, expected);
    case KIND_ROUTES:
    case KIND_SETS:
    case KIND_MEMBERS:
    case KIND_GROUPS:
    case KIND_AGENTS:
        buf_put_lit(expected, "expected entries with keys of their own, such as ");
        buf_put(expected, str_from(k->row.example));
        return false;
    case KIND_HOST:
    case KIND_PATH:
    case KIND_URL_PATH:
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_LABEL:
    case KIND_CODE:
    case KIND_ADDRESS:
        return is_text(k, text, expected) && keep(s, text, at, expected);
    case KIND_NUMBER:
        return read_number(k, text, at, expected);
    case KIND_SECONDS:
        return read_duration(k, text, 1000, at, expected);
    case KIND_MILLISECONDS:
        return read_duration(k, text, 1, at, expected);
    case KIND_BOOL:
        return read_bool(text, at, expected);
    case KIND_AUTH:
    case KIND_LEVEL:
    case KIND_FORMAT:
    case KIND_SWITCH:
    case KIND_SERVE:
    case KIND_ALLOW:
    case KIND_POLICY:
    case KIND_ORDER:
    case KIND_FORK:
    case KIND_MODE:
    case KIND_CLIENTS:
    case KIND_TLS:
    case KIND_PING:
        return add_word(k, at, text, expected);
    case N_KINDS:
        break;
    }
    return false;
}

static size_t size_of(const struct key *k)
{
    if (k->kind >= KIND_HOST && k->kind <= KIND_ADDRESS)
        return sizeof(struct str);
    return k->kind == KIND_BOOL ? sizeof(bool) : sizeof(unsigned);
}

/* What a list had stays on the shelf, unused: it may grow anew. */
void value_clear(const struct key *k, void *base)
{
    if (entry_size(k) > 0)
        set_list(k, base, (struct list){NULL, 0});
    else
        memset(member(k, base), 0, size_of(k));
}

bool value_preset(const struct key *k, void *base, struct shelf *s)
{
    struct str rest = str_from(k->row.preset);
    char text[200];
    struct buf expected;
    bool good = true;

    value_clear(k, base);
    buf_init(&expected, text, sizeof text);
    while (rest.len > 0 && good) {
        struct str word = str_slice(rest, 0, str_find(rest, ' '));

        good = value_add(k, base, s, word, &expected);
        rest = str_trim(str_slice(rest, word.len, rest.len));
    }
    return good;
}

static bool same_in_table(const struct key_table *t, const void *a, const void *b)
{
    for (unsigned i = 0; i < t->n; i++)
        if (!value_same(&t->keys[i], a, b))
            return false;
    return true;
}

static bool same_lists(const struct key *k, struct list a, struct list b)
{
    const struct key_table *t = key_entries(k);

    for (unsigned i = 0; i < a.n && a.n == b.n; i++) {
        const char *x = (const char *)a.at + i * entry_size(k);
        const char *y = (const char *)b.at + i * entry_size(k);

        if (!(t ? same_in_table(t, x, y) : same_entry(k, x, y)))
            return false;
    }
    return a.n == b.n;
}

bool value_same(const struct key *k, const void *a, const void *b)
{
    if (entry_size(k) > 0)
        return same_lists(k, list_of(k, a), list_of(k, b));
    if (size_of(k) == sizeof(struct str))
        return str_equal(*(const struct str *)const_member(k, a),
                         *(const struct str *)const_member(k, b));
    return memcmp(const_member(k, a), const_member(k, b), size_of(k)) == 0;
}
