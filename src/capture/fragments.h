/* Datagrams of IP whose fragments come: put together. Bounded in number, bytes and the capture's
 * time (data/limits.def, CAPTURE_FRAGMENT…). */
#ifndef TANDEM_CAPTURE_FRAGMENTS_H
#define TANDEM_CAPTURE_FRAGMENTS_H

#include "base/limits.h"
#include "ip.h"
#include "pieces.h"

struct fragmented {
    bool is_used, knows_len;
    struct addr from, to;
    uint8_t protocol;
    uint32_t id, len;
    int64_t at; /* of the first that came */
    struct pieces pieces;
};

struct fragments {
    struct mem *mem;
    struct fragmented list[LIMIT_CAPTURE_FRAGMENTED];
    char *whole; /* the last datagram that became whole */
    size_t whole_len;
};

void fragments_init(struct fragments *, struct mem *);
void fragments_fini(struct fragments *);

/* A fragment. True: with it its datagram is whole, and p->payload is all of it, borrowed until the
 * next call; it is no fragment any more. False: more has to come, or it is lost. */
bool fragments_take(struct fragments *, struct ip_packet *p, int64_t now);

#endif
