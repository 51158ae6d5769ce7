/* Inside of codec/: what each codec is made of. A state is zeroed memory of the size that `_bytes`
 * tells, and is taken away without a word where there is no `_end`. */
#ifndef TANDEM_CODEC_OPERATIONS_H
#define TANDEM_CODEC_OPERATIONS_H

#include "codec/codec.h"

struct codec_operations {
    size_t (*encoder_bytes)(void); /* NULL: it cannot be encoded */
    bool (*encoder_begin)(void *state, unsigned rate, struct str fmtp);
    void (*encoder_end)(void *state);
    /* How many bytes; 0: nothing is to be sent. */
    size_t (*encode)(void *state, const int16_t *pcm, size_t n, uint8_t *at, size_t cap);
    void (*expect_loss)(void *state, unsigned percent);

    size_t (*decoder_bytes)(void); /* NULL: it cannot be decoded */
    bool (*decoder_begin)(void *state, unsigned rate);
    void (*decoder_end)(void *state);
    /* The samples of a payload, not bounded; 0: it is none. Each that it names is whole. */
    size_t (*samples)(const void *state, struct str payload);
    /* A payload of so many; false: it is broken after all. */
    bool (*decode)(void *state, struct str payload, int16_t *pcm, size_t samples);
    /* NULL: codec/conceal.h does it. `next` is empty where it has not come. */
    void (*conceal)(void *state, struct str next, int16_t *pcm, size_t n);
    void (*put_fmtp)(struct buf *);
};

#define OPERATIONS(name) extern const struct codec_operations codec_##name
OPERATIONS(opus);
OPERATIONS(g722);
OPERATIONS(pcma);
OPERATIONS(pcmu);
OPERATIONS(g726_40);
OPERATIONS(g726_32);
OPERATIONS(g726_24);
OPERATIONS(g726_16);
OPERATIONS(aal2_g726_40);
OPERATIONS(aal2_g726_32);
OPERATIONS(aal2_g726_24);
OPERATIONS(aal2_g726_16);
OPERATIONS(gsm);
OPERATIONS(l16);
OPERATIONS(l16_stereo);
OPERATIONS(g723);
OPERATIONS(g729);
OPERATIONS(ilbc);
OPERATIONS(events);
OPERATIONS(silent);
#undef OPERATIONS

#endif
