/* The verbs that change how the server runs. */
#include "server/boss.h"
#include "server/control_client.h"

enum control_step control_log(struct control_client *c)
{
    enum log_level level;

    if (!log_level_named(c->line.list[1], &level))
        return control_end(c, 2, "expected error, warn, info or debug");
    log_writer_set_level(c->control->shared->log, level);
    log_event(c->control->log, EV_LOG_LEVEL, LOG_TEXT("to", str_from(log_level_name(level))));
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

enum control_step control_reload(struct control_client *c)
{
    return control_end(c, 1, "there is nothing to reload: it was started without a configuration");
}
