/* Inside of media/: from packets as they come to samples as they are played: the jitter buffer, its
 * delay, decoding, and what is heard in the place of what is missing. */
#ifndef TANDEM_MEDIA_PLAYOUT_H
#define TANDEM_MEDIA_PLAYOUT_H

#include "base/err.h"
#include "codec/noise.h"
#include "delay.h"
#include "jitter.h"
#include "resample.h"
#include "rtp/packet.h"

struct playout {
    struct mem *mem;
    unsigned rate; /* of what is taken */
    struct jitter jitter;
    struct delay delay;
    struct jitter_packet last; /* that came, without its payload; codec NULL: none has */
    /* What is decoded with; NULL: nothing has been yet. */
    const struct codec *codec;
    struct decoder *decoder;
    unsigned codec_rate;
    struct resample resample;
    /* Playing, or waiting until there is something to play. */
    bool playing;
    int64_t at;        /* the timestamp that is played next */
    uint32_t sequence; /* of the packet that was played last */
    size_t frame;      /* its samples */
    size_t starved;    /* samples that were made up since the buffer is empty */
    time_ns lag;       /* by how much what is played lies behind the fastest packet, about */
    bool noisy;        /* they have told what silence sounds like */
    struct noise noise;
    int16_t *ready; /* decoded, at `rate`; before it stand PITCH_MOST(rate) that were played last */
    size_t n_ready, room;
    uint64_t late, duplicates, broken, played, concealed; /* packets; the last two: samples */
};

/* ERR_NOMEM. */
int playout_begin(struct playout *, struct mem *, unsigned rate);
void playout_end(struct playout *);
/* Another source: what has come of the last one is not played. */
void playout_restart(struct playout *);

/* A packet of voice or noise has come, to be decoded with `codec`. */
void playout_put(struct playout *, const struct rtp_packet *, const struct codec *, time_ns now);
/* A packet of something else: it is not missing. */
void playout_skip(struct playout *, const struct rtp_packet *);
/* The next n samples. */
void playout_take(struct playout *, int16_t *pcm, size_t n, time_ns now);

#endif
