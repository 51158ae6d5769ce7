/* One TLS connection as a machine without a socket: ciphertext in, plaintext out, and the other way
 * round (RFC 8446, RFC 5246 through OpenSSL 3). OpenSSL reads and writes through a BIO of our own,
 * which lends it the caller's bytes: an idle connection keeps no buffer. */
#ifndef TANDEM_NET_TLS_H
#define TANDEM_NET_TLS_H

#include "base/buf.h"
#include "net/outq.h"
#include "net/tls_context.h"

/* No call brings more plaintext than its ciphertext and what was left of a record before it. */
#define TLS_TAKE_MOST 65536
#define TLS_PLAIN_BYTES (TLS_TAKE_MOST + 18432)

struct tls;

/* What the machine is lent for a call. */
struct tls_io {
    struct outq *out; /* ciphertext is appended; the bounds are its own */
    char *plain;      /* TLS_PLAIN_BYTES where plaintext is put */
};

enum tls_state {
    TLS_SHAKING,
    TLS_OPEN,
    TLS_ENDED, /* the peer has said that nothing more comes (close_notify) */
    TLS_FAILED /* tls_why; an alert may wait in `out`: write it, then close */
};

/* Where a connection and what waits in it lives; outlives it. */
struct tls_home {
    struct mem *mem;
    struct block_pool *blocks; /* of what is appended to `out`, too */
};

/* NULL: no memory. Both keep the context until tls_free. */
struct tls *tls_new_server(const struct tls_home *home, struct tls_context *c);
/* `name`: the domain that the peer's certificate must be of (RFC 5922 7.3), and that is asked for
 * (SNI). `peer` names whom sessions are kept for besides, its address say. Both are copied. Where
 * `sessions` is not NULL it outlives the connection. */
struct tls *tls_new_client(const struct tls_home *home, struct tls_context *c,
                           struct tls_sessions *sessions, struct str name, struct str peer);
/* NULL is legal. */
void tls_free(struct tls *t);

/* Takes at most TLS_TAKE_MOST bytes of ciphertext, all of them; none is legal, and begins a
 * client's handshake. *plain is what they were, in io->plain. Once FAILED or ENDED it stays that,
 * and nothing more is taken. */
enum tls_state tls_take(struct tls *t, const struct tls_io *io, struct str cipher,
                        struct str *plain);
/* Makes ciphertext of `plain`; until the handshake is done a copy waits. False: it failed, or there
 * is no room or memory: the stream has lost its place and must be closed. */
MUST_USE bool tls_put(struct tls *t, const struct tls_io *io, struct str plain);
/* RFC 8446 6.1: says that nothing more comes from here. */
void tls_end(struct tls *t, const struct tls_io *io);

/* Why handshakes fail, as far as it is counted. */
enum tls_cause {
    TLS_CAUSE_NOT_TLS,     /* what came is something else */
    TLS_CAUSE_VERSION,     /* no version or cipher in common */
    TLS_CAUSE_CERTIFICATE, /* the peer's is not good, or lacks */
    TLS_CAUSE_REFUSED,     /* the peer does not want it: by an alert */
    TLS_CAUSE_HUNG_UP,     /* it went away; said by who has the socket */
    TLS_CAUSE_TOO_SLOW,    /* likewise */
    TLS_CAUSE_OTHER,
    N_TLS_CAUSES
};

enum tls_state tls_state(const struct tls *t);
/* After FAILED: what is wrong, in words that last as long as the program. */
const char *tls_why(const struct tls *t);
/* Likewise: of which kind that is. */
enum tls_cause tls_cause(const struct tls *t);
/* Of a server, once OPEN: the peer's certificate was verified, and these are its SIP identities in
 * lower case, a space between two. Nothing: it showed none, or one that nobody answers for. */
void tls_peer_names(const struct tls *t, struct buf *out);
/* The domain that a client asked for; empty: none. Borrowed. */
struct str tls_asked_name(const struct tls *t);
bool tls_was_resumed(const struct tls *t);
/* "TLSv1.3". */
const char *tls_version(const struct tls *t);

#endif
