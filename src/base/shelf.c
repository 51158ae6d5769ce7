/* Owns memory that is given back as a whole: pieces in a chain, filled one behind the other. */
#include "base/shelf.h"

#include <stdalign.h>
#include <stdint.h>

#define PIECE_SIZE 16384

struct piece {
    struct piece *next;
    size_t len, cap;
    alignas(max_align_t) char at[];
};

struct shelf {
    struct mem *mem;
    struct piece *first; /* the one that is filled */
};

struct shelf *shelf_new(struct mem *mem)
{
    struct shelf *s = mem_alloc_zero(mem, sizeof *s);

    if (s)
        s->mem = mem;
    return s;
}

void shelf_free(struct shelf *s)
{
    if (!s)
        return;
    for (struct piece *p = s->first, *next; p; p = next) {
        next = p->next;
        mem_free(s->mem, p, sizeof *p + p->cap);
    }
    mem_free(s->mem, s, sizeof *s);
}

static struct piece *begin_piece(struct shelf *s, size_t size)
{
    size_t cap = size > PIECE_SIZE ? size : PIECE_SIZE;
    struct piece *p = mem_alloc_zero(s->mem, sizeof *p + cap);

    if (!p)
        return NULL;
    p->cap = cap;
    p->next = s->first;
    s->first = p;
    return p;
}

static void *take(struct shelf *s, size_t size, size_t align)
{
    struct piece *p = s->first;
    size_t at = p ? (p->len + align - 1) / align * align : 0;

    if (!p || at > p->cap || size > p->cap - at) {
        p = begin_piece(s, size);
        at = 0;
    }
    if (!p)
        return NULL;
    p->len = at + size;
    return p->at + at;
}

void *shelf_take(struct shelf *s, size_t size)
{
    return take(s, size, alignof(max_align_t));
}

bool shelf_keep(struct shelf *s, struct str text, struct str *out)
{
    char *at = take(s, text.len + 1, 1);

    if (!at)
        return false;
    if (text.len > 0)
        memcpy(at, text.at, text.len);
    *out = (struct str){at, text.len};
    return true;
}
