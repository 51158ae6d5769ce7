/* A call's flow, and a row of a list, as JSON. */
#include "msg/msg.h"
#include "trace/brief.h"
#include "trace/sink.h"

static void put_key(struct trace_sink *k, struct str key, struct str value)
{
    sink_put_lit(k, ",\"");
    sink_put(k, key);
    sink_put_lit(k, "\":");
    sink_put_json(k, value);
}

static void put_number(struct trace_sink *k, struct str key, uint64_t n)
{
    sink_put_lit(k, ",\"");
    sink_put(k, key);
    sink_put_lit(k, "\":");
    sink_put_u64(k, n);
}

static void put_seconds(struct trace_sink *k, struct str key, int64_t ns)
{
    sink_put_lit(k, ",\"");
    sink_put(k, key);
    sink_put_lit(k, "\":");
    sink_put_seconds(k, ns, 6);
}

static void put_time(struct trace_sink *k, struct str key, unix_ns at)
{
    char text[40];
    struct buf b;
    buf_init(&b, text, sizeof text);
    brief_put_time(&b, at);
    put_key(k, key, buf_str(&b));
}

static void put_addr(struct trace_sink *k, struct str key, const struct addr *a)
{
    char text[80];
    struct buf b;
    buf_init(&b, text, sizeof text);
    addr_print(&b, a);
    put_key(k, key, buf_str(&b));
}

/* Without the braces: what a list and a flow say of a call alike. */
static void put_call(struct trace_sink *k, const struct trace_call *c)
{
    struct trace_end e = trace_call_end(c);
    sink_put_lit(k, "\"call_id\":");
    sink_put_json(k, c->call_id);
    put_key(k, STR("method"), c->method_name);
    put_key(k, STR("from"), c->from_uri);
    put_key(k, STR("to"), c->to_uri);
    if (e.answer)
        put_number(k, STR("status"), e.answer->status);
    else
        sink_put_lit(k, ",\"status\":null");
    put_number(k, STR("messages"), c->n_messages);
    put_time(k, STR("start"), c->at);
    sink_put_lit(k, ",\"seconds\":");
    sink_put_seconds(k, (int64_t)((uint64_t)c->last_at - (uint64_t)c->at), 3);
}

void trace_draw_row(const struct trace_call *c, struct trace_sink *k)
{
    sink_put_lit(k, "{");
    put_call(k, c);
    sink_put_lit(k, "}\n");
}

static void put_joins(struct trace_sink *k, const struct trace_call *c)
{
    sink_put_lit(k, ",\"joined\":[");
    for (uint32_t i = 0; i < c->n_joins; i++) {
        sink_put(k, i ? STR(",{\"call_id\":") : STR("{\"call_id\":"));
        sink_put_json(k, c->joins[i].with->call_id);
        sink_put(k, trace_join_is_certain(c->joins[i].why) ? STR(",\"certain\":true")
                                                           : STR(",\"certain\":false"));
        put_key(k, STR("why"), trace_join_why(c->joins[i].why));
        sink_put_lit(k, "}");
    }
    sink_put_lit(k, "]");
}

static void put_calls(struct trace_sink *k, const struct trace_ladder *l)
{
    char text[TRACE_WORDS];
    struct buf b;
    for (unsigned i = 0; i < l->n_calls; i++) {
        sink_put(k, i ? STR(",{") : STR("{"));
        put_call(k, l->calls[i]);
        buf_init(&b, text, sizeof text);
        trace_call_tell(&b, l, i);
        put_key(k, STR("end"), buf_str(&b));
        put_number(k, STR("left_out"), l->calls[i]->left_out);
        put_joins(k, l->calls[i]);
        sink_put_lit(k, "}");
    }
}

static void put_sides(struct trace_sink *k, const struct trace_ladder *l)
{
    char text[TRACE_WORDS];
    struct buf b;
    for (unsigned i = 0; i < l->n_sides; i++) {
        buf_init(&b, text, sizeof text);
        trace_side_name(&b, l, i);
        sink_put(k, i ? STR(",{\"name\":") : STR("{\"name\":"));
        sink_put_json(k, buf_str(&b));
        put_addr(k, STR("address"), &l->sides[i].addr);
        put_key(k, STR("user"), l->sides[i].user);
        put_key(k, STR("agent"), l->sides[i].agent);
        put_key(k, STR("role"), trace_side_role(l, i));
        sink_put(k, l->sides[i].passes_on ? STR(",\"proxy\":true}") : STR(",\"proxy\":false}"));
    }
}

static struct str transport_name(uint8_t t)
{
    static const struct str names[] = {STR_INIT(""),    STR_INIT("udp"), STR_INIT("tcp"),
                                       STR_INIT("tls"), STR_INIT("ws"),  STR_INIT("wss"),
                                       STR_INIT("sctp")};
    return t < sizeof names / sizeof names[0] ? names[t] : STR_NONE;
}

static void put_message(struct trace_sink *k, const struct trace_rung *r)
{
    const struct trace_item *i = r->item;
    put_number(k, STR("from"), r->from);
    put_number(k, STR("to"), r->to);
    put_key(k, STR("transport"), transport_name(i->transport));
    put_key(k, STR("method"), i->method_name);
    if (i->status) {
        put_number(k, STR("status"), i->status);
        put_key(k, STR("reason"), i->reason);
    }
    put_number(k, STR("transaction"), i->transaction);
    put_number(k, STR("dialog"), i->dialog);
    put_number(k, STR("repeats"), i->repeats);
    put_key(k, STR("media"), r->media);
    put_key(k, STR("text"), i->text);
}

static void put_ms(struct trace_sink *k, struct str key, double ms)
{
    sink_put_lit(k, ",\"");
    sink_put(k, key);
    sink_put_lit(k, "\":");
    sink_put_seconds(k, (int64_t)(ms * 1000 + 0.5) * 1000000, 3);
}

static void put_stream(struct trace_sink *k, const struct trace_stream *s)
{
    put_addr(k, STR("from_address"), &s->from);
    put_addr(k, STR("to_address"), &s->to);
    put_number(k, STR("ssrc"), s->ssrc);
    put_key(k, STR("codec"), str_from(s->codec));
    put_number(k, STR("payload_type"), s->payload_type);
    put_number(k, STR("packets"), s->packets);
    put_number(k, STR("bytes"), s->bytes);
    put_number(k, STR("lost"), trace_stream_lost(s));
    put_number(k, STR("late"), s->late);
    put_ms(k, STR("jitter_ms"), s->jitter.now_ms);
    put_ms(k, STR("jitter_mean_ms"), s->jitter.mean_ms);
    put_ms(k, STR("jitter_max_ms"), s->jitter.most_ms);
    put_seconds(k, STR("seconds"), s->last_at - s->at);
}

void trace_draw_stream(const struct trace_call *c, const struct trace_stream *s,
                       struct trace_sink *k)
{
    sink_put_lit(k, "{\"call_id\":");
    if (c)
        sink_put_json(k, c->call_id);
    else
        sink_put_lit(k, "null");
    put_time(k, STR("start"), s->at);
    put_stream(k, s);
    sink_put_lit(k, "}\n");
}

static void put_stream_rung(struct trace_sink *k, const struct trace_rung *r)
{
    put_number(k, STR("from"), r->from);
    put_number(k, STR("to"), r->to);
    put_stream(k, r->stream);
}

static void put_rung(struct trace_sink *k, const struct trace_ladder *l, const struct trace_rung *r)
{
    static const struct str kinds[] = {[TRACE_RUNG_MESSAGE] = STR_INIT("message"),
                                       [TRACE_RUNG_NOTE] = STR_INIT("note"),
                                       [TRACE_RUNG_STREAM] = STR_INIT("rtp"),
                                       [TRACE_RUNG_CALL] = STR_INIT("call")};
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    trace_rung_label(&b, l, r);
    sink_put_lit(k, "{\"kind\":");
    sink_put_json(k, kinds[r->kind]);
    put_time(k, STR("time"), r->at);
    put_seconds(k, STR("since_start"), r->since_start);
    put_seconds(k, STR("since_last"), r->since_last);
    put_number(k, STR("call"), r->call);
    put_key(k, STR("label"), buf_str(&b));
    if (r->kind == TRACE_RUNG_MESSAGE)
        put_message(k, r);
    if (r->kind == TRACE_RUNG_STREAM)
        put_stream_rung(k, r);
    sink_put_lit(k, "}");
}

void trace_draw_json(const struct trace_ladder *l, struct trace_sink *k)
{
    sink_put_lit(k, "{\"calls\":[");
    put_calls(k, l);
    sink_put_lit(k, "],\"participants\":[");
    put_sides(k, l);
    sink_put_lit(k, "],\"rungs\":[");
    for (unsigned i = 0; i < l->n_rungs; i++) {
        if (i > 0)
            sink_put_lit(k, ",");
        put_rung(k, l, &l->rungs[i]);
    }
    sink_put_lit(k, "]");
    put_number(k, STR("left_out"), l->left_out);
    sink_put_lit(k, "}\n");
}
