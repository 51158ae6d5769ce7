/* libspeexdsp's resampler. */
#include "resample.h"

#include <string.h>

#include <speex/speex_resampler.h>

/* Of ten: voice is not heard to differ from there on. */
#define QUALITY 3

bool resample_begin(struct resample *r, unsigned from, unsigned to)
{
    int error = RESAMPLER_ERR_SUCCESS;
    *r = (struct resample){NULL, from, to};
    if (from == to)
        return true;
    r->state = speex_resampler_init(1, from, to, QUALITY, &error);
    return r->state;
}

void resample_end(struct resample *r)
{
    if (r->state)
        speex_resampler_destroy(r->state);
    r->state = NULL;
}

size_t resample_most(const struct resample *r, size_t n)
{
    return r->state ? (n * r->to + r->from - 1) / r->from + 1 : n;
}

size_t resample_run(struct resample *r, const int16_t *in, size_t n, int16_t *out)
{
    if (!r->state) {
        memcpy(out, in, n * sizeof *in);
        return n;
    }
    spx_uint32_t taken = (spx_uint32_t)n, made = (spx_uint32_t)resample_most(r, n);
    speex_resampler_process_int(r->state, 0, in, &taken, out, &made);
    return made;
}
