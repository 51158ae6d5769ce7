/* Makes and reads GRUUs. A temporary one is a synthetic initialisation vector (RFC 5297's idea, of
 * SipHash-2-4 as its pseudorandom function), then what it hides under the key stream of that
 * vector: so equal ones come from equal REGISTERs alone, nobody can tell two users' apart from
 * two of one user, and nobody but us can make one. */
#include "registrar/gruu.h"

#include <assert.h>

#include "registrar/instance.h"

#define TEMPORARY "tgruu."
#define VECTOR_BYTES 16
#define FIXED_BYTES 22 /* instance, begun, cseq, length of the user part */
#define PADDED_TO 32   /* hides the user part's length among others' */
#define PLAIN_MAX (FIXED_BYTES + LIMIT_AOR_BYTES + PADDED_TO)
#define SCHEME_BYTES 4 /* "sip:" */

/* --- bytes --- */

static void put_number(char *at, uint64_t n, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (char)(n >> (8 * i) & 0xff);
}

static uint64_t number(const char *at, unsigned bytes)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < bytes; i++)
        n |= (uint64_t)(unsigned char)at[i] << (8 * i);
    return n;
}

/* RFC 4648 5 without padding: a URI's user part holds it as it is. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_base64(struct buf *b, struct str s)
{
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < s.len; i++) {
        bits = bits << 8 | (unsigned char)s.at[i];
        for (n += 8; n >= 6; n -= 6)
            buf_put_char(b, alphabet[bits >> (n - 6) & 63]);
    }
    if (n > 0)
        buf_put_char(b, alphabet[bits << (6 - n) & 63]);
}

static bool take_base64(struct buf *b, struct str s)
{
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *found = memchr(alphabet, s.at[i], 64);
        if (!found)
            return false;
        bits = bits << 6 | (uint32_t)(found - alphabet);
        n += 6;
        if (n < 8)
            continue;
        n -= 8;
        buf_put_char(b, (char)(bits >> n & 0xff));
    }
    return !b->over && (bits & ((1u << n) - 1)) == 0;
}

/* --- what is hidden --- */

static struct hash_key derive(const struct hash_key *key, struct str first, struct str second)
{
    return (struct hash_key){siphash24(key, first), siphash24(key, second)};
}

/* Over the domain, too: at another one it is nobody's. */
static void make_vector(const struct hash_key *key, struct str domain, struct str plain,
                        char out[VECTOR_BYTES])
{
    struct hash_key one = derive(key, STR("gruu 1"), STR("gruu 2"));
    struct hash_key two = derive(key, STR("gruu 3"), STR("gruu 4"));
    char space[LIMIT_AOR_BYTES + 1 + PLAIN_MAX];
    struct buf b;
    buf_init(&b, space, sizeof space);
    buf_put(&b, domain);
    buf_put_char(&b, '\0');
    buf_put(&b, plain);
    assert(!b.over);
    put_number(out, siphash24(&one, buf_str(&b)), 8);
    put_number(out + 8, siphash24(&two, buf_str(&b)), 8);
}

static void encipher(const struct hash_key *key, const char vector[VECTOR_BYTES], char *at,
                     size_t len)
{
    struct hash_key stream = derive(key, STR("gruu 5"), STR("gruu 6"));
    char block[VECTOR_BYTES + 4], bytes[8];
    memcpy(block, vector, VECTOR_BYTES);
    for (size_t i = 0; i < len; i++) {
        if (i % sizeof bytes == 0) {
            put_number(block + VECTOR_BYTES, i / sizeof bytes, 4);
            put_number(bytes, siphash24(&stream, (struct str){block, sizeof block}), 8);
        }
        at[i] = (char)(at[i] ^ bytes[i % sizeof bytes]);
    }
}

/* A number that stands for the instance, whatever its spelling: keyed, so that nobody can make two
 * alike. */
static uint64_t instance_number(const struct hash_key *key, struct str instance)
{
    struct hash_key own = derive(key, STR("gruu 7"), STR("gruu 8"));
    char space[GRUU_INSTANCE_MAX];
    struct buf b;
    buf_init(&b, space, sizeof space);
    instance_print(&b, instance);
    return b.over ? 0 : siphash24(&own, buf_str(&b));
}

bool gruu_is_possible(struct str instance)
{
    return instance.len > 0 && instance.len <= GRUU_INSTANCE_MAX;
}

struct parts {
    struct str user, domain;
};

static struct parts parts_of(struct str aor)
{
    size_t at = aor.len;
    while (at > SCHEME_BYTES && aor.at[at - 1] != '@')
        at--;
    return (struct parts){str_slice(aor, SCHEME_BYTES, at - SCHEME_BYTES - (at > SCHEME_BYTES)),
                          str_slice(aor, at, aor.len)};
}

/* --- made --- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-_.!~*'()[]/:&+$", c));
}

/* RFC 3261 25.1: paramchar, the rest escaped. */
static void put_escaped(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_plain(s.at[i])) {
            buf_put_char(b, s.at[i]);
            continue;
        }
        buf_put_char(b, '%');
        buf_put_hex(b, (unsigned char)s.at[i], 2);
    }
}

static void put_scheme(struct buf *b, const struct gruu_maker *maker)
{
    buf_put(b, maker->secure ? STR("sips:") : STR("sip:"));
}

void gruu_print_public(struct buf *b, const struct gruu_maker *maker, struct str instance)
{
    put_scheme(b, maker);
    buf_put(b, str_slice(maker->aor, SCHEME_BYTES, maker->aor.len));
    buf_put_lit(b, ";gr=");
    put_escaped(b, instance);
}

void gruu_print_temporary(struct buf *b, const struct gruu_maker *maker,
                          const struct binding *newest)
{
    struct parts parts = parts_of(maker->aor);
    char space[VECTOR_BYTES + PLAIN_MAX] = {0}, *plain = space + VECTOR_BYTES;
    size_t len = (FIXED_BYTES + parts.user.len + PADDED_TO - 1) / PADDED_TO * PADDED_TO;
    assert(len <= PLAIN_MAX);
    put_number(plain, instance_number(maker->key, instance_of(newest->params)), 8);
    put_number(plain + 8, newest->begun, 8);
    put_number(plain + 16, newest->cseq, 4);
    put_number(plain + 20, parts.user.len, 2);
    if (parts.user.len > 0)
        memcpy(plain + FIXED_BYTES, parts.user.at, parts.user.len);
    make_vector(maker->key, parts.domain, (struct str){plain, len}, space);
    encipher(maker->key, space, plain, len);
    put_scheme(b, maker);
    buf_put_lit(b, TEMPORARY);
    put_base64(b, (struct str){space, VECTOR_BYTES + len});
    buf_put_char(b, '@');
    buf_put(b, parts.domain);
    buf_put_lit(b, ";gr");
}

/* --- read --- */

static bool is_same(const char *a, const char *b, size_t len)
{
    unsigned differ = 0;
    for (size_t i = 0; i < len; i++)
        differ |= (unsigned)(a[i] ^ b[i]);
    return differ == 0;
}

/* `key`: the Request-URI's own canonical form; it becomes the user's. */
static bool read_temporary(const struct hash_key *k, struct buf *key, struct gruu *out)
{
    char space[VECTOR_BYTES + PLAIN_MAX], vector[VECTOR_BYTES], text[LIMIT_AOR_BYTES];
    struct buf b, aor;
    struct parts parts = parts_of(buf_str(key));
    if (!str_starts(parts.user, STR(TEMPORARY)))
        return false;
    buf_init(&b, space, sizeof space);
    struct str token = str_slice(parts.user, sizeof TEMPORARY - 1, parts.user.len);
    if (!take_base64(&b, token) || b.len < VECTOR_BYTES + PADDED_TO ||
        (b.len - VECTOR_BYTES) % PADDED_TO != 0)
        return false;
    char *plain = space + VECTOR_BYTES;
    size_t len = b.len - VECTOR_BYTES;
    encipher(k, space, plain, len);
    make_vector(k, parts.domain, (struct str){plain, len}, vector);
    if (!is_same(vector, space, VECTOR_BYTES))
        return false;
    *out = (struct gruu){
        .is_temporary = true, .instance = number(plain, 8), .begun = number(plain + 8, 8)};
    buf_init(&aor, text, sizeof text);
    buf_put_lit(&aor, "sip:");
    buf_put(&aor, (struct str){plain + FIXED_BYTES, (size_t)number(plain + 20, 2)});
    buf_put_char(&aor, '@');
    buf_put(&aor, parts.domain);
    key->len = 0;
    buf_put(key, buf_str(&aor));
    return !aor.over && !key->over;
}

static bool gruu_read(const struct hash_key *k, const struct uri *uri, struct buf *key,
                      struct gruu *out)
{
    char space[GRUU_INSTANCE_MAX];
    struct buf b;
    struct str gr;
    registrar_key(key, uri);
    if (key->over || !uri_param(uri, STR("gr"), &gr))
        return false;
    if (gr.len == 0)
        return read_temporary(k, key, out);
    buf_init(&b, space, sizeof space);
    uri_unescape(&b, gr);
    *out = (struct gruu){.instance = instance_number(k, buf_str(&b))};
    return !b.over;
}

bool gruu_leads_back(const struct gruu_maker *maker, const struct uri *contact)
{
    char space[2 * LIMIT_AOR_BYTES + 256];
    struct buf key;
    struct gruu gruu;
    buf_init(&key, space, sizeof space);
    registrar_key(&key, contact);
    if (!key.over && str_equal(buf_str(&key), maker->aor))
        return true;
    buf_init(&key, space, sizeof space);
    return gruu_read(maker->key, contact, &key, &gruu) && str_equal(buf_str(&key), maker->aor);
}

bool registrar_gruu(const struct registrar *r, const struct uri *uri, struct buf *key,
                    struct gruu *out)
{
    char space[2 * LIMIT_AOR_BYTES + 256];
    struct buf longer; /* a temporary one's user part is longer than the user's */
    buf_init(&longer, space, sizeof space);
    if (!gruu_read(registrar_secret(r), uri, &longer, out))
        return false;
    buf_put(key, buf_str(&longer));
    return !key->over;
}

static bool is_of(const struct registrar *r, const struct binding *b, const struct gruu *gruu)
{
    struct str instance = instance_of(b->params);
    return gruu_is_possible(instance) &&
           instance_number(registrar_secret(r), instance) == gruu->instance;
}

size_t registrar_gruu_targets(const struct registrar *r, struct str record, const struct gruu *gruu,
                              time_ns now, struct target *out, size_t max, bool *valid)
{
    struct bindings all;
    size_t n = 0;
    *valid = !gruu->is_temporary;
    (void)record_read(record, now, &all);
    for (size_t i = 0; i < all.n; i++) {
        if (!is_of(r, &all.list[i], gruu))
            continue;
        /* RFC 5627 5.1: a new Call-ID has made all earlier ones invalid. */
        if (gruu->is_temporary && all.list[i].begun != gruu->begun)
            return 0;
        *valid = true;
        n += n < max && binding_target(&all.list[i], &out[n]);
    }
    return n;
}
