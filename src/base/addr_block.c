/* Blocks of addresses; knows no list of them. */
#include "base/addr_block.h"

static unsigned most_bits(const struct addr *a)
{
    return a->family == ADDR_IP4 ? 32 : 128;
}

bool addr_block_parse(struct str text, struct addr_block *out)
{
    size_t slash = str_find(text, '/');
    struct addr_block block = {0};
    uint64_t bits;

    if (!addr_parse_ip(str_slice(text, 0, slash), &block.addr))
        return false;
    bits = most_bits(&block.addr);
    if (slash < text.len && !str_to_u64(str_slice(text, slash + 1, text.len), bits, &bits))
        return false;
    block.bits = (unsigned)bits;
    *out = block;
    return true;
}

bool addr_block_has(const struct addr_block *b, const struct addr *a)
{
    unsigned whole = b->bits / 8, rest = b->bits % 8;

    if (a->family != b->addr.family || memcmp(a->ip, b->addr.ip, whole) != 0)
        return false;
    return rest == 0 || (a->ip[whole] ^ b->addr.ip[whole]) >> (8 - rest) == 0;
}

void addr_block_print(struct buf *b, const struct addr_block *block)
{
    addr_print_ip(b, &block->addr);
    if (block->bits == most_bits(&block->addr))
        return;
    buf_put_lit(b, "/");
    buf_put_u64(b, block->bits);
}
