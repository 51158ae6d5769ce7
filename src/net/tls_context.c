/* Puts OpenSSL's contexts together: certificates, trust, tickets, and which certificate is shown to
 * whom. Runs no connection. */
#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "net/tls_inside.h"
#include "net/tls_name.h"
#include "net/tls_pem.h"
#include "net/tls_tickets.h"
#include "net/tls_trust.h"

struct making {
    struct tls_context *c;
    const struct tls_config *config;
    tls_tell *tell;
    void *arg;
};

static bool say(const struct making *m, enum tls_fault_of of, const char *what, const char *more)
{
    struct tls_fault f = {.of = of};

    (void)snprintf(f.what, sizeof(f.what), "%s%s%s", what, more ? ": " : "", more ? more : "");
    m->tell(m->arg, &f);
    return false;
}

static const char *last_error(void)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());

    return why ? why : "no memory";
}

/* --- what OpenSSL asks in a handshake --- */

/* RFC 5922 7.3: the name is part of what is verified, so that a wrong one ends the handshake. */
static int judge_name(const struct tls *t, X509_STORE_CTX *store)
{
    const X509 *cert = X509_STORE_CTX_get0_cert(store);
    bool is_server = t->domain.at != NULL;

    if (!tls_cert_may_serve(cert, is_server))
        X509_STORE_CTX_set_error(store, X509_V_ERR_INVALID_PURPOSE);
    else if (is_server && !tls_cert_is_of(cert, t->domain))
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    else
        return 1;
    return 0;
}

/* What a certificate may be used for is looked at by judge_name: OpenSSL does not know SIP's own
 * purpose (RFC 5924). A client that need not show one is none where nobody answers for it. */
static int verify_peer(X509_STORE_CTX *store, void *arg)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct tls *t = SSL_get_app_data(ssl);

    (void)arg;
    (void)X509_VERIFY_PARAM_set_purpose(X509_STORE_CTX_get0_param(store), X509_PURPOSE_ANY);
    X509_STORE_CTX_set_verify_cb(store, tls_trust_forgive);
    if (X509_verify_cert(store) == 1 && judge_name(t, store))
        return 1;
    return SSL_is_server(ssl) && !(SSL_get_verify_mode(ssl) & SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
}

static SSL_CTX *server_for(const struct tls_context *c, struct str name)
{
    for (unsigned i = 0; i < c->n_servers; i++)
        if (tls_cert_may_show(SSL_CTX_get0_certificate(c->servers[i]), name))
            return c->servers[i];
    return NULL;
}

/* RFC 5922 7.8, RFC 6066 3: who asks for a name that we do not have gets the first certificate and
 * judges himself. */
static int choose_certificate(SSL *ssl, int *alert, void *arg)
{
    const struct tls *t = SSL_get_app_data(ssl);
    SSL_CTX *ctx = server_for(t->context, tls_asked_name(t));

    (void)alert;
    (void)arg;
    if (ctx && !SSL_set_SSL_CTX(ssl, ctx))
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    return ctx ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls *t = SSL_get_app_data(ssl);

    return t->sessions && SSL_SESSION_is_resumable(session) &&
           tls_sessions_keep(t->sessions, t->context->serial, (struct str){t->name, t->name_size},
                             session);
}

/* --- making one --- */

/* RFC 8446 9.1: the suite that everybody has comes first. Its hash is the one that processors have
 * instructions for, and a handshake is a score of hashes. */
#define SUITES "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

/* Renegotiation (TLS 1.2) is a way to make others work and nothing that SIP needs. */
static bool set_common(const struct making *m, SSL_CTX *ctx)
{
    const struct tls_config *c = m->config;

    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                       SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_cert_verify_callback(ctx, verify_peer, NULL);
    if (m->c->store)
        SSL_CTX_set1_cert_store(ctx, m->c->store);
    if (!SSL_CTX_set_min_proto_version(ctx, c->only_13 ? TLS1_3_VERSION : TLS1_2_VERSION) ||
        !SSL_CTX_set_max_proto_version(ctx, c->only_12 ? TLS1_2_VERSION : 0) ||
        !SSL_CTX_set_ciphersuites(ctx, SUITES))
        return say(m, TLS_FAULT_OTHER, "the versions and suites of TLS cannot be set",
                   last_error());
    if (c->ciphers.len > 0 && !SSL_CTX_set_cipher_list(ctx, c->ciphers.at))
        return say(
            m, TLS_FAULT_CIPHERS,
            "none of these ciphers is known: expected names as `openssl ciphers` prints them, "
            "a colon between two",
            NULL);
    return true;
}

static bool show_certificate(const struct making *m, SSL_CTX *ctx, const struct tls_pem *p,
                             unsigned index)
{
    struct tls_fault f = {.of = TLS_FAULT_CERTIFICATE, .index = index};

    ERR_clear_error();
    if (SSL_CTX_use_cert_and_key(ctx, p->cert, p->key, p->chain, 1))
        return true;
    (void)snprintf(f.what, sizeof(f.what), "OpenSSL does not take the certificate or its key: %s",
                   last_error());
    m->tell(m->arg, &f);
    return false;
}

/* A session is good only with a context that trusts the same: where clients are asked who they are
 * each context has its own. */
static bool set_sessions(const struct making *m, SSL_CTX *ctx)
{
    unsigned char id[16] = "tandem";
    const struct tls_config *c = m->config;

    if (c->ask != TLS_ASK_NOT)
        memcpy(id, &m->c->serial, sizeof(m->c->serial));
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_timeout(ctx, LIMIT_TLS_TICKET_KEY_S);
    if (!c->tickets) {
        (void)SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        (void)SSL_CTX_set_num_tickets(ctx, 0);
    }
    return SSL_CTX_set_session_id_context(ctx, id, sizeof(id)) &&
           (!c->tickets ||
            (SSL_CTX_set_num_tickets(ctx, 1) && tls_tickets_attach(c->tickets, ctx)));
}

static void set_asking(const struct making *m, SSL_CTX *ctx)
{
    int mode = m->config->ask == TLS_ASK_NOT ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;

    if (m->config->ask == TLS_REQUIRE)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(ctx, mode, NULL);
}

static bool make_server(const struct making *m, const struct tls_pem *p, unsigned index)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (!ctx)
        return say(m, TLS_FAULT_OTHER, "no memory", NULL);
    m->c->servers[m->c->n_servers++] = ctx;
    set_asking(m, ctx);
    (void)SSL_CTX_set_tlsext_servername_callback(ctx, choose_certificate);
    if (!set_common(m, ctx) || !show_certificate(m, ctx, p, index))
        return false;
    return set_sessions(m, ctx) || say(m, TLS_FAULT_OTHER, "no memory", NULL);
}

/* The first certificate is the one that we show as a client, too, to who asks for one. */
static bool make_client(const struct making *m, const struct tls_pem *first)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

    m->c->client = ctx;
    if (!ctx)
        return say(m, TLS_FAULT_OTHER, "no memory", NULL);
    SSL_CTX_set_verify(ctx, m->c->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, keep_session);
    return set_common(m, ctx) && (!first->cert || show_certificate(m, ctx, first, 0));
}

/* All are read, so that all faults are told at once. */
static bool make_contexts(const struct making *m)
{
    struct tls_pem first = {0}, p;
    bool good = true;

    for (unsigned i = 0; i < m->config->n_certificates; i++) {
        bool read = tls_pem_read(&p, m->config->certificates[i], i, m->tell, m->arg);

        good = read && make_server(m, &p, i) && good;
        if (i == 0)
            first = p;
        else
            tls_pem_drop(&p);
    }
    good = good && make_client(m, &first);
    tls_pem_drop(&first);
    return good;
}

struct tls_context *tls_context_new(struct mem *mem, const struct tls_config *config,
                                    tls_tell *tell, void *arg)
{
    static _Atomic uint64_t serials;
    struct tls_context *c = mem_alloc_zero(mem, sizeof(*c));
    struct making m = {c, config, tell, arg};

    if (!c) {
        (void)say(&m, TLS_FAULT_OTHER, "no memory", NULL);
        return NULL;
    }
    atomic_store(&c->refs, 1);
    c->mem = mem;
    c->serial = atomic_fetch_add(&serials, 1) + 1;
    c->verify = config->verify;
    c->store = tls_trust_new(config, tell, arg);
    bool good = c->store != NULL;

    if (make_contexts(&m) && good)
        return c;
    ERR_clear_error();
    tls_context_unref(c);
    return NULL;
}

struct tls_context *tls_context_ref(struct tls_context *c)
{
    atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void tls_context_unref(struct tls_context *c)
{
    if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (unsigned i = 0; i < c->n_servers; i++)
        SSL_CTX_free(c->servers[i]);
    SSL_CTX_free(c->client);
    X509_STORE_free(c->store);
    mem_free(c->mem, c, sizeof(*c));
}

bool tls_context_can_serve(const struct tls_context *c)
{
    return c->n_servers > 0;
}

bool tls_context_is_of(const struct tls_context *c, struct str name)
{
    for (unsigned i = 0; i < c->n_servers; i++)
        if (tls_cert_is_of(SSL_CTX_get0_certificate(c->servers[i]), name))
            return true;
    return false;
}
