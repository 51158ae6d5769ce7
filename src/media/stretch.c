/* Pitch periods taken out and put in, blended. */
#include "stretch.h"

#include <string.h>

/* What is less alike than this is no period; what is quieter than this is not heard at all. */
#define ALIKE 0.85
#define QUIET 100

static bool is_quiet(const int16_t *pcm, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pcm[i] > QUIET || pcm[i] < -QUIET)
            return false;
    return true;
}

/* 0: none. */
static size_t period_of(const int16_t *pcm, size_t n, unsigned rate)
{
    if (n < PITCH_SPAN(rate))
        return 0;
    if (is_quiet(pcm, PITCH_SPAN(rate)))
        return PITCH_MOST(rate);
    size_t lag = pitch_find(pcm, rate);
    return pitch_likeness(pcm, rate, lag) >= ALIKE ? lag : 0;
}

/* From one signal to the other over n samples, into `out`, which may be either. */
static void blend(int16_t *out, const int16_t *from, const int16_t *to, size_t n)
{
    int all = (int)n;
    for (int i = 0; i < all; i++)
        out[i] = (int16_t)((from[i] * (all - i) + to[i] * i) / all);
}

size_t stretch_shorten(int16_t *pcm, size_t n, unsigned rate)
{
    size_t lag = period_of(pcm, n, rate), middle = PITCH_MOST(rate);
    if (lag == 0)
        return n;
    blend(pcm + middle - lag, pcm + middle - lag, pcm + middle, lag);
    memmove(pcm + middle, pcm + middle + lag, (n - middle - lag) * sizeof *pcm);
    return n - lag;
}

size_t stretch_lengthen(int16_t *pcm, size_t n, unsigned rate)
{
    size_t lag = period_of(pcm, n, rate), middle = PITCH_MOST(rate);
    if (lag == 0)
        return n;
    memmove(pcm + middle + lag, pcm + middle, (n - middle) * sizeof *pcm);
    blend(pcm + middle, pcm + middle + lag, pcm + middle - lag, lag);
    return n + lag;
}
