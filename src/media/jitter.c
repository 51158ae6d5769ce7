/* The jitter buffer's packets: a short array, sorted. */
#include "jitter.h"

#include <string.h>

#define WINDOW 64U /* the bits of `seen` */

void jitter_begin(struct jitter *j, struct mem *mem)
{
    *j = (struct jitter){.mem = mem};
}

static void forget(struct jitter *j, const struct jitter_packet *p)
{
    mem_free(j->mem, (void *)(uintptr_t)p->payload.at, p->payload.len);
}

void jitter_clear(struct jitter *j)
{
    for (unsigned i = 0; i < j->n; i++)
        forget(j, &j->packets[i]);
    jitter_begin(j, j->mem);
}

bool jitter_see(struct jitter *j, uint16_t sequence, uint32_t *extended)
{
    if (!j->begun) {
        j->begun = true;
        j->highest = UINT32_C(0x10000) + sequence; /* one round ahead: one before it may come yet */
        j->seen = 1;
        *extended = j->highest;
        return true;
    }
    int ahead = (int16_t)(uint16_t)(sequence - j->highest);
    *extended = j->highest + (uint32_t)ahead;
    if (ahead > 0) {
        j->seen = ((unsigned)ahead < WINDOW ? j->seen << ahead : 0) | 1;
        j->highest = *extended;
        return true;
    }
    if ((unsigned)-ahead >= WINDOW)
        return true;
    uint64_t bit = UINT64_C(1) << -ahead;
    bool fresh = !(j->seen & bit);
    j->seen |= bit;
    return fresh;
}

int64_t jitter_extend(const struct jitter *j, uint32_t timestamp)
{
    return j->timestamp + (int32_t)(timestamp - (uint32_t)j->timestamp);
}

int jitter_put(struct jitter *j, const struct jitter_packet *packet)
{
    char *copy = mem_alloc(j->mem, packet->payload.len);
    if (!copy)
        return ERR_NOMEM;
    memcpy(copy, packet->payload.at, packet->payload.len);
    if (j->n == LIMIT_JITTER_PACKETS)
        jitter_drop(j);
    unsigned i = j->n++;
    for (; i > 0 && j->packets[i - 1].sequence > packet->sequence; i--)
        j->packets[i] = j->packets[i - 1];
    j->packets[i] = *packet;
    j->packets[i].payload.at = copy;
    j->timestamp = packet->timestamp;
    return OK;
}

const struct jitter_packet *jitter_first(const struct jitter *j)
{
    return j->n > 0 ? &j->packets[0] : NULL;
}

const struct jitter_packet *jitter_last(const struct jitter *j)
{
    return j->n > 0 ? &j->packets[j->n - 1] : NULL;
}

void jitter_drop(struct jitter *j)
{
    forget(j, &j->packets[0]);
    j->n--;
    memmove(j->packets, j->packets + 1, j->n * sizeof j->packets[0]);
}

bool jitter_misses(const struct jitter *j, uint32_t before, uint32_t behind)
{
    for (uint32_t i = before + 1; i < behind; i++) {
        uint32_t back = j->highest - i;
        if (back >= WINDOW || !(j->seen >> back & 1))
            return true;
    }
    return false;
}
