/* Events of digits, followed from their beginning to their end. */
#include "digits.h"

#include "dial.h"

#include <string.h>

#define EVENT_BYTES 4
#define END 0x80
#define DURATION_MOST 0xffffU
/* An event of which nothing was heard for so long is over: several packets, at any usual pace. */
#define OVER_AFTER (200 * NS_PER_MS)

static void tell(struct digits *d)
{
    uint32_t ticks = d->timestamp - d->began + d->duration;
    unsigned ms = (unsigned)((uint64_t)ticks * 1000 / d->clock);
    if (d->n < LIMIT_AUDIO_EVENTS)
        d->told[d->n++] = (struct digit){dial_key(d->event), ms};
    d->open = false;
}

/* RFC 4733 2.5.1.3: the next segment of a long event begins where the last one ended. */
static bool goes_on(const struct digits *d, uint8_t event, uint32_t timestamp, bool marker)
{
    return d->open && !marker && event == d->event && timestamp == d->timestamp + DURATION_MOST;
}

static void begin(struct digits *d, uint8_t event, uint32_t timestamp, unsigned clock)
{
    if (d->open)
        tell(d); /* its end was lost */
    d->any = d->open = true;
    d->event = event;
    d->began = d->timestamp = timestamp;
    d->duration = 0;
    d->clock = clock;
}

static void take_event(struct digits *d, struct str payload, uint32_t timestamp, bool marker,
                       unsigned clock, time_ns now)
{
    uint8_t event = (uint8_t)payload.at[0];
    uint32_t duration = (uint32_t)(uint8_t)payload.at[2] << 8 | (uint8_t)payload.at[3];
    bool later = !d->any || (int32_t)(timestamp - d->timestamp) > 0;
    if (event > 15 || duration == 0)
        return;
    if (goes_on(d, event, timestamp, marker)) {
        d->timestamp = timestamp;
        d->duration = 0;
    } else if (later || (timestamp == d->timestamp && event != d->event)) {
        begin(d, event, timestamp, clock);
    } else if (!d->open || timestamp != d->timestamp) {
        return; /* again, or of one that is over */
    }
    d->heard = now;
    d->duration = duration > d->duration ? duration : d->duration;
    if ((uint8_t)payload.at[1] & END)
        tell(d);
}

void digits_take(struct digits *d, struct str payload, uint32_t timestamp, bool marker,
                 unsigned clock, time_ns now)
{
    /* RFC 4733 2.5.1.5: several events, one behind the other */
    while (payload.len >= EVENT_BYTES) {
        uint32_t duration = (uint32_t)(uint8_t)payload.at[2] << 8 | (uint8_t)payload.at[3];
        take_event(d, payload, timestamp, marker, clock, now);
        timestamp += duration;
        payload = str_slice(payload, EVENT_BYTES, payload.len);
    }
}

time_ns digits_deadline(const struct digits *d)
{
    return d->open ? time_add(d->heard, OVER_AFTER) : TIME_NEVER;
}

void digits_tick(struct digits *d, time_ns now)
{
    if (now >= digits_deadline(d))
        tell(d);
}

bool digits_next(struct digits *d, struct digit *out)
{
    if (d->n == 0)
        return false;
    *out = d->told[0];
    d->n--;
    memmove(d->told, d->told + 1, d->n * sizeof d->told[0]);
    return true;
}
