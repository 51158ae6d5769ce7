/* The way from a header's name to its row, inline for the parser: one perfect hash and one
 * comparison. Reads no message. */
#ifndef TANDEM_SRC_MSG_HDR_FIND_H
#define TANDEM_SRC_MSG_HDR_FIND_H

#include "base/attr.h"
#include "hdr_hash.h"
#include "hdr_key.h"
#include "lex.h"
#include "tables.h"

static inline enum hdr_id hdr_find_compact(char c)
{
    unsigned letter = (unsigned)((c | 0x20) - 'a');
    return lex_is(c, LEX_ALPHA) ? (enum hdr_id)hdr_compact[letter] : HDR_NONE;
}

/* HDR_KEY_BYTES can be read at `name`, whatever `len`. */
static inline enum hdr_id hdr_find(const char *name, size_t len)
{
    if (UNLIKELY(len <= 1))
        return len ? hdr_find_compact(*name) : HDR_NONE;
    const struct hdr_slot *slot = &hdr_slots[hdr_hash(name, len, HDR_HASH_FACTOR)];
    const struct hdr_key *key = &hdr_keys[slot->id];
    if (UNLIKELY(slot->len != len || ((hdr_load8(name) ^ key->first) & key->first_tells) != 0 ||
                 ((hdr_load8(name + 8) ^ key->second) & key->second_tells) != 0))
        return HDR_NONE;
    if (UNLIKELY(len > HDR_KEY_BYTES) && !hdr_same_rest(slot->id, name, len))
        return HDR_NONE;
    return (enum hdr_id)slot->id;
}

#endif
