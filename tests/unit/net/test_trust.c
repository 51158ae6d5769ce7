/* Whom TLS believes: certificates that their authority has revoked (RFC 5280), handshakes begun
 * anew, and the causes that failures are counted by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/pem.h>
#include <stdio.h>

#include "net/tls_inside.h"
#include "tls_pair.h"

#define DAY 86400L

static struct certs certs;
static struct told told;

static int make_certs(void **state)
{
    (void)state;
    certs_make(&certs);
    return 0;
}

static int drop_certs(void **state)
{
    (void)state;
    certs_drop(&certs);
    return 0;
}

static X509 *cert_in(struct str file)
{
    BIO *in = BIO_new_file(file.at, "r");
    X509 *cert = PEM_read_bio_X509(in, NULL, NULL, NULL);

    assert_non_null(cert);
    BIO_free(in);
    return cert;
}

static void revoke(X509_CRL *crl, struct str file)
{
    X509 *cert = cert_in(file);
    X509_REVOKED *r = X509_REVOKED_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, 0);

    assert_true(X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(cert)));
    assert_true(X509_REVOKED_set_revocationDate(r, now));
    assert_true(X509_CRL_add0_revoked(crl, r));
    ASN1_TIME_free(now);
    X509_free(cert);
}

/* A list of `issuer` with the certificate in `file`, or an empty one; good for so long. */
static struct str list_by(const struct tls_issued *issuer, struct str file, long until_s)
{
    static char path[FOLDER_MOST + 16];
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, -2 * DAY), *until = X509_gmtime_adj(NULL, until_s);

    (void)snprintf(path, sizeof(path), "%s/crl.pem", certs.folder);
    assert_true(X509_CRL_set_version(crl, 1) &&
                X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->cert)) &&
                X509_CRL_set1_lastUpdate(crl, from) && X509_CRL_set1_nextUpdate(crl, until));
    if (file.len > 0)
        revoke(crl, file);
    assert_true(X509_CRL_sort(crl) && X509_CRL_sign(crl, issuer->key, EVP_sha256()) > 0);
    BIO *out = BIO_new_file(path, "w");

    assert_true(PEM_write_bio_X509_CRL(out, crl));
    BIO_free(out);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_CRL_free(crl);
    return str_from(path);
}

static struct tls_context *context_of(struct tls_config c)
{
    c.ca = certs_ca(&certs);
    struct tls_context *x = tls_context_new(&mem_libc, &c, tell_told, &told);

    assert_non_null(x);
    return x;
}

/* A client that has this list meets the server; NULL: it believes him. */
static const char *client_says(struct str server_file, struct str crl)
{
    struct tls_context *client = context_of((struct tls_config){.verify = true, .crl = crl});
    struct tls_context *server =
        context_of((struct tls_config){.certificates = &server_file, .n_certificates = 1});
    struct pair p;

    pair_make(&p, client, server, NULL, "example.com");
    tls_context_unref(client);
    tls_context_unref(server);
    pair_run(&p);
    const char *why = tls_why(p.client.tls);

    if (why) {
        assert_int_equal(tls_cause(p.client.tls), TLS_CAUSE_CERTIFICATE);
        assert_int_equal(tls_cause(p.server.tls), TLS_CAUSE_REFUSED);
    } else {
        assert_int_equal(tls_state(p.server.tls), TLS_OPEN);
    }
    pair_drop(&p);
    return why;
}

static void what_is_revoked_is_refused(void **state)
{
    struct str good = certs_good(&certs, "example.com");
    struct tls_issue what = {.common_name = "x", .san = "DNS:example.com", .until_s = DAY};
    struct str other = certs_issue(&certs, "other", &what, &certs.ca);

    (void)state;
    assert_null(client_says(good, list_by(&certs.ca, STR_NONE, DAY)));
    assert_null(client_says(good, list_by(&certs.ca, other, DAY)));
    assert_string_equal(client_says(other, list_by(&certs.ca, other, DAY)), "certificate revoked");
    assert_string_equal(client_says(other, str_from(certs.folder)), "certificate revoked");
}

/* An authority without a list has revoked nothing; a stale one says nothing any more, and is told.
 */
static void lists_bind_their_authority_as_long_as_they_last(void **state)
{
    struct str good = certs_good(&certs, "example.com");

    (void)state;
    assert_null(client_says(good, list_by(&certs.stranger, STR_NONE, DAY)));
    told = (struct told){0};
    assert_string_equal(client_says(good, list_by(&certs.ca, STR_NONE, -DAY)), "CRL has expired");
    assert_int_equal(told.warnings, 1);
    assert_int_equal(told.last.of, TLS_FAULT_CRL);
}

static void a_list_that_is_none_is_a_fault(void **state)
{
    const char *const wrong[] = {"/nowhere/crl.pem", certs.ca_file};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct tls_config c = {.ca = certs_ca(&certs), .crl = str_from(wrong[i])};

        told = (struct told){0};
        assert_null(tls_context_new(&mem_libc, &c, tell_told, &told));
        assert_int_equal(told.faults, 1);
        assert_int_equal(told.last.of, TLS_FAULT_CRL);
    }
}

static void a_revoked_client_is_nobody(void **state)
{
    struct str own = certs_good(&certs, "example.com"), peer = certs_good(&certs, "a.example");
    struct tls_config server = {.certificates = &own,
                                .n_certificates = 1,
                                .ask = TLS_ASK,
                                .crl = list_by(&certs.ca, peer, DAY)};
    struct tls_context *s = context_of(server);
    struct tls_context *c =
        context_of((struct tls_config){.verify = true, .certificates = &peer, .n_certificates = 1});
    char text[64];
    struct buf names;
    struct pair p;

    (void)state;
    pair_make(&p, c, s, NULL, "example.com");
    pair_run(&p);
    assert_int_equal(tls_state(p.server.tls), TLS_OPEN);
    buf_init(&names, text, sizeof(text));
    tls_peer_names(p.server.tls, &names);
    assert_int_equal(names.len, 0);
    pair_drop(&p);
    tls_context_unref(c);
    tls_context_unref(s);
}

/* RFC 5246 7.4.1.1: a warning, and nobody is made to work again. */
static void nobody_renegotiates(void **state)
{
    struct str own = certs_good(&certs, "example.com");
    struct tls_context *s =
        context_of((struct tls_config){.certificates = &own, .n_certificates = 1});
    struct tls_context *c = context_of((struct tls_config){.verify = true, .only_12 = true});
    struct pair p;

    (void)state;
    pair_make(&p, c, s, NULL, "example.com");
    pair_run(&p);
    struct tls_io io = {&p.client.out, p.client.plain};

    p.client.tls->io = &io;
    (void)SSL_clear_options(p.client.tls->ssl, SSL_OP_NO_RENEGOTIATION);
    assert_true(SSL_renegotiate(p.client.tls->ssl));
    assert_int_equal(SSL_do_handshake(p.client.tls->ssl), -1); /* it waits for the answer */
    assert_true(p.client.out.n > 0);
    pair_run(&p);
    assert_string_equal(tls_why(p.client.tls), "no renegotiation");
    assert_int_equal(tls_state(p.server.tls), TLS_FAILED); /* the client gave up, not the server */
    assert_int_equal(tls_cause(p.server.tls), TLS_CAUSE_REFUSED);
    pair_drop(&p);
    tls_context_unref(c);
    tls_context_unref(s);
}

static enum tls_cause cause_of(struct tls_config server, struct tls_config client)
{
    struct str own = certs_good(&certs, "example.com");

    server.certificates = &own;
    server.n_certificates = 1;
    struct tls_context *s = context_of(server), *c = context_of(client);
    struct pair p;

    pair_make(&p, c, s, NULL, "example.com");
    pair_run(&p);
    enum tls_cause cause = tls_cause(p.server.tls);

    assert_int_equal(tls_state(p.server.tls), TLS_FAILED);
    pair_drop(&p);
    tls_context_unref(c);
    tls_context_unref(s);
    return cause;
}

static void failures_have_their_causes(void **state)
{
    (void)state;
    assert_int_equal(
        cause_of((struct tls_config){.only_13 = true}, (struct tls_config){.only_12 = true}),
        TLS_CAUSE_VERSION);
    assert_int_equal(cause_of((struct tls_config){.ask = TLS_REQUIRE}, (struct tls_config){0}),
                     TLS_CAUSE_CERTIFICATE);
}

static void other_protocols_are_no_tls(void **state)
{
    static const char *const heard[] = {"OPTIONS sip:x SIP/2.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                                        "\r\n\r\n\r\n\r\n", "SSH-2.0-x\r\n"};
    struct str own = certs_good(&certs, "example.com");
    struct tls_context *s =
        context_of((struct tls_config){.certificates = &own, .n_certificates = 1});

    (void)state;
    for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++) {
        struct pair p;

        pair_make(&p, s, s, NULL, "example.com");
        assert_int_equal(end_give(&p.server, str_from(heard[i])), TLS_FAILED);
        assert_int_equal(tls_cause(p.server.tls), TLS_CAUSE_NOT_TLS);
        pair_drop(&p);
    }
    tls_context_unref(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_revoked_is_refused),
        cmocka_unit_test(lists_bind_their_authority_as_long_as_they_last),
        cmocka_unit_test(a_list_that_is_none_is_a_fault),
        cmocka_unit_test(a_revoked_client_is_nobody),
        cmocka_unit_test(nobody_renegotiates),
        cmocka_unit_test(failures_have_their_causes),
        cmocka_unit_test(other_protocols_are_no_tls),
    };

    return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
