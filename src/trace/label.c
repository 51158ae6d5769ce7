/* What stands at a rung, and how a call ended, in words. */
#include "msg/msg.h"
#include "trace/brief.h"
#include "trace/ladder.h"

static void put_bare_name(struct buf *b, const struct trace_side *s)
{
    if (s->user.len > 0)
        brief_put(b, s->user);
    else if (s->passes_on)
        brief_put(b, s->agent.len > 0 ? s->agent : STR("proxy"));
    else if (s->agent.len > 0)
        brief_put(b, s->agent);
    else
        brief_put_addr(b, &s->addr);
}

void trace_side_name(struct buf *b, const struct trace_ladder *l, unsigned side)
{
    put_bare_name(b, &l->sides[side]);
}

static void put_request(struct buf *b, const struct trace_item *i)
{
    brief_put(b, i->method_name.len > 0 ? i->method_name : STR("unreadable"));
    if (i->about.len == 0)
        return;
    brief_put(b, i->method == METHOD_REFER ? STR(" to ") : STR(" "));
    brief_put(b, str_slice(i->about, 0, 64));
}

static void put_response(struct buf *b, const struct trace_item *i)
{
    brief_put_u64(b, i->status);
    brief_put(b, STR(" "));
    brief_put(b, str_slice(i->reason, 0, 64));
    if (i->method != METHOD_INVITE && i->method_name.len > 0) {
        brief_put(b, STR(" ("));
        brief_put(b, i->method_name);
        brief_put(b, STR(")"));
    }
}

static void put_stream(struct buf *b, const struct trace_stream *s)
{
    brief_put(b, STR("RTP "));
    brief_put(b, s->codec[0] ? str_from(s->codec) : STR("of unknown codec"));
    brief_put(b, STR(", "));
    brief_put_u64(b, s->packets);
    brief_put(b, STR(" packets, "));
    brief_put_u64(b, trace_stream_lost(s));
    brief_put(b, STR(" lost"));
    if (s->clock) {
        brief_put(b, STR(", jitter "));
        brief_put_seconds(b, (int64_t)trace_stream_jitter_us(s) * 1000000, 1);
        brief_put(b, STR(" ms"));
    }
}

static void put_message(struct buf *b, const struct trace_item *i)
{
    if (i->status)
        put_response(b, i);
    else
        put_request(b, i);
    if (i->repeats) {
        brief_put(b, STR(", sent "));
        brief_put_u64(b, i->repeats + 1U);
        brief_put(b, STR(" times"));
    }
}

static void put_joins(struct buf *b, const struct trace_call *c)
{
    brief_put(b, STR("another call, "));
    brief_put(b, str_slice(c->call_id, 0, 64));
    for (uint32_t n = 0; n < c->n_joins; n++) {
        brief_put(b, n ? STR("; ") : STR(": "));
        brief_put(b, trace_join_why(c->joins[n].why));
        brief_put(b, trace_join_is_certain(c->joins[n].why) ? STR("") : STR(" (a guess)"));
    }
}

void trace_rung_label(struct buf *b, const struct trace_ladder *l, const struct trace_rung *r)
{
    switch (r->kind) {
    case TRACE_RUNG_MESSAGE:
        put_message(b, r->item);
        break;
    case TRACE_RUNG_NOTE:
        brief_put(b, str_slice(r->item->who, 0, 64));
        brief_put(b, STR(": "));
        brief_put(b, r->item->text);
        break;
    case TRACE_RUNG_STREAM:
        put_stream(b, r->stream);
        break;
    case TRACE_RUNG_CALL:
        put_joins(b, l->calls[r->call]);
        break;
    }
}
