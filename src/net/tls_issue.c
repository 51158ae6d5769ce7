/* Issues certificates with libcrypto; writes no file. */
#include "net/tls_issue.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

static bool add_extension(X509 *cert, X509V3_CTX *ctx, int nid, const char *value)
{
    X509_EXTENSION *e = value ? X509V3_EXT_conf_nid(NULL, ctx, nid, value) : NULL;
    bool done = !value || (e && X509_add_ext(cert, e, -1) == 1);

    X509_EXTENSION_free(e);
    return done;
}

/* RFC 5280 4.2.1: what a verifier looks at. */
static bool add_extensions(X509 *cert, const struct tls_issue *what, X509 *issuer)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    return add_extension(cert, &ctx, NID_basic_constraints,
                         what->authority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
           add_extension(cert, &ctx, NID_key_usage,
                         what->authority ? "critical,keyCertSign,cRLSign"
                                         : "critical,digitalSignature") &&
           add_extension(cert, &ctx, NID_subject_key_identifier, "hash") &&
           add_extension(cert, &ctx, NID_authority_key_identifier, "keyid") &&
           add_extension(cert, &ctx, NID_subject_alt_name, what->san) &&
           add_extension(cert, &ctx, NID_ext_key_usage, what->usage);
}

/* RFC 5280 4.1.2.2: nobody can foresee it. */
static bool set_serial(X509 *cert)
{
    unsigned char bytes[16];
    BIGNUM *n;

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    bytes[0] &= 0x7f;
    n = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool done = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));

    BN_free(n);
    return done;
}

static bool set_names(X509 *cert, const struct tls_issue *what, const X509 *issuer)
{
    X509_NAME *subject = X509_get_subject_name(cert);

    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      (const unsigned char *)what->common_name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : subject) == 1;
}

static bool fill(const struct tls_issued *out, const struct tls_issue *what,
                 const struct tls_issued *issuer)
{
    X509 *cert = out->cert;
    EVP_PKEY *signer = issuer ? issuer->key : out->key;

    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           X509_gmtime_adj(X509_getm_notBefore(cert), what->from_s) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), what->until_s) &&
           set_names(cert, what, issuer ? issuer->cert : NULL) &&
           X509_set_pubkey(cert, out->key) == 1 &&
           add_extensions(cert, what, issuer ? issuer->cert : cert) &&
           X509_sign(cert, signer, EVP_sha256()) > 0;
}

bool tls_issue(struct tls_issued *out, const struct tls_issue *what,
               const struct tls_issued *issuer)
{
    out->cert = X509_new();
    out->key = EVP_EC_gen("P-256");
    if (out->cert && out->key && fill(out, what, issuer))
        return true;
    ERR_clear_error();
    tls_issued_drop(out);
    return false;
}

void tls_issued_drop(struct tls_issued *i)
{
    X509_free(i->cert);
    EVP_PKEY_free(i->key);
    *i = (struct tls_issued){0};
}
