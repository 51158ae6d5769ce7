/* One call on one line, for people and as JSON. */
#include "tools/trace_list.h"

#include "base/json.h"
#include "base/time.h"
#include "tools/trace_time.h"

static double seconds_of(const struct trace_call *c)
{
    return (double)(c->last_at - c->at) / (double)NS_PER_S;
}

static unsigned status_of(const struct trace_call *c)
{
    struct trace_end end = trace_call_end(c);

    return end.answer ? end.answer->status : 0;
}

void trace_put_text(FILE *f, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];

        putc(c < ' ' || c == 0x7f ? '.' : c, f);
    }
}

static void put_time(FILE *f, int64_t at)
{
    char room[40];
    struct buf b;

    buf_init(&b, room, sizeof room);
    trace_time_put(&b, at);
    fprintf(f, "%.*s", STR_ARG(buf_str(&b)));
}

void trace_list_head(FILE *f)
{
    fprintf(f, "%-27s %9s %-9s %-6s %8s  %s\n", "START", "SECONDS", "METHOD", "STATUS", "MESSAGES",
            "FROM  TO  CALL-ID");
}

void trace_list_text(FILE *f, const struct trace_call *c)
{
    unsigned status = status_of(c);
    char code[12] = "-";

    if (status)
        snprintf(code, sizeof code, "%u", status);
    put_time(f, c->at);
    fprintf(f, " %9.3f ", seconds_of(c));
    trace_put_text(f, c->method_name);
    fprintf(f, "%*s %-6s %8u  ", c->method_name.len < 9 ? (int)(9 - c->method_name.len) : 0, "",
            code, c->n_messages);
    trace_put_text(f, c->from_uri.len > 0 ? c->from_uri : STR("-"));
    fputs("  ", f);
    trace_put_text(f, c->to_uri.len > 0 ? c->to_uri : STR("-"));
    fputs("  ", f);
    trace_put_text(f, c->call_id);
    putc('\n', f);
}

static void put_member(FILE *f, const char *name, struct str value)
{
    fprintf(f, "\"%s\":", name);
    if (value.len > 0)
        json_string(f, value);
    else
        fputs("null", f);
    putc(',', f);
}

static void put_address(FILE *f, const char *name, const struct addr *a)
{
    char room[80];
    struct buf b;

    buf_init(&b, room, sizeof room);
    addr_print(&b, a);
    put_member(f, name, buf_str(&b));
}

static void put_stream(FILE *f, const struct trace_stream *s)
{
    putc('{', f);
    put_address(f, "from", &s->from);
    put_address(f, "to", &s->to);
    put_member(f, "codec", str_from(s->codec));
    fprintf(f, "\"ssrc\":%u,\"payload_type\":%u,\"packets\":%llu,\"lost\":%llu,\"jitter_ms\":%.3f}",
            (unsigned)s->ssrc, s->payload_type, (unsigned long long)s->packets,
            (unsigned long long)trace_stream_lost(s), (double)trace_stream_jitter_us(s) / 1000);
}

void trace_list_json(FILE *f, const struct trace_call *c)
{
    unsigned status = status_of(c);
    const struct trace_stream *s = NULL;

    putc('{', f);
    put_member(f, "call_id", c->call_id);
    put_member(f, "method", c->method_name);
    put_member(f, "from", c->from_uri);
    put_member(f, "to", c->to_uri);
    if (status)
        fprintf(f, "\"status\":%u,", status);
    else
        fputs("\"status\":null,", f);
    fprintf(f, "\"messages\":%u,\"start\":\"", c->n_messages);
    put_time(f, c->at);
    fprintf(f, "\",\"seconds\":%.6f,\"streams\":[", seconds_of(c));
    while ((s = trace_call_stream(c, s))) {
        put_stream(f, s);
        if (trace_call_stream(c, s))
            putc(',', f);
    }
    fputs("]}\n", f);
}
