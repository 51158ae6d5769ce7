/* Writes PCAPNG (draft-ietf-opsawg-pcapng): one section, an interface for each link type, frames.
 * Messages of which there is no frame get headers that are made up. Each function appends whole
 * blocks to a buf; what does not fit sticks there (buf.over) and the file must not be used. */
#ifndef TANDEM_CAPTURE_PCAPNG_H
#define TANDEM_CAPTURE_PCAPNG_H

#include "base/flow.h"
#include "capture/file.h"

/* What capture_pcapng_frame and capture_pcapng_message add to the bytes that they are given, at
 * most, an interface included. */
#define PCAPNG_AROUND 160

struct pcapng_writer {
    uint32_t n_links;
    uint32_t links[LIMIT_CAPTURE_INTERFACES];
};

/* The beginning of a file. */
void pcapng_begin(struct pcapng_writer *, struct buf *);

/* A frame as it was captured. False: it is of one link type too many
 * (LIMIT_CAPTURE_INTERFACES), and nothing was written. */
bool pcapng_frame(struct pcapng_writer *, struct buf *, const struct capture_frame *);

/* A message from one address to another as one datagram: made-up IP and UDP headers (link type
 * raw IP), whatever it was carried by. What does not fit into a datagram is cut. False as above, or
 * the addresses are not of one family. */
bool pcapng_message(struct pcapng_writer *, struct buf *, int64_t at, const struct addr *from,
                    const struct addr *to, struct str message);

#endif
