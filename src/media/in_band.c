/* libspandsp's detector, at 8 kHz. */
#include "in_band.h"

#include <spandsp.h>
#include <spandsp/expose.h>

#include "base/limits.h"
#include "resample.h"

#define RATE 8000
#define SAMPLES (LIMIT_AUDIO_FRAME_MS * RATE / 1000 + 2)

struct in_band {
    struct mem *mem;
    struct resample resample;
    dtmf_rx_state_t tones;
};

struct in_band *in_band_new(struct mem *mem, unsigned rate)
{
    struct in_band *b = mem_alloc_zero(mem, sizeof *b);
    if (!b)
        return NULL;
    b->mem = mem;
    if (!resample_begin(&b->resample, rate, RATE)) {
        mem_free(mem, b, sizeof *b);
        return NULL;
    }
    dtmf_rx_init(&b->tones, NULL, NULL);
    return b;
}

void in_band_free(struct in_band *b)
{
    if (!b)
        return;
    resample_end(&b->resample);
    mem_free(b->mem, b, sizeof *b);
}

void in_band_take(struct in_band *b, const int16_t *pcm, size_t n)
{
    int16_t narrow[SAMPLES];
    if (resample_most(&b->resample, n) <= SAMPLES)
        dtmf_rx(&b->tones, narrow, (int)resample_run(&b->resample, pcm, n, narrow));
}

char in_band_next(struct in_band *b)
{
    char digit[2] = {0}; /* libspandsp ends what it gives with a zero */
    return dtmf_rx_get(&b->tones, digit, 1) > 0 ? digit[0] : 0;
}
