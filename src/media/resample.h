/* Inside of media/: samples from one rate to another, by libspeexdsp, whose state is of the C
 * library's heap. */
#ifndef TANDEM_MEDIA_RESAMPLE_H
#define TANDEM_MEDIA_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is one whose rates are the same. */
struct resample {
    void *state; /* NULL: nothing is to be done */
    unsigned from, to;
};

/* False: there is no memory. */
bool resample_begin(struct resample *, unsigned from, unsigned to);
void resample_end(struct resample *);
/* The most that n samples become. */
size_t resample_most(const struct resample *, size_t n);
/* All of `in`; how many there are in `out` now, which has room for that. */
size_t resample_run(struct resample *, const int16_t *in, size_t n, int16_t *out);

#endif
