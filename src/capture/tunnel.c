/* What stands between an IP packet and another one around it. */
#include "tunnel.h"

#include "bytes.h"
#include "capture/file.h"
#include "link.h"

#define UDP_HEAD 8

enum gre_flag { GRE_CHECKSUM = 0x8000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000, GRE_ACK = 0x0080 };

#define GRE_ETHERNET 0x6558
#define GTP_PORT 2152
#define GTP_DATA 255
#define GTP_EXTENSIONS_MOST 8

/* RFC 2784 2, RFC 2890 2, RFC 2637 4.1 */
static bool gre(struct str bytes, struct str *inner)
{
    if (bytes.len < 4)
        return false;
    unsigned flags = get_16(bytes.at), type = get_16(bytes.at + 2);
    size_t head = 4;

    head += flags & GRE_CHECKSUM ? 4 : 0;
    head += flags & GRE_KEY ? 4 : 0;
    head += flags & GRE_SEQUENCE ? 4 : 0;
    head += flags & GRE_ACK ? 4 : 0;
    if (bytes.len < head)
        return false;
    return type == GRE_ETHERNET ? link_packet(LINK_ETHERNET, behind(bytes, head), inner)
                                : link_payload(type, behind(bytes, head), inner);
}

/* TS 29.281 5.2.1: each says its length in words, and at its end the type of the next. */
static bool gtp_extensions(struct str *rest, unsigned type)
{
    for (unsigned i = 0; i < GTP_EXTENSIONS_MOST && type != 0; i++) {
        size_t len = rest->len > 0 ? get_8(rest->at) * (size_t)4 : 0;

        if (len == 0 || len > rest->len)
            return false;
        type = get_8(rest->at + len - 1);
        *rest = behind(*rest, len);
    }
    return true;
}

/* TS 29.281 5.1 */
static bool gtp(struct str bytes, struct str *inner)
{
    if (bytes.len < 12 || (get_8(bytes.at) & 0xf0) != 0x30 || get_8(bytes.at + 1) != GTP_DATA)
        return false;
    bool has_more = get_8(bytes.at) & 7, has_extensions = get_8(bytes.at) & 4;

    *inner = behind(bytes, has_more ? 12 : 8);
    return !has_extensions || gtp_extensions(inner, get_8(bytes.at + 11));
}

bool tunnel_packet(const struct ip_packet *p, struct str *inner)
{
    switch (p->protocol) {
    case IP_IN_4:
    case IP_IN_6:
        *inner = p->payload;
        return true;
    case IP_GRE:
        return gre(p->payload, inner);
    case IP_UDP:
        return p->payload.len > UDP_HEAD && get_16(p->payload.at + 2) == GTP_PORT &&
               gtp(behind(p->payload, UDP_HEAD), inner);
    default:
        return false;
    }
}
