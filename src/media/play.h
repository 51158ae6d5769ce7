/* Inside of media/: times of timestamps, and the room that decoded samples need. */
#ifndef TANDEM_MEDIA_PLAY_H
#define TANDEM_MEDIA_PLAY_H

#include "codec/pitch.h"
#include "playout.h"

/* A frame that is wanted, what a packet has beyond it, and what stretching adds. */
#define PLAY_ROOM(rate)                                                           \
    ((LIMIT_AUDIO_FRAME_MS + 2 * LIMIT_CODEC_PACKET_MS) * (size_t)(rate) / 1000 + \
     2 * PITCH_SPAN(rate))

/* How long so many units of the codec's timestamps last, in ns. */
static inline int64_t play_span(const struct codec *c, int64_t ticks)
{
    return ticks * (int64_t)NS_PER_S / (int64_t)c->clock;
}

#endif
