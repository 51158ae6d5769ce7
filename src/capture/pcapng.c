/* PCAPNG files of ours: blocks around frames, and IP and UDP around messages. Little-endian,
 * nanoseconds. */
#include "capture/pcapng.h"

#include "bytes.h"

enum block { BLOCK_INTERFACE = 1, BLOCK_PACKET = 6 };

#define NANOSECONDS 9
#define UDP_HEAD 8
#define IP4_HEAD 20
#define IP6_HEAD 40
#define DATAGRAM_MOST 65535
#define PROTOCOL_UDP 17
#define HOPS 64

static void put_16_le(struct buf *b, unsigned n)
{
    buf_put_char(b, (char)n);
    buf_put_char(b, (char)(n >> 8));
}

static void put_32_le(struct buf *b, uint32_t n)
{
    put_16_le(b, n & 0xffff);
    put_16_le(b, n >> 16);
}

void pcapng_begin(struct pcapng_writer *w, struct buf *b)
{
    *w = (struct pcapng_writer){0};
    put_32_le(b, 0x0a0d0d0a);
    put_32_le(b, 28);
    put_32_le(b, 0x1a2b3c4d);
    put_16_le(b, 1);
    put_16_le(b, 0);
    put_32_le(b, UINT32_MAX); /* the section's length is not said */
    put_32_le(b, UINT32_MAX);
    put_32_le(b, 28);
}

static void put_interface(struct buf *b, uint32_t link)
{
    put_32_le(b, BLOCK_INTERFACE);
    put_32_le(b, 32);
    put_16_le(b, link);
    put_16_le(b, 0);
    put_32_le(b, 0);           /* frames are whole */
    put_16_le(b, NANOSECONDS); /* if_tsresol */
    put_16_le(b, 1);
    put_32_le(b, NANOSECONDS);
    put_32_le(b, 0); /* no further option */
    put_32_le(b, 32);
}

/* The interface for a link type; LIMIT_CAPTURE_INTERFACES: there are too many. */
static uint32_t interface_for(struct pcapng_writer *w, struct buf *b, uint32_t link)
{
    for (uint32_t i = 0; i < w->n_links; i++)
        if (w->links[i] == link)
            return i;
    if (w->n_links == LIMIT_CAPTURE_INTERFACES)
        return LIMIT_CAPTURE_INTERFACES;
    w->links[w->n_links] = link;
    put_interface(b, link);
    return w->n_links++;
}

static void put_packet_head(struct buf *b, uint32_t interface, int64_t at, size_t len,
                            size_t wire_len)
{
    put_32_le(b, BLOCK_PACKET);
    put_32_le(b, (uint32_t)(32 + (len + 3) / 4 * 4));
    put_32_le(b, interface);
    put_32_le(b, (uint32_t)((uint64_t)at >> 32));
    put_32_le(b, (uint32_t)at);
    put_32_le(b, (uint32_t)len);
    put_32_le(b, (uint32_t)wire_len);
}

static void put_packet_end(struct buf *b, size_t len)
{
    for (size_t i = len; i % 4 != 0; i++)
        buf_put_char(b, 0);
    put_32_le(b, (uint32_t)(32 + (len + 3) / 4 * 4));
}

bool pcapng_frame(struct pcapng_writer *w, struct buf *b, const struct capture_frame *f)
{
    uint32_t interface = interface_for(w, b, f->link);

    if (interface == LIMIT_CAPTURE_INTERFACES)
        return false;
    put_packet_head(b, interface, f->at, f->bytes.len, f->len);
    buf_put(b, f->bytes);
    put_packet_end(b, f->bytes.len);
    return true;
}

static uint32_t sum_of(uint32_t sum, struct str s)
{
    for (size_t i = 0; i + 1 < s.len; i += 2)
        sum += get_16(s.at + i);
    if (s.len % 2)
        sum += (uint32_t)get_8(s.at + s.len - 1) << 8;
    return sum;
}

/* RFC 1071 */
static unsigned checksum(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static void put_ip4(struct buf *b, const struct addr *from, const struct addr *to, size_t len)
{
    char at[IP4_HEAD];
    struct buf head;

    buf_init(&head, at, sizeof at);
    put_16(&head, 0x4500);
    put_16(&head, (unsigned)(IP4_HEAD + len));
    put_32(&head, 0x4000); /* number 0, not to be fragmented */
    put_16(&head, HOPS << 8 | PROTOCOL_UDP);
    put_16(&head, 0);
    buf_put(&head, (struct str){(const char *)from->ip, 4});
    buf_put(&head, (struct str){(const char *)to->ip, 4});
    unsigned sum = checksum(sum_of(0, buf_str(&head)));

    at[10] = (char)(sum >> 8);
    at[11] = (char)sum;
    buf_put(b, buf_str(&head));
}

static void put_ip6(struct buf *b, const struct addr *from, const struct addr *to, size_t len)
{
    put_32(b, 0x60000000);
    put_16(b, (unsigned)len);
    put_16(b, PROTOCOL_UDP << 8 | HOPS);
    buf_put(b, (struct str){(const char *)from->ip, 16});
    buf_put(b, (struct str){(const char *)to->ip, 16});
}

static void put_udp(struct buf *b, const struct addr *from, const struct addr *to,
                    struct str message)
{
    unsigned len = (unsigned)(UDP_HEAD + message.len);
    size_t ip = from->family == ADDR_IP4 ? 4 : 16;
    uint32_t sum = PROTOCOL_UDP + 2 * len + from->port + to->port;

    sum = sum_of(sum, (struct str){(const char *)from->ip, ip});
    sum = sum_of(sum, (struct str){(const char *)to->ip, ip});
    unsigned check = checksum(sum_of(sum, message));

    put_16(b, from->port);
    put_16(b, to->port);
    put_16(b, len);
    put_16(b, check ? check : 0xffff); /* RFC 768: 0 would say that there is none */
    buf_put(b, message);
}

bool pcapng_message(struct pcapng_writer *w, struct buf *b, int64_t at, const struct addr *from,
                    const struct addr *to, struct str message)
{
    bool is_4 = from->family == ADDR_IP4;
    size_t ip_head = is_4 ? IP4_HEAD : IP6_HEAD;

    if (from->family != to->family || from->family == ADDR_NONE)
        return false;
    uint32_t interface = interface_for(w, b, LINK_RAW);

    if (interface == LIMIT_CAPTURE_INTERFACES)
        return false;
    message = str_slice(message, 0, DATAGRAM_MOST - UDP_HEAD - ip_head);
    size_t len = ip_head + UDP_HEAD + message.len;

    put_packet_head(b, interface, at, len, len);
    (is_4 ? put_ip4 : put_ip6)(b, from, to, UDP_HEAD + message.len);
    put_udp(b, from, to, message);
    put_packet_end(b, len);
    return true;
}
