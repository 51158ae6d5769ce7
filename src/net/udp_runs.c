/* Finds datagrams that can leave together; knows no socket. */
#include "net/udp_runs.h"

#include <assert.h>
#include <string.h>

/* What a kernel takes as one: all of a size but the last, so many, as many bytes as an IP packet
 * has.
 */
#define SEGMENTS_MOST 64
#define BYTES_MOST 65000
/* Larger ones may need fragments, which what leaves as one cannot have. */
#define SEGMENT_BYTES_MOST 1400

#define LOOK_BACK 16 /* runs that a datagram may join */
#define ORDERS 512

struct run {
    const struct udp_out *first;
    uint16_t n, last; /* how many; the place of the last */
};

static bool fits(const struct udp_out *first, unsigned n, const struct udp_out *o)
{
    uint32_t size = first->bytes->len;
    return o->bytes->len == size && size > 0 && size <= SEGMENT_BYTES_MOST && n < SEGMENTS_MOST &&
           (n + 1) * size <= BYTES_MOST && addr_equal(&first->remote, &o->remote);
}

unsigned udp_runs_first(const struct udp_out *const *out, unsigned n)
{
    unsigned count = 1;
    while (count < n && fits(out[0], count, out[count]))
        count++;
    return count;
}

struct runs {
    struct run list[UDP_WINDOW];
    unsigned n;
    uint16_t next[UDP_WINDOW]; /* the place of the next of a run; its own: there is none */
    uint16_t least[ORDERS];    /* the run of an order's last one: its next is in no earlier one */
};

/* Two that must stay in their order have the same; that others may have it, too, does no harm. */
static unsigned order_of(const struct udp_out *o)
{
    return (o->order * 31 + o->remote.port + o->remote.ip[3] + o->remote.ip[15]) % ORDERS;
}

static unsigned choose(struct runs *r, const struct udp_out *o)
{
    unsigned from = r->least[order_of(o)];
    if (from + LOOK_BACK < r->n)
        from = r->n - LOOK_BACK;
    for (unsigned i = from; i < r->n; i++)
        if (fits(r->list[i].first, r->list[i].n, o))
            return i;
    r->list[r->n] = (struct run){.first = o};
    return r->n++;
}

static void join(struct runs *r, unsigned run, uint16_t place)
{
    struct run *to = &r->list[run];
    if (to->n > 0)
        r->next[to->last] = place;
    r->next[place] = place;
    to->last = place;
    to->n++;
}

void udp_runs_arrange(struct udp_out *out, unsigned n)
{
    struct udp_out old[UDP_WINDOW];
    struct runs r;
    assert(n <= UDP_WINDOW);
    memcpy(old, out, n * sizeof *old);
    r.n = 0;
    memset(r.least, 0, sizeof r.least);
    for (unsigned i = 0; i < n; i++) {
        unsigned run = choose(&r, &old[i]);
        r.least[order_of(&old[i])] = (uint16_t)run;
        join(&r, run, (uint16_t)i);
    }
    for (unsigned i = 0, at = 0; i < r.n; i++) {
        unsigned place = (unsigned)(r.list[i].first - old);
        for (unsigned k = 0; k < r.list[i].n; k++, place = r.next[place])
            out[at++] = old[place];
    }
}
