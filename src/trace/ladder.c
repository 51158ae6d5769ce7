/* Lays a ladder out: the items and streams of all its calls merged by time, and their sides. */
#include "trace/ladder.h"

#include "base/err.h"
#include "msg/msg.h"
#include "trace/sides.h"
#include "trace/summary.h"

/* Where each call has been read up to. */
struct cursor {
    const struct trace_item *item;
    const struct trace_stream *stream;
};

static unsigned rungs_of(const struct trace_ladder *l)
{
    unsigned n = l->n_calls; /* each may have to be introduced */
    for (unsigned i = 0; i < l->n_calls; i++)
        n += l->calls[i]->n_items + l->calls[i]->n_streams;
    return n;
}

static unsigned descriptions_of(const struct trace_ladder *l)
{
    unsigned n = 0;
    for (unsigned i = 0; i < l->n_calls; i++)
        for (const struct trace_item *t = NULL; (t = trace_call_item(l->calls[i], t));)
            n += t->sdp.len > 0;
    return n;
}

static struct trace_rung *add_rung(struct trace_ladder *l, enum trace_rung_kind kind, unix_ns at,
                                   unsigned call)
{
    struct trace_rung *r = &l->rungs[l->n_rungs++];
    *r = (struct trace_rung){.kind = kind, .at = at, .call = call};
    return r;
}

static void add_item(struct trace_ladder *l, const struct trace_item *i, unsigned call)
{
    unsigned from, to;
    if (l->options.only_descriptions && i->sdp.len == 0)
        return;
    if (i->kind == TRACE_NOTE) {
        add_rung(l, TRACE_RUNG_NOTE, i->at, call)->item = i;
        return;
    }
    if (!side_of_item(l, i, &from, &to)) {
        l->left_out++;
        return;
    }
    struct trace_rung *r = add_rung(l, TRACE_RUNG_MESSAGE, i->at, call);
    r->item = i;
    r->from = from;
    r->to = to;
    r->colour = (call * 3 + i->dialog) % TRACE_COLOURS;
}

static void add_stream(struct trace_ladder *l, const struct trace_stream *s, unsigned call)
{
    unsigned from, to;
    if (l->options.without_streams)
        return;
    if (!side_of_stream(l, s, &from, &to)) {
        l->left_out++;
        return;
    }
    struct trace_rung *r = add_rung(l, TRACE_RUNG_STREAM, s->at, call);
    r->stream = s;
    r->from = from;
    r->to = to;
    r->colour = call * 3 % TRACE_COLOURS;
}

static void introduce(struct trace_ladder *l, const struct trace_item *i, unsigned call)
{
    if (call > 0 && trace_call_item(l->calls[call], NULL) == i)
        (void)add_rung(l, TRACE_RUNG_CALL, i->at, call);
}

/* The earliest of what comes next in any of the calls. False: nothing comes any more. */
static bool add_next(struct trace_ladder *l, struct cursor *cursors)
{
    const struct trace_item *item = NULL;
    const struct trace_stream *stream = NULL;
    unsigned call = 0;
    for (unsigned c = 0; c < l->n_calls; c++) {
        const struct trace_item *i = trace_call_item(l->calls[c], cursors[c].item);
        const struct trace_stream *s = trace_call_stream(l->calls[c], cursors[c].stream);
        unix_ns best = item ? item->at : stream ? stream->at : INT64_MAX;
        if (i && (i->at < best || (!item && !stream)))
            call = c, item = i, stream = NULL, best = i->at;
        if (s && (s->at < best || (!item && !stream)))
            call = c, stream = s, item = NULL;
    }
    if (item) {
        cursors[call].item = item;
        introduce(l, item, call);
        add_item(l, item, call);
    } else if (stream) {
        cursors[call].stream = stream;
        add_stream(l, stream, call);
    }
    return item || stream;
}

static void add_times(struct trace_ladder *l)
{
    for (unsigned i = 0; i < l->n_rungs; i++) {
        struct trace_rung *r = &l->rungs[i];
        r->since_start = (int64_t)((uint64_t)r->at - (uint64_t)l->rungs[0].at);
        r->since_last = i ? (int64_t)((uint64_t)r->at - (uint64_t)l->rungs[i - 1].at) : 0;
        r->until = i;
        for (unsigned n = i; r->stream && n < l->n_rungs && l->rungs[n].at <= r->stream->last_at;
             n++)
            r->until = n;
    }
}

static int add_media(struct trace_ladder *l)
{
    struct buf b;
    struct summary *s = summary_new(l->mem);
    if (!s)
        return ERR_NOMEM;
    buf_init(&b, l->text, l->text_cap);
    for (unsigned i = 0; i < l->n_rungs; i++) {
        struct trace_rung *r = &l->rungs[i];
        size_t at = b.len;
        if (r->kind != TRACE_RUNG_MESSAGE || r->item->sdp.len == 0)
            continue;
        summary_put(s, &b, l->calls[r->call], r->item);
        r->media = (struct str){l->text + at, b.len - at};
    }
    summary_free(l->mem, s);
    return OK;
}

static int lay_out(struct trace_ladder *l)
{
    struct cursor cursors[LIMIT_TRACE_FLOW] = {{0}};
    l->cap_rungs = rungs_of(l);
    l->text_cap = descriptions_of(l) * (size_t)LIMIT_TRACE_SUMMARY + 1;
    l->rungs = mem_alloc(l->mem, l->cap_rungs * sizeof *l->rungs);
    l->text = mem_alloc(l->mem, l->text_cap);
    if (!l->rungs || !l->text)
        return ERR_NOMEM;
    while (add_next(l, cursors))
        continue;
    add_times(l);
    sides_name(l);
    return add_media(l);
}

int trace_ladder_init(struct trace_ladder *l, struct mem *mem, const struct trace_call *c,
                      bool joined)
{
    const struct trace_call *calls[LIMIT_TRACE_FLOW] = {c};
    size_t n = joined ? 0 : 1;
    for (const struct trace_call *o = NULL;
         joined && n < LIMIT_TRACE_FLOW && (o = trace_call_of_flow(c, o));)
        calls[n++] = o;
    return trace_ladder_init_of(l, mem, calls, n, (struct trace_ladder_options){0});
}

int trace_ladder_init_of(struct trace_ladder *l, struct mem *mem,
                         const struct trace_call *const *calls, size_t n,
                         struct trace_ladder_options options)
{
    *l = (struct trace_ladder){.mem = mem, .options = options};
    for (; l->n_calls < n && l->n_calls < LIMIT_TRACE_FLOW; l->n_calls++)
        l->calls[l->n_calls] = calls[l->n_calls];
    l->calls_left_out = (unsigned)(n - l->n_calls);
    if (lay_out(l) == OK)
        return OK;
    trace_ladder_fini(l);
    return ERR_NOMEM;
}

void trace_ladder_fini(struct trace_ladder *l)
{
    mem_free(l->mem, l->rungs, l->cap_rungs * sizeof *l->rungs);
    mem_free(l->mem, l->text, l->text_cap);
    *l = (struct trace_ladder){0};
}
