/* Runs one TLS connection over bytes that the caller has; opens no socket and reads no clock. */
#include "net/tls.h"

#include <assert.h>
#include <limits.h>
#include <openssl/err.h>

#include "base/addr.h"
#include "base/err.h"
#include "net/tls_inside.h"
#include "net/tls_name.h"

/* --- making one --- */

static struct tls *tls_new(const struct tls_home *home, struct tls_context *c, SSL_CTX *ctx)
{
    struct tls *t = mem_alloc_zero(home->mem, sizeof(*t));

    if (!t)
        return NULL;
    t->home = *home;
    t->context = tls_context_ref(c);
    outq_init(&t->waiting);
    t->ssl = SSL_new(ctx);
    BIO *bio = t->ssl ? tls_bio_new(t) : NULL;

    if (!bio) {
        tls_free(t);
        return NULL;
    }
    SSL_set_bio(t->ssl, bio, bio);
    SSL_set_app_data(t->ssl, t);
    return t;
}

struct tls *tls_new_server(const struct tls_home *home, struct tls_context *c)
{
    assert(c->n_servers > 0);
    struct tls *t = tls_new(home, c, c->servers[0]);

    if (t)
        SSL_set_accept_state(t->ssl);
    return t;
}

static bool keep_names(struct tls *t, struct str name, struct str peer)
{
    t->name_size = name.len + peer.len + 2;
    t->name = mem_alloc_zero(t->home.mem, t->name_size);
    if (!t->name)
        return false;
    struct buf b;
    buf_init(&b, t->name, t->name_size);
    buf_put(&b, name); /* both may be empty */
    buf_put_char(&b, '\0');
    buf_put(&b, peer);
    t->domain = (struct str){t->name, name.len};
    t->peer = (struct str){t->name + name.len + 1, peer.len};
    return true;
}

/* Sessions are kept by both names: those of another domain at the same address are not its own. */
static struct str session_key(const struct tls *t)
{
    return (struct str){t->name, t->name_size};
}

static void take_session(struct tls *t)
{
    SSL_SESSION *s =
        t->sessions ? tls_sessions_take(t->sessions, t->context->serial, session_key(t)) : NULL;

    if (s) {
        (void)SSL_set_session(t->ssl, s); /* without memory: a full handshake */
        SSL_SESSION_free(s);
    }
}

/* RFC 6066 3: an address is not asked for. */
static bool ask_for_name(struct tls *t)
{
    struct addr a;

    return addr_parse_ip(t->domain, &a) || t->domain.len == 0 ||
           SSL_set_tlsext_host_name(t->ssl, t->domain.at) == 1;
}

struct tls *tls_new_client(const struct tls_home *home, struct tls_context *c,
                           struct tls_sessions *sessions, struct str name, struct str peer)
{
    struct tls *t = tls_new(home, c, c->client);

    if (!t)
        return NULL;
    t->sessions = sessions;
    if (!keep_names(t, name, peer) || !ask_for_name(t)) {
        tls_free(t);
        return NULL;
    }
    SSL_set_connect_state(t->ssl);
    take_session(t);
    return t;
}

static void drop_waiting(struct tls *t)
{
    outq_fini(&t->waiting, t->home.mem, t->home.blocks);
}

void tls_free(struct tls *t)
{
    if (!t)
        return;
    drop_waiting(t);
    /* RFC 5246 7.2.1: a session may be resumed though its connection broke off. */
    if (t->ssl && t->state != TLS_FAILED)
        SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(t->ssl);
    tls_context_unref(t->context);
    if (t->name)
        mem_free(t->home.mem, t->name, t->name_size);
    mem_free(t->home.mem, t, sizeof(*t));
}

/* --- running it --- */

static const char *reason(const struct tls *t)
{
    long verdict = SSL_get_verify_result(t->ssl);
    unsigned long error = ERR_peek_last_error();

    if (verdict != X509_V_OK && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return verdict == X509_V_ERR_HOSTNAME_MISMATCH ? "its certificate is of another name"
                                                       : X509_verify_cert_error_string(verdict);
    const char *why = ERR_reason_error_string(error);

    return why ? why : "it broke off";
}

/* OpenSSL numbers the peer's alerts from here on. */
#define ALERTS SSL_AD_REASON_OFFSET

static enum tls_cause cause(void)
{
    int why = ERR_GET_REASON(ERR_peek_last_error());

    switch (why) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return TLS_CAUSE_NOT_TLS;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_UNKNOWN_PROTOCOL:
        return TLS_CAUSE_VERSION;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return TLS_CAUSE_CERTIFICATE;
    default:
        return why >= ALERTS && why < ALERTS + 256 ? TLS_CAUSE_REFUSED : TLS_CAUSE_OTHER;
    }
}

static void fail(struct tls *t)
{
    t->state = TLS_FAILED;
    t->why = reason(t);
    t->cause = cause();
    drop_waiting(t);
}

/* What a call of OpenSSL means that did not give what was wanted. */
static void judge(struct tls *t, int result)
{
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return;
    case SSL_ERROR_ZERO_RETURN:
        t->state = TLS_ENDED;
        drop_waiting(t);
        return;
    default:
        fail(t);
    }
}

static bool encrypt(struct tls *t, struct str plain)
{
    int n;

    if (plain.len == 0)
        return true;
    assert(plain.len <= INT_MAX);
    ERR_clear_error();
    n = SSL_write(t->ssl, plain.at, (int)plain.len);
    if (n == (int)plain.len)
        return true;
    fail(t);
    return false;
}

static void send_waiting(struct tls *t)
{
    struct iovec first;

    while (t->state == TLS_OPEN && outq_peek(&t->waiting, &first, 1) == 1)
        if (encrypt(t, (struct str){first.iov_base, first.iov_len}))
            outq_consume(&t->waiting, t->home.blocks, first.iov_len);
    if (t->state == TLS_OPEN)
        drop_waiting(t);
}

static void shake(struct tls *t)
{
    ERR_clear_error();
    int result = SSL_do_handshake(t->ssl);

    if (result != 1) {
        judge(t, result);
        return;
    }
    t->state = TLS_OPEN;
    send_waiting(t);
}

static size_t decrypt(struct tls *t)
{
    size_t len = 0;
    int n = 1;

    while (t->state == TLS_OPEN && n > 0) {
        ERR_clear_error();
        n = SSL_read(t->ssl, t->io->plain + len, (int)(TLS_PLAIN_BYTES - len));
        if (n > 0)
            len += (size_t)n;
        else
            judge(t, n);
    }
    return len;
}

enum tls_state tls_take(struct tls *t, const struct tls_io *io, struct str cipher,
                        struct str *plain)
{
    size_t len = 0;

    assert(cipher.len <= TLS_TAKE_MOST);
    t->io = io;
    t->in = cipher;
    if (t->state == TLS_SHAKING)
        shake(t);
    if (t->state == TLS_OPEN)
        len = decrypt(t);
    *plain = (struct str){io->plain, len};
    t->in = STR_NONE;
    t->io = NULL;
    return t->state;
}

/* Not counted against memory of the peer's: the engine bounds what waits for a connection. */
static bool wait(struct tls *t, struct str plain)
{
    struct block *b = block_new(t->home.blocks, plain.len);

    if (b) {
        memcpy(b->bytes, plain.at, plain.len);
        b->len = (uint32_t)plain.len;
        if (outq_push(&t->waiting, t->home.mem, b) == OK)
            return true;
        block_unref(t->home.blocks, b);
    }
    t->state = TLS_FAILED;
    t->why = "too much waits for its handshake";
    t->cause = TLS_CAUSE_OTHER;
    drop_waiting(t);
    return false;
}

bool tls_put(struct tls *t, const struct tls_io *io, struct str plain)
{
    bool done = false;

    t->io = io;
    if (t->state == TLS_SHAKING)
        done = plain.len == 0 || wait(t, plain);
    else if (t->state == TLS_OPEN && !t->ended)
        done = encrypt(t, plain);
    t->io = NULL;
    return done;
}

/* A handshake that is broken off has nothing to say. */
void tls_end(struct tls *t, const struct tls_io *io)
{
    t->io = io;
    drop_waiting(t);
    if ((t->state == TLS_OPEN || t->state == TLS_ENDED) && !t->ended) {
        ERR_clear_error();
        (void)SSL_shutdown(t->ssl);
    }
    t->ended = true;
    t->io = NULL;
}

/* --- what is known of it --- */

enum tls_state tls_state(const struct tls *t)
{
    return t->state;
}

const char *tls_why(const struct tls *t)
{
    return t->why;
}

enum tls_cause tls_cause(const struct tls *t)
{
    return t->cause;
}

void tls_peer_names(const struct tls *t, struct buf *out)
{
    const X509 *cert = SSL_get0_peer_certificate(t->ssl);

    if (t->state == TLS_OPEN && cert && SSL_get_verify_result(t->ssl) == X509_V_OK)
        tls_cert_print_names(cert, out);
}

struct str tls_asked_name(const struct tls *t)
{
    return str_from(SSL_get_servername(t->ssl, TLSEXT_NAMETYPE_host_name));
}

bool tls_was_resumed(const struct tls *t)
{
    return SSL_session_reused(t->ssl);
}

const char *tls_version(const struct tls *t)
{
    return SSL_get_version(t->ssl);
}
