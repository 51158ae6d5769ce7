/* Loads authorities and their lists of revoked certificates; judges no certificate. */
#include "net/tls_trust.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MOST 4096

struct loading {
    X509_STORE *store;
    tls_tell *tell;
    void *arg;
};

static bool say(const struct loading *l, enum tls_fault_of of, bool warning, const char *path,
                const char *what)
{
    struct tls_fault f = {.of = of, .warning = warning};

    (void)snprintf(f.what, sizeof(f.what), "%s%s%s", path, path[0] ? " " : "", what);
    l->tell(l->arg, &f);
    return warning;
}

/* --- files and folders --- */

typedef bool load_file(const struct loading *l, const char *path);

/* All of a folder now, and not one by one when a handshake asks for it: that would wait for the
 * disk. False: there was nothing of the kind in it. */
static bool load_folder(const struct loading *l, const char *path, load_file *load)
{
    char file[PATH_MOST];
    bool any = false;
    DIR *folder = opendir(path);

    for (struct dirent *e; folder && (e = readdir(folder));)
        if (e->d_name[0] != '.' &&
            snprintf(file, sizeof(file), "%s/%s", path, e->d_name) < (int)sizeof(file))
            any |= load(l, file);
    if (folder)
        closedir(folder);
    return any;
}

static bool load_path(const struct loading *l, enum tls_fault_of of, const char *path,
                      load_file *load, const char *lacking)
{
    struct stat s;

    if (stat(path, &s))
        return say(l, of, false, path, strerror(errno));
    if (S_ISDIR(s.st_mode) ? load_folder(l, path, load) : load(l, path))
        return true;
    return say(l, of, false, path, lacking);
}

/* --- authorities --- */

static bool load_authorities(const struct loading *l, const char *path)
{
    return X509_STORE_load_file(l->store, path) == 1;
}

/* Where the distributions keep them. */
static bool load_system(const struct loading *l)
{
    static const char *const files[] = {"/etc/ssl/certs/ca-certificates.crt",
                                        "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (access(files[i], R_OK) == 0 && load_authorities(l, files[i]))
            return true;
    return load_folder(l, X509_get_default_cert_dir(), load_authorities) ||
           say(l, TLS_FAULT_CA, true, "",
               "this machine has no certificates of authorities (Debian's package "
               "ca-certificates): no server will be trusted");
}

static bool load_ca(const struct loading *l, struct str path)
{
    return path.len == 0 ? load_system(l)
                         : load_path(l, TLS_FAULT_CA, path.at, load_authorities,
                                     "has no certificate in it: expected a file of them in PEM, or "
                                     "a folder of such files");
}

/* --- what they have revoked --- */

static void look_at(const struct loading *l, const char *path, const X509_CRL *crl)
{
    const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);

    if (next && X509_cmp_current_time(next) < 0)
        (void)say(l, TLS_FAULT_CRL, true, path,
                  "is out of date: certificates of its authority are refused until it is renewed");
}

static bool load_lists(const struct loading *l, const char *path)
{
    BIO *in = BIO_new_file(path, "r");
    X509_CRL *crl;
    bool any = false;

    while (in && (crl = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL))) {
        look_at(l, path, crl);
        any |= X509_STORE_add_crl(l->store, crl) == 1;
        X509_CRL_free(crl);
    }
    BIO_free(in);
    return any;
}

static bool load_crl(const struct loading *l, struct str path)
{
    if (path.len == 0)
        return true;
    (void)X509_STORE_set_flags(l->store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    return load_path(l, TLS_FAULT_CRL, path.at, load_lists,
                     "has no list of revoked certificates in it: expected a file of X509 CRLs in "
                     "PEM, or a folder of such files");
}

int tls_trust_forgive(int good, X509_STORE_CTX *store)
{
    if (good || X509_STORE_CTX_get_error(store) != X509_V_ERR_UNABLE_TO_GET_CRL)
        return good;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

X509_STORE *tls_trust_new(const struct tls_config *c, tls_tell *tell, void *arg)
{
    struct loading l = {X509_STORE_new(), tell, arg};

    if (!l.store)
        (void)say(&l, TLS_FAULT_CA, false, "", "no memory");
    bool good = l.store && load_ca(&l, c->ca);

    good = l.store && load_crl(&l, c->crl) && good;
    ERR_clear_error();
    if (good)
        return l.store;
    X509_STORE_free(l.store);
    return NULL;
}
