/* Which sources are trusted by configuration. A source may be wider than what is trusted of it. */
#include <string.h>

#include "guard/table.h"

#define SOURCE_BITS6 64

static bool is_narrow(const struct addr_block *b)
{
    return b->addr.family == ADDR_IP6 && b->bits > SOURCE_BITS6;
}

static bool overlaps(const struct addr_block *b, const struct addr *a)
{
    struct addr_block wide = *b;

    if (is_narrow(b))
        wide.bits = SOURCE_BITS6;
    return addr_block_has(&wide, a);
}

enum trust trust_of(const struct guard *g, const struct addr *a)
{
    enum trust found = TRUST_NONE;

    for (size_t i = 0; i < g->n_trusted; i++) {
        if (!overlaps(&g->trusted[i], a))
            continue;
        if (!is_narrow(&g->trusted[i]))
            return TRUST_ALL;
        found = TRUST_SOME;
    }
    return found;
}

static bool is_listed(const struct guard *g, const struct addr *a)
{
    for (size_t i = 0; i < g->n_trusted; i++)
        if (addr_block_has(&g->trusted[i], a))
            return true;
    return false;
}

bool is_trusted(const struct guard *g, const struct source *s, const struct addr *a)
{
    return s->trust == TRUST_ALL || (s->trust == TRUST_SOME && is_listed(g, a));
}
