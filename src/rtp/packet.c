/* RTP packets read and written (RFC 3550 5.1, 5.3.1). */
#include "rtp/packet.h"

#include "bytes.h"

#define VERSION 2U
/* RFC 5761 4: what would be payload types 64 to 95 with the marker are RTCP's packet types. */
#define RTCP_FIRST 192U
#define RTCP_LAST 223U

bool rtp_is_either(struct str bytes)
{
    return bytes.len >= 2 && bytes_u8(bytes, 0) >> 6 == VERSION;
}

bool rtp_is_rtcp(struct str bytes)
{
    return rtp_is_either(bytes) && bytes_u8(bytes, 1) >= RTCP_FIRST &&
           bytes_u8(bytes, 1) <= RTCP_LAST;
}

/* Takes the extension off the front of the payload. */
static bool read_extension(struct rtp_packet *p)
{
    if (p->payload.len < 4)
        return false;
    size_t len = (size_t)4 * bytes_u16(p->payload, 2);
    if (len > p->payload.len - 4)
        return false;
    p->extension_profile = (uint16_t)bytes_u16(p->payload, 0);
    p->extension = str_slice(p->payload, 4, len);
    p->payload = str_slice(p->payload, 4 + len, p->payload.len);
    return true;
}

/* Takes the padding off its end: the last byte counts itself. */
static bool read_padding(struct rtp_packet *p)
{
    if (p->payload.len == 0)
        return false;
    p->padding = (uint8_t)bytes_u8(p->payload, p->payload.len - 1);
    if (p->padding == 0 || p->padding > p->payload.len)
        return false;
    p->payload.len -= p->padding;
    return true;
}

bool rtp_parse(struct str bytes, struct rtp_packet *out)
{
    if (bytes.len < RTP_HEADER_BYTES || !rtp_is_either(bytes))
        return false;
    uint32_t first = bytes_u8(bytes, 0), second = bytes_u8(bytes, 1);
    *out = (struct rtp_packet){.marker = second >> 7,
                               .payload_type = second & 0x7f,
                               .n_csrcs = first & 0xf,
                               .sequence = (uint16_t)bytes_u16(bytes, 2),
                               .timestamp = bytes_u32(bytes, 4),
                               .ssrc = bytes_u32(bytes, 8),
                               .extended = first >> 4 & 1};
    size_t head = RTP_HEADER_BYTES + (size_t)4 * out->n_csrcs;
    if (bytes.len < head)
        return false;
    for (unsigned i = 0; i < out->n_csrcs; i++)
        out->csrcs[i] = bytes_u32(bytes, RTP_HEADER_BYTES + (size_t)4 * i);
    out->payload = str_slice(bytes, head, bytes.len);
    return (!out->extended || read_extension(out)) && (!(first >> 5 & 1) || read_padding(out));
}

void rtp_print(struct buf *b, const struct rtp_packet *p)
{
    bytes_put_u8(b, VERSION << 6 | (uint32_t)(p->padding > 0) << 5 | (uint32_t)p->extended << 4 |
                        p->n_csrcs);
    bytes_put_u8(b, (uint32_t)p->marker << 7 | p->payload_type);
    bytes_put_u16(b, p->sequence);
    bytes_put_u32(b, p->timestamp);
    bytes_put_u32(b, p->ssrc);
    for (unsigned i = 0; i < p->n_csrcs; i++)
        bytes_put_u32(b, p->csrcs[i]);
    if (p->extended) {
        bytes_put_u16(b, p->extension_profile);
        bytes_put_u16(b, (uint32_t)(p->extension.len / 4));
        buf_put(b, p->extension);
    }
    buf_put(b, p->payload);
    for (unsigned i = 0; i < p->padding; i++)
        bytes_put_u8(b, i + 1 == p->padding ? p->padding : 0);
}
