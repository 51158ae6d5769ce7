/* In the place of card.c in a build without ALSA: there is no card. */
#include "media/card.h"

#include "base/err.h"

int card_new(struct mem *mem, const char *device, unsigned rate, struct card **out,
             const char **why)
{
    (void)mem, (void)device, (void)rate, (void)out;
    *why = "this build has no ALSA";
    return ERR_INVALID;
}

void card_free(struct card *c)
{
    (void)c;
}

size_t card_take(struct card *c, int16_t *pcm, size_t n)
{
    (void)c, (void)pcm, (void)n;
    return 0;
}

void card_give(struct card *c, const int16_t *pcm, size_t n)
{
    (void)c, (void)pcm, (void)n;
}
