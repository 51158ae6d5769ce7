/* Keys of TLS from its secrets, and AEAD, by OpenSSL. */
#include "tls_seal.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/buf.h"
#include "tls_keys.h"

#define AES_128 "AES-128-GCM"
#define AES_256 "AES-256-GCM"
#define CHACHA "ChaCha20-Poly1305"

/* RFC 8446 B.4, RFC 5288, RFC 5289, RFC 7905 */
static const struct tls_suite suites[] = {
    {0x1301, true, AES_128, "SHA256", 16, 12}, {0x1302, true, AES_256, "SHA384", 32, 12},
    {0x1303, true, CHACHA, "SHA256", 32, 12},  {0x009c, false, AES_128, "SHA256", 16, 4},
    {0x009d, false, AES_256, "SHA384", 32, 4}, {0x009e, false, AES_128, "SHA256", 16, 4},
    {0x009f, false, AES_256, "SHA384", 32, 4}, {0xc02b, false, AES_128, "SHA256", 16, 4},
    {0xc02c, false, AES_256, "SHA384", 32, 4}, {0xc02f, false, AES_128, "SHA256", 16, 4},
    {0xc030, false, AES_256, "SHA384", 32, 4}, {0xcca8, false, CHACHA, "SHA256", 32, 12},
    {0xcca9, false, CHACHA, "SHA256", 32, 12}, {0xccaa, false, CHACHA, "SHA256", 32, 12},
};

const struct tls_suite *tls_suite_of(uint16_t number)
{
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (suites[i].number == number)
            return &suites[i];
    return NULL;
}

static bool derive(const char *name, OSSL_PARAM *params, char *out, size_t len)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, NULL);
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    bool is_done = context && EVP_KDF_derive(context, (unsigned char *)out, len, params) == 1;

    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return is_done;
}

static OSSL_PARAM text(const char *name, const char *value)
{
    return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)value, 0);
}

static OSSL_PARAM bytes(const char *name, struct str value)
{
    return OSSL_PARAM_construct_octet_string(name, (char *)(uintptr_t)value.at, value.len);
}

bool tls_seals_12(const struct tls_suite *suite, struct str master, const char *client_random,
                  const char *server_random, struct tls_seal out[2])
{
    char seed_at[2 * TLS_RANDOM + 16], block[2 * (32 + 12)];
    struct buf seed;
    size_t key = suite->key_len, iv = suite->fixed_iv;

    buf_init(&seed, seed_at, sizeof seed_at);
    buf_put_lit(&seed, "key expansion");
    buf_put(&seed, (struct str){server_random, TLS_RANDOM});
    buf_put(&seed, (struct str){client_random, TLS_RANDOM});
    OSSL_PARAM params[] = {text(OSSL_KDF_PARAM_DIGEST, suite->digest),
                           bytes(OSSL_KDF_PARAM_SECRET, master),
                           bytes(OSSL_KDF_PARAM_SEED, buf_str(&seed)), OSSL_PARAM_construct_end()};

    if (!derive("TLS1-PRF", params, block, 2 * (key + iv)))
        return false;
    for (size_t i = 0; i < 2; i++) {
        out[i] = (struct tls_seal){.suite = suite};
        memcpy(out[i].key, block + i * key, key);
        memcpy(out[i].iv, block + 2 * key + i * iv, iv);
    }
    return true;
}

/* RFC 8446 7.1: HKDF-Expand-Label with an empty context. */
static bool expand(const struct tls_suite *suite, struct str secret, struct str label, char *out,
                   size_t len)
{
    char info_at[32];
    struct buf info;
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;

    buf_init(&info, info_at, sizeof info_at);
    buf_put_char(&info, 0);
    buf_put_char(&info, (char)len);
    buf_put_char(&info, (char)(6 + label.len));
    buf_put_lit(&info, "tls13 ");
    buf_put(&info, label);
    buf_put_char(&info, 0);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                           text(OSSL_KDF_PARAM_DIGEST, suite->digest),
                           bytes(OSSL_KDF_PARAM_KEY, secret),
                           bytes(OSSL_KDF_PARAM_INFO, buf_str(&info)), OSSL_PARAM_construct_end()};

    return derive("HKDF", params, out, len);
}

bool tls_seal_13(const struct tls_suite *suite, struct str secret, struct tls_seal *out)
{
    *out = (struct tls_seal){.suite = suite};
    return expand(suite, secret, STR("key"), out->key, suite->key_len) &&
           expand(suite, secret, STR("iv"), out->iv, suite->fixed_iv);
}

bool tls_next_secret(const struct tls_suite *suite, char *secret, size_t len)
{
    char next[TLS_SECRET_MOST];

    if (!expand(suite, (struct str){secret, len}, STR("traffic upd"), next, len))
        return false;
    memcpy(secret, next, len);
    return true;
}

bool tls_open(const struct tls_seal *seal, const char nonce[12], struct str aad, struct str sealed,
              char *out)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, seal->suite->cipher, NULL);
    EVP_CIPHER_CTX *x = cipher ? EVP_CIPHER_CTX_new() : NULL;
    int len = (int)(sealed.len - TLS_TAG), n;
    char *tag = (char *)(uintptr_t)sealed.at + len; /* only read */
    const unsigned char *from = (const unsigned char *)sealed.at;
    bool is_open =
        x &&
        EVP_DecryptInit_ex2(x, cipher, (const unsigned char *)seal->key,
                            (const unsigned char *)nonce, NULL) == 1 &&
        EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_AEAD_SET_TAG, TLS_TAG, tag) == 1 &&
        EVP_DecryptUpdate(x, NULL, &n, (const unsigned char *)aad.at, (int)aad.len) == 1 &&
        EVP_DecryptUpdate(x, (unsigned char *)out, &n, from, len) == 1 &&
        EVP_DecryptFinal_ex(x, (unsigned char *)out + len, &n) == 1;

    EVP_CIPHER_CTX_free(x);
    EVP_CIPHER_free(cipher);
    return is_open;
}
