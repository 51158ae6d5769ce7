/* A TLS client and a server of OpenSSL's in one test: what they send each other, and their key log.
 */
#ifndef TANDEM_TESTS_CAPTURE_TLS_PAIR_H
#define TANDEM_TESTS_CAPTURE_TLS_PAIR_H

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/buf.h"

struct tls_pair {
    SSL_CTX *contexts[2]; /* the client's and the server's */
    SSL *ends[2];
    char log_at[4096];
    struct buf log; /* as SSLKEYLOGFILE would have it */
};

static struct tls_pair *logging; /* whose log it is: the callback has no argument */

static inline void tls_pair_log(const SSL *ssl, const char *line)
{
    (void)ssl;
    buf_put(&logging->log, str_from(line));
    buf_put_char(&logging->log, '\n');
}

static inline void tls_pair_certify(SSL_CTX *context)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();

    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    assert_int_equal(SSL_CTX_use_certificate(context, x), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
    X509_free(x);
    EVP_PKEY_free(key);
}

/* A suite of TLS 1.2 or, with is_13, 1.3, as OpenSSL names it. */
static inline void tls_pair_begin(struct tls_pair *p, bool is_13, const char *suite)
{
    *p = (struct tls_pair){0};
    buf_init(&p->log, p->log_at, sizeof p->log_at);
    logging = p;
    for (unsigned i = 0; i < 2; i++) {
        int version = is_13 ? TLS1_3_VERSION : TLS1_2_VERSION;
        SSL_CTX *x = p->contexts[i] = SSL_CTX_new(i ? TLS_server_method() : TLS_client_method());

        assert_non_null(x);
        SSL_CTX_set_min_proto_version(x, version);
        SSL_CTX_set_max_proto_version(x, version);
        assert_int_equal(
            is_13 ? SSL_CTX_set_ciphersuites(x, suite) : SSL_CTX_set_cipher_list(x, suite), 1);
        if (i)
            tls_pair_certify(x);
        else
            SSL_CTX_set_keylog_callback(x, tls_pair_log);
        p->ends[i] = SSL_new(x);
        SSL_set_bio(p->ends[i], BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    }
    SSL_set_connect_state(p->ends[0]);
    SSL_set_accept_state(p->ends[1]);
}

static inline void tls_pair_end(struct tls_pair *p)
{
    for (unsigned i = 0; i < 2; i++) {
        SSL_free(p->ends[i]);
        SSL_CTX_free(p->contexts[i]);
    }
}

/* What end `i` has to send, which reaches the other one; empty: nothing. */
static inline struct str tls_pair_move(struct tls_pair *p, unsigned i, char *at, int cap)
{
    int n = BIO_read(SSL_get_wbio(p->ends[i]), at, cap);

    if (n <= 0)
        return STR_NONE;
    BIO_write(SSL_get_rbio(p->ends[1 - i]), at, n);
    return (struct str){at, (size_t)n};
}

#endif
