/* Inside of codec/: what is heard in the place of lost packets: the last pitch period over and
 * over, ever quieter (as ITU-T G.711 Appendix I does it), at any rate. */
#ifndef TANDEM_CODEC_CONCEAL_H
#define TANDEM_CODEC_CONCEAL_H

#include "codec/codec.h"
#include "codec/pitch.h"

struct conceal {
    unsigned rate;
    int16_t heard[PITCH_SPAN(CODEC_RATE_MOST)]; /* the first PITCH_SPAN(rate), the latest last */
    int16_t cycle[PITCH_MOST(CODEC_RATE_MOST)]; /* what goes on while something is missing */
    size_t pitch, at;                           /* its length, and the next sample */
    size_t missing;                             /* samples in a row */
};

void conceal_begin(struct conceal *, unsigned rate);
/* These were decoded. After a loss their beginning is blended with what was made up. */
void conceal_learn(struct conceal *, int16_t *pcm, size_t n);
void conceal_make(struct conceal *, int16_t *pcm, size_t n);

#endif
