/* Owns what the engine tells of its reasons: of requests that wait for names, places and time. */
#include "engine/state.h"

#define ABOUT_MAX 512

void engine_why(const struct engine *e, struct msg *m, enum reason reason, struct str about,
                time_ns now)
{
    if (e->config.recorder)
        recorder_put_reason(e->config.recorder, reason, msg_call_id(m), about, now);
}

struct str why_call_id(struct str text)
{
    while (text.len > 0) {
        size_t end = str_find(text, '\n');
        struct str line = str_slice(text, 0, end), name = str_slice(line, 0, str_find(line, ':'));

        if (str_trim(line).len == 0)
            break;
        name = str_trim(name);
        if (str_equal_nocase(name, STR("Call-ID")) || str_equal_nocase(name, STR("i")))
            return str_trim(str_slice(line, str_find(line, ':') + 1, line.len));
        text = str_slice(text, end + 1, text.len);
    }
    return STR_NONE;
}

static void put_place(struct buf *b, enum transport transport, const struct addr *a)
{
    buf_put_lower(b, str_from(transport_name(transport)));
    buf_put_char(b, ':');
    addr_print(b, a);
}

static void tell(const struct engine *e, const struct client *c, enum reason reason,
                 const struct buf *about, time_ns now)
{
    recorder_put_reason(e->config.recorder, reason, why_call_id(block_str(c->parcel.bytes)),
                        buf_str(about), now);
}

/* Nobody hears of a CANCEL of ours, nor of what was left for another place. */
static bool is_told(const struct engine *e, const struct client *c)
{
    return e->config.recorder && c->parcel.bytes && !c->is_cancel && !c->is_left;
}

void why_client(const struct engine *e, const struct client *c, enum reason reason, time_ns now)
{
    char space[ABOUT_MAX];
    struct buf b;
    if (!is_told(e, c))
        return;
    buf_init(&b, space, sizeof space);
    buf_put(&b, method_name_of((enum method)c->method));
    buf_put_lit(&b, " to ");
    put_place(&b, c->job.flow.transport, &c->job.flow.remote);
    tell(e, c, reason, &b, now);
}

void why_resolved(const struct engine *e, const struct client *c, const struct resolve_target *list,
                  unsigned n, time_ns now)
{
    char space[ABOUT_MAX];
    struct buf b;
    if (!is_told(e, c))
        return;
    buf_init(&b, space, sizeof space);
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            buf_put_lit(&b, ", ");
        put_place(&b, list[i].transport, &list[i].addr);
    }
    if (n == 0)
        buf_put_lit(&b, "no place");
    tell(e, c, REASON_RESOLVED, &b, now);
}
