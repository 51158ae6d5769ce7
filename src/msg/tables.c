/* What data/headers.def, methods.def and responses.def say, as tables, and the ways from a name to
 * its row. Reads no message. */
#include "tables.h"

#include "hdr_hash.h"
#include "lex.h"

/* The .def files say LIST, SINGLE, …; here these are the flags of tables.h. */
#define LIST HDR_LIST
#define SINGLE HDR_SINGLE
#define MANDATORY HDR_MANDATORY
#define EMPTY HDR_EMPTY

const struct hdr_row hdr_rows[N_HDR] = {
    [HDR_NONE] = {"", 0, '\0', FAMILY_TEXT, 0},
#define HEADER(id, text, compact, family, flags) \
    [HDR_##id] = {text, sizeof(text) - 1, compact[0], FAMILY_##family, flags},
#include "headers.def"
#undef HEADER
};

#undef LIST
#undef SINGLE
#undef MANDATORY
#undef EMPTY

static inline uint64_t load64(const char *at)
{
    uint64_t n;
    memcpy(&n, at, sizeof(n));
    return n;
}

static inline uint32_t load32(const char *at)
{
    uint32_t n;
    memcpy(&n, at, sizeof(n));
    return n;
}

/* A letter's 0x40 tells where the bit of case is free to differ: the row's names are letters and
 * '-' alone. */
static inline bool same8(const char *name, const char *row)
{
    uint64_t r = load64(row);
    uint64_t fold = (r & UINT64_C(0x4040404040404040)) >> 1;
    return (load64(name) | fold) == (r | fold);
}

static inline bool same4(const char *name, const char *row)
{
    uint32_t r = load32(row);
    uint32_t fold = (r & UINT32_C(0x40404040)) >> 1;
    return (load32(name) | fold) == (r | fold);
}

static inline bool same1(char name, char row)
{
    char fold = (char)((row & 0x40) >> 1);
    return (name | fold) == (row | fold);
}

/* Both have `len` bytes; words overlap at the end so that nothing behind the name is read. */
static bool same_name(const char *name, const char *row, size_t len)
{
    if (len >= 8) {
        for (size_t i = 0; i + 8 < len; i += 8)
            if (!same8(name + i, row + i))
                return false;
        return same8(name + len - 8, row + len - 8);
    }
    if (len >= 4)
        return same4(name, row) && same4(name + len - 4, row + len - 4);
    for (size_t i = 0; i < len; i++)
        if (!same1(name[i], row[i]))
            return false;
    return true;
}

static enum hdr_id compact_id(char c)
{
    unsigned letter = (unsigned)((c | 0x20) - 'a');
    return lex_is(c, LEX_ALPHA) ? (enum hdr_id)hdr_compact[letter] : HDR_NONE;
}

enum hdr_id hdr_id_of(struct str name)
{
    if (name.len <= 1)
        return name.len ? compact_id(name.at[0]) : HDR_NONE;
    unsigned id = hdr_slots[hdr_slot(hdr_key(name.at, name.len), HDR_HASH_FACTOR)];
    const struct hdr_row *row = &hdr_rows[id];
    if (row->name_len != name.len || !same_name(name.at, row->name, name.len))
        return HDR_NONE;
    return (enum hdr_id)id;
}

const char *hdr_name_of(enum hdr_id id)
{
    return (unsigned)id < N_HDR ? hdr_rows[id].name : "";
}

static const struct str methods[N_METHODS] = {
#define METHOD(name, flags) [METHOD_##name] = STR_INIT(#name),
#include "methods.def"
#undef METHOD
};

enum method method_of(struct str name)
{
    for (unsigned i = METHOD_OTHER + 1; i < N_METHODS; i++)
        if (methods[i].len == name.len && memcmp(methods[i].at, name.at, name.len) == 0)
            return (enum method)i;
    return METHOD_OTHER;
}

struct str method_name_of(enum method method)
{
    return (unsigned)method < N_METHODS ? methods[method] : STR_NONE;
}

static struct str class_reason(unsigned status)
{
    switch (status / 100) {
    case 1:
        return STR("Unknown Provisional");
    case 2:
        return STR("Unknown Success");
    case 3:
        return STR("Unknown Redirection");
    case 4:
        return STR("Unknown Request Failure");
    case 5:
        return STR("Unknown Server Failure");
    case 6:
        return STR("Unknown Global Failure");
    default:
        return STR("Unknown");
    }
}

struct str status_reason(unsigned status)
{
    switch (status) {
#define RESPONSE(code, reason) \
    case code:                 \
        return STR(reason);
#include "responses.def"
#undef RESPONSE
    default:
        return class_reason(status);
    }
}
