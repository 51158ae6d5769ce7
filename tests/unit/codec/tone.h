/* What the tests of sound share: tones, and how much of one is in a signal. */
#ifndef TANDEM_TESTS_CODEC_TONE_H
#define TANDEM_TESTS_CODEC_TONE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define TONE_PI 3.14159265358979323846

/* Sample `at` and the n - 1 behind it of a sine. */
static inline void tone_make(int16_t *pcm, size_t n, size_t at, double hz, double amplitude,
                             double rate)
{
    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)lround(amplitude * sin(2 * TONE_PI * hz * (double)(at + i) / rate));
}

/* The amplitude of what is in the signal at this frequency. */
static inline double tone_amplitude(const int16_t *pcm, size_t n, double hz, double rate)
{
    double re = 0, im = 0;
    for (size_t i = 0; i < n; i++) {
        re += pcm[i] * cos(2 * TONE_PI * hz * (double)i / rate);
        im += pcm[i] * sin(2 * TONE_PI * hz * (double)i / rate);
    }
    return 2 * sqrt(re * re + im * im) / (double)n;
}

static inline double tone_rms(const int16_t *pcm, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)pcm[i] * pcm[i];
    return sqrt(sum / (double)n);
}

static inline double tone_db(double a, double b)
{
    return 20 * log10(a / b);
}

/* How many dB the tone is above all that is in the signal besides. */
static inline double tone_purity(const int16_t *pcm, size_t n, double hz, double rate)
{
    double tone = tone_amplitude(pcm, n, hz, rate) / sqrt(2), all = tone_rms(pcm, n);
    double rest = all * all - tone * tone;
    return rest > 0 ? tone_db(tone, sqrt(rest)) : 200;
}

#endif
