/* Slots in chunks that never move, their generations and the list of the free ones; knows no
 * object. */
#include "base/pool.h"

#include <assert.h>
#include <string.h>

#include "base/poison.h"

#define CHUNK_SLOTS (1u << POOL_CHUNK_BITS)
#define NO_SLOT UINT32_MAX

void pool_init(struct pool *p, struct mem *mem, size_t size, uint32_t max)
{
    assert(size > 0);
    size_t align = _Alignof(struct pool_slot);
    size_t stride = (sizeof(struct pool_slot) + size + align - 1) & ~(align - 1);
    *p =
        (struct pool){.mem = mem, .size = size, .stride = stride, .max = max, .free_slot = NO_SLOT};
}

/* The last chunk ends where `max` does. */
static size_t chunk_slots(const struct pool *p, uint32_t chunk)
{
    uint32_t left = p->max - chunk * CHUNK_SLOTS;
    return left < CHUNK_SLOTS ? left : CHUNK_SLOTS;
}

/* The table of chunks doubles whenever it is full, which is when their number is a power of two. */
static bool table_is_full(uint32_t n_chunks)
{
    return (n_chunks & (n_chunks - 1)) == 0;
}

static size_t table_size(uint32_t n_chunks)
{
    size_t n = 1;
    while (n < n_chunks)
        n *= 2;
    return n * sizeof(char *);
}

void pool_fini(struct pool *p)
{
    for (uint32_t i = 0; i < p->n_chunks; i++) {
        size_t size = chunk_slots(p, i) * p->stride;
        UNPOISON(p->chunks[i], size);
        mem_free(p->mem, p->chunks[i], size);
    }
    if (p->chunks)
        mem_free(p->mem, p->chunks, table_size(p->n_chunks));
    pool_init(p, p->mem, p->size, p->max);
}

static bool reserve_table(struct pool *p, char ***table)
{
    *table = p->chunks;
    if (!table_is_full(p->n_chunks))
        return true;
    *table = mem_alloc(p->mem, table_size(p->n_chunks + 1));
    return *table != NULL;
}

static bool add_chunk(struct pool *p)
{
    char **table;
    if (!reserve_table(p, &table))
        return false;
    char *chunk = mem_alloc(p->mem, chunk_slots(p, p->n_chunks) * p->stride);
    if (!chunk) {
        if (table != p->chunks)
            mem_free(p->mem, table, table_size(p->n_chunks + 1));
        return false;
    }
    if (table != p->chunks && p->chunks) {
        memcpy(table, p->chunks, p->n_chunks * sizeof *table);
        mem_free(p->mem, p->chunks, table_size(p->n_chunks));
    }
    p->chunks = table;
    p->chunks[p->n_chunks++] = chunk;
    return true;
}

bool pool_reserve(struct pool *p)
{
    if (p->live == p->max)
        return false;
    bool all_used = p->n_slots >> POOL_CHUNK_BITS == p->n_chunks;
    return p->free_slot != NO_SLOT || !all_used || add_chunk(p);
}

/* A slot that was never used. */
static uint32_t fresh_slot(struct pool *p)
{
    uint32_t slot = p->n_slots++;
    pool_slot_at(p, slot)->generation = 0;
    return slot;
}

void *pool_alloc(struct pool *p, pool_id *id)
{
    uint32_t slot = p->free_slot;
    if (slot != NO_SLOT)
        p->free_slot = pool_slot_at(p, slot)->next_free;
    else if (pool_reserve(p))
        slot = fresh_slot(p);
    else
        return NULL;
    struct pool_slot *s = pool_slot_at(p, slot);
    assert((s->generation & 1) == 0);
    s->generation++;
    if (p->free_slot != NO_SLOT)
        __builtin_prefetch(pool_slot_at(p, p->free_slot)); /* for the next */
    UNPOISON(s->object, p->size);
    memset(s->object, 0, p->size);
    p->live++;
    *id = (uint64_t)s->generation << 32 | (slot + 1);
    return s->object;
}

void pool_free(struct pool *p, pool_id id)
{
    assert(pool_get(p, id) != NULL);
    uint32_t slot = (uint32_t)id - 1;
    struct pool_slot *s = pool_slot_at(p, slot);
    s->generation++;
    s->next_free = p->free_slot;
    p->free_slot = slot;
    p->live--;
    POISON(s->object, p->size);
}

void *pool_each(const struct pool *p, uint32_t *cursor, pool_id *id)
{
    while (*cursor < p->n_slots) {
        uint32_t slot = (*cursor)++;
        struct pool_slot *s = pool_slot_at(p, slot);
        if (s->generation & 1) {
            *id = (uint64_t)s->generation << 32 | (slot + 1);
            return s->object;
        }
    }
    return NULL;
}
