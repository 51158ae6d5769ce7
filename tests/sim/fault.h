/* One fault at one place of a run: the n-th packet lost, doubled or late, the n-th allocation or
 * question failed, a stream cut at the n-th byte. Counts the places as they pass; it knows no node.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/time.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_LOSE,        /* a datagram */
    FAULT_DOUBLE,      /* a datagram */
    FAULT_DELAY,       /* a datagram, or what is written to a stream at once */
    FAULT_ALLOC,       /* an allocation of the elements */
    FAULT_AGENT_ALLOC, /* an allocation of the agents */
    FAULT_STORE,       /* a question to the store: it fails */
    FAULT_SPLIT,       /* a byte written to a stream: what it was written with is cut before it */
    N_FAULT_KINDS
};

#define FAULT_NEVER UINT64_MAX

struct fault {
    enum fault_kind kind;
    uint64_t nth;     /* the first place that it hits, from 0; FAULT_NEVER: it only counts */
    uint64_t count;   /* how many from there on; 0: none */
    uint64_t every;   /* of those each so-manieth; 0: each */
    time_ns delay;    /* in addition to the link's: FAULT_DELAY, and the copy of FAULT_DOUBLE */
    const char *only; /* packets: those that start with this, NULL: all. The others are no place */
    uint64_t seen[N_FAULT_KINDS]; /* places that passed */
};

/* A place of this kind passes. True: the fault is here. */
bool fault_hits(struct fault *f, enum fault_kind kind);
/* The same where the place is a packet. */
bool fault_hits_packet(struct fault *f, enum fault_kind kind, struct str bytes);
/* By how much this packet is late. */
time_ns fault_delay(struct fault *f, struct str bytes);
/* By how much the copy of a doubled packet is late. */
time_ns fault_echo(const struct fault *f);
/* How many of `len` bytes that are written next go together, at least one. `otherwise` where this
 * fault is of another kind. */
size_t fault_piece(struct fault *f, size_t len, size_t otherwise);

#endif
