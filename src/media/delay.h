/* Inside of media/: how much later packets come than the fastest one, and how long to wait for them
 * so that hardly one comes too late. Clocks that drift apart are followed. */
#ifndef TANDEM_MEDIA_DELAY_H
#define TANDEM_MEDIA_DELAY_H

#include "base/limits.h"
#include "base/time.h"

#define DELAY_STEP (5 * NS_PER_MS)
#define DELAY_STEPS (LIMIT_JITTER_MS / 5)

struct delay {
    int64_t least, least_before; /* of arrival less sending, in this stretch of time and the last */
    time_ns since;               /* when this stretch began */
    time_ns arrival, late;       /* of the last packet */
    unsigned packets;
    float share[DELAY_STEPS]; /* of late packets, by how late they came; old ones count less */
};

void delay_begin(struct delay *);
/* A packet that was sent at `sent`, which counts from anywhere, has come: how much later than the
 * fastest. */
time_ns delay_take(struct delay *, time_ns arrival, int64_t sent);
/* How long after the fastest packet's arrival to play. */
time_ns delay_target(const struct delay *);

#endif
