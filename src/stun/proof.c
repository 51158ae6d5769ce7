/* What proves a message: FINGERPRINT (RFC 8489 14.7) and MESSAGE-INTEGRITY in its two kinds (14.5,
 * 14.6). */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/known.h"
#include "stun/bytes.h"
#include "stun/stun.h"

#define FINGERPRINT_XOR UINT32_C(0x5354554e)
#define SHA1_BYTES 20
#define SHA256_BYTES 32
#define SHA256_LEAST 16

static uint32_t crc32_byte(uint32_t crc, unsigned char c)
{
    static const uint32_t of_nibble[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    crc ^= c;
    crc = crc >> 4 ^ of_nibble[crc & 15];
    return crc >> 4 ^ of_nibble[crc & 15];
}

/* Of what stands before the attribute at `end`, as if the message ended with that attribute. */
static uint32_t fingerprint(struct str bytes, size_t end)
{
    size_t len = end + 8 - STUN_HEADER_BYTES;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < end; i++) {
        unsigned char c = (unsigned char)bytes.at[i];
        if (i == 2 || i == 3)
            c = (unsigned char)(i == 2 ? len >> 8 : len & 0xff);
        crc = crc32_byte(crc, c);
    }
    return ~crc ^ FINGERPRINT_XOR;
}

static bool is_last(const struct stun_msg *m, const struct stun_attr *a)
{
    return a->at + 4 + stun_padded(a->value.len) == m->bytes.len;
}

bool stun_has_fingerprint(const struct stun_msg *m)
{
    struct stun_attr a;
    return stun_attr_find(m, STUN_FINGERPRINT, &a) && a.value.len == 4 && is_last(m, &a) &&
           stun_u32(a.value, 0) == fingerprint(m->bytes, a.at);
}

bool stun_is_forged(const struct stun_msg *m)
{
    struct stun_attr a;
    return stun_attr_find(m, STUN_FINGERPRINT, &a) && !stun_has_fingerprint(m);
}

void stun_put_fingerprint(struct buf *b)
{
    char at[4];
    struct buf value;
    if (b->over)
        return;
    buf_init(&value, at, sizeof at);
    stun_put_u32(&value, fingerprint(buf_str(b), b->len));
    stun_put(b, STUN_FINGERPRINT, buf_str(&value));
}

/* False: libcrypto would not. */
static bool hmac(enum stun_type type, struct str key, struct str bytes, size_t end,
                 size_t value_len, unsigned char out[SHA256_BYTES])
{
    size_t len = end + 4 + value_len - STUN_HEADER_BYTES, size = 0;
    const char *name = type == STUN_MESSAGE_INTEGRITY ? "SHA1" : "SHA256";
    unsigned char head[4] = {(unsigned char)bytes.at[0], (unsigned char)bytes.at[1],
                             (unsigned char)(len >> 8), (unsigned char)(len & 0xff)};
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", (char *)(uintptr_t)name, 0),
                           OSSL_PARAM_construct_end()};
    UNWATCHED_BEGIN();
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    bool good = ctx && EVP_MAC_init(ctx, (const unsigned char *)key.at, key.len, params) == 1 &&
                EVP_MAC_update(ctx, head, sizeof head) == 1 &&
                EVP_MAC_update(ctx, (const unsigned char *)bytes.at + 4, end - 4) == 1 &&
                EVP_MAC_final(ctx, out, &size, SHA256_BYTES) == 1;
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    UNWATCHED_END();
    return good;
}

static bool is_length_of(enum stun_type type, size_t len)
{
    if (type == STUN_MESSAGE_INTEGRITY)
        return len == SHA1_BYTES;
    return len >= SHA256_LEAST && len <= SHA256_BYTES && len % 4 == 0;
}

bool stun_is_authentic(const struct stun_msg *m, enum stun_type type, struct str key)
{
    struct stun_attr a;
    unsigned char sum[SHA256_BYTES];
    return stun_attr_find(m, type, &a) && is_length_of(type, a.value.len) &&
           hmac(type, key, m->bytes, a.at, a.value.len, sum) &&
           CRYPTO_memcmp(sum, a.value.at, a.value.len) == 0;
}

void stun_put_integrity(struct buf *b, enum stun_type type, struct str key)
{
    unsigned char sum[SHA256_BYTES];
    size_t len = type == STUN_MESSAGE_INTEGRITY ? SHA1_BYTES : SHA256_BYTES;
    if (b->over)
        return;
    if (hmac(type, key, buf_str(b), b->len, len, sum))
        stun_put(b, type, (struct str){(const char *)sum, len});
    else
        b->over = true;
}
