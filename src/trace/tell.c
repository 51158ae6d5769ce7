/* Plain sentences: what a ladder is about, and how a call ended. */
#include "msg/msg.h"
#include "trace/brief.h"
#include "trace/ladder.h"

void trace_side_tell(struct buf *b, const struct trace_ladder *l, unsigned side)
{
    char mine[TRACE_WORDS], other[TRACE_WORDS];
    struct buf m, o;
    buf_init(&m, mine, sizeof mine);
    trace_side_name(&m, l, side);
    brief_put(b, buf_str(&m));
    for (unsigned i = 0; i < l->n_sides; i++) {
        buf_init(&o, other, sizeof other);
        trace_side_name(&o, l, i);
        if (i == side || !str_equal(buf_str(&m), buf_str(&o)))
            continue;
        brief_put(b, STR(" ("));
        brief_put_addr(b, &l->sides[side].addr);
        brief_put(b, STR(")"));
        return;
    }
}

/* Who made a response: whoever sent it, or the same one on its way, first. */
static const struct trace_item *made_first(const struct trace_call *c,
                                           const struct trace_item *answer)
{
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
        if (i->kind == TRACE_MESSAGE && i->status == answer->status &&
            i->transaction == answer->transaction && str_equal(i->to_tag, answer->to_tag))
            return i;
    return answer;
}

static void put_maker(struct buf *b, const struct trace_ladder *l, const struct trace_item *i)
{
    for (unsigned n = 0; n < l->n_rungs; n++)
        if (l->rungs[n].item == i) {
            brief_put(b, STR(" by "));
            trace_side_tell(b, l, l->rungs[n].from);
            return;
        }
}

static void put_span(struct buf *b, const struct trace_item *from, const struct trace_item *to)
{
    brief_put(b, STR(" after "));
    brief_put_seconds(b, to->at - from->at, 1);
    brief_put(b, STR(" s"));
}

static void put_answer(struct buf *b, struct str how, const struct trace_ladder *l,
                       const struct trace_call *c, const struct trace_end *e)
{
    brief_put(b, how);
    put_maker(b, l, made_first(c, e->answer));
    if (e->answer->status >= 300) {
        brief_put(b, STR(" with "));
        brief_put_u64(b, e->answer->status);
        brief_put(b, STR(" "));
        brief_put(b, str_slice(e->answer->reason, 0, 64));
    }
    put_span(b, e->opening, e->answer);
}

static void put_bye(struct buf *b, const struct trace_ladder *l, const struct trace_end *e)
{
    brief_put(b, STR(", ended"));
    put_maker(b, l, e->bye);
    brief_put(b, STR(" with BYE"));
    if (e->answer)
        put_span(b, e->answer, e->bye);
}

static struct str without_scheme(struct str uri)
{
    return str_slice(uri, str_starts_nocase(uri, STR("sip:")) ? 4 : 0, 96);
}

void trace_ladder_title(struct buf *b, const struct trace_ladder *l)
{
    const struct trace_call *c = l->calls[0];
    if (c->method == METHOD_INVITE) {
        brief_put(b, without_scheme(c->from_uri));
        brief_put(b, STR(" calls "));
        brief_put(b, without_scheme(c->to_uri));
        return;
    }
    brief_put(b, str_slice(c->method_name, 0, 64));
    brief_put(b, STR(" from "));
    brief_put(b, without_scheme(c->from_uri));
    brief_put(b, STR(" to "));
    brief_put(b, without_scheme(c->to_uri));
}

void trace_call_tell(struct buf *b, const struct trace_ladder *l, unsigned call)
{
    const struct trace_call *c = l->calls[call];
    struct trace_end e = trace_call_end(c);
    switch (e.outcome) {
    case TRACE_UNANSWERED:
        brief_put(b, STR("no final response seen"));
        break;
    case TRACE_GOES_ON:
        put_answer(b, STR("answered"), l, c, &e);
        brief_put(b, STR(", no end seen"));
        break;
    case TRACE_ENDED:
        put_answer(b, STR("answered"), l, c, &e);
        put_bye(b, l, &e);
        break;
    case TRACE_CANCELLED:
        brief_put(b, STR("cancelled"));
        put_maker(b, l, e.cancel ? e.cancel : e.bye);
        put_span(b, e.opening, e.cancel ? e.cancel : e.bye);
        break;
    case TRACE_NOT_IN_TIME:
        put_answer(b, STR("nobody answered in time: ended"), l, c, &e);
        break;
    case TRACE_REFUSED:
        put_answer(b, STR("refused"), l, c, &e);
        break;
    case TRACE_SENT_ON:
        put_answer(b, STR("sent on"), l, c, &e);
        break;
    case TRACE_DONE:
        put_answer(b, STR("done"), l, c, &e);
        break;
    case TRACE_FRAGMENT:
        brief_put(b, STR("its beginning is not in the trace"));
        if (e.bye)
            put_bye(b, l, &(struct trace_end){.bye = e.bye});
        break;
    }
}
