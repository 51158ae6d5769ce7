/* Owns the counters of calls at peers, in one table that never moves. */
#include "peers/loads.h"

#include <stdatomic.h>

struct entry {
    _Atomic uint64_t peer; /* 0: free. What is taken stays so */
    _Atomic uint32_t calls;
    _Atomic uint64_t due; /* of the rate: when the calls so far would have come, evenly spread */
    _Atomic uint64_t refused;
};

struct loads {
    struct mem *mem;
    size_t n;
    struct entry list[];
};

static size_t size_of(size_t n)
{
    return sizeof(struct loads) + n * sizeof(struct entry);
}

struct loads *loads_new(struct mem *mem, size_t n)
{
    struct loads *l = mem_alloc_zero(mem, size_of(n));

    if (l) {
        l->mem = mem;
        l->n = n;
    }
    return l;
}

void loads_free(struct loads *l)
{
    if (l)
        mem_free(l->mem, l, size_of(l->n));
}

static struct entry *entry_of(const struct loads *l, uint32_t slot)
{
    return (struct entry *)(uintptr_t)&l->list[slot - 1];
}

uint32_t loads_slot(struct loads *l, uint64_t peer)
{
    peer |= peer == 0;
    for (size_t i = 0; i < l->n; i++) {
        size_t at = (size_t)(peer + i) % l->n;
        uint64_t is = 0;

        if (atomic_compare_exchange_strong(&l->list[at].peer, &is, peer) || is == peer)
            return (uint32_t)at + 1;
    }
    return 0;
}

/* The generic cell rate algorithm, with a second's worth of tolerance. */
static bool is_early(uint64_t due, uint32_t rate, time_ns now)
{
    return rate > 0 && due > (uint64_t)now + NS_PER_S - NS_PER_S / rate;
}

static bool take_rate(struct entry *e, uint32_t rate, time_ns now)
{
    uint64_t due = atomic_load(&e->due), next;

    do {
        if (is_early(due, rate, now))
            return false;
        next = (due > (uint64_t)now ? due : (uint64_t)now) + NS_PER_S / rate;
    } while (!atomic_compare_exchange_weak(&e->due, &due, next));
    return true;
}

bool loads_take(struct loads *l, const struct load *load, time_ns now)
{
    struct entry *e;

    if (load->slot == 0)
        return true;
    e = entry_of(l, load->slot);
    uint32_t before = atomic_fetch_add(&e->calls, 1);
    if ((load->most == 0 || before < load->most) &&
        (load->rate == 0 || take_rate(e, load->rate, now)))
        return true;
    atomic_fetch_sub(&e->calls, 1);
    atomic_fetch_add(&e->refused, 1);
    return false;
}

void loads_give(struct loads *l, uint32_t slot)
{
    if (slot > 0)
        atomic_fetch_sub(&entry_of(l, slot)->calls, 1);
}

bool loads_have_room(const struct loads *l, const struct load *load, time_ns now)
{
    if (load->slot == 0)
        return true;
    const struct entry *e = entry_of(l, load->slot);
    return (load->most == 0 || atomic_load(&e->calls) < load->most) &&
           !is_early(atomic_load(&e->due), load->rate, now);
}

bool loads_full(struct loads *l, const struct load *load, time_ns now)
{
    if (loads_have_room(l, load, now))
        return false;
    atomic_fetch_add(&entry_of(l, load->slot)->refused, 1);
    return true;
}

uint32_t loads_calls(const struct loads *l, uint32_t slot)
{
    return slot > 0 ? atomic_load(&entry_of(l, slot)->calls) : 0;
}

uint64_t loads_refused(const struct loads *l, uint32_t slot)
{
    return slot > 0 ? atomic_load(&entry_of(l, slot)->refused) : 0;
}
