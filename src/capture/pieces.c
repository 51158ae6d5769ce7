/* A sorted list of pieces. Short as a rule: what comes in order never comes here. */
#include "pieces.h"

#include "base/err.h"

static struct piece *piece_new(struct mem *mem, uint64_t at, struct str bytes)
{
    struct piece *p = mem_alloc(mem, sizeof(*p) + bytes.len);

    if (!p)
        return NULL;
    *p = (struct piece){.at = at, .len = bytes.len};
    memcpy(p->bytes, bytes.at, bytes.len);
    return p;
}

static int insert(struct pieces *p, struct mem *mem, struct piece **place, uint64_t at,
                  struct str bytes, unsigned most)
{
    if (p->n >= most)
        return ERR_LIMIT;
    struct piece *fresh = piece_new(mem, at, bytes);

    if (!fresh)
        return ERR_NOMEM;
    fresh->next = *place;
    *place = fresh;
    p->n++;
    p->bytes += bytes.len;
    return OK;
}

int pieces_add(struct pieces *p, struct mem *mem, uint64_t at, struct str bytes, unsigned most)
{
    struct piece **place = &p->first;

    while (bytes.len > 0) {
        struct piece *next;

        while ((next = *place) && next->at + next->len <= at)
            place = &next->next;
        /* up to where the next piece begins, then on behind it */
        size_t room = next ? (next->at > at ? (size_t)(next->at - at) : 0) : bytes.len;
        size_t n = room < bytes.len ? room : bytes.len;

        if (n > 0) {
            int error = insert(p, mem, place, at, str_slice(bytes, 0, n), most);

            if (error)
                return error;
            place = &(*place)->next;
        }
        size_t done = next && n < bytes.len ? (size_t)(next->at + next->len - at) : n;

        at += done;
        bytes = str_slice(bytes, done, bytes.len);
    }
    return OK;
}

void pieces_drop_first(struct pieces *p, struct mem *mem)
{
    struct piece *gone = p->first;

    p->first = gone->next;
    p->n--;
    p->bytes -= gone->len;
    mem_free(mem, gone, sizeof(*gone) + gone->len);
}

void pieces_clear(struct pieces *p, struct mem *mem)
{
    while (p->first)
        pieces_drop_first(p, mem);
}
