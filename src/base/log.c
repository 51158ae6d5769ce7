/* Hands events to the program's sink, within a place's allowance; opens and owns no file. */
#include "base/log.h"

static const struct {
    const char *name;
    enum log_level level;
} events[N_LOG_EVENTS] = {
#define EVENT(id, lvl, text, sentence) [EV_##id] = {text, LOG_##lvl},
#include "log_events.def"
#undef EVENT
};

static const char *const level_names[] = {"error", "warn", "info", "debug"};

const char *log_level_name(enum log_level level)
{
    return level_names[level];
}

bool log_level_named(struct str name, enum log_level *out)
{
    for (unsigned i = 0; i <= LOG_DEBUG; i++)
        if (str_equal(name, str_from(level_names[i]))) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}

const char *log_event_name(enum log_event event)
{
    return events[event].name;
}

enum log_level log_event_level(enum log_event event)
{
    return events[event].level;
}

bool log_wants(const struct log *l, enum log_level level)
{
    return l && l->write && level <= __atomic_load_n(&l->level, __ATOMIC_RELAXED);
}

void log_set_level(struct log *l, enum log_level level)
{
    __atomic_store_n(&l->level, level, __ATOMIC_RELAXED);
}

static void tell(const struct log *l, enum log_event event, unsigned skipped,
                 const struct log_field *fields, unsigned n)
{
    l->write(l->arg, &(struct log_record){event, events[event].level, skipped, fields, n});
}

void log_fields(const struct log *l, enum log_event event, const struct log_field *fields,
                unsigned n)
{
    if (log_wants(l, events[event].level))
        tell(l, event, 0, fields, n);
}

static bool passes(struct log_gate *g, time_ns now)
{
    unsigned allowance = g->per_second > 0 ? g->per_second : LOG_PER_SECOND;
    if (now - g->window >= NS_PER_S) {
        g->window = now;
        g->used = 0;
    }
    if (g->used >= allowance) {
        g->skipped++;
        return false;
    }
    g->used++;
    return true;
}

void log_fields_gated(const struct log *l, struct log_gate *g, time_ns now, enum log_event event,
                      const struct log_field *fields, unsigned n)
{
    if (!log_wants(l, events[event].level) || !passes(g, now))
        return;
    tell(l, event, g->skipped, fields, n);
    g->skipped = 0;
}
