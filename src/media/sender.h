/* Inside of media/: from samples as they are given to what RTP packets bear: framing, encoding,
 * digits, silence. */
#ifndef TANDEM_MEDIA_SENDER_H
#define TANDEM_MEDIA_SENDER_H

#include "base/err.h"
#include "base/time.h"
#include "codec/codec.h"
#include "dial.h"
#include "resample.h"
#include "silence.h"

#define SENDER_FMTP 128

/* What is sent. */
struct sender_terms {
    const struct codec *codec;
    struct str fmtp; /* theirs */
    unsigned ptime;  /* of codec_ptime */
    uint8_t voice_type, events_type, noise_type;
    const struct codec *events; /* NULL: digits go as tones */
    uint16_t keys;              /* that go, of dial_listed */
    bool noise;                 /* silence is told of, not sent */
};

struct sender {
    struct mem *mem;
    unsigned rate; /* of what is given */
    struct sender_terms terms;
    char fmtp[SENDER_FMTP];
    struct encoder *encoder;
    unsigned codec_rate;
    size_t frame;   /* samples of a packet, at the codec's rate */
    uint32_t ticks; /* the timestamp of the next one */
    struct resample resample;
    int16_t *pending; /* at the codec's rate */
    size_t n, room;
    bool speaking; /* the last packet was of voice, and this one follows it */
    time_ns given; /* when samples were given last; 0: never */
    struct dial dial;
    struct silence silence;
    uint8_t bytes[LIMIT_CODEC_PAYLOAD];
};

void sender_begin(struct sender *, struct mem *, unsigned rate);
void sender_end(struct sender *);
/* From now on this way. ERR_NOMEM: nothing has changed. */
int sender_agree(struct sender *, const struct sender_terms *);
void sender_expect_loss(struct sender *, unsigned percent);

/* n samples, to be sent, or not: time passes in either case. */
void sender_put(struct sender *, const int16_t *pcm, size_t n, time_ns now);
void sender_pass(struct sender *, size_t n, time_ns now);

struct sender_packet {
    bool marker;
    uint8_t payload_type;
    uint32_t timestamp;
    struct str payload; /* borrowed until the next call */
};
/* False: none is full. */
bool sender_next(struct sender *, struct sender_packet *out);

#endif
