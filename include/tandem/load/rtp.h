/* The RTP of a load's calls: each sends a packet of G.711 every 20 ms, or sends back what comes,
 * and what comes is counted. Sans-I/O: packets and time in, packets out. Calls may share ports:
 * whose a packet is says its SSRC, where the far end has announced it (RFC 5576), or the address
 * that it comes from.
 *
 *     load_rtp_receive, load_rtp_expire …  then  while (load_rtp_output(r, &o)) send it; */
#ifndef TANDEM_LOAD_RTP_H
#define TANDEM_LOAD_RTP_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/block.h"
#include "base/pool.h"
#include "base/rand.h"
#include "load/histogram.h"

#define LOAD_RTP_FRAME 160 /* bytes of 20 ms of G.711 */

struct load_rtp;

struct load_rtp_config {
    struct mem *mem;
    struct block_pool *blocks;
    struct rand_seed seed;
    unsigned most;         /* calls at once */
    const uint16_t *ports; /* by their indices; borrowed */
    struct str pcmu, pcma; /* what every call says, again and again: whole frames; borrowed */
    bool echo;             /* nothing is said but what was heard */
};

/* What came of one end's calls. All zero is an empty one. */
struct rtp_tally {
    uint64_t calls;   /* that were to have media, and have ended */
    uint64_t silent;  /* … of them: nothing came */
    uint64_t one_way; /* … something came, but what was said did not arrive, or the other way
                         round: known where the far end is in this process, or an echo */
    uint64_t sent, received;
    uint64_t lost;           /* of those that came, by their numbers (RFC 3550 A.3) */
    uint64_t late;           /* out of order, or twice */
    uint64_t behind;         /* not sent, or more than 20 ms late: this machine's doing */
    struct histogram jitter; /* of each call, at its end */
};

/* NULL: no memory. */
MUST_USE struct load_rtp *load_rtp_new(const struct load_rtp_config *);
/* NULL is legal. The calls must have ended, or their tallies outlive it. */
void load_rtp_free(struct load_rtp *);

/* The ports that the calls of one end take in turn. Two ends have none in common. */
struct rtp_ports {
    unsigned first, n;
};
/* It says something of its own: it is no echo. */
bool load_rtp_speaks(const struct load_rtp *);
/* A call's media, counted in *tally when it ends. 0: too many, or no memory. */
MUST_USE pool_id load_rtp_open(struct load_rtp *, struct rtp_tally *tally,
                               const struct rtp_ports *);
/* Where its packets have to come, and what its own bear. */
uint16_t load_rtp_port(const struct load_rtp *, pool_id);
uint32_t load_rtp_ssrc(const struct load_rtp *, pool_id);

/* What the other side's description says. */
struct rtp_far {
    struct addr addr;
    uint8_t payload_type; /* 0 or 8 */
    bool sends, receives;
    bool has_ssrc;
    uint32_t ssrc;
};
/* Replaces what was known. */
void load_rtp_describe(struct load_rtp *, pool_id, const struct rtp_far *);
/* From now on it speaks, once it is described. Again: nothing. */
void load_rtp_begin(struct load_rtp *, pool_id, time_ns now);

enum rtp_verdict {
    RTP_WELL,
    RTP_SILENT, /* see struct rtp_tally */
    RTP_ONE_WAY
};
/* The call has ended: its id is no more. Of one that never began nothing is counted, and it went
 * well. */
enum rtp_verdict load_rtp_close(struct load_rtp *, pool_id);

/* A datagram came to the port of this index. Borrowed for the call; the outputs are taken after
 * each. */
void load_rtp_receive(struct load_rtp *, unsigned port, const struct addr *remote, struct str bytes,
                      time_ns now);
/* Datagrams that are of no call, or no RTP. */
uint64_t load_rtp_strays(const struct load_rtp *);
time_ns load_rtp_deadline(const struct load_rtp *);
void load_rtp_expire(struct load_rtp *, time_ns now);

struct load_rtp_output {
    struct block *bytes; /* the caller's reference */
    unsigned port;       /* its index */
    uint32_t order;      /* those of the same leave in their order */
    struct addr remote;
};
/* False: nothing is to be sent now. */
bool load_rtp_output(struct load_rtp *, struct load_rtp_output *);

#endif
