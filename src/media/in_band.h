/* Inside of media/: digits heard as tones (ITU-T Q.24), by libspandsp. */
#ifndef TANDEM_MEDIA_IN_BAND_H
#define TANDEM_MEDIA_IN_BAND_H

#include <stdint.h>

#include "base/mem.h"

struct in_band;

/* `rate`: of what it hears. NULL: there is no memory. */
struct in_band *in_band_new(struct mem *, unsigned rate);
void in_band_free(struct in_band *); /* NULL is legal */
/* n samples were heard, up to LIMIT_AUDIO_FRAME_MS. */
void in_band_take(struct in_band *, const int16_t *pcm, size_t n);
/* The next digit, once its tone is certain; 0: none. */
char in_band_next(struct in_band *);

#endif
