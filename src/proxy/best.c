/* The choice of the best final response (RFC 3261 16.7 step 6). Sends nothing. */
#include "proxy/context.h"

/* RFC 3261 16.7 step 6: within the 4xx class, those that help the caller to try again come first. A
 * 487 only tells that we cancelled. */
static unsigned rank_4xx(unsigned status)
{
    switch (status) {
    case 401:
    case 407:
        return 0;
    case 415:
    case 420:
    case 484:
        return 1;
    case 408:
        return 3;
    case 487:
        return 4;
    case 430:
        return 5;
    default:
        return 2;
    }
}

/* Smaller is better. 2xx wins, then 6xx, then the lowest class. */
static unsigned rank(const struct branch *b)
{
    unsigned class = b->status / 100;
    /* RFC 3261 16.7 steps 6 and 16.6 step 7: where nothing came there is nothing to choose. */
    if (!b->best && !b->own && b->status != 430)
        return b->status == 503 ? 90 : 99;
    if (class == 2)
        return 0;
    if (class == 6)
        return 1;
    if (class == 4)
        return 40 + rank_4xx(b->status);
    return class * 10 + (b->status == 503);
}

struct branch *context_best(struct context *c)
{
    struct branch *best = NULL;
    for (struct branch *b = c->branches; b; b = b->next)
        if (b->status >= 200 && (!best || rank(b) < rank(best)))
            best = b;
    return best;
}
