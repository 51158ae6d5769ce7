/* RTP of the table's calls: which address was announced by whom, and what flows between them. */
#include "base/err.h"
#include "trace/streams.h"

static uint64_t place_hash(const struct trace_calls *t, const struct addr *a)
{
    return siphash13(&t->key, (struct str){(const char *)a->ip, sizeof a->ip}) + a->port;
}

static struct held_place *place_find(const struct trace_calls *t, const struct addr *a)
{
    struct map_node *n = map_find(&t->places, place_hash(t, a));
    for (; n; n = map_find_next(n)) {
        struct held_place *p = CONTAINER_OF(n, struct held_place, node);
        if (addr_equal(&p->place.addr, a))
            return p;
    }
    return NULL;
}

/* What passes a proxy or another leg on its way is the announcement of whoever made it. */
void place_hold(struct trace_calls *t, struct held_place *p)
{
    struct held_place *before = place_find(t, &p->place.addr);
    if (before) {
        if (calls_are_joined(&before->call->open, &p->call->open))
            p->side = before->side;
        place_drop(t, before);
    }
    map_insert(&t->places, &p->node, place_hash(t, &p->place.addr));
    p->listed = true;
}

void place_drop(struct trace_calls *t, struct held_place *p)
{
    if (p->listed)
        map_remove(&t->places, &p->node);
    p->listed = false;
}

static struct held_stream *stream_find(const struct call *c, const struct trace_packet *p)
{
    LIST_EACH ((struct list *)(uintptr_t)&c->open.streams, node, after) {
        struct trace_stream *s = CONTAINER_OF(node, struct trace_stream, in_call);
        if (stream_is_of(s, p))
            return (struct held_stream *)(void *)s;
    }
    return NULL;
}

/* One that was heard before its address was announced goes on as the call's. */
static struct held_stream *stream_enter(struct trace_calls *t, struct held_place *at,
                                        const struct trace_packet *p)
{
    struct held_stream *s = stranger_claim(t, p);
    if (s)
        stream_learn(t, s, at, s->open.payload_type);
    else
        s = stream_new(t, at, p);
    if (!s)
        return NULL;
    list_append(&at->call->open.streams, &s->open.in_call);
    at->call->open.n_streams++;
    t->bytes += sizeof *s;
    return s;
}

int trace_calls_hear(struct trace_calls *t, const struct trace_packet *p)
{
    struct held_place *to = place_find(t, &p->to), *from = place_find(t, &p->from);
    struct held_place *at = to ? to : from;
    if (!at)
        return stranger_hear(t, p);
    struct held_stream *s = stream_find(at->call, p);
    if (!s && at->call->open.n_streams >= LIMIT_TRACE_STREAMS) {
        at->call->open.left_out++;
        t->counts.left_out++;
        return OK;
    }
    if (!s && !(s = stream_enter(t, at, p)))
        return ERR_NOMEM;
    if (s->open.to_side.family == ADDR_NONE && to)
        s->open.to_side = to->side;
    if (s->open.from_side.family == ADDR_NONE && from)
        s->open.from_side = from->side;
    stream_count(t, s, at, p);
    t->counts.packets++;
    return OK;
}
