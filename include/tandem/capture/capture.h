/* Frames in, SIP messages and RTP packets out: what stands between a wire and a message, read
 * backwards. Link layers, tunnels (IP in IP, GRE, GTP), fragments, TCP streams, TLS where its keys
 * are known, WebSocket, HEP. SIP is told by what it looks like, on any port. No socket, no clock,
 * no file: time is the frames' own. Whatever comes, memory is bounded (data/limits.def, CAPTURE_…):
 * what has been silent for longest is forgotten.
 *
 *   capture_take(c, &frame);
 *   while (capture_next(c, &event))
 *       …
 */
#ifndef TANDEM_CAPTURE_CAPTURE_H
#define TANDEM_CAPTURE_CAPTURE_H

#include "base/attr.h"
#include "base/flow.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "capture/file.h"
#include "rtp/packet.h"

enum capture_kind {
    CAPTURE_MESSAGE, /* one SIP message, or its beginning where the frame was cut */
    CAPTURE_RTP      /* what looks like an RTP packet, RTCP aside */
};

struct capture_event {
    enum capture_kind kind;
    int64_t at; /* nanoseconds since 1970, of the frame that completed it; of HEP what it says */
    struct addr from, to;
    uint8_t transport;     /* enum transport */
    struct str bytes;      /* the message; of RTP all of the datagram's payload */
    struct rtp_packet rtp; /* with CAPTURE_RTP */
    /* Of a message that one frame brought as a whole, as a datagram: that frame; else NULL. */
    const struct capture_frame *frame;
};

struct capture_counts {
    uint64_t frames, bytes;
    uint64_t messages, packets; /* SIP; RTP */
    uint64_t cut;               /* frames of which less was captured than was sent */
    uint64_t gaps;              /* places where a TCP stream lacks bytes */
    uint64_t sealed;            /* TLS records with data that no key opened */
    uint64_t refused;           /* what agents sent and is no HEP */
    uint64_t forgotten;         /* streams and messages for which there was no room */
};

struct capture;

/* `key` should be entropy where strangers send the frames. NULL: no memory. */
MUST_USE struct capture *capture_new(struct mem *, const struct hash_key *key);
void capture_free(struct capture *); /* NULL is legal */

/* A key log of TLS (draft-ietf-tls-keylogfile): whole lines; others than those of TLS 1.2 and 1.3
 * that open data are passed over. For frames that come after it; call as often as there is more of
 * it. Returns how many lines were of use. */
size_t capture_keys(struct capture *, struct str text);

/* A frame; it must stay as it is until capture_next has returned false. Frames slightly out of
 * order do no harm. */
void capture_take(struct capture *, const struct capture_frame *);

/* A packet of a capture agent (capture/hep.h) that was received at `at`, which counts where it says
 * no time itself. It must stay as it is until capture_next has returned false. False: it is none
 * (counted). */
bool capture_take_hep(struct capture *, int64_t at, struct str packet);

/* All frames were given: what waited for bytes that are missing goes on without them. */
void capture_end(struct capture *);

/* The next event that the frame brought, in *out, borrowed until the next call; false: there is
 * none (any more). To be called until then before the next frame. */
bool capture_next(struct capture *, struct capture_event *out);

struct capture_counts capture_counts(const struct capture *);

#endif
