/* What all TLS connections of a server have in common: its certificates, whom it trusts, and the
 * keys of its tickets. Immutable and counted: one more can be made while connections live on by an
 * older one. Reads the files that it is given the names of. */
#ifndef TANDEM_NET_TLS_CONTEXT_H
#define TANDEM_NET_TLS_CONTEXT_H

#include "base/attr.h"
#include "base/mem.h"
#include "base/str.h"

struct tls_context;
struct tls_tickets;
struct tls_sessions;

enum tls_ask { TLS_ASK_NOT, TLS_ASK, TLS_REQUIRE };

struct tls_config {
    const struct str *certificates; /* "FILE" with chain and key, or "CHAIN:KEY"; NUL behind each */
    unsigned n_certificates;
    struct str ca;               /* a file or a folder; empty: the system's */
    struct str crl;              /* likewise; empty: nothing is revoked */
    enum tls_ask ask;            /* for clients' certificates */
    bool verify;                 /* servers that we connect to */
    bool only_13, only_12;       /* else both: no other is spoken */
    struct str ciphers;          /* of TLS 1.2, as OpenSSL has them; empty: its own choice */
    struct tls_tickets *tickets; /* outlives the context; NULL: no tickets are given */
};

enum tls_fault_of {
    TLS_FAULT_CERTIFICATE,
    TLS_FAULT_CA,
    TLS_FAULT_CRL,
    TLS_FAULT_CIPHERS,
    TLS_FAULT_OTHER
};

/* What is wrong with a file, for people. */
struct tls_fault {
    enum tls_fault_of of;
    unsigned index; /* of config.certificates */
    bool warning;   /* it is used all the same */
    char what[256]; /* a sentence; printable */
};
typedef void tls_tell(void *arg, const struct tls_fault *);

/* Every fault is told. NULL where there is one, or no memory, which is told likewise. */
struct tls_context *tls_context_new(struct mem *mem, const struct tls_config *c, tls_tell *tell,
                                    void *arg);
struct tls_context *tls_context_ref(struct tls_context *c);
/* NULL is legal. */
void tls_context_unref(struct tls_context *c);

/* It has a certificate and can be a server. */
bool tls_context_can_serve(const struct tls_context *c);
/* One of its certificates says that we are `name` (RFC 5922 7.1). */
bool tls_context_is_of(const struct tls_context *c, struct str name);

#endif
