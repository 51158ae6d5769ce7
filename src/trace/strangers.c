/* RTP that no description announced. Much looks like RTP by chance: a stream is one once packets of
 * it have come in sequence, of a payload type that there is. */
#include "base/err.h"
#include "sdp/payload.h"
#include "trace/streams.h"

/* With the same source, addresses and a counter at the right place by chance so often in a row:
 * that is rare enough. */
#define RUN 3
#define DYNAMIC_FIRST 96

static uint64_t hash_of(const struct trace_calls *t, const struct trace_packet *p)
{
    char text[2 * sizeof p->from.ip + 8];
    struct buf b;

    buf_init(&b, text, sizeof text);
    buf_put(&b, (struct str){(const char *)p->from.ip, sizeof p->from.ip});
    buf_put(&b, (struct str){(const char *)p->to.ip, sizeof p->to.ip});
    buf_put(&b, (struct str){(const char *)&p->from.port, sizeof p->from.port});
    buf_put(&b, (struct str){(const char *)&p->to.port, sizeof p->to.port});
    buf_put(&b, (struct str){(const char *)&p->rtp->ssrc, sizeof p->rtp->ssrc});
    return siphash13(&t->key, buf_str(&b));
}

int strangers_init(struct trace_calls *t)
{
    return map_init(&t->strangers_by_key, t->mem, 64);
}

static void take_out(struct trace_calls *t, struct held_stream *s)
{
    map_remove(&t->strangers_by_key, &s->node);
    list_remove(&s->by_use);
    list_remove(&s->open.in_call);
    t->n_doubtful -= !s->is_believed;
    t->n_believed -= s->is_believed;
}

static void forget(struct trace_calls *t, struct list *node)
{
    struct held_stream *s = CONTAINER_OF(node, struct held_stream, by_use);

    take_out(t, s);
    stream_free(t, s);
}

void strangers_fini(struct trace_calls *t)
{
    LIST_EACH (&t->doubtful, node, after)
        forget(t, node);
    LIST_EACH (&t->believed, other, behind)
        forget(t, other);
    map_fini(&t->strangers_by_key);
}

static struct held_stream *find(const struct trace_calls *t, const struct trace_packet *p)
{
    struct map_node *n = map_find(&t->strangers_by_key, hash_of(t, p));

    for (; n; n = map_find_next(n)) {
        struct held_stream *s = CONTAINER_OF(n, struct held_stream, node);

        if (stream_is_of(&s->open, p))
            return s;
    }
    return NULL;
}

static bool may_be(const struct trace_packet *p)
{
    return p->rtp->payload_type >= DYNAMIC_FIRST ||
           sdp_payload_static(p->rtp->payload_type) != NULL;
}

static struct held_stream *begin(struct trace_calls *t, const struct trace_packet *p)
{
    struct held_stream *s = stream_new(t, NULL, p);

    if (!s)
        return NULL;
    if (t->n_doubtful == LIMIT_TRACE_DOUBTFUL)
        forget(t, t->doubtful.next);
    map_insert(&t->strangers_by_key, &s->node, hash_of(t, p));
    list_append(&t->doubtful, &s->by_use);
    t->n_doubtful++;
    return s;
}

static void believe(struct trace_calls *t, struct held_stream *s)
{
    if (t->n_believed == LIMIT_TRACE_STRANGERS)
        forget(t, t->believed.next);
    s->is_believed = true;
    t->n_doubtful--;
    t->n_believed++;
    list_append(&t->strangers, &s->open.in_call);
}

static void touch(struct trace_calls *t, struct held_stream *s)
{
    list_remove(&s->by_use);
    list_append(s->is_believed ? &t->believed : &t->doubtful, &s->by_use);
}

int stranger_hear(struct trace_calls *t, const struct trace_packet *p)
{
    struct held_stream *s = find(t, p);

    t->counts.strange++;
    if (!s && !may_be(p))
        return OK;
    if (!s && !(s = begin(t, p)))
        return ERR_NOMEM;
    stream_count(t, s, NULL, p);
    if (!s->is_believed && s->run >= RUN)
        believe(t, s);
    touch(t, s);
    return OK;
}

struct held_stream *stranger_claim(struct trace_calls *t, const struct trace_packet *p)
{
    struct held_stream *s = find(t, p);

    if (s)
        take_out(t, s);
    return s;
}

const struct trace_stream *trace_calls_stranger(const struct trace_calls *t,
                                                const struct trace_stream *last)
{
    const struct list *next = last ? last->in_call.next : t->strangers.next;

    return next == &t->strangers ? NULL : CONTAINER_OF(next, struct trace_stream, in_call);
}
