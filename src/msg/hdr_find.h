/* The way from a header's name to its row, inline for the parser: one perfect hash and one
 * comparison. Reads no message. */
#ifndef TANDEM_SRC_MSG_HDR_FIND_H
#define TANDEM_SRC_MSG_HDR_FIND_H

#include "hdr_hash.h"
#include "hdr_key.h"
#include "lex.h"
#include "tables.h"

/* Does `word` spell what the row does, in any case? */
static inline bool hdr_same(uint64_t word, uint64_t row)
{
    uint64_t free = hdr_case_bits(row);
    return ((word ^ row) | free) == free;
}

/* What lies between the ends of a name of more than 16 bytes. */
static inline bool hdr_same_middle(const char *name, const char *row, size_t len)
{
    for (size_t i = 8; UNLIKELY(i + 8 < len); i += 8)
        if (!hdr_same(hdr_load8(name + i), hdr_load8(row + i)))
            return false;
    return true;
}

static inline enum hdr_id hdr_find_compact(char c)
{
    unsigned letter = (unsigned)((c | 0x20) - 'a');
    return lex_is(c, LEX_ALPHA) ? (enum hdr_id)hdr_compact[letter] : HDR_NONE;
}

static inline enum hdr_id hdr_find(const char *name, size_t len)
{
    if (UNLIKELY(len <= 1))
        return len ? hdr_find_compact(*name) : HDR_NONE;
    struct hdr_ends ends = hdr_ends_of(name, len);
    unsigned id = hdr_slots[hdr_slot(ends, len, HDR_HASH_FACTOR)];
    const struct hdr_ends *row = &hdr_ends[id];
    bool same = hdr_rows[id].name_len == len && hdr_same(ends.first, row->first) &&
                hdr_same(ends.last, row->last) && hdr_same_middle(name, hdr_rows[id].name, len);
    return LIKELY(same) ? (enum hdr_id)id : HDR_NONE;
}

#endif
