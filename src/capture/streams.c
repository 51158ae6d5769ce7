/* TCP by its sequence numbers alone: what is in order goes on, what is early waits, what was there
 * already is dropped. A handshake need not have been seen. */
#include "streams.h"

#include "base/limits.h"
#include "base/time.h"
#include "bytes.h"
#include "inside.h"
#include "tls.h"

#define HEAD_LEAST 20
#define FLAG_SYN 0x02
#define FIRST ((uint64_t)1 << 32) /* where numbering begins, so that earlier bytes have numbers */
#define FAR ((uint64_t)1 << 24)   /* numbers so far off are of another connection */

struct segment {
    uint16_t from_port, to_port;
    uint32_t sequence, missing;
    bool is_syn;
    struct str data;
};

int streams_init(struct streams *s, struct mem *mem, const struct hash_key *key)
{
    *s = (struct streams){.mem = mem, .key = *key};
    list_init(&s->by_use);
    return map_init(&s->map, mem, 64);
}

/* --- one end's bytes --- */

static void side_clear(struct streams *s, struct side *side)
{
    pieces_clear(&side->early, s->mem);
    content_fini(&side->content, s->mem);
    *side = (struct side){0};
    content_init(&side->content);
}

static void hand_on(struct capture *c, struct stream *stream, unsigned i, int64_t at,
                    struct str data)
{
    struct way w = {at, stream->ends[i], stream->ends[1 - i], TRANSPORT_TCP};
    struct side *side = &stream->sides[i];

    side->next += data.len;
    content_take(c, &side->content, &stream->tls, i, &w, data);
}

/* What waited and whose turn it is now. */
static void hand_on_early(struct capture *c, struct stream *stream, unsigned i, int64_t at)
{
    struct side *side = &stream->sides[i];
    struct piece *p;

    while ((p = side->early.first) && p->at <= side->next) {
        size_t old = (size_t)(side->next - p->at);

        hand_on(c, stream, i, at, behind((struct str){p->bytes, p->len}, old));
        pieces_drop_first(&side->early, c->streams.mem);
    }
}

/* What is missing will not come any more. */
static void pass_gap(struct capture *c, struct stream *stream, unsigned i, int64_t at)
{
    struct side *side = &stream->sides[i];

    c->counts.gaps++;
    content_gap(&side->content);
    side->next = side->early.first->at;
    side->waits_since = at;
    hand_on_early(c, stream, i, at);
}

static bool waits_too_long(const struct side *side, int64_t now)
{
    return side->early.bytes > LIMIT_CAPTURE_EARLY_BYTES ||
           now - side->waits_since > LIMIT_CAPTURE_EARLY_S * (int64_t)NS_PER_S;
}

static void wait_for(struct capture *c, struct stream *stream, unsigned i, uint64_t at,
                     struct str data)
{
    struct side *side = &stream->sides[i];
    int64_t now = c->frame->at;

    if (!side->early.first)
        side->waits_since = now;
    int error = pieces_add(&side->early, c->streams.mem, at, data, LIMIT_CAPTURE_PIECES);

    while (side->early.first && (error || waits_too_long(side, now))) {
        error = 0;
        pass_gap(c, stream, i, now);
    }
}

/* Where a segment belongs, beyond 32 bits. The first that is seen begins the stream; numbers far
 * off begin another. */
static uint64_t place(struct capture *c, struct stream *stream, unsigned i, uint32_t sequence)
{
    struct side *side = &stream->sides[i];
    uint64_t at = side->next + (uint64_t)(int64_t)(int32_t)(sequence - (uint32_t)side->next);

    if (side->is_known && at + FAR > side->next && at < side->next + FAR)
        return at;
    side_clear(&c->streams, side);
    side->is_known = true;
    side->next = FIRST + sequence;
    return side->next;
}

static void side_take(struct capture *c, struct stream *stream, unsigned i, struct segment *s)
{
    struct side *side = &stream->sides[i];
    uint64_t at = place(c, stream, i, s->sequence);

    if (at < side->next) {
        uint64_t old = side->next - at;

        s->data = old < s->data.len ? behind(s->data, (size_t)old) : STR_NONE;
        at = side->next;
    }
    if (s->data.len == 0)
        return;
    if (at > side->next) {
        wait_for(c, stream, i, at, s->data);
        return;
    }
    hand_on(c, stream, i, c->frame->at, s->data);
    if (s->missing > 0) {
        content_gap(&side->content);
        side->next += s->missing;
        c->counts.gaps++;
    }
    hand_on_early(c, stream, i, c->frame->at);
}

/* RFC 9293 3.4: a connection begins, unless its SYN is only seen again. */
static void take_syn(struct capture *c, struct stream *stream, unsigned i, uint32_t sequence)
{
    struct side *side = &stream->sides[i];

    if (side->is_known && (uint32_t)side->next == sequence + 1)
        return;
    side_clear(&c->streams, side);
    side->is_known = true;
    side->next = FIRST + sequence + 1;
}

/* --- connections --- */

static void forget(struct streams *s, struct stream *stream)
{
    map_remove(&s->map, &stream->by_ends);
    list_remove(&stream->in_use);
    side_clear(s, &stream->sides[0]);
    side_clear(s, &stream->sides[1]);
    tls_session_free(stream->tls, s->mem);
    mem_free(s->mem, stream, sizeof(*stream));
}

void streams_fini(struct streams *s)
{
    LIST_EACH (&s->by_use, node, after)
        forget(s, CONTAINER_OF(node, struct stream, in_use));
    map_fini(&s->map);
}

bool streams_forget_one(struct streams *s)
{
    struct list *oldest = list_first(&s->by_use);

    if (oldest)
        forget(s, CONTAINER_OF(oldest, struct stream, in_use));
    return oldest != NULL;
}

static uint64_t hash_of(const struct streams *s, const struct addr ends[2])
{
    char at[2 * 18];
    struct buf b;

    buf_init(&b, at, sizeof at);
    for (unsigned i = 0; i < 2; i++) {
        put_16(&b, ends[i].port);
        buf_put(&b, (struct str){(const char *)ends[i].ip, sizeof ends[i].ip});
    }
    return siphash13(&s->key, buf_str(&b));
}

static int compare(const struct addr *a, const struct addr *b)
{
    int by_ip = memcmp(a->ip, b->ip, sizeof a->ip);

    return by_ip != 0 ? by_ip : (int)a->port - (int)b->port;
}

static struct stream *find(struct streams *s, const struct addr ends[2], uint64_t hash)
{
    for (struct map_node *n = map_find(&s->map, hash); n; n = map_find_next(n)) {
        struct stream *stream = CONTAINER_OF(n, struct stream, by_ends);

        if (addr_equal(&stream->ends[0], &ends[0]) && addr_equal(&stream->ends[1], &ends[1]))
            return stream;
    }
    return NULL;
}

static struct stream *find_or_make(struct capture *c, const struct addr ends[2])
{
    struct streams *s = &c->streams;
    uint64_t hash = hash_of(s, ends);
    struct stream *stream = find(s, ends, hash);

    if (stream) {
        list_remove(&stream->in_use);
        list_append(&s->by_use, &stream->in_use);
        return stream;
    }
    if (s->map.n_nodes >= LIMIT_CAPTURE_STREAMS)
        c->counts.forgotten += streams_forget_one(s);
    stream = mem_alloc_zero(s->mem, sizeof(*stream));
    if (!stream)
        return NULL;
    stream->ends[0] = ends[0];
    stream->ends[1] = ends[1];
    content_init(&stream->sides[0].content);
    content_init(&stream->sides[1].content);
    map_insert(&s->map, &stream->by_ends, hash);
    list_append(&s->by_use, &stream->in_use);
    return stream;
}

static bool read_segment(const struct ip_packet *p, struct segment *out)
{
    struct str s = p->payload;

    if (s.len < HEAD_LEAST)
        return false;
    size_t head = (size_t)(get_8(s.at + 12) >> 4) * 4;

    if (head < HEAD_LEAST || head > s.len)
        return false;
    *out = (struct segment){.from_port = get_16(s.at),
                            .to_port = get_16(s.at + 2),
                            .sequence = get_32(s.at + 4),
                            .missing = p->missing,
                            .is_syn = get_8(s.at + 13) & FLAG_SYN,
                            .data = behind(s, head)};
    return true;
}

void streams_take(struct capture *c, struct ip_packet *p)
{
    struct segment s;

    if (!read_segment(p, &s))
        return;
    p->from.port = s.from_port;
    p->to.port = s.to_port;
    unsigned i = compare(&p->from, &p->to) <= 0 ? 0 : 1;
    struct addr ends[2];

    ends[i] = p->from;
    ends[1 - i] = p->to;
    struct stream *stream = find_or_make(c, ends);

    if (!stream)
        c->counts.forgotten++;
    else if (s.is_syn)
        take_syn(c, stream, i, s.sequence);
    else
        side_take(c, stream, i, &s);
}

void streams_flush(struct capture *c)
{
    LIST_EACH (&c->streams.by_use, node, after) {
        struct stream *stream = CONTAINER_OF(node, struct stream, in_use);

        for (unsigned i = 0; i < 2; i++)
            while (stream->sides[i].early.first)
                pass_gap(c, stream, i, stream->sides[i].waits_since);
    }
}
