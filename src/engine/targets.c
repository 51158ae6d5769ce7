/* Places yet to be tried, the next one last. Knows neither what for nor how. */
#include "engine/state.h"

static struct resolve_target *target_at(struct block *list, unsigned i)
{
    return (struct resolve_target *)(void *)list->bytes + i;
}

unsigned targets_left(const struct block *list)
{
    return list ? list->len / (unsigned)sizeof(struct resolve_target) : 0;
}

struct block *targets_new(struct engine *e, const struct resolve_target *from, unsigned n)
{
    struct block *list = n > 0 ? block_new(&e->blocks, n * sizeof *from) : NULL;
    if (!list)
        return NULL;
    for (unsigned i = 0; i < n; i++)
        *target_at(list, i) = from[n - 1 - i];
    list->len = n * (uint32_t)sizeof *from;
    return list;
}

struct resolve_target targets_take(struct engine *e, struct block *list, time_ns now)
{
    unsigned last = targets_left(list) - 1, i = last;
    while (i > 0 && resolver_avoids(e->resolver, target_at(list, i), now))
        i--;
    if (resolver_avoids(e->resolver, target_at(list, i), now))
        i = last;
    struct resolve_target t = *target_at(list, i);
    memmove(target_at(list, i), target_at(list, i) + 1, (last - i) * sizeof t);
    list->len -= (uint32_t)sizeof t;
    return t;
}
