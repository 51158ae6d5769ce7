/* Which packets of a capture are looked at, in the words of tcpdump, as far as they speak of
 * addresses and ports (pcap-filter(7)):
 *
 *   port 5060 or 5061          [src|dst] [host|port|portrange|net] VALUE, the words before a value
 *   host 192.0.2.7 and udp     without any are those of the value before it
 *   not net 10.0.0.0/8         tcp, udp, ip, ip6, also in front of such a value
 *
 * `and` and `or` bind alike and from the left, `not` binds first, parentheses as usual; &&, || and
 * ! are the same words. */
#ifndef TANDEM_CAPTURE_FILTER_H
#define TANDEM_CAPTURE_FILTER_H

#include "base/addr_block.h"
#include "base/attr.h"
#include "base/limits.h"
#include "capture/file.h"

enum capture_side { CAPTURE_EITHER, CAPTURE_FROM, CAPTURE_TO };

/* What one value asks of a packet. */
struct capture_term {
    enum { CAPTURE_TERM, CAPTURE_NOT, CAPTURE_AND, CAPTURE_OR } kind;
    enum { CAPTURE_ALL, CAPTURE_NET, CAPTURE_PORTS } what;
    enum capture_side side;
    uint8_t protocol;      /* IP's number; 0: any */
    uint8_t family;        /* enum addr_family; ADDR_NONE: any */
    struct addr_block net; /* of CAPTURE_NET */
    uint16_t ports[2];     /* of CAPTURE_PORTS: from, to */
};

struct capture_filter {
    unsigned n;                                            /* 0: everything fits */
    struct capture_term terms[LIMIT_CAPTURE_FILTER_TERMS]; /* operands before what joins them */
};

/* NULL, or what is wrong with the text, a sentence; *at is then where, and the filter undefined. */
MUST_USE const char *capture_filter_read(struct capture_filter *, struct str text, size_t *at);

/* A packet by its ends; `protocol` is IP's number. */
bool capture_filter_fits(const struct capture_filter *, const struct addr *from,
                         const struct addr *to, unsigned protocol);

/* Is there such a packet in the frame, be it in a tunnel? Fragments without ports are let through,
 * as it is not known whose they are; frames without an IP packet are not. */
bool capture_filter_frame(const struct capture_filter *, const struct capture_frame *);

#endif
