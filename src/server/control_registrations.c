/* The verbs about who is registered: read from the shared records, some at a time, beside the
 * workers. */
#include "base/json.h"
#include "server/control_client.h"
#include "server/control_pattern.h"

#define RECORDS 64 /* of one step */

static time_ns now_of(const struct control_client *c)
{
    return net_clock_now(&c->control->shared->clock);
}

static void put_flow(FILE *f, const struct registered *r)
{
    static const char *const names[] = {"", "udp", "tcp", "tls", "ws", "wss", "sctp"};

    fprintf(f, ",\"transport\":\"%s\"", names[r->flow.transport]);
    control_put_addr(f, "from", &r->flow.remote);
    fprintf(f, ",\"by_flow\":%s", r->by_flow ? "true" : "false");
}

static void tell_binding(struct control_client *c, struct str aor, const struct registered *r,
                         time_ns now)
{
    FILE *f = control_row(c);

    fputs("{\"aor\":", f);
    json_string(f, aor);
    control_put_text(f, "contact", r->contact);
    fprintf(f, ",\"expires_s\":%llu", (unsigned long long)((r->expires - now) / NS_PER_S));
    put_flow(f, r);
    fprintf(f, ",\"q\":%u.%03u", r->q / 1000, r->q % 1000);
    control_put_text(f, "path", r->path);
    control_put_text(f, "instance", r->instance);
    control_put_text(f, "call_id", r->call_id);
    putc('}', f);
    control_tell(c);
}

static void tell_bindings(struct control_client *c, const struct location_record *record,
                          time_ns now)
{
    struct registered all[LIMIT_BINDINGS];
    size_t n = registrar_bindings(record->value, now, all, LIMIT_BINDINGS);

    for (size_t i = 0; i < n && c->progress.told < c->progress.limit; i++)
        tell_binding(c, record->key, &all[i], now);
}

static void tell_user(struct control_client *c, const struct location_record *record, time_ns now)
{
    struct registered all[LIMIT_BINDINGS];
    size_t n = registrar_bindings(record->value, now, all, LIMIT_BINDINGS);
    time_ns last = now;

    if (n == 0 || c->progress.told >= c->progress.limit)
        return;
    for (size_t i = 0; i < n; i++)
        last = all[i].expires > last ? all[i].expires : last;
    FILE *f = control_row(c);

    fputs("{\"aor\":", f);
    json_string(f, record->key);
    fprintf(f, ",\"registrations\":%zu,\"expires_s\":%llu}", n,
            (unsigned long long)((last - now) / NS_PER_S));
    control_tell(c);
}

typedef void record_tell(struct control_client *, const struct location_record *, time_ns now);

static enum control_step walk(struct control_client *c, unsigned from, record_tell *tell)
{
    static _Thread_local char space[LOCATION_WALK_BYTES];
    struct location_record found[RECORDS];
    const char *what;
    time_ns now = now_of(c);

    if (!c->progress.begun && !control_read_list(c, from, &what))
        return control_end(c, 2, what);
    c->progress.begun = true;
    size_t n = locations_walk(store_locations(c->control->shared->store), &c->progress.walk, now,
                              space, found, RECORDS);

    for (size_t i = 0; i < n; i++)
        if (control_pattern_matches(c->progress.pattern, found[i].key))
            tell(c, &found[i], now);
    return c->progress.walk.over || c->progress.told >= c->progress.limit ? CONTROL_DONE
                                                                          : CONTROL_AGAIN;
}

enum control_step control_users(struct control_client *c)
{
    return walk(c, 1, tell_user);
}

enum control_step control_registrations(struct control_client *c)
{
    if (c->line.n > 1 && str_equal(c->line.list[1], STR("remove")))
        return control_remove(c);
    return walk(c, 1, tell_bindings);
}

static void count_record(struct control_client *c, const struct location_record *record,
                         time_ns now)
{
    struct registered one;
    size_t n = registrar_bindings(record->value, now, &one, 1);

    c->progress.users += n > 0;
    c->progress.bindings += n;
}

enum control_step control_census(struct control_client *c)
{
    return walk(c, c->line.n, count_record);
}
