/* The values of lines taken apart (RFC 8866 5 and 9). */
#include "sdp/values.h"

#include "lex.h"

/* RFC 8866 5.7: "192.0.2.1", "224.2.1.1/127/3", "ff15::101/3" */
static void read_ip(struct sdp_place *p)
{
    struct addr a;
    p->addr = (struct addr){.family = ADDR_NONE};
    if (!str_equal_nocase(p->nettype, STR("IN")) || !addr_parse_ip(p->address, &a))
        return;
    bool ip4 = str_equal_nocase(p->addrtype, STR("IP4"));
    bool ip6 = str_equal_nocase(p->addrtype, STR("IP6"));
    if ((ip4 && a.family == ADDR_IP4) || (ip6 && a.family == ADDR_IP6))
        p->addr = a;
}

/* An address that is none of the family that it says, though it is made of digits, is malformed;
 * anything else may be a name. */
static bool is_misnamed(const struct sdp_place *p)
{
    struct addr a;
    return p->addr.family == ADDR_NONE && str_equal_nocase(p->nettype, STR("IN")) &&
           addr_parse_ip(p->address, &a);
}

static bool read_words(struct str *rest, struct sdp_place *out)
{
    if (!sdp_lex_word(rest, &out->nettype) || !sdp_lex_word(rest, &out->addrtype) ||
        !sdp_lex_word(rest, &out->address))
        return false;
    return sdp_lex_is_token(out->nettype) && sdp_lex_is_token(out->addrtype) && rest->len == 0;
}

bool sdp_read_place(struct str value, struct sdp_place *out)
{
    struct str rest = value;
    if (!read_words(&rest, out))
        return false;
    read_ip(out);
    return !is_misnamed(out);
}

bool sdp_read_origin(struct str value, struct sdp_origin *out)
{
    struct str rest = value;
    if (!sdp_lex_word(&rest, &out->username) || !sdp_lex_word(&rest, &out->id) ||
        !sdp_lex_word(&rest, &out->version))
        return false;
    return sdp_lex_is_digits(out->id) && sdp_lex_is_digits(out->version) &&
           sdp_read_place(rest, &out->place);
}

/* Takes "/number" off the end of an address: false where it is malformed. */
static bool read_suffix(struct str *rest, uint64_t least, uint64_t most, uint32_t *out)
{
    struct str digits = str_slice(*rest, 1, str_find(str_slice(*rest, 1, rest->len), '/'));
    uint64_t n;
    if (!str_to_u64(digits, most, &n) || n < least)
        return false;
    *out = (uint32_t)n;
    *rest = str_slice(*rest, 1 + digits.len, rest->len);
    return true;
}

/* RFC 8866 5.7: what stands behind a slash; IPv6 has no TTL. */
static bool read_multicast(struct str rest, struct sdp_connection *out)
{
    out->ttl = 0;
    out->count = 1;
    if (rest.len == 0)
        return true;
    if (!str_equal_nocase(out->place.addrtype, STR("IP6")) &&
        !read_suffix(&rest, 0, 255, &out->ttl))
        return false;
    if (rest.len > 0 && !read_suffix(&rest, 1, UINT16_MAX, &out->count))
        return false;
    return rest.len == 0;
}

bool sdp_read_connection(struct str value, struct sdp_connection *out)
{
    struct str rest = value;
    if (!read_words(&rest, &out->place))
        return false;
    struct str whole = out->place.address;
    size_t slash = str_find(whole, '/');
    out->place.address = str_slice(whole, 0, slash);
    read_ip(&out->place);
    if (out->place.address.len == 0 || is_misnamed(&out->place))
        return false;
    return read_multicast(str_slice(whole, slash, whole.len), out);
}

bool sdp_read_bandwidth(struct str value, struct sdp_bandwidth *out)
{
    size_t colon = str_find(value, ':');
    out->type = str_slice(value, 0, colon);
    return sdp_lex_is_token(out->type) &&
           str_to_u64(str_slice(value, colon + 1, value.len), UINT64_MAX, &out->value);
}

bool sdp_read_time(struct str value, struct sdp_time *out)
{
    struct str rest = value, start, stop;
    return sdp_lex_word(&rest, &start) && sdp_lex_word(&rest, &stop) && rest.len == 0 &&
           str_to_u64(start, UINT64_MAX, &out->start) && str_to_u64(stop, UINT64_MAX, &out->stop);
}

/* "7d", "3600", "-1h" where `negative` may be */
static bool is_typed_time(struct str s, bool negative)
{
    if (negative && s.len > 0 && s.at[0] == '-')
        s = str_slice(s, 1, s.len);
    if (s.len > 1 && memchr("dhms", s.at[s.len - 1], 4))
        s.len--;
    return sdp_lex_is_digits(s);
}

bool sdp_is_repeat(struct str value)
{
    struct str rest = value, word;
    unsigned n = 0;
    while (rest.len > 0) {
        if (!sdp_lex_word(&rest, &word) || !is_typed_time(word, false))
            return false;
        n += n < 3;
    }
    return n == 3;
}

bool sdp_is_zone(struct str value)
{
    struct str rest = value, time, offset;
    do {
        if (!sdp_lex_word(&rest, &time) || !sdp_lex_word(&rest, &offset) ||
            !sdp_lex_is_digits(time) || !is_typed_time(offset, true))
            return false;
    } while (rest.len > 0);
    return true;
}

bool sdp_is_key(struct str value)
{
    return str_equal(value, STR("prompt")) || str_starts(value, STR("clear:")) ||
           str_starts(value, STR("base64:")) || str_starts(value, STR("uri:"));
}

/* "49170", "49170/2" */
static bool read_ports(struct str word, struct sdp_media *out)
{
    size_t slash = str_find(word, '/');
    struct str port = str_slice(word, 0, slash), count = str_slice(word, slash + 1, word.len);
    uint64_t first, n = 1;
    if (!sdp_lex_is_digits(port) || (slash < word.len && !sdp_lex_is_digits(count)))
        return false;
    out->beyond = !str_to_u64(port, UINT16_MAX, &first) ||
                  (slash < word.len && !str_to_u64(count, UINT16_MAX, &n));
    if (out->beyond)
        return true;
    out->port = (uint16_t)first;
    out->n_ports = (uint16_t)n;
    out->beyond = first + n > UINT16_MAX + 1;
    return n > 0;
}

static bool is_proto(struct str s)
{
    while (s.len > 0) {
        size_t slash = str_find(s, '/');
        if (!sdp_lex_is_token(str_slice(s, 0, slash)) || slash + 1 == s.len)
            return false;
        s = str_slice(s, slash + 1, s.len);
    }
    return true;
}

static bool are_formats(struct str formats)
{
    struct str format;
    bool any = false;
    while (sdp_format_next(&formats, &format)) {
        any = true;
        if (!sdp_lex_is_visible(format))
            return false;
    }
    return any;
}

bool sdp_read_media(struct str value, struct sdp_media *out)
{
    struct str rest = value, ports;
    if (!sdp_lex_word(&rest, &out->kind) || !sdp_lex_word(&rest, &ports) ||
        !sdp_lex_word(&rest, &out->proto))
        return false;
    out->formats = rest;
    return sdp_lex_is_token(out->kind) && read_ports(ports, out) && is_proto(out->proto) &&
           are_formats(rest);
}

bool sdp_format_next(struct str *formats, struct str *format)
{
    return sdp_lex_word(formats, format);
}

bool sdp_format_in(struct str formats, struct str format)
{
    struct str one;
    while (sdp_format_next(&formats, &one))
        if (str_equal(one, format))
            return true;
    return false;
}

bool sdp_proto_is_rtp(struct str proto)
{
    while (proto.len > 0) {
        size_t slash = str_find(proto, '/');
        if (str_equal_nocase(str_slice(proto, 0, slash), STR("RTP")))
            return true;
        proto = str_slice(proto, slash + 1, proto.len);
    }
    return false;
}

bool sdp_read_payload_type(struct str format, unsigned *out)
{
    uint64_t n;
    if ((format.len > 1 && format.at[0] == '0') || !str_to_u64(format, 127, &n))
        return false;
    *out = (unsigned)n;
    return true;
}
