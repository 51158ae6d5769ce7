/* Two ends of TLS in memory, and certificates made for one test. */
#ifndef TANDEM_TESTS_UNIT_NET_TLS_PAIR_H
#define TANDEM_TESTS_UNIT_NET_TLS_PAIR_H

#include "net/tls.h"
#include "net/tls_issue.h"
#include "net/tls_sessions.h"

#define FOLDER_MOST 64

/* A folder with PEM files, and the authority of all of them in ca.pem. */
struct certs {
    char folder[FOLDER_MOST], ca_file[FOLDER_MOST + 80];
    struct tls_issued ca, stranger; /* nobody knows the stranger */
};

void certs_make(struct certs *c);
void certs_drop(struct certs *c);
/* Writes NAME.pem: a certificate by `issuer` (NULL: by itself) and its key. Returns the path,
 * borrowed until the 16th call from now. */
struct str certs_issue(struct certs *c, const char *name, const struct tls_issue *what,
                       const struct tls_issued *issuer);
/* A good one for "DNS:NAME". */
struct str certs_good(struct certs *c, const char *name);
struct str certs_ca(struct certs *c);

/* Faults that came of making a context. */
struct told {
    unsigned faults, warnings;
    struct tls_fault last;
};
void tell_told(void *arg, const struct tls_fault *f);

struct end {
    struct tls *tls;
    struct outq out;
    char *plain;
    char got[256]; /* plaintext that came out */
    size_t n_got;
};

struct pair {
    struct block_pool pool;
    struct tls_home home;
    struct end client, server;
    size_t step; /* bytes given at once; 0: all */
};

/* `sessions` may be NULL. */
void pair_make(struct pair *p, struct tls_context *client, struct tls_context *server,
               struct tls_sessions *sessions, const char *name);
/* Everything that one end has to say is given to the other, until both are silent. */
void pair_run(struct pair *p);
void pair_put(struct pair *p, struct end *from, const char *text);
void pair_drop(struct pair *p);
/* Whole ciphertext that an end has to say, taken from it. */
size_t end_take_out(struct pair *p, struct end *e, char *to, size_t cap);
enum tls_state end_give(struct end *e, struct str cipher);

#endif
