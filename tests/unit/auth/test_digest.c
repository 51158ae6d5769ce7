/* The sums of digest authentication against the vectors of RFC 2617, 7616 and 8760's algorithms,
 * and what they may cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "../base/mem_counting.h"
#include "auth/digest.h"

struct vector {
    const char *what;
    enum digest_algorithm algorithm;
    enum digest_qop qop;
    const char *user, *realm, *password, *method, *uri, *nonce, *nc, *cnonce, *body;
    const char *response;
};

#define HTTP_NONCE "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define HTTP_CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define OLD_NONCE "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define MUFASA "Mufasa", "http-auth@example.org", "Circle of Life", "GET", "/dir/index.html"
#define OLD_MUFASA "Mufasa", "testrealm@host.com", "Circle Of Life", "GET", "/dir/index.html"
#define BOB "bob", "biloxi.com", "zanzibar"
#define REGISTER "REGISTER", "sip:bob@biloxi.com", OLD_NONCE, "00000001", "0a4f113b", "v=0\r\n"
#define RSPAUTH "", "sip:bob@biloxi.com", OLD_NONCE, "00000001", "0a4f113b", "v=0\r\n"

static const struct vector vectors[] = {
    {"RFC 7616 3.9.1, MD5", DIGEST_MD5, DIGEST_QOP_AUTH, MUFASA, HTTP_NONCE, "00000001",
     HTTP_CNONCE, "", "8ca523f5e9506fed4657c9700eebdbec"},
    {"RFC 7616 3.9.1, SHA-256", DIGEST_SHA256, DIGEST_QOP_AUTH, MUFASA, HTTP_NONCE, "00000001",
     HTTP_CNONCE, "", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
    /* The RFC's own figure is of SHA-512 cut short: erratum 4897. */
    {"RFC 7616 3.9.2, SHA-512-256", DIGEST_SHA512_256, DIGEST_QOP_AUTH, "J\xc3\xa4s\xc3\xb8n Doe",
     "api@example.org", "Secret, or not?", "GET", "/doe.json",
     "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", "00000001",
     "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", "",
     "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},
    {"RFC 2617 3.5", DIGEST_MD5, DIGEST_QOP_AUTH, OLD_MUFASA, OLD_NONCE, "00000001", "0a4f113b", "",
     "6629fae49393a05397450978507c4ef1"},
    {"RFC 2617 3.2.2.1 without qop", DIGEST_MD5, DIGEST_QOP_NONE, OLD_MUFASA, OLD_NONCE, "", "", "",
     "670fd8c2df070c60b045671b8b24ff02"},
    {"no qop", DIGEST_MD5, DIGEST_QOP_NONE, BOB, REGISTER, "af85bb4b5adbf02487f62eb11eea57ca"},
    {"auth", DIGEST_MD5, DIGEST_QOP_AUTH, BOB, REGISTER, "2b08520a96cb22577c0c73263cd90cd3"},
    {"auth-int", DIGEST_MD5, DIGEST_QOP_AUTH_INT, BOB, REGISTER,
     "6f6ac79b2a7c880fecb2b542f6fe5236"},
    {"rspauth", DIGEST_MD5, DIGEST_QOP_AUTH, BOB, RSPAUTH, "9175a7857f138ef9768651f475f1d73a"},
    {"rspauth, auth-int", DIGEST_MD5, DIGEST_QOP_AUTH_INT, BOB, RSPAUTH,
     "ea7be2687ea1b6c4f9739b1451549997"},
    {"SHA-256, auth-int", DIGEST_SHA256, DIGEST_QOP_AUTH_INT, BOB, REGISTER,
     "454c2d1d67d88f9b6d11edd41191b68f0254ffd36edaa361b9426f2fce1ec7af"},
    {"SHA-256, rspauth", DIGEST_SHA256, DIGEST_QOP_AUTH, BOB, RSPAUTH,
     "eac28e17b8d5d63e96e148e02f1b50afcf750aeecb3856ac20399028c0ee51e6"},
    {"SHA-512-256, auth", DIGEST_SHA512_256, DIGEST_QOP_AUTH, BOB, REGISTER,
     "fac825fda8942cf9f4296b9b76f49a2b1d610028e0374e02935cc450b1af6b10"},
    {"SHA-512-256, auth-int", DIGEST_SHA512_256, DIGEST_QOP_AUTH_INT, BOB, REGISTER,
     "816e0ed713c3a106e12557565ab795861241c8ba951c407a2241112c5dbda94f"},
    {"SHA-512-256, rspauth, auth-int", DIGEST_SHA512_256, DIGEST_QOP_AUTH_INT, BOB, RSPAUTH,
     "3cb82d0a70ad0cbf70e7f46b5e2e8e9d05f05e671e09ac7103466e1459f3933a"},
};
#define N_VECTORS (sizeof vectors / sizeof *vectors)

static bool respond(struct digester *d, const struct vector *v, char hex[2 * DIGEST_MAX_BYTES])
{
    uint8_t ha1[DIGEST_MAX_BYTES];
    if (!digest_ha1(d, v->algorithm, str_from(v->user), str_from(v->realm), str_from(v->password),
                    ha1))
        return false;
    const struct digest_input in = {
        .algorithm = v->algorithm,
        .qop = v->qop,
        .ha1 = ha1,
        .method = str_from(v->method),
        .uri = str_from(v->uri),
        .nonce = str_from(v->nonce),
        .nc = str_from(v->nc),
        .cnonce = str_from(v->cnonce),
        .body = str_from(v->body),
    };
    return digest_response(d, &in, hex);
}

static void responses_are_those_of_the_vectors(void **state)
{
    (void)state;
    struct digester *d = digester_new(&mem_libc);
    assert_non_null(d);
    for (size_t i = 0; i < N_VECTORS; i++) {
        char hex[2 * DIGEST_MAX_BYTES];
        assert_true(respond(d, &vectors[i], hex));
        struct str response = {hex, 2 * digest_len(vectors[i].algorithm)};
        if (!str_equal(response, str_from(vectors[i].response)))
            fail_msg("%s: %.*s", vectors[i].what, STR_ARG(response));
    }
    digester_free(d);
}

static void algorithms_go_by_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int algorithm;
        size_t len;
    } named[] = {{"SHA-512-256", DIGEST_SHA512_256, 32},
                 {"sha-512-256", DIGEST_SHA512_256, 32},
                 {"SHA-256", DIGEST_SHA256, 32},
                 {"md5", DIGEST_MD5, 16},
                 {"", DIGEST_MD5, 16},
                 {"MD5-sess", -1, 0},
                 {"SHA-256-sess", -1, 0},
                 {"SHA-512", -1, 0},
                 {"MD", -1, 0}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        enum digest_algorithm a = DIGEST_SHA256;
        bool known = digest_named(str_from(named[i].name), &a);
        assert_int_equal(known, named[i].algorithm >= 0);
        if (!known)
            continue;
        assert_int_equal(a, named[i].algorithm);
        assert_int_equal(digest_len(a), named[i].len);
    }
    assert_true(str_equal(digest_name(DIGEST_SHA512_256), STR("SHA-512-256")));
    assert_true(str_equal(digest_name(DIGEST_SHA256), STR("SHA-256")));
    assert_true(str_equal(digest_name(DIGEST_MD5), STR("MD5")));
}

/* --- libcrypto's memory, counted and refused --- */

static size_t allocations;
static size_t granted = SIZE_MAX;

static void *counted_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    if (granted == 0)
        return NULL;
    granted -= granted != SIZE_MAX;
    allocations++;
    return malloc(size);
}

static void *counted_realloc(void *at, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    if (granted == 0)
        return NULL;
    granted -= granted != SIZE_MAX;
    allocations++;
    return realloc(at, size);
}

static void counted_free(void *at, const char *file, int line)
{
    (void)file, (void)line;
    free(at);
}

/* libcrypto 3.0 begins each sum with one small block; newer ones keep it. */
static void a_sum_takes_one_block_at_most(void **state)
{
    (void)state;
    char hex[2 * DIGEST_MAX_BYTES];
    struct digester *d = digester_new(&mem_libc);
    assert_non_null(d);
    assert_true(allocations > 0);
    for (size_t i = 0; i < N_VECTORS; i++) {
        size_t sums = vectors[i].qop == DIGEST_QOP_AUTH_INT ? 4 : 3;
        size_t before = allocations;
        assert_true(respond(d, &vectors[i], hex));
        assert_in_range(allocations - before, 0, sums);
    }
    digester_free(d);
}

static void without_memory_there_is_no_sum(void **state)
{
    (void)state;
    struct digester *d = digester_new(&mem_libc);
    assert_non_null(d);
    for (size_t i = 0; i < N_VECTORS; i++) {
        char hex[2 * DIGEST_MAX_BYTES];
        bool good = false;
        for (size_t n = 0; !good; n++) {
            assert_true(n < 10);
            granted = n;
            good = respond(d, &vectors[i], hex);
            granted = SIZE_MAX;
        }
        assert_memory_equal(hex, vectors[i].response, strlen(vectors[i].response));
    }
    digester_free(d);
}

static void without_memory_there_is_no_digester(void **state)
{
    (void)state;
    struct digester *d = NULL;
    size_t n = 0;
    for (; !d; n++) {
        assert_true(n < 1000);
        granted = n;
        d = digester_new(&mem_libc);
        granted = SIZE_MAX;
    }
    assert_true(n > 3);
    digester_free(d);
    struct mem_counting none = mem_counting();
    none.refuse_after = 0;
    assert_null(digester_new(&none.mem));
    digester_free(NULL);
}

int main(void)
{
    CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_are_those_of_the_vectors),
        cmocka_unit_test(algorithms_go_by_their_names),
        cmocka_unit_test(a_sum_takes_one_block_at_most),
        cmocka_unit_test(without_memory_there_is_no_sum),
        cmocka_unit_test(without_memory_there_is_no_digester),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
