/* How often each latency was seen, over all magnitudes at once: a high dynamic range histogram
 * whose every value is kept to within 1 in 128, in 13 KiB, whatever is added. */
#ifndef TANDEM_LOAD_HISTOGRAM_H
#define TANDEM_LOAD_HISTOGRAM_H

#include "base/time.h"

#define HISTOGRAM_BITS 7 /* of a value that are kept below its first one */
#define HISTOGRAM_CELLS ((33 - HISTOGRAM_BITS) << HISTOGRAM_BITS)

/* Latencies are counted in microseconds; what is longer than 71 minutes counts as that. All zero is
 * an empty one. */
struct histogram {
    uint64_t n;
    uint64_t sum_us;
    uint32_t least_us, most_us; /* exactly; 0 while it is empty */
    uint32_t cells[HISTOGRAM_CELLS];
};

void histogram_add(struct histogram *, time_ns latency);
/* Adds all of `from`. */
void histogram_merge(struct histogram *, const struct histogram *from);
/* The latency, in microseconds, that `share` (0 to 1) of all were not above: the upper end of its
 * cell, but never above the longest. 0 where it is empty. */
uint32_t histogram_at(const struct histogram *, double share);
/* 0 where it is empty. */
double histogram_mean_us(const struct histogram *);

#endif
