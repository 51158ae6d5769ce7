/* A bounded queue of inputs; knows nobody who takes them. */
#include "host/dues.h"

#include <assert.h>

void dues_push(struct dues *d, const struct due *due)
{
    assert(!dues_is_full(d));
    d->list[(d->head + d->n) % DUES_MAX] = *due;
    d->n++;
}

bool dues_pop(struct dues *d, struct due *out)
{
    if (d->n == 0)
        return false;
    *out = d->list[d->head];
    d->head = (d->head + 1) % DUES_MAX;
    d->n--;
    return true;
}
