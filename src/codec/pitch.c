/* Pitch by normalized correlation: coarse, at about 4 kHz, then to the sample. */
#include "codec/pitch.h"

#include <math.h>

#define COARSE_RATE 4000

/* The last period's worth against what was `lag` samples earlier, every `step`-th sample. */
static double likeness(const int16_t *pcm, unsigned rate, size_t lag, size_t step)
{
    const int16_t *late = pcm + PITCH_MOST(rate), *early = late - lag;
    double both = 0, of_late = 1, of_early = 1;
    for (size_t i = 0; i < PITCH_MOST(rate); i += step) {
        double a = late[i], b = early[i];
        both += a * b;
        of_late += a * a;
        of_early += b * b;
    }
    return both / sqrt(of_late * of_early);
}

static size_t best_of(const int16_t *pcm, unsigned rate, size_t from, size_t to, size_t step)
{
    size_t best = from;
    double most = -2;
    for (size_t lag = from; lag <= to; lag += step) {
        double found = likeness(pcm, rate, lag, step);
        if (found > most) {
            most = found;
            best = lag;
        }
    }
    return best;
}

size_t pitch_find(const int16_t *pcm, unsigned rate)
{
    size_t step = rate > COARSE_RATE ? rate / COARSE_RATE : 1;
    size_t least = rate / 400, most = PITCH_MOST(rate);
    size_t lag = best_of(pcm, rate, least, most, step);
    if (step == 1)
        return lag;
    return best_of(pcm, rate, lag > least + step ? lag - step : least,
                   lag + step < most ? lag + step : most, 1);
}

double pitch_likeness(const int16_t *pcm, unsigned rate, size_t lag)
{
    return likeness(pcm, rate, lag, 1);
}
