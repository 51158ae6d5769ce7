/* Carries parcels between workers over rings; never opens one. */
#include "server/post.h"

#include <assert.h>

#include "base/limits.h"

struct desk {
    struct bell bell;
    unsigned next; /* the sender whose ring is looked at first */
};

struct post {
    struct mem *mem;
    unsigned n;
    struct desk desks[LIMIT_WORKERS];
    struct lane lanes[]; /* [to * n + from] */
};

static size_t size_for(unsigned n)
{
    return sizeof(struct post) + (size_t)n * n * sizeof(struct lane);
}

static struct lane *lane_of(struct post *p, unsigned from, unsigned to)
{
    assert(from < p->n && to < p->n && from != to);
    return &p->lanes[to * p->n + from];
}

static bool init(struct post *p)
{
    for (unsigned i = 0; i < p->n; i++)
        p->desks[i].bell.fd = -1;
    for (unsigned i = 0; i < p->n; i++)
        if (bell_init(&p->desks[i].bell))
            return false;
    for (unsigned i = 0; i < p->n * p->n; i++)
        if (i / p->n != i % p->n && /* nobody writes to himself */
            lane_init(&p->lanes[i], p->mem, sizeof(struct parcel), LIMIT_WORKER_RING))
            return false;
    return true;
}

struct post *post_new(struct mem *mem, unsigned n)
{
    assert(n > 0 && n <= LIMIT_WORKERS);
    struct post *p = mem_alloc_zero(mem, size_for(n));

    if (!p)
        return NULL;
    p->mem = mem;
    p->n = n;
    if (init(p))
        return p;
    post_free(p);
    return NULL;
}

void post_free(struct post *p)
{
    if (!p)
        return;
    for (unsigned i = 0; i < p->n; i++)
        bell_fini(&p->desks[i].bell);
    for (unsigned i = 0; i < p->n * p->n; i++)
        lane_fini(&p->lanes[i]);
    mem_free(p->mem, p, size_for(p->n));
}

bool post_send(struct post *p, unsigned from, unsigned to, struct parcel *parcel)
{
    parcel->from = from;
    return lane_push(lane_of(p, from, to), parcel);
}

void post_ring(struct post *p, unsigned to)
{
    bell_ring(&p->desks[to].bell);
}

/* In turn, so that no sender starves another. */
bool post_take(struct post *p, unsigned to, struct parcel *out)
{
    struct desk *d = &p->desks[to];

    for (unsigned i = 0; i < p->n; i++) {
        unsigned from = (d->next + i) % p->n;

        if (from != to && lane_pop(lane_of(p, from, to), out)) {
            d->next = (from + 1) % p->n;
            return true;
        }
    }
    return false;
}

bool post_is_empty(const struct post *p, unsigned to)
{
    for (unsigned from = 0; from < p->n; from++)
        if (!lane_is_empty(&p->lanes[to * p->n + from]))
            return false;
    return true;
}

struct bell *post_bell(struct post *p, unsigned worker)
{
    return &p->desks[worker].bell;
}
