/* Puts values into struct config, by the kind of their key; knows no file. */
#include "config/value.h"

#include <assert.h>
#include <stdalign.h>

#include "config/listener.h"
#include "config/read.h"

static const char *const auth_words[] = {"auto", "required", "none"};
static const char *const level_words[] = {"error", "warn", "info", "debug"};
static const char *const format_words[] = {"text", "logfmt", "json"};
/* In the order of enum digest_algorithm. */
static const char *const algorithm_words[] = {"SHA-512-256", "SHA-256", "MD5"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Words are kept as their index. */
static_assert(sizeof(enum config_auth) == sizeof(unsigned), "an enum is an unsigned");
static_assert(sizeof(enum log_level) == sizeof(unsigned), "an enum is an unsigned");

struct list {
    void *at;
    unsigned n;
};

static void *member(const struct key *k, struct config *c)
{
    return (char *)c + k->at;
}

static const void *const_member(const struct key *k, const struct config *c)
{
    return (const char *)c + k->at;
}

/* NULL: full. */
static void *shelf_take(struct shelf *s, size_t size)
{
    size_t at = (s->len + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);

    if (at > s->cap || size > s->cap - at)
        return NULL;
    s->len = at + size;
    return s->at + at;
}

/* A copy with a NUL behind it. */
static bool keep(struct shelf *s, struct str text, struct str *out, struct buf *expected)
{
    if (text.len >= s->cap - s->len) {
        buf_put_lit(expected, "there is no room for it");
        return false;
    }
    char *at = s->at + s->len;

    memcpy(at, text.at, text.len);
    at[text.len] = '\0';
    s->len += text.len + 1;
    *out = (struct str){at, text.len};
    return true;
}

/* --- lists --- */

static size_t entry_size(const struct key *k)
{
    if (k->kind == KIND_NAMES || k->kind == KIND_LISTENERS)
        return sizeof(struct str);
    return k->kind == KIND_BLOCKS ? sizeof(struct addr_block) : 0;
}

bool value_is_list(const struct key *k)
{
    return entry_size(k) > 0 || k->kind == KIND_ALGORITHMS;
}

size_t value_lists_size(void)
{
    size_t size = 0;

    for (size_t i = 0; i < N_KEYS; i++)
        size += entry_size(&keys[i]) * keys[i].most + alignof(max_align_t);
    return size;
}

/* struct str_list and struct addr_block_list are alike. */
static struct list list_of(const struct key *k, const struct config *c)
{
    const struct str_list *texts = const_member(k, c);
    const struct addr_block_list *blocks = const_member(k, c);

    return k->kind == KIND_BLOCKS ? (struct list){blocks->list, blocks->n}
                                  : (struct list){texts->list, texts->n};
}

static void set_list(const struct key *k, struct config *c, struct list l)
{
    if (k->kind == KIND_BLOCKS)
        *(struct addr_block_list *)member(k, c) = (struct addr_block_list){l.at, l.n};
    else
        *(struct str_list *)member(k, c) = (struct str_list){l.at, l.n};
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

    if (k->kind == KIND_NAMES)
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
    if (!(k->kind == KIND_NAMES ? read_name(text, expected) : read_listener(text, expected)))
        return false;
    return keep(s, text, at, expected);
}

/* Port 0 is another one each time. */
static bool may_repeat(const struct key *k, struct str text)
{
    struct config_listener l;

    return k->kind == KIND_LISTENERS && !config_listener_parse(text, &l) && l.addr.port == 0;
}

static bool append(const struct key *k, struct config *c, struct shelf *s, struct str text,
                   struct buf *expected)
{
    struct list l = list_of(k, c);

    if (!l.at)
        l.at = shelf_take(s, k->most * entry_size(k));
    if (!l.at || l.n == k->most) {
        buf_put_lit(expected, "too many entries: at most ");
        buf_put_u64(expected, k->most);
        return false;
    }
    char *entry = (char *)l.at + l.n * entry_size(k);

    if (!read_entry(k, s, text, entry, expected))
        return false;
    for (unsigned i = 0; i < l.n && !may_repeat(k, text); i++)
        if (same_entry(k, (char *)l.at + i * entry_size(k), entry)) {
            buf_put_lit(expected, "is in the list already: leave it out");
            return false;
        }
    l.n++;
    set_list(k, c, l);
    return true;
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
    return k->kind == KIND_TEXT ? read_user(k, text, expected) : read_address(text, expected);
}

bool value_add(const struct key *k, struct config *c, struct shelf *s, struct str text,
               struct buf *expected)
{
    void *at = member(k, c);

    switch (k->kind) {
    case KIND_NAMES:
    case KIND_LISTENERS:
    case KIND_BLOCKS:
        return append(k, c, s, text, expected);
    case KIND_ALGORITHMS:
        return add_algorithm(at, text, expected);
    case KIND_HOST:
    case KIND_PATH:
    case KIND_TEXT:
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
        return read_word(auth_words, COUNT(auth_words), text, at, expected);
    case KIND_LEVEL:
        return read_word(level_words, COUNT(level_words), text, at, expected);
    case KIND_FORMAT:
        return read_word(format_words, COUNT(format_words), text, at, expected);
    case N_KINDS:
        break;
    }
    return false;
}

static size_t size_of(const struct key *k)
{
    if (k->kind == KIND_HOST || k->kind == KIND_PATH || k->kind == KIND_TEXT ||
        k->kind == KIND_ADDRESS)
        return sizeof(struct str);
    return k->kind == KIND_BOOL ? sizeof(bool) : sizeof(unsigned);
}

void value_clear(const struct key *k, struct config *c)
{
    if (entry_size(k) > 0)
        set_list(k, c, (struct list){list_of(k, c).at, 0});
    else
        memset(member(k, c), 0, size_of(k));
}

void value_preset(const struct key *k, struct config *c, struct shelf *s)
{
    struct str rest = str_from(k->row.preset);
    char text[200];
    struct buf expected;

    value_clear(k, c);
    buf_init(&expected, text, sizeof text);
    while (rest.len > 0) {
        struct str word = str_slice(rest, 0, str_find(rest, ' '));
        bool good = value_add(k, c, s, word, &expected);

        assert(good);
        (void)good;
        rest = str_trim(str_slice(rest, word.len, rest.len));
    }
}

static bool same_lists(const struct key *k, struct list a, struct list b)
{
    for (unsigned i = 0; i < a.n && a.n == b.n; i++)
        if (!same_entry(k, (char *)a.at + i * entry_size(k), (char *)b.at + i * entry_size(k)))
            return false;
    return a.n == b.n;
}

bool value_same(const struct key *k, const struct config *a, const struct config *b)
{
    if (entry_size(k) > 0)
        return same_lists(k, list_of(k, a), list_of(k, b));
    if (size_of(k) == sizeof(struct str))
        return str_equal(*(const struct str *)const_member(k, a),
                         *(const struct str *)const_member(k, b));
    return memcmp(const_member(k, a), const_member(k, b), size_of(k)) == 0;
}
