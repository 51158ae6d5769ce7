/* The way of a frame upwards, layer by layer, and of events out. */
#include "capture/capture.h"

#include "base/err.h"
#include "base/limits.h"
#include "bytes.h"
#include "inside.h"
#include "link.h"
#include "tunnel.h"

#define UDP_HEAD 8

struct queued {
    struct list in_queue;
    size_t size;
    struct capture_event event;
    char bytes[];
};

/* --- the heap --- */

static void *counted_alloc(struct mem *m, size_t size)
{
    struct counted *c = (struct counted *)m;
    void *at = mem_alloc(c->below, size);

    c->bytes += at ? size : 0;
    return at;
}

static void counted_free(struct mem *m, void *at, size_t size)
{
    struct counted *c = (struct counted *)m;

    if (!at)
        return;
    c->bytes -= size;
    mem_free(c->below, at, size);
}

static int init(struct capture *c, const struct hash_key *key)
{
    struct mem *mem = &c->heap.mem;
    int error = streams_init(&c->streams, mem, key);

    if (error)
        return error;
    error = tls_keys_init(&c->keys, mem, key);
    if (error)
        streams_fini(&c->streams);
    return error;
}

struct capture *capture_new(struct mem *mem, const struct hash_key *key)
{
    struct capture *c = mem_alloc_zero(mem, sizeof(*c));

    if (!c)
        return NULL;
    c->heap = (struct counted){.mem = {counted_alloc, counted_free}, .below = mem};
    fragments_init(&c->fragments, &c->heap.mem);
    list_init(&c->queue);
    if (init(c, key)) {
        mem_free(mem, c, sizeof(*c));
        return NULL;
    }
    return c;
}

static void drop_told(struct capture *c)
{
    if (c->told)
        mem_free(&c->heap.mem, c->told, c->told->size);
    c->told = NULL;
}

static void drop_queue(struct capture *c)
{
    drop_told(c);
    LIST_EACH (&c->queue, node, after) {
        c->told = CONTAINER_OF(node, struct queued, in_queue);
        list_remove(node);
        drop_told(c);
    }
}

void capture_free(struct capture *c)
{
    if (!c)
        return;
    drop_queue(c);
    fragments_fini(&c->fragments);
    streams_fini(&c->streams);
    tls_keys_fini(&c->keys);
    mem_free(c->heap.below, c, sizeof(*c));
}

size_t capture_keys(struct capture *c, struct str text)
{
    return tls_keys_read(&c->keys, text);
}

/* --- events --- */

void capture_tell(struct capture *c, const struct way *w, struct str message)
{
    struct queued *q = mem_alloc(&c->heap.mem, sizeof(*q) + message.len);

    if (!q) {
        c->counts.forgotten++;
        return;
    }
    q->size = sizeof(*q) + message.len;
    if (message.len > 0)
        memcpy(q->bytes, message.at, message.len);
    q->event = (struct capture_event){.kind = CAPTURE_MESSAGE,
                                      .at = w->at,
                                      .from = w->from,
                                      .to = w->to,
                                      .transport = w->transport,
                                      .bytes = {q->bytes, message.len}};
    list_append(&c->queue, &q->in_queue);
}

static bool next_event(struct capture *c, struct capture_event *out)
{
    struct list *first = list_first(&c->queue);

    drop_told(c);
    if (c->has_datagram) {
        c->has_datagram = false;
        *out = c->datagram;
        return true;
    }
    if (!first)
        return false;
    list_remove(first);
    c->told = CONTAINER_OF(first, struct queued, in_queue);
    *out = c->told->event;
    return true;
}

bool capture_next(struct capture *c, struct capture_event *out)
{
    if (!next_event(c, out))
        return false;
    c->counts.messages += out->kind == CAPTURE_MESSAGE;
    c->counts.packets += out->kind == CAPTURE_RTP;
    return true;
}

struct capture_counts capture_counts(const struct capture *c)
{
    return c->counts;
}

/* --- frames --- */

static void take_udp(struct capture *c, struct ip_packet *p, bool is_frame)
{
    struct str s = p->payload;

    if (s.len < UDP_HEAD)
        return;
    size_t len = get_16(s.at + 4);
    struct way w = {c->frame->at, p->from, p->to, TRANSPORT_UDP};

    w.from.port = get_16(s.at);
    w.to.port = get_16(s.at + 2);
    s = len >= UDP_HEAD ? str_slice(s, 0, len) : s;
    datagram_take(c, &w, behind(s, UDP_HEAD), is_frame);
}

static void take_packet(struct capture *c, struct str packet)
{
    struct ip_packet p;
    bool is_frame = true;

    for (unsigned depth = 0; depth < LIMIT_CAPTURE_TUNNELS && ip_read(packet, &p); depth++) {
        if (p.is_fragment) {
            is_frame = false;
            if (!fragments_take(&c->fragments, &p, c->frame->at))
                return;
        }
        if (tunnel_packet(&p, &packet))
            continue;
        if (p.protocol == IP_UDP)
            take_udp(c, &p, is_frame);
        else if (p.protocol == IP_TCP)
            streams_take(c, &p);
        return;
    }
}

static void keep_bounds(struct capture *c)
{
    while (c->heap.bytes > LIMIT_CAPTURE_BYTES && streams_forget_one(&c->streams))
        c->counts.forgotten++;
}

bool capture_take_hep(struct capture *c, int64_t at, struct str packet)
{
    drop_queue(c);
    c->has_datagram = false;
    c->counts.bytes += packet.len;
    bool is_hep = hep_take(c, at, packet);

    c->counts.refused += !is_hep;
    return is_hep;
}

void capture_take(struct capture *c, const struct capture_frame *f)
{
    struct str packet;

    drop_queue(c);
    c->has_datagram = false;
    c->frame = f;
    c->counts.frames++;
    c->counts.bytes += f->bytes.len;
    c->counts.cut += f->bytes.len < f->len;
    if (link_packet(f->link, f->bytes, &packet))
        take_packet(c, packet);
    c->frame = NULL;
    keep_bounds(c);
}

void capture_end(struct capture *c)
{
    streams_flush(c);
}
