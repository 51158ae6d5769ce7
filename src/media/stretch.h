/* Inside of media/: voice made shorter or longer by one period of its pitch, which is not heard. */
#ifndef TANDEM_MEDIA_STRETCH_H
#define TANDEM_MEDIA_STRETCH_H

#include <stdbool.h>

#include "codec/pitch.h"

/* One period of n samples is taken out; how many are left: n where the voice has no period now, or
 * there are not PITCH_SPAN(rate). */
size_t stretch_shorten(int16_t *pcm, size_t n, unsigned rate);
/* One period is put in, behind the first PITCH_MOST(rate) of n samples, which do not change and may
 * have been played already. As above; there is room for PITCH_MOST(rate) more. */
size_t stretch_lengthen(int16_t *pcm, size_t n, unsigned rate);

#endif
