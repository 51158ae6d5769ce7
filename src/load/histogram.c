/* Owns the cells of latencies; knows no message. */
#include "load/histogram.h"

#include <assert.h>

/* Values below 2^(BITS+1) have a cell each; from there on each doubling has 2^BITS of them. */
static unsigned cell_of(uint32_t us)
{
    unsigned first = us ? 31 - (unsigned)__builtin_clz(us) : 0;
    unsigned shift = first > HISTOGRAM_BITS ? first - HISTOGRAM_BITS : 0;
    return (shift << HISTOGRAM_BITS) + (us >> shift);
}

static uint32_t most_of(unsigned cell)
{
    unsigned shift = cell >> HISTOGRAM_BITS;
    shift = shift > 0 ? shift - 1 : 0;
    uint64_t at = cell - ((uint64_t)shift << HISTOGRAM_BITS);
    return (uint32_t)(((at + 1) << shift) - 1);
}

void histogram_add(struct histogram *h, time_ns latency)
{
    time_ns us = latency / 1000;
    uint32_t value = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
    unsigned cell = cell_of(value);
    assert(cell < HISTOGRAM_CELLS);
    h->cells[cell]++;
    if (h->n == 0 || value < h->least_us)
        h->least_us = value;
    if (value > h->most_us)
        h->most_us = value;
    h->n++;
    h->sum_us += value;
}

void histogram_merge(struct histogram *h, const struct histogram *from)
{
    for (unsigned i = 0; i < HISTOGRAM_CELLS; i++)
        h->cells[i] += from->cells[i];
    if (from->n > 0 && (h->n == 0 || from->least_us < h->least_us))
        h->least_us = from->least_us;
    if (from->most_us > h->most_us)
        h->most_us = from->most_us;
    h->n += from->n;
    h->sum_us += from->sum_us;
}

uint32_t histogram_at(const struct histogram *h, double share)
{
    uint64_t seen = 0, wanted = (uint64_t)(share * (double)h->n);
    if ((double)wanted < share * (double)h->n || wanted == 0)
        wanted++;
    for (unsigned i = 0; i < HISTOGRAM_CELLS; i++) {
        seen += h->cells[i];
        if (seen >= wanted) {
            uint32_t us = most_of(i);
            return us < h->most_us ? us : h->most_us;
        }
    }
    return h->most_us;
}

double histogram_mean_us(const struct histogram *h)
{
    return h->n ? (double)h->sum_us / (double)h->n : 0;
}
