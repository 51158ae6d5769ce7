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

/* Workers look for certificates when they see that there is another configuration. */
static bool replace_both(struct shared *s, struct config *c, struct tls_context *tls)
{
    struct tls_context *old = secure_replace(&s->secure, tls);
    bool done = current_replace(&s->current, c);

    if (!done)
        old = secure_replace(&s->secure, old);
    tls_context_unref(old);
    return done;
}

static bool replace(struct shared *s, struct config *c, config_tell *tell, void *arg)
{
    enum log_level level = c->log.level;
    struct tls_context *tls;

    tell_unchangeable(s, c, tell, arg);
    if (!secure_read(&tls, s->mem, c, &s->listen, s->options->file, s->secure.tickets, tell, arg)) {
        config_free(c);
        return false;
    }
    if (!replace_both(s, c, tls)) {
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
