/* Owns the sums of digest authentication, by libcrypto with its contexts kept. Knows no nonce's age
 * and no account. */
#include "auth/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/known.h"

struct digester {
    struct mem *mem;
    EVP_MD *md[N_DIGEST_ALGORITHMS];
    EVP_MD_CTX *ctx[N_DIGEST_ALGORITHMS];
};

struct algorithm {
    struct str name;
    const char *library_name;
    size_t len;
};

static const struct algorithm algorithms[N_DIGEST_ALGORITHMS] = {
    [DIGEST_SHA512_256] = {STR_INIT("SHA-512-256"), "SHA512-256", 32},
    [DIGEST_SHA256] = {STR_INIT("SHA-256"), "SHA256", 32},
    [DIGEST_MD5] = {STR_INIT("MD5"), "MD5", 16},
};

static bool begin_kept(struct digester *d, unsigned a)
{
    UNWATCHED_BEGIN(); /* it reads its configuration */
    d->md[a] = EVP_MD_fetch(NULL, algorithms[a].library_name, NULL);
    d->ctx[a] = EVP_MD_CTX_new();
    bool good = d->md[a] && d->ctx[a] && EVP_DigestInit_ex2(d->ctx[a], d->md[a], NULL) == 1 &&
                (size_t)EVP_MD_get_size(d->md[a]) == algorithms[a].len;
    UNWATCHED_END();
    return good;
}

struct digester *digester_new(struct mem *mem)
{
    struct digester *d = mem_alloc_zero(mem, sizeof *d);
    if (!d)
        return NULL;
    d->mem = mem;
    for (unsigned a = 0; a < N_DIGEST_ALGORITHMS; a++)
        if (!begin_kept(d, a)) {
            digester_free(d);
            return NULL;
        }
    return d;
}

void digester_free(struct digester *d)
{
    if (!d)
        return;
    for (unsigned a = 0; a < N_DIGEST_ALGORITHMS; a++) {
        EVP_MD_CTX_free(d->ctx[a]);
        EVP_MD_free(d->md[a]);
    }
    mem_free(d->mem, d, sizeof *d);
}

struct str digest_name(enum digest_algorithm a)
{
    return algorithms[a].name;
}

bool digest_named(struct str name, enum digest_algorithm *out)
{
    if (name.len == 0) {
        *out = DIGEST_MD5;
        return true;
    }
    for (unsigned a = 0; a < N_DIGEST_ALGORITHMS; a++)
        if (str_equal_nocase(name, algorithms[a].name)) {
            *out = (enum digest_algorithm)a;
            return true;
        }
    return false;
}

size_t digest_len(enum digest_algorithm a)
{
    return algorithms[a].len;
}

/* --- one sum; what fails sticks, and the end tells --- */

struct sum {
    EVP_MD_CTX *ctx;
    size_t len;
    bool good;
};

static struct sum sum_begin(struct digester *d, enum digest_algorithm a)
{
    bool good = EVP_DigestInit_ex2(d->ctx[a], NULL, NULL) == 1;
    return (struct sum){d->ctx[a], algorithms[a].len, good};
}

static void sum_put(struct sum *s, struct str text)
{
    if (s->good && text.len > 0)
        s->good = EVP_DigestUpdate(s->ctx, text.at, text.len) == 1;
}

/* RFC 7616 3.4.1: the parts of each sum are joined by colons. */
static void sum_put_next(struct sum *s, struct str text)
{
    sum_put(s, STR(":"));
    sum_put(s, text);
}

/* What a library that no sanitizer has seen writes counts as never written. */
static bool sum_end(struct sum *s, uint8_t out[DIGEST_MAX_BYTES])
{
    memset(out, 0, s->len);
    return s->good && EVP_DigestFinal_ex(s->ctx, out, NULL) == 1;
}

static struct str to_hex(const uint8_t *sum, size_t len, char hex[2 * DIGEST_MAX_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = digits[sum[i] >> 4];
        hex[2 * i + 1] = digits[sum[i] & 15];
    }
    return (struct str){hex, 2 * len};
}

static bool sum_end_hex(struct sum *s, char hex[2 * DIGEST_MAX_BYTES])
{
    uint8_t sum[DIGEST_MAX_BYTES];
    if (!sum_end(s, sum))
        return false;
    (void)to_hex(sum, s->len, hex);
    return true;
}

/* --- RFC 7616 3.4 --- */

bool digest_ha1(struct digester *d, enum digest_algorithm a, struct str user, struct str realm,
                struct str password, uint8_t ha1[DIGEST_MAX_BYTES])
{
    struct sum s = sum_begin(d, a);
    sum_put(&s, user);
    sum_put_next(&s, realm);
    sum_put_next(&s, password);
    return sum_end(&s, ha1);
}

static bool body_hash(struct digester *d, const struct digest_input *in,
                      char hex[2 * DIGEST_MAX_BYTES])
{
    struct sum s = sum_begin(d, in->algorithm);
    sum_put(&s, in->body);
    return sum_end_hex(&s, hex);
}

/* RFC 7616 3.4.3 */
static bool a2_hash(struct digester *d, const struct digest_input *in,
                    char hex[2 * DIGEST_MAX_BYTES])
{
    char body[2 * DIGEST_MAX_BYTES];
    bool whole = in->qop == DIGEST_QOP_AUTH_INT;
    if (whole && !body_hash(d, in, body))
        return false;
    struct sum s = sum_begin(d, in->algorithm);
    sum_put(&s, in->method);
    sum_put_next(&s, in->uri);
    if (whole)
        sum_put_next(&s, (struct str){body, 2 * s.len});
    return sum_end_hex(&s, hex);
}

bool digest_response(struct digester *d, const struct digest_input *in,
                     char hex[2 * DIGEST_MAX_BYTES])
{
    char ha1[2 * DIGEST_MAX_BYTES], a2[2 * DIGEST_MAX_BYTES];
    if (!a2_hash(d, in, a2))
        return false;
    struct sum s = sum_begin(d, in->algorithm);
    sum_put(&s, to_hex(in->ha1, s.len, ha1));
    sum_put_next(&s, in->nonce);
    if (in->qop != DIGEST_QOP_NONE) {
        sum_put_next(&s, in->nc);
        sum_put_next(&s, in->cnonce);
        sum_put_next(&s, in->qop == DIGEST_QOP_AUTH ? STR("auth") : STR("auth-int"));
    }
    sum_put_next(&s, (struct str){a2, 2 * s.len});
    OPENSSL_cleanse(ha1, sizeof ha1);
    return sum_end_hex(&s, hex);
}
