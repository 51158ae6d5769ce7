/* A hash table of keys, each with the last rung of its group so far. */
#include "sim/groups.h"

#include <assert.h>
#include <stdlib.h>

struct slot {
    uint64_t key; /* 0: free */
    size_t last;
};

static struct slot *find(struct slot *slots, size_t mask, uint64_t key)
{
    size_t i = (size_t)key & mask;
    while (slots[i].key && slots[i].key != key)
        i = (i + 1) & mask;
    return &slots[i];
}

void groups_init(struct groups *g, const struct ladder *l, group_key *key_of)
{
    size_t n_slots = 16;
    while (n_slots < 2 * l->n)
        n_slots *= 2;
    struct slot *slots = calloc(n_slots, sizeof(*slots));
    g->next = calloc(l->n + 1, sizeof(*g->next));
    g->is_first = calloc(l->n + 1, sizeof(*g->is_first));
    assert(slots && g->next && g->is_first);
    for (size_t i = 0; i < l->n; i++) {
        uint64_t key = key_of(&l->rungs[i]);
        g->next[i] = GROUP_END;
        if (!key)
            continue;
        struct slot *s = find(slots, n_slots - 1, key);
        g->is_first[i] = s->key == 0;
        if (s->key)
            g->next[s->last] = i;
        *s = (struct slot){key, i};
    }
    free(slots);
}

void groups_fini(struct groups *g)
{
    free(g->next);
    free(g->is_first);
}

size_t groups_size(const struct groups *g, size_t first)
{
    size_t n = 0;
    for (size_t i = first; i != GROUP_END; i = g->next[i])
        n++;
    return n;
}
