/* A line or an object for each stream. */
#include "tools/trace_streams.h"

#include <stdio.h>

#include "base/time.h"
#include "host/file_sink.h"
#include "tools/trace_list.h"
#include "tools/trace_time.h"

static void put_addresses(const struct trace_stream *s)
{
    char room[128];
    struct buf b;

    buf_init(&b, room, sizeof room);
    addr_print(&b, &s->from);
    buf_put_lit(&b, " > ");
    addr_print(&b, &s->to);
    printf("%-45.*s ", STR_ARG(buf_str(&b)));
}

static void put_codec(const struct trace_stream *s)
{
    char number[12];

    snprintf(number, sizeof number, "%u", s->payload_type);
    printf("%-8s ", s->codec[0] ? s->codec : number);
}

static void put_line(const struct trace_call *c, const struct trace_stream *s)
{
    char room[40];
    struct buf b;

    buf_init(&b, room, sizeof room);
    trace_time_put(&b, s->at);
    printf("%.*s %9.3f ", STR_ARG(buf_str(&b)), (double)(s->last_at - s->at) / (double)NS_PER_S);
    put_addresses(s);
    printf("%08X ", s->ssrc);
    put_codec(s);
    printf("%8llu %6llu %5llu ", (unsigned long long)s->packets,
           (unsigned long long)trace_stream_lost(s), (unsigned long long)s->late);
    if (s->clock > 0)
        printf("%8.3f %8.3f  ", s->jitter.mean_ms, s->jitter.most_ms);
    else
        printf("%8s %8s  ", "-", "-");
    trace_list_put(stdout, c ? c->call_id : STR("-"));
    putchar('\n');
}

static void put(const struct trace_options *o, const struct trace_call *c,
                const struct trace_stream *s)
{
    struct file_sink out;

    file_sink_init(&out, stdout);
    if (o->json)
        trace_draw_stream(c, s, &out.sink);
    else
        put_line(c, s);
}

void trace_streams(const struct trace_options *o, const struct trace_pick *pick)
{
    const struct trace_call *c = NULL;
    const struct trace_stream *s;

    if (!o->json)
        printf("%-27s %9s %-45s %-8s %-8s %8s %6s %5s %8s %8s  %s\n", "START", "SECONDS",
               "FROM > TO", "SSRC", "CODEC", "PACKETS", "LOST", "LATE", "JITTER", "MOST",
               "CALL-ID");
    while ((c = trace_pick_next(pick, c)))
        for (s = NULL; (s = trace_call_stream(c, s));)
            put(o, c, s);
    if (pick->one || trace_filter_is_set(pick->filter))
        return;
    for (s = NULL; (s = trace_calls_stranger(pick->calls, s));)
        put(o, NULL, s);
}
