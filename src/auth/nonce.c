/* Owns the making and the reading of nonces. Knows not which of their counts were used. */
#include "auth/nonce.h"

#include "auth/used.h"
#include "base/limits.h"

#define DIGITS_TIME 12 /* milliseconds */
#define DIGITS_SERIAL 12
#define DIGITS_HASH 16 /* of each of two */

_Static_assert(DIGITS_TIME + DIGITS_SERIAL + 2 * DIGITS_HASH == NONCE_LEN, "a nonce's length");

struct nonces {
    struct mem *mem;
    struct hash_key keys[2];
    uint64_t serial; /* of the last one made */
    struct used *used;
};

struct nonces *nonces_new(struct mem *mem, const struct hash_key keys[2], unsigned capacity)
{
    struct nonces *n = mem_alloc_zero(mem, sizeof *n);
    if (!n)
        return NULL;
    n->mem = mem;
    n->keys[0] = keys[0];
    n->keys[1] = keys[1];
    n->used = used_new(mem, capacity);
    if (!n->used) {
        nonces_free(n);
        return NULL;
    }
    return n;
}

void nonces_free(struct nonces *n)
{
    if (!n)
        return;
    used_free(n->used);
    mem_free(n->mem, n, sizeof *n);
}

/* The hash covers time and serial as they stand, the client's address and the realm. */
static void put_hashes(const struct nonces *n, struct buf *b, struct str realm,
                       const struct addr *client)
{
    char space[DIGITS_TIME + DIGITS_SERIAL + 1 + sizeof client->ip + LIMIT_REALM_BYTES];
    struct buf covered;
    buf_init(&covered, space, sizeof space);
    buf_put(&covered, buf_str(b));
    buf_put_char(&covered, (char)client->family);
    buf_put(&covered, (struct str){(const char *)client->ip, sizeof client->ip});
    buf_put(&covered, str_slice(realm, 0, LIMIT_REALM_BYTES));
    for (unsigned i = 0; i < 2; i++)
        buf_put_hex(b, siphash24(&n->keys[i], buf_str(&covered)), DIGITS_HASH);
}

void nonce_make(struct nonces *n, struct str realm, const struct addr *client, time_ns now,
                char text[NONCE_LEN])
{
    struct buf b;
    buf_init(&b, text, NONCE_LEN);
    buf_put_hex(&b, now / NS_PER_MS, DIGITS_TIME);
    buf_put_hex(&b, ++n->serial, DIGITS_SERIAL);
    put_hashes(n, &b, realm, client);
}

static bool take_hex(struct str text, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c >= '0' && c <= '9')
            *out = *out << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            *out = *out << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    return true;
}

/* In a time that tells nothing of where they differ. */
static bool same_text(struct str a, struct str b)
{
    unsigned char differ = 0;
    for (size_t i = 0; i < a.len; i++)
        differ = (unsigned char)(differ | (a.at[i] ^ b.at[i]));
    return differ == 0;
}

bool nonce_read(const struct nonces *n, struct str text, struct str realm,
                const struct addr *client, struct nonce *out)
{
    char again[NONCE_LEN];
    struct buf b;
    uint64_t ms;
    if (text.len != NONCE_LEN || !take_hex(str_slice(text, 0, DIGITS_TIME), &ms) ||
        !take_hex(str_slice(text, DIGITS_TIME, DIGITS_SERIAL), &out->serial))
        return false;
    out->made = ms * NS_PER_MS;
    buf_init(&b, again, sizeof again);
    buf_put(&b, str_slice(text, 0, DIGITS_TIME + DIGITS_SERIAL));
    put_hashes(n, &b, realm, client);
    return same_text(text, buf_str(&b));
}

bool nonce_is_unused(const struct nonces *n, const struct nonce *nonce, uint32_t count)
{
    return used_allows(n->used, nonce->serial, count);
}

bool nonce_use(struct nonces *n, const struct nonce *nonce, uint32_t count)
{
    return used_take(n->used, nonce->serial, count);
}
