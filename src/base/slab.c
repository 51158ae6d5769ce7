/* Pieces, and lists of freed objects by size class; knows no object. */
#include "base/slab.h"

#include <assert.h>

#include "base/list.h"
#include "base/poison.h"

/* Pieces grow with what the slab holds, so that little is unused whatever its size. */
#define PIECE_LEAST ((size_t)2048)
#define PIECE_MOST ((size_t)16384)

struct slab_free {
    struct slab_free *next;
};

struct slab_piece {
    struct slab_piece *next;
    size_t size;
    _Alignas(SLAB_STEP) char bytes[];
};

static unsigned class_of(size_t size)
{
    return (unsigned)((size - 1) / SLAB_STEP);
}

static size_t class_size(unsigned class)
{
    return (class + (size_t)1) * SLAB_STEP;
}

static void keep(struct slab *s, void *at, unsigned class)
{
    struct slab_free *f = at;

    f->next = s->free[class];
    s->free[class] = f;
    POISON(at, class_size(class));
}

static void *take_kept(struct slab *s, unsigned class)
{
    struct slab_free *f = s->free[class];

    UNPOISON(f, class_size(class));
    s->free[class] = f->next;
    __builtin_prefetch(f->next); /* for the next of this size */
    return f;
}

/* What is left of the piece before is used up by smaller objects. */
static bool add_piece(struct slab *s)
{
    size_t size = s->pieces ? 2 * s->pieces->size : PIECE_LEAST;
    struct slab_piece *p;

    if (size > PIECE_MOST)
        size = PIECE_MOST;
    p = mem_alloc(s->below, size);
    if (!p)
        return false;
    if (s->n_rest > 0)
        keep(s, s->rest, class_of(s->n_rest));
    *p = (struct slab_piece){.next = s->pieces, .size = size};
    s->pieces = p;
    s->rest = p->bytes;
    s->n_rest = (size - offsetof(struct slab_piece, bytes)) / SLAB_STEP * SLAB_STEP;
    return true;
}

static void *slab_alloc(struct mem *m, size_t size)
{
    struct slab *s = CONTAINER_OF(m, struct slab, mem);

    assert(size > 0);
    if (size > SLAB_MOST)
        return mem_alloc(s->below, size);
    unsigned class = class_of(size);

    if (s->free[class])
        return take_kept(s, class);
    if (s->n_rest < class_size(class) && !add_piece(s))
        return NULL;
    char *at = s->rest;

    s->rest += class_size(class);
    s->n_rest -= class_size(class);
    return at;
}

static void slab_give(struct mem *m, void *at, size_t size)
{
    struct slab *s = CONTAINER_OF(m, struct slab, mem);

    if (!at)
        return;
    if (size > SLAB_MOST)
        mem_free(s->below, at, size);
    else
        keep(s, at, class_of(size));
}

void slab_init(struct slab *s, struct mem *below)
{
    *s = (struct slab){.mem = {slab_alloc, slab_give}, .below = below};
}

void slab_fini(struct slab *s)
{
    while (s->pieces) {
        struct slab_piece *p = s->pieces;
        size_t size = p->size;

        s->pieces = p->next;
        UNPOISON(p, size);
        mem_free(s->below, p, size);
    }
    slab_init(s, s->below);
}
