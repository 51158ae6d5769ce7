/* RTP of the table's calls: which address was announced by whom, and what flows between them. */
#include "trace/table.h"

#include "base/err.h"
#include "base/time.h"
#include "sdp/attribute.h"

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

static struct trace_stream *stream_find(const struct call *c, const struct trace_packet *p)
{
    LIST_EACH ((struct list *)(uintptr_t)&c->open.streams, node, after) {
        struct trace_stream *s = CONTAINER_OF(node, struct trace_stream, in_call);
        if (s->ssrc == p->rtp->ssrc && addr_equal(&s->to, &p->to) && addr_equal(&s->from, &p->from))
            return s;
    }
    return NULL;
}

/* RFC 3264 5.1: the receiver's description says what a payload type means. */
static void name_codec(struct trace_calls *t, struct trace_stream *s, const struct held_place *p)
{
    struct sdp_rtpmap map;
    const struct sdp *sdp = description_read(t->desk, p->item->sdp);
    if (p->place.media >= sdp->n_media ||
        !sdp_rtpmap_of(sdp, sdp_media_section(sdp, p->place.media), s->payload_type, &map))
        return;
    size_t len = map.encoding.len < sizeof s->codec - 1 ? map.encoding.len : sizeof s->codec - 1;
    memcpy(s->codec, map.encoding.at, len);
    s->codec[len] = '\0';
    s->clock = map.clock;
}

static struct trace_stream *stream_new(struct trace_calls *t, struct held_place *at,
                                       const struct trace_packet *p)
{
    struct trace_stream *s = mem_alloc_zero(t->mem, sizeof *s);
    if (!s)
        return NULL;
    s->from = p->from;
    s->to = p->to;
    s->ssrc = p->rtp->ssrc;
    s->payload_type = p->rtp->payload_type;
    s->at = s->last_at = p->at;
    rtp_source_begin(&s->source, p->rtp->sequence, 0);
    name_codec(t, s, at);
    list_append(&at->call->open.streams, &s->in_call);
    at->call->open.n_streams++;
    t->bytes += sizeof *s;
    return s;
}

/* In units of the RTP timestamp, from anywhere; wraps like it. */
static uint32_t arrival_of(const struct trace_stream *s, unix_ns at)
{
    uint64_t ns = (uint64_t)at;
    return (uint32_t)(ns / NS_PER_S * s->clock + ns % NS_PER_S * s->clock / NS_PER_S);
}

static void count_packet(struct trace_stream *s, const struct trace_packet *p)
{
    s->packets++;
    s->bytes += p->len;
    if (p->at > s->last_at)
        s->last_at = p->at;
    (void)rtp_source_take(&s->source, p->rtp->sequence, p->rtp->timestamp, arrival_of(s, p->at));
}

int trace_calls_hear(struct trace_calls *t, const struct trace_packet *p)
{
    struct held_place *to = place_find(t, &p->to), *from = place_find(t, &p->from);
    struct held_place *at = to ? to : from;
    if (!at) {
        t->counts.strange++;
        return OK;
    }
    struct trace_stream *s = stream_find(at->call, p);
    if (!s && at->call->open.n_streams >= LIMIT_TRACE_STREAMS) {
        at->call->open.left_out++;
        t->counts.left_out++;
        return OK;
    }
    if (!s && !(s = stream_new(t, at, p)))
        return ERR_NOMEM;
    if (s->to_side.family == ADDR_NONE && to)
        s->to_side = to->side;
    if (s->from_side.family == ADDR_NONE && from)
        s->from_side = from->side;
    count_packet(s, p);
    t->counts.packets++;
    return OK;
}

const struct trace_stream *trace_call_stream(const struct trace_call *c,
                                             const struct trace_stream *last)
{
    const struct list *next = last ? last->in_call.next : c->streams.next;
    return next == &c->streams ? NULL : CONTAINER_OF(next, struct trace_stream, in_call);
}

uint64_t trace_stream_lost(const struct trace_stream *s)
{
    int64_t lost = rtp_source_lost(&s->source);
    return lost > 0 ? (uint64_t)lost : 0;
}

uint64_t trace_stream_jitter_us(const struct trace_stream *s)
{
    return s->clock ? (uint64_t)rtp_source_jitter(&s->source) * 1000000 / s->clock : 0;
}
