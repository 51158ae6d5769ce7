/* Inside of media/: digits that are sent, one after the other, as events (RFC 4733 2.5.1) or as
 * tones. */
#ifndef TANDEM_MEDIA_DIAL_H
#define TANDEM_MEDIA_DIAL_H

#include "base/buf.h"
#include "base/limits.h"

struct dial_digit {
    uint8_t event; /* RFC 4733 3.2: 0 to 15 */
    uint16_t ms, gap_ms;
};

struct dial {
    struct dial_digit waiting[LIMIT_AUDIO_DIGITS];
    unsigned n;
    /* The first one, while it is sent: in units of the clock that it is sent by. */
    bool begun;
    uint32_t start, passed, reported; /* when it began, since then, of that in earlier segments */
    unsigned ends;                    /* how often its end was sent */
};

/* The event of a key; -1: it is none. And back. */
int dial_event(char digit);
char dial_key(unsigned event);

/* The keys, a bit each, that a list of events in a=fmtp has (RFC 4733 2.4.1): "0-15,66". All where
 * there is no list, or it is malformed. */
#define DIAL_ALL 0xffffU
uint16_t dial_listed(struct str events);

/* Each of them, if it is one of these keys; OK, ERR_INVALID, ERR_LIMIT: as audio_stream_dial. */
int dial_put(struct dial *, struct str digits, uint16_t keys, unsigned ms, unsigned gap_ms);
/* Of what waits, others than these are not sent. */
void dial_keep(struct dial *, uint16_t keys);
bool dial_is_idle(const struct dial *);

struct dial_packet {
    bool marker;
    uint32_t timestamp;
    uint8_t payload[4];
};
/* A packet's time, `ticks` of `clock`, ends at `now`, in ticks. True: *out is to be sent in the
 * place of voice. False: the voice goes. */
bool dial_event_due(struct dial *, unsigned clock, uint32_t now, uint32_t ticks,
                    struct dial_packet *out);
/* The next n samples as tones. False: there is nothing to be heard, and `pcm` has not changed. */
bool dial_tone(struct dial *, unsigned rate, int16_t *pcm, size_t n);

#endif
