/* Owns the memory of used nonce counts. A bucket that is full forgets its oldest nonce, and with it
 * lets in no nonce of that age or older that it does not remember. Knows neither time nor text. */
#include "auth/used.h"

#include <assert.h>

#include "auth/nonce.h"
#include "base/limits.h"

#define WAYS 8
#define WINDOW 32
_Static_assert((int)LIMIT_NONCE_WINDOW == WINDOW, "a bit for each count behind the highest");

struct entry {
    uint64_t serial;  /* 0: none */
    uint32_t highest; /* count */
    uint32_t behind;  /* bit i: highest - 1 - i was used */
};

struct bucket {
    uint64_t forgotten; /* the highest serial that made room */
    struct entry entries[WAYS];
};

struct used {
    struct mem *mem;
    size_t size;
    uint64_t mask;
    struct bucket buckets[];
};

struct used *used_new(struct mem *mem, unsigned capacity)
{
    assert(capacity >= WAYS && (capacity & (capacity - 1)) == 0);
    size_t n = capacity / WAYS;
    size_t size = sizeof(struct used) + n * sizeof(struct bucket);
    struct used *u = mem_alloc_zero(mem, size);
    if (!u)
        return NULL;
    u->mem = mem;
    u->size = size;
    u->mask = n - 1;
    return u;
}

void used_free(struct used *u)
{
    if (u)
        mem_free(u->mem, u, u->size);
}

static const struct bucket *bucket_of(const struct used *u, uint64_t serial)
{
    return &u->buckets[serial & u->mask];
}

static const struct entry *find(const struct bucket *b, uint64_t serial)
{
    for (unsigned i = 0; i < WAYS; i++)
        if (b->entries[i].serial == serial)
            return &b->entries[i];
    return NULL;
}

/* RFC 7616 5.5: a count once; what comes a little out of order may. */
static bool count_is_unused(const struct entry *e, uint32_t count)
{
    if (count == NONCE_ONCE || count == e->highest)
        return false;
    if (count > e->highest)
        return true;
    uint32_t behind = e->highest - count - 1;
    return behind < WINDOW && (e->behind & UINT32_C(1) << behind) == 0;
}

bool used_allows(const struct used *u, uint64_t serial, uint32_t count)
{
    const struct bucket *b = bucket_of(u, serial);
    const struct entry *e = find(b, serial);
    return e ? count_is_unused(e, count) : serial > b->forgotten;
}

static struct entry *oldest(struct bucket *b)
{
    struct entry *old = &b->entries[0];
    for (unsigned i = 1; i < WAYS; i++)
        if (b->entries[i].serial < old->serial)
            old = &b->entries[i];
    return old;
}

/* RFC 2069's form leaves no count that could follow. */
static void begin(struct bucket *b, uint64_t serial, uint32_t count)
{
    struct entry *e = oldest(b);
    if (e->serial > b->forgotten)
        b->forgotten = e->serial;
    *e = count == NONCE_ONCE ? (struct entry){serial, UINT32_MAX, UINT32_MAX}
                             : (struct entry){serial, count, 0};
}

static void note(struct entry *e, uint32_t count)
{
    if (count < e->highest) {
        e->behind |= UINT32_C(1) << (e->highest - count - 1);
        return;
    }
    uint32_t step = count - e->highest;
    uint64_t behind = (uint64_t)e->behind << 1 | 1; /* the highest one till now is the nearest */
    e->behind = step > WINDOW ? 0 : (uint32_t)(behind << (step - 1));
    e->highest = count;
}

bool used_take(struct used *u, uint64_t serial, uint32_t count)
{
    struct bucket *b = &u->buckets[serial & u->mask];
    struct entry *e = (struct entry *)(uintptr_t)find(b, serial);
    if (!used_allows(u, serial, count))
        return false;
    if (e)
        note(e, count);
    else
        begin(b, serial, count);
    return true;
}
