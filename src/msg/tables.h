/* The tables of data/ as arrays for this folder: headers and methods with what their rows say. */
#ifndef TANDEM_SRC_MSG_TABLES_H
#define TANDEM_SRC_MSG_TABLES_H

#include "hdr_key.h"
#include "msg/msg.h"

enum hdr_family {
    FAMILY_TEXT, /* no decoder */
    FAMILY_VIA,
    FAMILY_NAMEADDR,
    FAMILY_CSEQ,
    FAMILY_NUMBER,
    FAMILY_TOKEN,
    FAMILY_MEDIA,
    FAMILY_CALLID,
    FAMILY_CALLID_PARAMS,
    FAMILY_AUTH,
    FAMILY_DATE,
    FAMILY_WARNING,
    FAMILY_DECIMAL,
    FAMILY_RACK,
    FAMILY_IDENTITY,
    FAMILY_PRIVACY
};

enum hdr_flags {
    HDR_LIST = 1,      /* comma separated values, any number of lines */
    HDR_SINGLE = 2,    /* one line at most */
    HDR_MANDATORY = 4, /* RFC 3261 8.1.1 */
    HDR_EMPTY = 8      /* the value may be empty */
};

struct hdr_row {
    const char *name;
    uint8_t name_len;
    char compact;   /* lower case; NUL: none */
    uint8_t family; /* enum hdr_family */
    uint8_t flags;  /* enum hdr_flags */
};

extern const struct hdr_row hdr_rows[N_HDR];

/* The names as words; the perfect hash of the names and the compact forms by letter: enum hdr_id.
 */
extern const struct hdr_key hdr_keys[N_HDR];
extern const struct hdr_slot hdr_slots[1u << HDR_HASH_BITS];
extern const uint8_t hdr_compact[26];

/* Does `name` spell the row behind HDR_KEY_BYTES as well, in any case? Both are of `len` bytes. */
bool hdr_same_rest(enum hdr_id id, const char *name, size_t len);

/* Space for typed values, 16-aligned, not zeroed. NULL: none is left. */
static inline void *msg_take_space(struct msg *m, size_t size)
{
    char *at = m->space;
    size = (size + 15) & ~(size_t)15;
    if (UNLIKELY(size > m->space_len))
        return NULL;
    m->space = at + size;
    m->space_len -= size;
    return at;
}

/* Notes a fault at its place in the order of offsets; more than MSG_MAX_ERRORS are forgotten, the
 * last ones first. The same code at the same offset is noted once. */
void msg_note(struct msg *m, enum msg_error_code code, size_t offset, enum hdr_id header);

#endif
