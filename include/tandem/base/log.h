/* What the program tells its operator: events with fields, levels, a sink that the program sets,
 * and a limit on how often one place may speak. Which events there are stands in
 * data/log_events.def. */
#ifndef TANDEM_BASE_LOG_H
#define TANDEM_BASE_LOG_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/time.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* EV_STARTED, EV_READY … */
enum log_event {
#define EVENT(name, level, text, sentence) EV_##name,
#include "log_events.def"
#undef EVENT
    N_LOG_EVENTS
};

/* A value with its name: text, a number, or an address with its port. */
struct log_field {
    const char *key; /* a literal, snake_case */
    enum { LOG_IS_TEXT, LOG_IS_NUMBER, LOG_IS_ADDR } type;
    struct str text;
    uint64_t number;
    const struct addr *addr;
};
#define LOG_TEXT(k, s)                               \
    {                                                \
        .key = (k), .type = LOG_IS_TEXT, .text = (s) \
    }
#define LOG_NUMBER(k, n)                                           \
    {                                                              \
        .key = (k), .type = LOG_IS_NUMBER, .number = (uint64_t)(n) \
    }
#define LOG_ADDR(k, a)                               \
    {                                                \
        .key = (k), .type = LOG_IS_ADDR, .addr = (a) \
    }

/* An event on its way to the sink: borrowed for the call. */
struct log_record {
    enum log_event event;
    enum log_level level;
    unsigned skipped; /* events of this place that were not told before it */
    const struct log_field *fields;
    unsigned n;
};

struct log {
    enum log_level level; /* log_set_level changes it while others look */
    void (*write)(void *arg, const struct log_record *);
    void *arg;
};

#define LOG_PER_SECOND 5

/* A place's own allowance: `per_second` events, the rest counted and told with the next one that
 * passes. Zeroed is ready for use. */
struct log_gate {
    time_ns window;
    unsigned used, skipped;
    unsigned per_second; /* 0: LOG_PER_SECOND */
};

const char *log_level_name(enum log_level);
/* "error", "warn", "info", "debug". False: none of them. */
bool log_level_named(struct str name, enum log_level *);
const char *log_event_name(enum log_event);
enum log_level log_event_level(enum log_event);

/* Would an event of this level be told? `l` may be NULL. */
bool log_wants(const struct log *l, enum log_level level);
void log_set_level(struct log *l, enum log_level level);

/* log_event(log, EV_BANNED, LOG_ADDR("addr", &a), LOG_NUMBER("seconds", 60)): at least one field.
 * `l` may be NULL. A sink takes any bytes in a text; it sees to it that a line stays one line. */
#define log_event(l, event, ...)                                      \
    log_fields((l), (event), (const struct log_field[]){__VA_ARGS__}, \
               sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
/* The same for what strangers can provoke. */
#define log_event_gated(l, gate, now, event, ...)                                          \
    log_fields_gated((l), (gate), (now), (event), (const struct log_field[]){__VA_ARGS__}, \
                     sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

void log_fields(const struct log *l, enum log_event event, const struct log_field *fields,
                unsigned n);
void log_fields_gated(const struct log *l, struct log_gate *g, time_ns now, enum log_event event,
                      const struct log_field *fields, unsigned n);

#endif
