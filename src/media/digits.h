/* Inside of media/: digits that come as events (RFC 4733 2.5.2), each told once, whichever of its
 * packets are lost. */
#ifndef TANDEM_MEDIA_DIGITS_H
#define TANDEM_MEDIA_DIGITS_H

#include "base/limits.h"
#include "base/str.h"
#include "base/time.h"

struct digit {
    char key;
    unsigned ms;
};

struct digits {
    bool any;  /* an event has come */
    bool open; /* and its end has not */
    uint8_t event;
    uint32_t began, timestamp; /* of the event, and of its segment */
    uint32_t duration;         /* of the segment, ticks */
    unsigned clock;
    time_ns heard;
    struct digit told[LIMIT_AUDIO_EVENTS];
    unsigned n;
};

/* A packet of events has come. */
void digits_take(struct digits *, struct str payload, uint32_t timestamp, bool marker,
                 unsigned clock, time_ns now);
/* Whose end never came has ended. */
void digits_tick(struct digits *, time_ns now);
time_ns digits_deadline(const struct digits *);
/* False: none is left. */
bool digits_next(struct digits *, struct digit *out);

#endif
