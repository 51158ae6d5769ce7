/* The headers of IP packets, with version 6's extension headers. Keeps nothing. */
#include "ip.h"

#include "bytes.h"

#define IP6_HEAD 40
#define EXTENSIONS_MOST 8

enum extension {
    EXT_HOP_BY_HOP = 0,
    EXT_ROUTING = 43,
    EXT_FRAGMENT = 44,
    EXT_AUTHENTICATION = 51,
    EXT_DESTINATION = 60,
    EXT_MOBILITY = 135
};

static struct addr ip_at(const char *at, uint8_t family)
{
    struct addr a = {.family = family};

    memcpy(a.ip, at, family == ADDR_IP4 ? 4 : 16);
    return a;
}

static bool read_4(struct str bytes, struct ip_packet *out)
{
    size_t head = (size_t)(get_8(bytes.at) & 0xf) * 4;

    if (head < 20 || bytes.len < head)
        return false;
    size_t len = get_16(bytes.at + 2);
    unsigned fragment = get_16(bytes.at + 6);

    if (len == 0) /* the card would have cut it into packets */
        len = bytes.len;
    if (len < head)
        return false;
    *out = (struct ip_packet){.from = ip_at(bytes.at + 12, ADDR_IP4),
                              .to = ip_at(bytes.at + 16, ADDR_IP4),
                              .protocol = get_8(bytes.at + 9),
                              .more = fragment & 0x2000,
                              .id = get_16(bytes.at + 4),
                              .offset = (fragment & 0x1fff) * 8U,
                              .missing = (uint32_t)(len > bytes.len ? len - bytes.len : 0),
                              .payload = behind(str_slice(bytes, 0, len), head)};
    out->is_fragment = out->more || out->offset > 0;
    return true;
}

static bool is_extension(unsigned type)
{
    return type == EXT_HOP_BY_HOP || type == EXT_ROUTING || type == EXT_FRAGMENT ||
           type == EXT_AUTHENTICATION || type == EXT_DESTINATION || type == EXT_MOBILITY;
}

/* RFC 8200 4.5 */
static void read_fragment(struct ip_packet *out, const char *at)
{
    out->offset = get_16(at + 2) & 0xfff8;
    out->more = get_8(at + 3) & 1;
    out->id = get_32(at + 4);
    out->is_fragment = out->more || out->offset > 0;
}

/* Steps over one extension header (RFC 8200 4). */
static bool step(struct ip_packet *out)
{
    struct str rest = out->payload;

    if (rest.len < 8)
        return false;
    size_t len = out->protocol == EXT_FRAGMENT         ? 8
                 : out->protocol == EXT_AUTHENTICATION ? (get_8(rest.at + 1) + (size_t)2) * 4
                                                       : (get_8(rest.at + 1) + (size_t)1) * 8;

    if (out->protocol == EXT_FRAGMENT)
        read_fragment(out, rest.at);
    out->protocol = get_8(rest.at);
    out->payload = behind(rest, len);
    return len <= rest.len;
}

static bool read_6(struct str bytes, struct ip_packet *out)
{
    if (bytes.len < IP6_HEAD)
        return false;
    size_t len = get_16(bytes.at + 4), have = bytes.len - IP6_HEAD;

    *out = (struct ip_packet){.from = ip_at(bytes.at + 8, ADDR_IP6),
                              .to = ip_at(bytes.at + 24, ADDR_IP6),
                              .protocol = get_8(bytes.at + 6),
                              .missing = (uint32_t)(len > have ? len - have : 0),
                              .payload = str_slice(bytes, IP6_HEAD, len ? len : bytes.len)};
    for (unsigned i = 0; i < EXTENSIONS_MOST && is_extension(out->protocol) && out->offset == 0;
         i++)
        if (!step(out))
            return false;
    return true;
}

bool ip_read(struct str bytes, struct ip_packet *out)
{
    if (bytes.len < 20)
        return false;
    unsigned version = get_8(bytes.at) >> 4;

    return version == 4 ? read_4(bytes, out) : version == 6 && read_6(bytes, out);
}
