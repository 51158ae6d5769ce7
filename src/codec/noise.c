/* Comfort noise (RFC 3389 3): a level in -dBov, and reflection coefficients of an all-pole filter.
 */
#include "codec/noise.h"

#include <math.h>

#define FULL 32768.0
#define QUIETEST 127 /* -dBov */

/* --- described --- */

static void autocorrelate(const int16_t *pcm, size_t n, double r[NOISE_ORDER + 1])
{
    for (size_t lag = 0; lag <= NOISE_ORDER; lag++) {
        r[lag] = 0;
        for (size_t i = lag; i < n; i++)
            r[lag] += (double)pcm[i] * pcm[i - lag];
    }
}

/* Levinson and Durbin's recursion, of which the reflection coefficients alone are kept. */
static void reflect(const double r[NOISE_ORDER + 1], double k[NOISE_ORDER])
{
    double a[NOISE_ORDER + 1] = {1}, error = r[0];
    for (size_t m = 0; m < NOISE_ORDER; m++) {
        double sum = r[m + 1];
        for (size_t i = 1; i <= m; i++)
            sum += a[i] * r[m + 1 - i];
        k[m] = error > 0 ? -sum / error : 0;
        for (size_t i = 1; i <= (m + 1) / 2; i++) {
            double low = a[i], high = a[m + 1 - i];
            a[i] = low + k[m] * high;
            a[m + 1 - i] = high + k[m] * low;
        }
        a[m + 1] = k[m];
        error *= 1 - k[m] * k[m];
    }
}

static unsigned level_of(double power)
{
    double db = power > 0 ? -10 * log10(power / (FULL * FULL)) : QUIETEST;
    return db < 0 ? 0 : db > QUIETEST ? QUIETEST : (unsigned)lround(db);
}

/* RFC 3389 3.2: from -1 to 1 in 255 steps, 127 in the middle. */
static unsigned step_of(double k)
{
    double step = 127 + k * 127;
    return step < 0 ? 0 : step > 254 ? 254 : (unsigned)lround(step);
}

void noise_describe(struct buf *b, const int16_t *pcm, size_t n)
{
    double r[NOISE_ORDER + 1], k[NOISE_ORDER];
    autocorrelate(pcm, n, r);
    reflect(r, k);
    buf_put_char(b, (char)level_of(r[0] / (double)n));
    for (size_t i = 0; i < NOISE_ORDER; i++)
        buf_put_char(b, (char)(unsigned char)step_of(k[i]));
}

/* --- made --- */

bool noise_take(struct noise *noise, struct str payload)
{
    if (payload.len == 0)
        return false;
    double level = FULL * pow(10, -((unsigned char)payload.at[0] & 0x7f) / 20.0);
    double left = 1; /* how much of its power the excitation is of the noise */
    noise->order = 0;
    while (noise->order < NOISE_ORDER_MOST && noise->order + 1 < payload.len) {
        double k = ((unsigned char)payload.at[noise->order + 1] - 127) / 128.0;
        k = k > 0.99 ? 0.99 : k < -0.99 ? -0.99 : k; /* stable, whatever was sent */
        noise->reflection[noise->order++] = k;
        left *= 1 - k * k;
    }
    noise->gain = level * sqrt(left);
    return true;
}

/* White, of power 1: uniform from -sqrt(3) to sqrt(3). */
static double white(struct noise *noise)
{
    noise->random = noise->random * 1664525 + 1013904223;
    return ((double)(noise->random >> 8) / (1 << 23) - 1) * 1.7320508;
}

/* An all-pole lattice. */
static double filtered(struct noise *noise, double forward)
{
    for (unsigned i = noise->order; i-- > 0;) {
        double backward = noise->backward[i];
        forward -= noise->reflection[i] * backward;
        if (i + 1 < NOISE_ORDER_MOST)
            noise->backward[i + 1] = backward + noise->reflection[i] * forward;
    }
    noise->backward[0] = forward;
    return forward;
}

void noise_make(struct noise *noise, int16_t *pcm, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double sample = filtered(noise, white(noise) * noise->gain);
        pcm[i] = (int16_t)(sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample);
    }
}
