/* The verbs that change how the server runs. */
#include "base/json.h"
#include "server/boss.h"
#include "server/control_client.h"
#include "server/reload.h"

enum control_step control_log(struct control_client *c)
{
    enum log_level level;

    if (!log_level_named(c->line.list[1], &level))
        return control_end(c, 2, "expected error, warn, info or debug");
    log_writer_set_level(c->control->shared->log, level);
    log_event(c->control->log, EV_LOG_LEVEL, LOG_TEXT("to", str_from(log_level_name(level))));
    return CONTROL_DONE;
}

enum control_step control_accounts(struct control_client *c)
{
    struct shared *s = c->control->shared;

    if (c->line.n == 1) {
        fprintf(control_row(c), "{\"accounts\":%zu}", store_accounts(s->store));
        control_tell(c);
        return CONTROL_DONE;
    }
    if (!str_equal(c->line.list[1], STR("reload")))
        return control_end(c, 2, "expected reload");
    store_nudge(s->store);
    return CONTROL_DONE;
}

enum control_step control_drain(struct control_client *c)
{
    struct shared *s = c->control->shared;

    if (atomic_load(&s->draining))
        return control_end(c, 1, "it drains already");
    boss_end(s);
    return CONTROL_DONE;
}

static void tell_fault(void *arg, const struct config_fault *fault)
{
    struct control_client *c = arg;
    FILE *f = control_row(c);

    fputs("{\"file\":", f);
    json_string(f, str_from(fault->file));
    fprintf(f, ",\"line\":%u", fault->line);
    control_put_text(f, "key", str_from(fault->key));
    control_put_text(f, "what", str_from(fault->what));
    fprintf(f, ",\"warning\":%s}", fault->warning ? "true" : "false");
    control_tell(c);
}

enum control_step control_reload(struct control_client *c)
{
    struct shared *s = c->control->shared;

    if (!s->options->file)
        return control_end(c, 1, "there is nothing to reload: it was started without --config");
    if (!server_reload(s, tell_fault, c)) {
        log_event(c->control->log, EV_RELOAD_REFUSED, LOG_TEXT("file", str_from(s->options->file)));
        return control_end(c, 1, "the configuration stays as it was");
    }
    server_reloaded(s, c->control->log);
    return CONTROL_DONE;
}
