/* A line or an object for each message and note. */
#include "tools/trace_follow.h"

#include "base/json.h"
#include "msg/print.h"
#include "tools/trace_list.h"
#include "tools/trace_time.h"

void trace_follow_init(struct trace_follow *f, const struct trace_options *o,
                       const struct trace_calls *calls)
{
    *f = (struct trace_follow){.out = o->follow ? stdout : NULL,
                               .json = o->json,
                               .call = o->call,
                               .calls = calls,
                               .filter = &o->filter};
}

static struct str time_text(char room[40], unix_ns at)
{
    struct buf b;

    buf_init(&b, room, 40);
    trace_time_put(&b, at);
    return buf_str(&b);
}

static struct str address_text(char room[64], const struct addr *a)
{
    struct buf b;

    buf_init(&b, room, 64);
    addr_print(&b, a);
    return buf_str(&b);
}

/* --- for people --- */

static void put_what(FILE *f, const struct trace_item *i)
{
    if (i->kind == TRACE_NOTE) {
        trace_list_put(f, i->text);
        return;
    }
    if (i->status)
        fprintf(f, "%u ", i->status);
    trace_list_put(f, i->status ? i->reason : i->method_name);
    fputs(i->status ? " (" : " ", f);
    trace_list_put(f, i->status ? i->method_name : i->uri);
    fputs(i->status ? ")" : "", f);
}

static void tell_line(FILE *f, const struct trace_call *c, const struct trace_item *i, unix_ns at)
{
    char when[40], from[64], to[64];

    fprintf(f, "%.*s ", STR_ARG(time_text(when, at)));
    if (i->kind == TRACE_MESSAGE)
        fprintf(f, "%.*s > %.*s %s ", STR_ARG(address_text(from, &i->from)),
                STR_ARG(address_text(to, &i->to)), transport_name(i->transport));
    put_what(f, i);
    fprintf(f, "%s  ", i->repeats > 0 ? " again" : "");
    trace_list_put(f, c->call_id);
    putc('\n', f);
}

/* --- for programs --- */

static void put_member(FILE *f, const char *name, struct str value)
{
    fprintf(f, ",\"%s\":", name);
    json_string(f, value);
}

static void put_message(FILE *f, const struct trace_item *i)
{
    char room[64];

    put_member(f, "from_address", address_text(room, &i->from));
    put_member(f, "to_address", address_text(room, &i->to));
    put_member(f, "transport", str_from(transport_name(i->transport)));
    put_member(f, "method", i->method_name);
    if (i->status) {
        fprintf(f, ",\"status\":%u", i->status);
        put_member(f, "reason", i->reason);
    }
    fprintf(f, ",\"repeats\":%u", i->repeats);
}

static void tell_json(FILE *f, const struct trace_call *c, const struct trace_item *i, unix_ns at)
{
    char room[40];

    fputs(i->kind == TRACE_NOTE ? "{\"kind\":\"note\"" : "{\"kind\":\"message\"", f);
    put_member(f, "time", time_text(room, at));
    put_member(f, "call_id", c->call_id);
    if (i->kind == TRACE_MESSAGE)
        put_message(f, i);
    put_member(f, "text", i->text);
    fputs("}\n", f);
}

void trace_follow_tell(const struct trace_follow *f, unix_ns at)
{
    const struct trace_call *c;
    const struct trace_item *i = trace_calls_last(f->calls, &c);
    struct trace_pick pick = {.calls = f->calls, .filter = f->filter};

    if (!f->out || !i)
        return;
    if (f->call.len > 0)
        pick.one = trace_calls_find(f->calls, f->call);
    if ((f->call.len > 0 && !pick.one) || !trace_pick_fits(&pick, c))
        return;
    if (f->json)
        tell_json(f->out, c, i, at);
    else
        tell_line(f->out, c, i, at);
}
