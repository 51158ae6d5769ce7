/* What data/headers.def, methods.def and responses.def say, as tables, and the ways from a name to
 * its row. Reads no message. */
#include "tables.h"

#include "hdr_find.h"

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

const struct hdr_slot hdr_slots[1u << HDR_HASH_BITS] = {HDR_SLOTS};
const struct hdr_key hdr_keys[N_HDR] = {HDR_KEYS};
const uint8_t hdr_compact[26] = {HDR_COMPACT};

bool hdr_same_rest(enum hdr_id id, const char *name, size_t len)
{
    return str_equal_nocase(str_slice((struct str){name, len}, HDR_KEY_BYTES, len),
                            str_slice(str_from(hdr_rows[id].name), HDR_KEY_BYTES, len));
}

enum hdr_id hdr_id_of(struct str name)
{
    char padded[HDR_KEY_BYTES] = {0};
    if (name.len >= HDR_KEY_BYTES)
        return hdr_find(name.at, name.len);
    if (name.len > 0)
        memcpy(padded, name.at, name.len);
    return hdr_find(padded, name.len);
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

/* Comparisons with literals: the compiler makes each one or two words. */
enum method method_of(struct str name)
{
#define METHOD(id, flags)                                                          \
    if (name.len == sizeof(#id) - 1 && memcmp(name.at, #id, sizeof(#id) - 1) == 0) \
        return METHOD_##id;
#include "methods.def"
#undef METHOD
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
