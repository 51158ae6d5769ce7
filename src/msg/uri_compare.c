/* When two URIs are the same, and a hash that agrees: RFC 3261 19.1.4 with RFC 5954 4.2 for IPv6,
 * RFC 3966 4 for tel. Resolves nothing: a name and its address differ. */
#include "base/siphash.h"
#include "msg/uri.h"
#include "msg/uri_text.h"

/* Beyond so many parameters or headers two URIs are equal only byte by byte: comparing takes the
 * product of their numbers. */
#define PAIRS_MAX 64

static size_t pair_count(struct str text, char separator)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == separator ? 1U : 0U;
    return n;
}

static bool part_equal(struct str a, struct str b)
{
    return (a.at == NULL) == (b.at == NULL) && uri_text_equal(a, b, false);
}

/* RFC 5954 4.2: IPv6 references compare as addresses. */
static bool host_equal(const struct uri *a, const struct uri *b)
{
    struct addr x, y;
    if (str_equal_nocase(a->host, b->host))
        return true;
    return a->host.at[0] == '[' && b->host.at[0] == '[' && uri_host_addr(a, &x) &&
           uri_host_addr(b, &y) && addr_equal_ip(&x, &y);
}

/* RFC 3261 19.1.4: "appearing in only one URI never matches". transport is of the kind too: an
 * equality that held for it would be against the section's own example. */
static bool must_be_in_both(struct str name)
{
    return uri_text_equal(name, STR("user"), true) || uri_text_equal(name, STR("ttl"), true) ||
           uri_text_equal(name, STR("method"), true) || uri_text_equal(name, STR("maddr"), true) ||
           uri_text_equal(name, STR("transport"), true);
}

/* RFC 3261 7.1: methods are case-sensitive, all other values are not. */
static bool value_equal(struct str name, struct str a, struct str b)
{
    return (a.at == NULL) == (b.at == NULL) &&
           uri_text_equal(a, b, !uri_text_equal(name, STR("method"), true));
}

/* Every parameter of a that is in b, too, matches; those that must be are. */
static bool params_match(const struct uri *a, const struct uri *b)
{
    struct str name, value, other;
    for (size_t at = 0; uri_pair_next(a->params, ';', &at, &name, &value);) {
        if (uri_param(b, name, &other)) {
            if (!value_equal(name, value, other))
                return false;
        } else if (must_be_in_both(name)) {
            return false;
        }
    }
    return true;
}

static size_t header_count(struct str headers, struct str name, struct str value)
{
    struct str n, v;
    size_t count = 0;
    for (size_t at = 0; uri_pair_next(headers, '&', &at, &n, &v);)
        if (uri_text_equal(n, name, true) && uri_text_equal(v, value, true))
            count++;
    return count;
}

/* "URI header components are never ignored": the same ones as often in both. */
static bool headers_equal(struct str a, struct str b)
{
    struct str name, value;
    if (pair_count(a, '&') != pair_count(b, '&') || (a.len == 0) != (b.len == 0))
        return false;
    for (size_t at = 0; uri_pair_next(a, '&', &at, &name, &value);)
        if (header_count(a, name, value) != header_count(b, name, value))
            return false;
    return true;
}

static bool is_large(const struct uri *u)
{
    return pair_count(u->params, ';') > PAIRS_MAX || pair_count(u->headers, '&') > PAIRS_MAX;
}

static bool sip_equal(const struct uri *a, const struct uri *b)
{
    if (a->port != b->port || !part_equal(a->user, b->user) ||
        !part_equal(a->password, b->password) || !host_equal(a, b))
        return false;
    return params_match(a, b) && params_match(b, a) && headers_equal(a->headers, b->headers);
}

static bool is_separator(char c)
{
    return c == '-' || c == '.' || c == '(' || c == ')';
}

/* RFC 3966 4: without the visual separators and without case. */
static bool number_equal(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.len && is_separator(a.at[i]))
            i++;
        while (k < b.len && is_separator(b.at[k]))
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (lex_lower(a.at[i++]) != lex_lower(b.at[k++]))
            return false;
    }
}

static bool tel_value_equal(struct str name, struct str a, struct str b)
{
    if ((a.at == NULL) != (b.at == NULL))
        return false;
    bool number = uri_text_equal(name, STR("ext"), true) ||
                  (uri_text_equal(name, STR("phone-context"), true) && a.len > 0 && a.at[0] == '+');
    return number ? number_equal(a, b) : uri_text_equal(a, b, true);
}

static bool tel_equal(const struct uri *a, const struct uri *b)
{
    struct str name, value, other;
    if (!number_equal(a->user, b->user) || pair_count(a->params, ';') != pair_count(b->params, ';'))
        return false;
    for (size_t at = 0; uri_pair_next(a->params, ';', &at, &name, &value);)
        if (!uri_param(b, name, &other) || !tel_value_equal(name, value, other))
            return false;
    for (size_t at = 0; uri_pair_next(b->params, ';', &at, &name, &value);)
        if (!uri_has_param(a, name))
            return false;
    return true;
}

static bool other_equal(const struct uri *a, const struct uri *b)
{
    size_t n = a->scheme_name.len;
    return str_equal_nocase(a->scheme_name, b->scheme_name) &&
           str_equal(str_slice(a->text, n, a->text.len), str_slice(b->text, n, b->text.len));
}

bool uri_equal(const struct uri *a, const struct uri *b)
{
    if (a->scheme != b->scheme)
        return false;
    if (str_equal(a->text, b->text))
        return true;
    switch (a->scheme) {
    case URI_SIP:
    case URI_SIPS:
        return !is_large(a) && !is_large(b) && sip_equal(a, b);
    case URI_TEL:
        return !is_large(a) && !is_large(b) && tel_equal(a, b);
    case URI_NONE:
    case URI_OTHER:
        break;
    }
    return other_equal(a, b);
}

/* Characters go into a block; a full block's hash begins the next one. */
struct hasher {
    const struct hash_key *key;
    size_t len;
    char text[128];
};

static void hasher_put(struct hasher *h, char c)
{
    if (h->len == sizeof h->text) {
        uint64_t hash = siphash13(h->key, (struct str){h->text, h->len});
        memcpy(h->text, &hash, sizeof hash);
        h->len = sizeof hash;
    }
    h->text[h->len++] = c;
}

static void hash_text(struct hasher *h, struct str s, bool nocase)
{
    struct cursor c = {s.at, s.len > 0 ? s.at + s.len : s.at};
    while (!cursor_done(&c)) {
        unsigned ch = uri_next_char(&c);
        if (ch & URI_ESCAPED_RESERVED)
            hasher_put(h, '%');
        char byte = (char)(ch & 0xff);
        hasher_put(h, nocase ? lex_lower(byte) : byte);
    }
    hasher_put(h, '\n');
}

static void hash_host(struct hasher *h, const struct uri *u)
{
    struct addr a;
    if (u->host.at[0] != '[' || !uri_host_addr(u, &a)) {
        hash_text(h, u->host, true);
        return;
    }
    for (size_t i = 0; i < sizeof a.ip; i++)
        hasher_put(h, (char)a.ip[i]);
}

static void hash_number(struct hasher *h, struct str number)
{
    for (size_t i = 0; i < number.len; i++)
        if (!is_separator(number.at[i]))
            hasher_put(h, lex_lower(number.at[i]));
}

uint64_t uri_hash(const struct uri *u, const struct hash_key *key)
{
    struct hasher h = {.key = key};
    hasher_put(&h, (char)u->scheme);
    switch (u->scheme) {
    case URI_SIP:
    case URI_SIPS:
        hash_text(&h, u->user, false);
        hash_text(&h, u->password, false);
        hash_host(&h, u);
        hasher_put(&h, (char)(u->port >> 8));
        hasher_put(&h, (char)u->port);
        break;
    case URI_TEL:
        hash_number(&h, u->user);
        break;
    case URI_NONE:
    case URI_OTHER:
        hash_text(&h, u->scheme_name, true);
        for (size_t i = u->scheme_name.len; i < u->text.len; i++)
            hasher_put(&h, u->text.at[i]);
        break;
    }
    return siphash13(key, (struct str){h.text, h.len});
}
