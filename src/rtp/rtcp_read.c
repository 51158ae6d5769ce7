/* Compound RTCP packets taken apart (RFC 3550 6.4 to 6.6, A.2, A.5). */
#include "rtp/rtcp.h"

#include "bytes.h"

#define VERSION 2U
#define HEADER_BYTES 4
#define BLOCK_BYTES 24
#define SENDER_BYTES 20

/* The bytes of the packet at the beginning; 0: there is no whole one. */
static size_t length_of(struct str bytes)
{
    if (bytes.len < HEADER_BYTES || bytes_u8(bytes, 0) >> 6 != VERSION)
        return 0;
    size_t len = (size_t)4 * (bytes_u16(bytes, 2) + 1);
    return len <= bytes.len ? len : 0;
}

static bool is_padded(struct str bytes)
{
    return bytes_u8(bytes, 0) >> 5 & 1;
}

/* Padding counts itself, is a multiple of four, and leaves the header alone. */
static bool is_padding(struct str bytes, size_t len)
{
    uint32_t n = bytes_u8(bytes, len - 1);
    return n > 0 && n % 4 == 0 && n <= len - HEADER_BYTES;
}

bool rtcp_is_valid(struct str bytes)
{
    if (bytes.len == 0)
        return false;
    while (bytes.len > 0) {
        size_t len = length_of(bytes);
        if (len == 0)
            return false;
        if (is_padded(bytes) && (len < bytes.len || !is_padding(bytes, len)))
            return false;
        bytes = str_slice(bytes, len, bytes.len);
    }
    return true;
}

bool rtcp_next(struct str *rest, struct rtcp_packet *out)
{
    size_t len = length_of(*rest);
    if (len == 0)
        return false;
    size_t padding = is_padded(*rest) && is_padding(*rest, len) ? bytes_u8(*rest, len - 1) : 0;
    out->type = (uint8_t)bytes_u8(*rest, 1);
    out->count = bytes_u8(*rest, 0) & 0x1f;
    out->body = str_slice(*rest, HEADER_BYTES, len - HEADER_BYTES - padding);
    *rest = str_slice(*rest, len, rest->len);
    return true;
}

/* Two's complement of 24 bits. */
static int32_t lost_of(uint32_t bits)
{
    return bits & 0x800000 ? (int32_t)bits - 0x1000000 : (int32_t)bits;
}

static struct rtcp_block read_block(struct str s)
{
    return (struct rtcp_block){.ssrc = bytes_u32(s, 0),
                               .fraction_lost = (uint8_t)bytes_u8(s, 4),
                               .lost = lost_of(bytes_u32(s, 4) & 0xffffff),
                               .highest = bytes_u32(s, 8),
                               .jitter = bytes_u32(s, 12),
                               .last_sr = bytes_u32(s, 16),
                               .delay = bytes_u32(s, 20)};
}

bool rtcp_read_report(const struct rtcp_packet *p, struct rtcp_report *out)
{
    struct str s = p->body;
    size_t at = p->type == RTCP_SR ? 4 + SENDER_BYTES : 4;
    if (s.len < at + (size_t)p->count * BLOCK_BYTES)
        return false;
    *out = (struct rtcp_report){
        .ssrc = bytes_u32(s, 0), .sender = p->type == RTCP_SR, .n_blocks = p->count};
    if (out->sender) {
        out->ntp = (uint64_t)bytes_u32(s, 4) << 32 | bytes_u32(s, 8);
        out->timestamp = bytes_u32(s, 12);
        out->packets = bytes_u32(s, 16);
        out->octets = bytes_u32(s, 20);
    }
    for (unsigned i = 0; i < out->n_blocks; i++, at += BLOCK_BYTES)
        out->blocks[i] = read_block(str_slice(s, at, BLOCK_BYTES));
    return true;
}

bool rtcp_read_bye(const struct rtcp_packet *p, uint32_t *ssrcs, struct str *reason)
{
    size_t at = (size_t)4 * p->count;
    if (p->body.len < at)
        return false;
    for (unsigned i = 0; i < p->count; i++)
        ssrcs[i] = bytes_u32(p->body, (size_t)4 * i);
    *reason = STR_NONE;
    if (at < p->body.len && bytes_u8(p->body, at) <= p->body.len - at - 1)
        *reason = str_slice(p->body, at + 1, bytes_u8(p->body, at));
    return true;
}

/* *at stands in front of an item; where a chunk ends it goes to the next one's first item. A chunk
 * is a source, its items, and zeros up to a multiple of four. */
bool rtcp_read_description(const struct rtcp_packet *p, size_t *at, struct rtcp_description *out)
{
    struct str s = p->body;
    if (*at == 0) {
        if (p->count == 0 || s.len < 4)
            return false;
        out->ssrc = bytes_u32(s, 0);
        *at = 4;
    }
    while (*at < s.len && bytes_u8(s, *at) == 0) {
        *at = (*at / 4 + 1) * 4;
        if (*at + 4 > s.len)
            return false;
        out->ssrc = bytes_u32(s, *at);
        *at += 4;
    }
    if (*at + 2 > s.len || bytes_u8(s, *at + 1) > s.len - *at - 2)
        return false;
    out->item = (uint8_t)bytes_u8(s, *at);
    out->text = str_slice(s, *at + 2, bytes_u8(s, *at + 1));
    *at += 2 + out->text.len;
    return true;
}
