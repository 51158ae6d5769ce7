/* Makes the context of client programs. Knows no connection. */
#include "host/client_tls.h"

#include <stdio.h>

#include "base/err.h"
#include "net/tls_context.h"

struct telling {
    char *what;
    size_t size;
};

static void tell_fault(void *arg, const struct tls_fault *f)
{
    struct telling *t = arg;
    if (!f->warning)
        snprintf(t->what, t->size, "%s", f->what);
}

bool client_tls_use(struct tcp *tcp, struct mem *mem, const struct client_tls *c, char *what,
                    size_t size)
{
    struct telling t = {what, size};
    struct str certificate = str_from(c->certificate);
    struct tls_config config = {.certificates = &certificate,
                                .n_certificates = c->certificate ? 1 : 0,
                                .ca = str_from(c->ca),
                                .verify = !c->trust_all};
    struct tls_context *context = tls_context_new(mem, &config, tell_fault, &t);
    if (!context)
        return false;
    int error = tcp_use_tls(tcp, context);
    tls_context_unref(context);
    return error == OK;
}
