/* Pieces, and for each size a list of what came back, behind one lock: workers have lists of their
 * own before it. */
#include "server/depot.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/poison.h"

#define PIECE_BYTES ((size_t)256 * 1024)
#define LARGEST ((size_t)16 * 1024 + 64) /* what is larger is rare, and may go back to the heap */
#define SIZES 8
#define ALIGN ((size_t)16)
#define GAP ALIGN /* behind each, so that who writes too far is seen by AddressSanitizer */

struct rest {
    struct rest *next;
};

/* What came back of one size. */
struct shelf {
    size_t size;
    struct rest *first;
};

struct piece {
    struct piece *next;
    _Alignas(16) char bytes[];
};

struct depot {
    struct mem mem; /* the face */
    struct mem *below;
    pthread_mutex_t lock;
    struct shelf shelves[SIZES];
    unsigned n_shelves;
    struct piece *pieces;
    size_t used; /* of the newest one's bytes */
};

static size_t room_of_piece(void)
{
    return PIECE_BYTES - offsetof(struct piece, bytes);
}

/* NULL: it comes from below. */
static struct shelf *shelf_for(struct depot *d, size_t size)
{
    for (unsigned i = 0; i < d->n_shelves; i++)
        if (d->shelves[i].size == size)
            return &d->shelves[i];
    if (size < sizeof(struct rest) || size > LARGEST || d->n_shelves == SIZES)
        return NULL;
    d->shelves[d->n_shelves] = (struct shelf){.size = size};
    return &d->shelves[d->n_shelves++];
}

static bool add_piece(struct depot *d)
{
    struct piece *p = mem_alloc(d->below, PIECE_BYTES);

    if (!p)
        return false;
    p->next = d->pieces;
    d->pieces = p;
    d->used = 0;
    POISON(p->bytes, room_of_piece());
    return true;
}

static void *cut(struct depot *d, size_t size)
{
    size_t step = (size + GAP + ALIGN - 1) & ~(ALIGN - 1);

    if ((!d->pieces || room_of_piece() - d->used < step) && !add_piece(d))
        return NULL;
    char *at = d->pieces->bytes + d->used;

    d->used += step;
    UNPOISON(at, size);
    return at;
}

static void *take(struct depot *d, struct shelf *s)
{
    struct rest *r = s->first;

    if (!r)
        return cut(d, s->size);
    UNPOISON(r, s->size);
    s->first = r->next;
    return r;
}

static void *depot_alloc(struct mem *m, size_t size)
{
    struct depot *d = CONTAINER_OF(m, struct depot, mem);

    pthread_mutex_lock(&d->lock);
    struct shelf *s = shelf_for(d, size);
    void *at = s ? take(d, s) : NULL;

    pthread_mutex_unlock(&d->lock);
    return s ? at : mem_alloc(d->below, size);
}

static void depot_give(struct mem *m, void *at, size_t size)
{
    struct depot *d = CONTAINER_OF(m, struct depot, mem);

    if (!at)
        return;
    pthread_mutex_lock(&d->lock);
    struct shelf *s = shelf_for(d, size);

    if (s) {
        struct rest *r = at;

        r->next = s->first;
        s->first = r;
        POISON(r, size);
    }
    pthread_mutex_unlock(&d->lock);
    if (!s)
        mem_free(d->below, at, size);
}

struct depot *depot_new(struct mem *below)
{
    struct depot *d = mem_alloc_zero(below, sizeof(*d));

    if (!d)
        return NULL;
    d->mem = (struct mem){depot_alloc, depot_give};
    d->below = below;
    pthread_mutex_init(&d->lock, NULL);
    return d;
}

struct mem *depot_mem(struct depot *d)
{
    return &d->mem;
}

void depot_free(struct depot *d)
{
    struct piece *next;

    if (!d)
        return;
    for (struct piece *p = d->pieces; p; p = next) {
        next = p->next;
        UNPOISON(p->bytes, room_of_piece());
        mem_free(d->below, p, PIECE_BYTES);
    }
    pthread_mutex_destroy(&d->lock);
    mem_free(d->below, d, sizeof(*d));
}
