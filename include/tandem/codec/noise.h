/* Comfort noise (RFC 3389): silence told by its level and colour, once in a while, and made again
 * from that. */
#ifndef TANDEM_CODEC_NOISE_H
#define TANDEM_CODEC_NOISE_H

#include "base/buf.h"

#define NOISE_ORDER 8       /* of what is sent */
#define NOISE_ORDER_MOST 12 /* of what is heard; further coefficients are left out */
#define NOISE_PAYLOAD (1 + NOISE_ORDER)

/* Writes the payload that tells what `n` samples, at least 2 * NOISE_ORDER, sound like. */
void noise_describe(struct buf *, const int16_t *pcm, size_t n);

/* What makes it. All zero is silence. */
struct noise {
    double gain; /* of the excitation */
    unsigned order;
    double reflection[NOISE_ORDER_MOST];
    double backward[NOISE_ORDER_MOST]; /* the filter's state */
    uint32_t random;
};

/* A payload has come. False: it is empty, and nothing has changed. */
bool noise_take(struct noise *, struct str payload);
void noise_make(struct noise *, int16_t *pcm, size_t n);

#endif
