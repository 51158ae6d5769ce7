/* One call on one line, for people. */
#include "tools/trace_list.h"

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

void trace_list_put(FILE *f, struct str s)
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
    trace_list_put(f, c->method_name);
    fprintf(f, "%*s %-6s %8u  ", c->method_name.len < 9 ? (int)(9 - c->method_name.len) : 0, "",
            code, c->n_messages);
    trace_list_put(f, c->from_uri.len > 0 ? c->from_uri : STR("-"));
    fputs("  ", f);
    trace_list_put(f, c->to_uri.len > 0 ? c->to_uri : STR("-"));
    fputs("  ", f);
    trace_list_put(f, c->call_id);
    putc('\n', f);
}
