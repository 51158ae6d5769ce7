/* Fragments into datagrams (RFC 791 3.2, RFC 8200 4.5). Where fragments overlap what came first
 * counts: a capture is to show what was sent, so nothing is dropped for it. */
#include "fragments.h"

#include "base/time.h"

#define DATAGRAM_MOST 65535

void fragments_init(struct fragments *f, struct mem *mem)
{
    *f = (struct fragments){.mem = mem};
}

static void forget(struct fragments *f, struct fragmented *d)
{
    pieces_clear(&d->pieces, f->mem);
    *d = (struct fragmented){0};
}

static void drop_whole(struct fragments *f)
{
    mem_free(f->mem, f->whole, f->whole_len);
    f->whole = NULL;
}

void fragments_fini(struct fragments *f)
{
    for (size_t i = 0; i < LIMIT_CAPTURE_FRAGMENTED; i++)
        forget(f, &f->list[i]);
    drop_whole(f);
}

static bool is_of(const struct fragmented *d, const struct ip_packet *p)
{
    return d->is_used && d->id == p->id && d->protocol == p->protocol &&
           addr_equal_ip(&d->from, &p->from) && addr_equal_ip(&d->to, &p->to);
}

static bool is_over(const struct fragmented *d, int64_t now)
{
    return now - d->at > LIMIT_CAPTURE_FRAGMENT_S * (int64_t)NS_PER_S;
}

/* The datagram that it belongs to; a new one takes a free place, or that of the oldest. */
static struct fragmented *find(struct fragments *f, const struct ip_packet *p, int64_t now)
{
    struct fragmented *best = &f->list[0];

    for (size_t i = 0; i < LIMIT_CAPTURE_FRAGMENTED; i++) {
        struct fragmented *d = &f->list[i];

        if (is_of(d, p) && !is_over(d, now))
            return d;
        if (best->is_used && (!d->is_used || d->at < best->at))
            best = d;
    }
    forget(f, best);
    *best = (struct fragmented){.is_used = true,
                                .from = p->from,
                                .to = p->to,
                                .protocol = p->protocol,
                                .id = p->id,
                                .at = now};
    return best;
}

static bool is_whole(const struct fragmented *d)
{
    uint64_t end = 0;

    if (!d->knows_len)
        return false;
    for (const struct piece *i = d->pieces.first; i && i->at == end; i = i->next)
        end += i->len;
    return end >= d->len;
}

static bool assemble(struct fragments *f, struct fragmented *d, struct ip_packet *p)
{
    size_t len = 0;

    drop_whole(f);
    f->whole_len = d->pieces.bytes;
    f->whole = mem_alloc(f->mem, f->whole_len);
    for (const struct piece *i = d->pieces.first; f->whole && i; i = i->next) {
        memcpy(f->whole + len, i->bytes, i->len);
        len += i->len;
    }
    p->payload = str_slice((struct str){f->whole, len}, 0, d->len);
    p->is_fragment = p->more = false;
    forget(f, d);
    return f->whole != NULL;
}

bool fragments_take(struct fragments *f, struct ip_packet *p, int64_t now)
{
    if (p->payload.len == 0 || p->offset + p->payload.len > DATAGRAM_MOST)
        return false;
    struct fragmented *d = find(f, p, now);

    if (!p->more) {
        d->len = p->offset + (uint32_t)p->payload.len;
        d->knows_len = true;
    }
    if (pieces_add(&d->pieces, f->mem, p->offset, p->payload, LIMIT_CAPTURE_PIECES)) {
        forget(f, d);
        return false;
    }
    return is_whole(d) && assemble(f, d, p);
}
