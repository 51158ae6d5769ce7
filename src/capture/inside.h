/* What the parts of a capture share: its heap, its counters, and where events go. */
#ifndef TANDEM_CAPTURE_INSIDE_H
#define TANDEM_CAPTURE_INSIDE_H

#include "base/list.h"
#include "capture/capture.h"
#include "fragments.h"
#include "streams.h"
#include "tls_keys.h"

/* The caller's heap, counted. */
struct counted {
    struct mem mem;
    struct mem *below;
    size_t bytes;
};

struct capture {
    struct counted heap; /* first, as its face is what is handed around */
    struct capture_counts counts;
    struct fragments fragments;
    struct streams streams;
    struct tls_keys keys;
    bool has_datagram;
    struct capture_event datagram; /* which is borrowed from the frame */
    struct list queue;             /* struct queued: messages of streams, which are not */
    struct queued *told;           /* the one that was handed out last */
    const struct capture_frame *frame;
};

/* Where bytes of a stream come from, or a datagram. */
struct way {
    int64_t at;
    struct addr from, to;
    uint8_t transport;
};

/* One whole message has come out of a stream: it is copied. */
void capture_tell(struct capture *, const struct way *, struct str message);

/* A datagram of UDP: its payload. */
void datagram_take(struct capture *, const struct way *, struct str payload, bool is_frame);

/* A packet of HEP: the message in it. False: it is none. */
bool hep_take(struct capture *, int64_t at, struct str packet);

#endif
