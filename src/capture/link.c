/* What stands before an IP packet in a frame. Knows no IP but its version's four bits. */
#include "link.h"

#include "bytes.h"
#include "capture/file.h"

enum ether_type {
    ETHER_IP4 = 0x0800,
    ETHER_VLAN = 0x8100,
    ETHER_IP6 = 0x86dd,
    ETHER_MPLS = 0x8847,
    ETHER_PPPOE = 0x8864,
    ETHER_PROVIDER_VLAN = 0x88a8,
    ETHER_OLD_VLAN = 0x9100,
    ETHER_PPP = 0x880b
};

#define TAGS_MOST 8 /* VLAN tags and MPLS labels of one frame */

static bool is_ip(struct str bytes, struct str *packet)
{
    unsigned version = bytes.len > 0 ? get_8(bytes.at) >> 4 : 0;

    *packet = bytes;
    return version == 4 || version == 6;
}

/* RFC 1661, RFC 1662: address and control may stand in front, the protocol may be one byte. */
static bool ppp(struct str bytes, struct str *packet)
{
    if (bytes.len >= 2 && get_16(bytes.at) == 0xff03)
        bytes = behind(bytes, 2);
    if (bytes.len < 2)
        return false;
    bool is_short = get_8(bytes.at) & 1;
    unsigned protocol = is_short ? get_8(bytes.at) : get_16(bytes.at);

    return (protocol == 0x21 || protocol == 0x57) && is_ip(behind(bytes, is_short ? 1 : 2), packet);
}

/* RFC 2516 4 */
static bool pppoe(struct str bytes, struct str *packet)
{
    return bytes.len >= 6 && ppp(behind(bytes, 6), packet);
}

static bool mpls(struct str bytes, struct str *packet)
{
    for (unsigned i = 0; i < TAGS_MOST && bytes.len >= 4; i++) {
        bool is_last = get_8(bytes.at + 2) & 1;

        bytes = behind(bytes, 4);
        if (is_last)
            return is_ip(bytes, packet);
    }
    return false;
}

bool link_payload(unsigned type, struct str bytes, struct str *packet)
{
    for (unsigned i = 0; i < TAGS_MOST; i++) {
        if (type != ETHER_VLAN && type != ETHER_PROVIDER_VLAN && type != ETHER_OLD_VLAN)
            break;
        if (bytes.len < 4)
            return false;
        type = get_16(bytes.at + 2);
        bytes = behind(bytes, 4);
    }
    switch (type) {
    case ETHER_IP4:
    case ETHER_IP6:
        return is_ip(bytes, packet);
    case ETHER_PPPOE:
        return pppoe(bytes, packet);
    case ETHER_PPP:
        return ppp(bytes, packet);
    case ETHER_MPLS:
        return mpls(bytes, packet);
    default:
        return false;
    }
}

/* The EtherType stands at `at`, what it is of at `head`. */
static bool typed(struct str frame, size_t at, size_t head, struct str *packet)
{
    return frame.len > head && link_payload(get_16(frame.at + at), behind(frame, head), packet);
}

bool link_packet(uint32_t link, struct str frame, struct str *packet)
{
    switch (link) {
    case LINK_ETHERNET:
        return typed(frame, 12, 14, packet);
    case LINK_SLL:
        return typed(frame, 14, 16, packet);
    case LINK_SLL2:
        return typed(frame, 0, 20, packet);
    case LINK_NULL: /* an address family of the capturing system, in its byte order */
    case LINK_LOOP:
        return is_ip(behind(frame, 4), packet);
    case LINK_RAW:
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_IPV4:
    case LINK_IPV6:
        return is_ip(frame, packet);
    case LINK_PPP:
    case LINK_PPP_HDLC:
        return ppp(frame, packet);
    case LINK_PPPOE:
        return pppoe(frame, packet);
    default:
        return false;
    }
}
