/* Reads the parts of a DNS message (RFC 1035 4.1): numbers, names, records. Knows no question. */
#include "resolve/wire.h"

#define POINTER 0xc0
#define LABELS_MOST 128

static uint8_t byte_at(const struct wire *w, size_t at)
{
    return (uint8_t)w->bytes.at[at];
}

static bool has(const struct wire *w, size_t n)
{
    return w->at <= w->bytes.len && n <= w->bytes.len - w->at;
}

bool wire_u16(struct wire *w, uint16_t *out)
{
    if (!has(w, 2))
        return false;
    *out = (uint16_t)(byte_at(w, w->at) << 8 | byte_at(w, w->at + 1));
    w->at += 2;
    return true;
}

bool wire_u32(struct wire *w, uint32_t *out)
{
    uint16_t high, low;
    if (!wire_u16(w, &high) || !wire_u16(w, &low))
        return false;
    *out = (uint32_t)high << 16 | low;
    return true;
}

bool wire_text(struct wire *w, struct str *out)
{
    if (!has(w, 1))
        return false;
    size_t len = byte_at(w, w->at);
    w->at++;
    if (!has(w, len))
        return false;
    *out = (struct str){w->bytes.at + w->at, len};
    w->at += len;
    return true;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* RFC 1035 2.3.3: names compare without case. */
static bool add_label(struct wire_name *name, struct str label)
{
    if (name->len + label.len + (name->len > 0) > DNS_NAME_MAX)
        return false;
    if (name->len > 0)
        name->text[name->len++] = '.';
    for (size_t i = 0; i < label.len; i++) {
        char c = label.at[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 32);
        name->odd = name->odd || !is_plain(c);
        name->text[name->len++] = c;
    }
    return true;
}

/* RFC 1035 4.1.4: a pointer leads to what was written before: each one further back than the last,
 * so that none leads in a circle. */
static bool follow(struct wire *w, size_t *least)
{
    uint16_t to;
    if (!wire_u16(w, &to))
        return false;
    to &= (uint16_t) ~(POINTER << 8);
    if (to >= *least)
        return false;
    *least = to;
    w->at = to;
    return true;
}

bool wire_name(struct wire *w, struct wire_name *out)
{
    struct wire in = *w;
    size_t least = w->at, behind = 0;
    struct str label;
    out->odd = false;
    out->len = 0;
    for (unsigned n = 0; n < LABELS_MOST; n++) {
        if (!has(&in, 1))
            return false;
        uint8_t first = byte_at(&in, in.at);
        if ((first & POINTER) == POINTER) {
            behind = behind ? behind : in.at + 2;
            if (!follow(&in, &least))
                return false;
            continue;
        }
        if ((first & POINTER) || !wire_text(&in, &label))
            return false;
        if (label.len == 0) {
            w->at = behind ? behind : in.at;
            return true;
        }
        if (!add_label(out, label))
            return false;
    }
    return false;
}

bool wire_record(struct wire *w, struct wire_name *owner, struct wire_record *r)
{
    uint16_t len;
    if (!wire_name(w, owner) || !wire_u16(w, &r->type) || !wire_u16(w, &r->class) ||
        !wire_u32(w, &r->ttl_s) || !wire_u16(w, &len) || !has(w, len))
        return false;
    r->data = w->at;
    r->end = w->at + len;
    w->at = r->end;
    /* RFC 2181 8: a number with the highest bit set is zero. */
    if (r->ttl_s > INT32_MAX)
        r->ttl_s = 0;
    return true;
}
