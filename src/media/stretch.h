/* Inside of media/: voice made shorter or longer by one period of its pitch, which is not heard. */
#ifndef TANDEM_MEDIA_STRETCH_H
#define TANDEM_MEDIA_STRETCH_H

#include <stdbool.h>

#include "codec/pitch.h"

/* Of the first PITCH_SPAN(rate) of n samples. Both return how many samples there are afterwards: n
 * where the voice has no period now. `pcm` has room for PITCH_MOST(rate) more to be made longer. */
size_t stretch_shorten(int16_t *pcm, size_t n, unsigned rate);
size_t stretch_lengthen(int16_t *pcm, size_t n, unsigned rate);

#endif
