/* Inside of media/: packets in the order of their sending, until they are played; which have been
 * there, and which are missing. Knows no time but theirs. */
#ifndef TANDEM_MEDIA_JITTER_H
#define TANDEM_MEDIA_JITTER_H

#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "codec/codec.h"

struct jitter_packet {
    uint32_t sequence; /* extended */
    int64_t timestamp; /* extended */
    const struct codec *codec;
    time_ns arrival, late; /* `late`: than the fastest (delay.h) */
    struct str payload;    /* in memory of the buffer's */
};

struct jitter {
    struct mem *mem;
    bool begun;
    uint32_t highest;  /* sequence number that was seen, extended */
    uint64_t seen;     /* it in the lowest bit, and those before it */
    int64_t timestamp; /* of the last packet that was put */
    unsigned n;
    struct jitter_packet packets[LIMIT_JITTER_PACKETS]; /* by sequence */
};

void jitter_begin(struct jitter *, struct mem *);
/* Empty, and as if nothing had come. */
void jitter_clear(struct jitter *);

/* A packet's number is seen, whatever is in it. False: it has been seen. */
bool jitter_see(struct jitter *, uint16_t sequence, uint32_t *extended);
int64_t jitter_extend(const struct jitter *, uint32_t timestamp);
/* Keeps a packet that has been seen; its payload is copied. When the buffer is full the first one
 * makes room. ERR_NOMEM. */
int jitter_put(struct jitter *, const struct jitter_packet *);
/* NULL: it is empty. */
const struct jitter_packet *jitter_first(const struct jitter *);
const struct jitter_packet *jitter_last(const struct jitter *);
void jitter_drop(struct jitter *);
/* Is any number between these two missing? */
bool jitter_misses(const struct jitter *, uint32_t before, uint32_t behind);

#endif
