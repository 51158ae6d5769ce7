/* RTCP packets written (RFC 3550 6.4 to 6.6). */
#include "bytes.h"
#include "rtp/rtcp.h"

#define VERSION 2U
#define TEXT_MOST 255

static void put_header(struct buf *b, enum rtcp_type type, unsigned count, size_t body)
{
    bytes_put_u8(b, VERSION << 6 | count);
    bytes_put_u8(b, (uint32_t)type);
    bytes_put_u16(b, (uint32_t)(body / 4));
}

static void put_block(struct buf *b, const struct rtcp_block *block)
{
    bytes_put_u32(b, block->ssrc);
    bytes_put_u32(b, (uint32_t)block->fraction_lost << 24 | ((uint32_t)block->lost & 0xffffff));
    bytes_put_u32(b, block->highest);
    bytes_put_u32(b, block->jitter);
    bytes_put_u32(b, block->last_sr);
    bytes_put_u32(b, block->delay);
}

void rtcp_put_report(struct buf *b, const struct rtcp_report *r)
{
    put_header(b, r->sender ? RTCP_SR : RTCP_RR, r->n_blocks,
               (r->sender ? 24U : 4U) + (size_t)24 * r->n_blocks);
    bytes_put_u32(b, r->ssrc);
    if (r->sender) {
        bytes_put_u32(b, (uint32_t)(r->ntp >> 32));
        bytes_put_u32(b, (uint32_t)r->ntp);
        bytes_put_u32(b, r->timestamp);
        bytes_put_u32(b, r->packets);
        bytes_put_u32(b, r->octets);
    }
    for (unsigned i = 0; i < r->n_blocks; i++)
        put_block(b, &r->blocks[i]);
}

static void put_zeros(struct buf *b, size_t n)
{
    while (n-- > 0)
        bytes_put_u8(b, 0);
}

/* A text with its length before it. */
static void put_text(struct buf *b, struct str text)
{
    text = str_slice(text, 0, TEXT_MOST);
    bytes_put_u8(b, (uint32_t)text.len);
    buf_put(b, text);
}

static size_t up_to_four(size_t n)
{
    return (n + 3) / 4 * 4;
}

void rtcp_put_cname(struct buf *b, uint32_t ssrc, struct str cname)
{
    /* the source, the item's two bytes, its text, and at least one zero at the end */
    size_t used = 4 + 2 + str_slice(cname, 0, TEXT_MOST).len, body = up_to_four(used + 1);
    put_header(b, RTCP_SDES, 1, body);
    bytes_put_u32(b, ssrc);
    bytes_put_u8(b, RTCP_CNAME);
    put_text(b, cname);
    put_zeros(b, body - used);
}

void rtcp_put_bye(struct buf *b, uint32_t ssrc, struct str reason)
{
    size_t used = reason.len > 0 ? 4 + 1 + str_slice(reason, 0, TEXT_MOST).len : 4;
    size_t body = up_to_four(used);
    put_header(b, RTCP_BYE, 1, body);
    bytes_put_u32(b, ssrc);
    if (reason.len > 0)
        put_text(b, reason);
    put_zeros(b, body - used);
}
