/* Power of samples in dBov. */
#include "media/level.h"

#include <math.h>

#define FULL (32768.0 * 32768.0)
#define WINDOW 0.25 /* seconds */

static double power_of(const int16_t *pcm, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += pcm[i] * pcm[i];
    return n > 0 ? (double)sum / (double)n : 0;
}

static double in_dbov(double power)
{
    double db = power > 0 ? 10 * log10(power / FULL) : LEVEL_SILENT;
    return db > LEVEL_SILENT ? db : LEVEL_SILENT;
}

double level_of(const int16_t *pcm, size_t n)
{
    return in_dbov(power_of(pcm, n));
}

void level_take(struct level *l, const int16_t *pcm, size_t n, unsigned rate)
{
    double share = (double)n / (WINDOW * rate);
    l->power += (power_of(pcm, n) - l->power) * (share < 1 ? share : 1);
}

double level_now(const struct level *l)
{
    return in_dbov(l->power);
}
