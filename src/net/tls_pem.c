/* Reads PEM files and judges what is in them; hands it to nobody. */
#include "net/tls_pem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "net/tls_name.h"

struct reading {
    struct tls_pem *pem;
    unsigned index;
    tls_tell *tell;
    void *arg;
};

PRINTF_LIKE(3, 4)
static bool say(const struct reading *r, bool warning, const char *format, ...)
{
    struct tls_fault f = {.of = TLS_FAULT_CERTIFICATE, .index = r->index, .warning = warning};
    va_list args;

    va_start(args, format);
    (void)vsnprintf(f.what, sizeof(f.what), format, args);
    va_end(args);
    r->tell(r->arg, &f);
    return false;
}

bool tls_pem_files(struct str entry, char chain[TLS_PATH_MOST], char key[TLS_PATH_MOST])
{
    size_t colon = str_find(entry, ':');
    struct str first = str_slice(entry, 0, colon);
    struct str second = colon < entry.len ? str_slice(entry, colon + 1, entry.len) : first;

    if (first.len >= TLS_PATH_MOST || second.len >= TLS_PATH_MOST)
        return false;
    (void)snprintf(chain, TLS_PATH_MOST, "%.*s", STR_ARG(first));
    (void)snprintf(key, TLS_PATH_MOST, "%.*s", STR_ARG(second));
    return true;
}

void tls_pem_drop(struct tls_pem *p)
{
    X509_free(p->cert);
    sk_X509_pop_free(p->chain, X509_free);
    EVP_PKEY_free(p->key);
    *p = (struct tls_pem){0};
}

static BIO *open_file(const struct reading *r, const char *path)
{
    BIO *in = BIO_new_file(path, "r");

    if (in)
        return in;
    if (errno == EACCES)
        (void)say(r, false,
                  "%s cannot be read by the user that the server runs as: give it to that "
                  "user's group (chgrp, chmod 640)",
                  path);
    else
        (void)say(r, false, "%s cannot be read: %s", path, errno ? strerror(errno) : "no memory");
    return NULL;
}

static bool read_chain(const struct reading *r, const char *path)
{
    struct tls_pem *p = r->pem;
    BIO *in = open_file(r, path);
    X509 *next;

    if (!in)
        return false;
    p->cert = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL);
    p->chain = sk_X509_new_null();
    while (p->cert && p->chain && (next = PEM_read_bio_X509(in, NULL, NULL, NULL)))
        if (!sk_X509_push(p->chain, next))
            X509_free(next);
    BIO_free(in);
    if (p->cert && p->chain)
        return true;
    return say(r, false,
               "%s has no certificate in it: it must begin with the server's own, in PEM "
               "(-----BEGIN CERTIFICATE-----)",
               path);
}

/* There is nobody to be asked for a password. */
static int no_password(char *to, int size, int writing, void *arg)
{
    (void)writing;
    *(bool *)arg = true;
    if (size > 0)
        to[0] = '\0';
    return -1;
}

/* RFC 5922 has nothing to say of it; the machine's other users do. */
static void look_at_rights(const struct reading *r, const char *path)
{
    struct stat s;

    if (stat(path, &s) == 0 && (s.st_mode & (S_IROTH | S_IWOTH)))
        (void)say(r, true,
                  "every user of this machine can read the key in %s: chmod 600 %s, or 640 "
                  "for its group",
                  path, path);
}

static bool read_key(const struct reading *r, const char *path)
{
    bool sealed = false;
    BIO *in = open_file(r, path);

    if (!in)
        return false;
    r->pem->key = PEM_read_bio_PrivateKey(in, NULL, no_password, &sealed);
    BIO_free(in);
    if (r->pem->key) {
        look_at_rights(r, path);
        return true;
    }
    if (sealed)
        return say(r, false,
                   "the key in %s is encrypted: nobody is there to give the password; "
                   "store it without one (openssl pkey)",
                   path);
    return say(r, false,
               "%s has no private key in it (-----BEGIN PRIVATE KEY-----): put it into that "
               "file, or name its own behind a colon, CHAIN:KEY",
               path);
}

static void print_time(const ASN1_TIME *time, char *to, size_t size)
{
    struct tm tm = {0};

    if (ASN1_TIME_to_tm(time, &tm) != 1 || strftime(to, size, "%Y-%m-%d %H:%M UTC", &tm) == 0)
        (void)snprintf(to, size, "an unreadable date");
}

static void look_at_dates(const struct reading *r, const char *path)
{
    const ASN1_TIME *from = X509_get0_notBefore(r->pem->cert);
    const ASN1_TIME *until = X509_get0_notAfter(r->pem->cert);
    char text[40];

    if (X509_cmp_current_time(until) < 0) {
        print_time(until, text, sizeof(text));
        (void)say(r, true,
                  "the certificate in %s has expired (%s): others refuse it; renew it and "
                  "reload",
                  path, text);
    } else if (X509_cmp_current_time(from) > 0) {
        print_time(from, text, sizeof(text));
        (void)say(r, true,
                  "the certificate in %s is not valid before %s: others refuse it; is this "
                  "machine's clock right?",
                  path, text);
    }
}

static bool judge(const struct reading *r, const char *chain, const char *key)
{
    const struct tls_pem *p = r->pem;

    if (X509_check_private_key(p->cert, p->key) != 1)
        return say(r, false,
                   "the key in %s is not that of the first certificate in %s: the server's "
                   "own certificate comes first, its issuers behind it",
                   key, chain);
    look_at_dates(r, chain);
    if (!tls_cert_has_san(p->cert))
        (void)say(r, true,
                  "the certificate in %s names no domain in its subjectAltName: others "
                  "refuse it (RFC 5922); have it made with DNS:your.domain",
                  chain);
    if (!tls_cert_may_serve(p->cert, true))
        (void)say(r, true,
                  "the certificate in %s is not meant for servers (extendedKeyUsage): others "
                  "refuse it",
                  chain);
    return true;
}

bool tls_pem_read(struct tls_pem *p, struct str entry, unsigned index, tls_tell *tell, void *arg)
{
    struct reading r = {p, index, tell, arg};
    char chain[TLS_PATH_MOST], key[TLS_PATH_MOST];

    *p = (struct tls_pem){0};
    if (!tls_pem_files(entry, chain, key))
        return say(&r, false, "the path is too long");
    errno = 0;
    bool good = read_chain(&r, chain) && read_key(&r, key) && judge(&r, chain, key);

    ERR_clear_error();
    if (!good)
        tls_pem_drop(p);
    return good;
}
