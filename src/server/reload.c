/* Replaces the configuration of a server that runs, or says why not; what that means for a worker
 * is the worker's. */
#include "server/reload.h"

#include <stdio.h>
#include <string.h>

#include "server/config_file.h"

static void tell_unchangeable(const struct shared *s, const struct config *c, config_tell *tell,
                              void *arg)
{
    const struct config_row *row;

    for (size_t i = 0; (row = config_row(i)); i++) {
        struct config_fault f = {.file = s->options->file, .warning = true};

        if (!row->restart || config_same(s->config, c, i))
            continue;
        f.line = config_line(c, row->key);
        (void)snprintf(f.key, sizeof(f.key), "%s", row->key);
        (void)snprintf(f.what, sizeof(f.what),
                       "takes effect when the server is started again; until then the old value "
                       "stays");
        tell(arg, &f);
    }
}

static void ring_all(struct shared *s)
{
    for (unsigned i = 0; i < s->n_workers; i++)
        bell_ring_loud(post_bell(s->post, i));
    bell_ring_loud(s->boss);
}

/* What the configuration names besides, read before any of it is taken. */
struct named {
    struct tls_context *tls;
    struct names *names;
    struct ares_channeldata *servers;
};

static bool read_names(struct shared *s, struct named *n, const struct config *c, config_tell *tell,
                       void *arg)
{
    struct config_fault f = {.file = s->options->file, .line = config_line(c, "dns.hosts")};

    n->names = names_read(s->mem, c, f.what, sizeof(f.what));
    if (!n->names) {
        (void)snprintf(f.key, sizeof(f.key), "dns.hosts");
        tell(arg, &f);
        return false;
    }
    n->servers = names_servers(s->dns, c);
    if (!n->servers)
        config_fault_tell(tell, arg, s->options->file, "dns", "no memory");
    return n->servers != NULL;
}

static bool read_named(struct shared *s, struct named *n, const struct config *c, config_tell *tell,
                       void *arg)
{
    return secure_read(&n->tls, s->mem, c, &s->listen, s->options->file, s->secure.tickets, tell,
                       arg) &&
           read_names(s, n, c, tell, arg);
}

static void drop_named(struct named *n)
{
    tls_context_unref(n->tls);
    names_unref(n->names);
    net_dns_refuse(n->servers);
}

static void swap(struct shared *s, struct named *n)
{
    n->tls = secure_replace(&s->secure, n->tls);
    n->names = known_replace(&s->known, n->names);
}

/* Workers look for certificates and names when they see that there is another configuration, and
 * forget what the name servers said: they may be others now. */
static bool replace_all(struct shared *s, struct config *c, struct named *n)
{
    swap(s, n);
    bool done = current_replace(&s->current, c);

    if (done) {
        net_dns_use(s->dns, n->servers);
        n->servers = NULL;
    } else {
        swap(s, n);
    }
    return done;
}

static bool replace(struct shared *s, struct config *c, config_tell *tell, void *arg)
{
    enum log_level level = c->log.level;
    struct named named = {0};

    tell_unchangeable(s, c, tell, arg);
    if (!read_named(s, &named, c, tell, arg)) {
        drop_named(&named);
        config_free(c);
        return false;
    }
    bool done = replace_all(s, c, &named);

    drop_named(&named);
    if (!done) {
        config_free(c);
        config_fault_tell(tell, arg, s->options->file, "",
                          "the last change is still being taken over: try again in a moment");
        return false;
    }
    log_writer_set_level(s->log, level);
    ring_all(s);
    return true;
}

bool server_reload(struct shared *s, config_tell *tell, void *arg)
{
    const struct server_options *o = s->options;
    struct config_source source = {
        .file = o->file, .overrides = o->overrides, .n_overrides = o->n_overrides};

    if (!o->file || strcmp(o->file, "-") == 0) {
        config_fault_tell(tell, arg, o->file, "", "there is nothing to reload: %s",
                          o->file ? "standard input is read once"
                                  : "it was started without --config");
        return false;
    }
    struct config *c = config_file_read(s->mem, &source, tell, arg);

    return c && replace(s, c, tell, arg);
}

void server_reloaded(struct shared *s, const struct log *log)
{
    log_event(log, EV_RELOADED, LOG_TEXT("file", str_from(s->options->file)));
    strays_look(s->store, current_hold(&s->current), log);
    current_release(&s->current);
}

struct telling {
    const struct log *log;
    struct config_fault first;
    unsigned n;
};

static void tell_log(void *arg, const struct config_fault *f)
{
    struct telling *t = arg;

    if (t->n++ == 0)
        t->first = *f;
    log_event(t->log, EV_CONFIG_FAULT, LOG_TEXT("file", str_from(f->file)),
              LOG_NUMBER("line", f->line), LOG_TEXT("key", str_from(f->key)),
              LOG_TEXT("what", str_from(f->what)));
}

void server_reload_logged(struct shared *s, const struct log *log)
{
    struct telling t = {.log = log};

    if (server_reload(s, tell_log, &t))
        server_reloaded(s, log);
    else
        log_event(log, EV_RELOAD_REFUSED, LOG_TEXT("why", str_from(t.first.what)),
                  LOG_TEXT("key", str_from(t.first.key)), LOG_NUMBER("line", t.first.line));
}
