/* `tandem cert`: an authority of one's own and certificates by it, for a first try. */
#include "tools/cert.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/buf.h"
#include "net/tls_issue.h"

const char cert_help[] =
    "usage: tandem cert [--out DIR] [--days N] NAME...\n"
    "\n"
    "Makes a certificate for a first try of TLS: of each NAME, a domain of the server or an\n"
    "address of it. The first one gives the file its name. It is made by an authority of your\n"
    "own, DIR/ca.pem, which is made with the first certificate and used by all further ones:\n"
    "phones and other servers have to be told to trust it. Whoever has DIR/ca.key can pass for\n"
    "any of your servers there.\n"
    "\n"
    "  DIR/ca.pem     the authority's certificate: for phones\n"
    "  DIR/ca.key     its key: stays here\n"
    "  DIR/NAME.pem   certificate and key: for tls.certificates of the configuration\n"
    "\n"
    "  --out DIR   where the files are, made if it is missing; without it the current folder\n"
    "  --days N    how long the certificate is good, 1 to 825; 397 when not given\n"
    "\n"
    "Exit status: 0 done, 2 usage, or a file is there already or cannot be used.\n";

enum { DONE = 0, BAD_USAGE = 2, OUR_FAULT = 4 };

#define PATH_MOST 2048
#define SAN_MOST 8192
#define DAY_S 86400L
#define DAYS 397
#define DAYS_MOST 825
#define CA_DAYS 3650

static int complain(const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: cert: %s: %s\n", where, what);
    return status;
}

/* --- files --- */

static const char *path_of(char at[PATH_MOST], const char *folder, const char *name,
                           const char *end)
{
    return snprintf(at, PATH_MOST, "%s/%s%s", folder, name, end) < PATH_MOST ? at : NULL;
}

/* What is there is never written over. */
static BIO *create(const char *path, mode_t mode)
{
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) : -1;
    BIO *out = fd >= 0 ? BIO_new_fd(fd, BIO_CLOSE) : NULL;

    if (fd >= 0 && !out)
        close(fd);
    return out;
}

static bool write_pem(const char *path, mode_t mode, X509 *cert, X509 *issuer, EVP_PKEY *key)
{
    BIO *out = create(path, mode);
    bool done = out && (!cert || PEM_write_bio_X509(out, cert)) &&
                (!issuer || PEM_write_bio_X509(out, issuer)) &&
                (!key || PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL));

    if (!out)
        (void)complain(path ? path : "--out", path ? strerror(errno) : "too long", 0);
    else if (BIO_flush(out) != 1)
        done = false;
    BIO_free(out);
    return done;
}

/* --- the authority --- */

static bool read_ca(struct tls_issued *ca, const char *cert, const char *key)
{
    BIO *in = BIO_new_file(cert, "r"), *sealed = BIO_new_file(key, "r");

    *ca = (struct tls_issued){0};
    if (in)
        ca->cert = PEM_read_bio_X509(in, NULL, NULL, NULL);
    if (sealed)
        ca->key = PEM_read_bio_PrivateKey(sealed, NULL, NULL, NULL);
    BIO_free(in);
    BIO_free(sealed);
    if (ca->cert && ca->key && X509_check_private_key(ca->cert, ca->key) == 1)
        return true;
    tls_issued_drop(ca);
    return false;
}

static bool make_ca(struct tls_issued *ca, const char *cert, const char *key)
{
    static const struct tls_issue what = {.common_name = "Tandem's authority for a first try",
                                          .until_s = CA_DAYS * DAY_S,
                                          .authority = true};

    if (!tls_issue(ca, &what, NULL))
        return false;
    if (write_pem(key, 0600, NULL, NULL, ca->key) && write_pem(cert, 0644, ca->cert, NULL, NULL))
        return true;
    tls_issued_drop(ca);
    return false;
}

static int get_ca(struct tls_issued *ca, const char *folder)
{
    char cert[PATH_MOST], key[PATH_MOST];

    if (mkdir(folder, 0700) && errno != EEXIST)
        return complain(folder, strerror(errno), BAD_USAGE);
    if (!path_of(cert, folder, "ca", ".pem") || !path_of(key, folder, "ca", ".key"))
        return complain("--out", "too long", BAD_USAGE);
    if (access(cert, F_OK) && access(key, F_OK))
        return make_ca(ca, cert, key) ? DONE : complain(cert, "cannot be made", BAD_USAGE);
    return read_ca(ca, cert, key)
               ? DONE
               : complain(cert,
                          "with ca.key beside it cannot be used as an authority: both must be "
                          "readable and belong together",
                          BAD_USAGE);
}

/* --- the certificate --- */

static bool is_name(struct str s)
{
    bool good = s.len > 0 && s.len <= 253 && s.at[0] != '.' && s.at[0] != '-';

    for (size_t i = 0; i < s.len; i++)
        good &= (s.at[i] >= '0' && s.at[i] <= '9') || s.at[i] == '-' || s.at[i] == '.' ||
                ((s.at[i] | 0x20) >= 'a' && (s.at[i] | 0x20) <= 'z');
    return good;
}

/* RFC 5922 4: a sip URI says that it may speak for a SIP domain; DNS is what browsers and older
 * phones look at. */
static bool put_name(struct buf *san, struct str name)
{
    struct addr a;

    if (san->len > 0)
        buf_put_char(san, ',');
    if (addr_parse_ip(name, &a) && name.at[0] != '[') {
        buf_put_lit(san, "IP:");
        buf_put(san, name);
    } else if (is_name(name)) {
        buf_put_lit(san, "DNS:");
        buf_put(san, name);
        buf_put_lit(san, ",URI:sip:");
        buf_put(san, name);
    } else {
        return false;
    }
    return !san->over;
}

static int write_cert(const char *folder, const char *name, const struct tls_issue *what,
                      const struct tls_issued *ca)
{
    char path[PATH_MOST];
    struct tls_issued made;

    if (!tls_issue(&made, what, ca))
        return complain(name, "cannot be made", OUR_FAULT);
    bool done = write_pem(path_of(path, folder, name, ".pem"), 0600, made.cert, NULL, made.key);

    tls_issued_drop(&made);
    if (!done)
        return BAD_USAGE;
    printf("made %s. In the configuration:\n"
           "  listen: [\"udp:0.0.0.0:5060\", \"tls:0.0.0.0:5061\"]\n"
           "  tls:\n"
           "    certificates: [%s]\n"
           "Phones have to trust %s/ca.pem.\n",
           path, path, folder);
    return DONE;
}

static int make(const char *folder, long days, int n, char **names)
{
    char san[SAN_MOST];
    struct tls_issued ca;
    struct buf b;

    buf_init(&b, san, sizeof(san) - 1);
    for (int i = 0; i < n; i++)
        if (!put_name(&b, str_from(names[i])))
            return complain(names[i], "expected a domain name or an IP address", BAD_USAGE);
    san[b.len] = '\0';
    int status = get_ca(&ca, folder);

    if (status)
        return status;
    struct tls_issue what = {.common_name = strlen(names[0]) <= 64 ? names[0] : "Tandem",
                             .san = san,
                             .usage = "serverAuth,clientAuth",
                             .from_s = -DAY_S, /* clocks differ */
                             .until_s = days * DAY_S};

    status = write_cert(folder, names[0], &what, &ca);
    tls_issued_drop(&ca);
    return status;
}

int cert_main(int argc, char **argv)
{
    static const struct option table[] = {{"out", required_argument, NULL, 'o'},
                                          {"days", required_argument, NULL, 'd'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    const char *folder = ".";
    uint64_t days = DAYS;
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
        if (option == 'h')
            return fputs(cert_help, stdout) < 0 ? OUR_FAULT : DONE;
        if (option == 'o')
            folder = optarg;
        else if (option != 'd')
            return complain(argv[optind - 1], "unknown option; see tandem help cert", BAD_USAGE);
        else if (!str_to_u64(str_from(optarg), DAYS_MOST, &days) || days == 0)
            return complain("--days", "expected a number from 1 to 825", BAD_USAGE);
    }
    if (optind == argc)
        return complain("NAME",
                        "expected the names that the server is called by; see tandem help "
                        "cert",
                        BAD_USAGE);
    return make(folder, (long)days, argc - optind, argv + optind);
}
