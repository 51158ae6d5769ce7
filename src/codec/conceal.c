/* Concealment by repetition of the pitch period. */
#include "conceal.h"

#include <string.h>

void conceal_begin(struct conceal *c, unsigned rate)
{
    *c = (struct conceal){.rate = rate};
}

static void remember(struct conceal *c, const int16_t *pcm, size_t n)
{
    size_t span = PITCH_SPAN(c->rate);
    size_t fresh = n < span ? n : span;
    memmove(c->heard, c->heard + fresh, (span - fresh) * sizeof *pcm);
    memcpy(c->heard + span - fresh, pcm + n - fresh, fresh * sizeof *pcm);
}

/* From one signal to the other, the i-th of n samples. */
static int16_t blend(int from, int to, size_t i, size_t n)
{
    int share = (int)i, all = (int)n;
    return (int16_t)((from * (all - share) + to * share) / all);
}

/* The last period, whose end leads back to its beginning. */
static void find_cycle(struct conceal *c)
{
    const int16_t *end = c->heard + PITCH_SPAN(c->rate);
    c->pitch = pitch_find(c->heard, c->rate);
    c->at = 0;
    memcpy(c->cycle, end - c->pitch, c->pitch * sizeof *end);
    size_t quarter = c->pitch / 4;
    for (size_t i = 0; i < quarter; i++)
        c->cycle[c->pitch - quarter + i] = blend(
            end[(long)i - (long)quarter], end[(long)i - (long)(quarter + c->pitch)], i, quarter);
}

/* The next sample of what goes on, fading. */
static int16_t next(struct conceal *c)
{
    size_t fade = LIMIT_CODEC_FADE_MS * (size_t)c->rate / 1000;
    int16_t sample = c->missing < fade ? blend(c->cycle[c->at], 0, c->missing, fade) : 0;
    c->at = (c->at + 1) % c->pitch;
    c->missing++;
    return sample;
}

void conceal_learn(struct conceal *c, int16_t *pcm, size_t n)
{
    if (c->missing > 0) {
        size_t quarter = c->pitch / 4 < n ? c->pitch / 4 : n;
        for (size_t i = 0; i < quarter; i++)
            pcm[i] = blend(next(c), pcm[i], i, quarter);
        c->missing = 0;
    }
    remember(c, pcm, n);
}

void conceal_make(struct conceal *c, int16_t *pcm, size_t n)
{
    if (c->missing == 0)
        find_cycle(c);
    for (size_t i = 0; i < n; i++)
        pcm[i] = next(c);
}
