/* A sound card: a microphone and a loudspeaker, by ALSA. Neither call waits for it. */
#ifndef TANDEM_MEDIA_CARD_H
#define TANDEM_MEDIA_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

struct card;

/* `device`: ALSA's name of it, "default". ERR_NOMEM; ERR_INVALID: there is none of that name, or
 * this build has no ALSA: *why says why, a static text. */
MUST_USE int card_new(struct mem *, const char *device, unsigned rate, struct card **,
                      const char **why);
void card_free(struct card *); /* NULL is legal */

/* Up to n samples that the microphone has; how many. */
size_t card_take(struct card *, int16_t *pcm, size_t n);
/* n samples to the loudspeaker; those that it has no room for are lost, as are some after a pause
 * in giving them. */
void card_give(struct card *, const int16_t *pcm, size_t n);

#endif
