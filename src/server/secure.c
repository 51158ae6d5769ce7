/* Makes the TLS context that a configuration asks for and hands it to the workers; runs no
 * connection. */
#include "server/secure.h"

#include <stdio.h>

bool secure_init(struct secure *s, struct mem *mem, time_ns now)
{
    *s = (struct secure){.tickets = tls_tickets_new(mem, now)};
    return s->tickets && pthread_mutex_init(&s->lock, NULL) == 0;
}

void secure_fini(struct secure *s)
{
    if (!s->tickets)
        return;
    tls_context_unref(s->now);
    tls_tickets_free(s->tickets);
    pthread_mutex_destroy(&s->lock);
    *s = (struct secure){0};
}

struct tls_context *secure_context(struct secure *s)
{
    pthread_mutex_lock(&s->lock);
    struct tls_context *c = s->now ? tls_context_ref(s->now) : NULL;

    pthread_mutex_unlock(&s->lock);
    return c;
}

struct tls_context *secure_replace(struct secure *s, struct tls_context *c)
{
    pthread_mutex_lock(&s->lock);
    struct tls_context *old = s->now;

    s->now = c;
    pthread_mutex_unlock(&s->lock);
    return old;
}

bool listen_needs_tls(const struct listen_list *l)
{
    for (unsigned i = 0; i < l->n; i++)
        if (transport_is_secure(l->list[i].transport))
            return true;
    return false;
}

/* --- from the configuration --- */

struct reading {
    const struct config *config;
    const char *file;
    config_tell *tell;
    void *arg;
};

static void say(const struct reading *r, const char *key, bool warning, const char *what)
{
    struct config_fault f = {
        .file = r->file, .line = config_line(r->config, key), .warning = warning};

    (void)snprintf(f.key, sizeof(f.key), "%s", key);
    (void)snprintf(f.what, sizeof(f.what), "%s", what);
    r->tell(r->arg, &f);
}

static void take_fault(void *arg, const struct tls_fault *f)
{
    static const char *const keys[] = {[TLS_FAULT_CERTIFICATE] = "tls.certificates",
                                       [TLS_FAULT_CA] = "tls.ca",
                                       [TLS_FAULT_CRL] = "tls.crl",
                                       [TLS_FAULT_CIPHERS] = "tls.ciphers",
                                       [TLS_FAULT_OTHER] = "tls"};

    say(arg, keys[f->of], f->warning, f->what);
}

/* RFC 5922 7.3: who calls sip:user@domain over TLS wants a certificate of that domain. */
static void look_at_domains(const struct reading *r, const struct tls_context *c)
{
    const struct str_list *domains = &r->config->domains;
    char what[sizeof(((struct config_fault *)0)->what)];

    for (unsigned i = 0; i < domains->n; i++) {
        if (tls_context_is_of(c, domains->list[i]))
            continue;
        (void)snprintf(what, sizeof(what),
                       "no certificate here is of %s: who calls its users over TLS refuses this "
                       "server; have one made with DNS:%s in its subjectAltName",
                       domains->list[i].at, domains->list[i].at);
        say(r, "tls.certificates", true, what);
    }
}

static struct tls_config tls_of(const struct config *c, struct tls_tickets *tickets)
{
    static const enum tls_ask asks[] = {[CONFIG_CLIENTS_NO] = TLS_ASK_NOT,
                                        [CONFIG_CLIENTS_ASK] = TLS_ASK,
                                        [CONFIG_CLIENTS_REQUIRE] = TLS_REQUIRE};

    return (struct tls_config){.certificates = c->tls.certificates.list,
                               .n_certificates = c->tls.certificates.n,
                               .ca = c->tls.ca,
                               .crl = c->tls.crl,
                               .ask = asks[c->tls.client_certificate],
                               .verify = c->tls.verify,
                               .only_13 = c->tls.min_version == CONFIG_TLS_1_3,
                               .ciphers = c->tls.ciphers,
                               .tickets = tickets};
}

bool secure_read(struct tls_context **out, struct mem *mem, const struct config *c,
                 const struct listen_list *l, const char *file, struct tls_tickets *tickets,
                 config_tell *tell, void *arg)
{
    struct reading r = {c, file, tell, arg};
    struct tls_config config = tls_of(c, tickets);

    *out = NULL;
    if (!listen_needs_tls(l))
        return true;
    *out = tls_context_new(mem, &config, take_fault, &r);
    if (*out)
        look_at_domains(&r, *out);
    return *out != NULL;
}
