/* Two descriptions compared by what they mean. */
#include "sdp/print.h"

static bool equal_place(const struct sdp_place *a, const struct sdp_place *b)
{
    if (a->addr.family != ADDR_NONE || b->addr.family != ADDR_NONE)
        return addr_equal_ip(&a->addr, &b->addr);
    return str_equal_nocase(a->nettype, b->nettype) && str_equal_nocase(a->addrtype, b->addrtype) &&
           str_equal_nocase(a->address, b->address);
}

static bool equal_origin(struct str a, struct str b)
{
    struct sdp_origin x, y;
    return sdp_read_origin(a, &x) && sdp_read_origin(b, &y) && str_equal(x.username, y.username) &&
           str_equal(x.id, y.id) && str_equal(x.version, y.version) &&
           equal_place(&x.place, &y.place);
}

static bool equal_time(struct str a, struct str b)
{
    struct sdp_time x, y;
    if (!sdp_read_time(a, &x) || !sdp_read_time(b, &y))
        return str_equal(a, b);
    return x.start == y.start && x.stop == y.stop;
}

static bool equal_bandwidth(struct str a, struct str b)
{
    struct sdp_bandwidth x, y;
    if (!sdp_read_bandwidth(a, &x) || !sdp_read_bandwidth(b, &y))
        return str_equal(a, b);
    return str_equal_nocase(x.type, y.type) && x.value == y.value;
}

/* Parameters of one format: each of the one is one of the other. */
static bool has_params(struct str a, struct str b)
{
    while (a.len > 0) {
        size_t semi = str_find(a, ';');
        struct str one = str_trim(str_slice(a, 0, semi)), other;
        size_t equals = str_find(one, '=');
        struct str value = str_trim(str_slice(one, equals + 1, one.len));
        a = str_slice(a, semi + 1, a.len);
        if (one.len > 0 && (!sdp_fmtp_param(b, str_trim(str_slice(one, 0, equals)), &other) ||
                            !str_equal(value, other)))
            return false;
    }
    return true;
}

static bool equal_fmtp(struct str a, struct str b)
{
    struct str x, y;
    return sdp_format_next(&a, &x) && sdp_format_next(&b, &y) && str_equal(x, y) &&
           has_params(a, b) && has_params(b, a);
}

static bool equal_attribute(struct str a, struct str b)
{
    struct sdp_attribute x, y;
    if (!sdp_read_attribute(a, &x) || !sdp_read_attribute(b, &y))
        return str_equal(a, b);
    if (!str_equal(x.name, y.name) || x.has_value != y.has_value)
        return false;
    if (str_equal(x.name, STR("fmtp")) && equal_fmtp(x.value, y.value))
        return true;
    return str_equal(x.value, y.value);
}

static bool equal_line(const struct sdp_line *a, const struct sdp_line *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case 'o':
        return equal_origin(a->value, b->value);
    case 't':
        return equal_time(a->value, b->value);
    case 'b':
        return equal_bandwidth(a->value, b->value);
    case 'a':
        return equal_attribute(a->value, b->value);
    default:
        return str_equal(a->value, b->value);
    }
}

/* A line that says by itself what it means. The others are compared by what they come to. */
static bool is_plain(const struct sdp_line *line)
{
    struct sdp_attribute a;
    enum sdp_direction direction;
    struct sdp_rtpmap map;
    if (line->type == 'm' || line->type == 'c')
        return false;
    if (line->type != 'a' || !sdp_read_attribute(line->value, &a))
        return true;
    return !sdp_direction_named(line->value, &direction) &&
           !(str_equal(a.name, STR("rtpmap")) && sdp_read_rtpmap(a.value, &map));
}

static unsigned count(const struct sdp *s, struct sdp_section section, const struct sdp_line *line)
{
    unsigned n = 0;
    for (uint32_t i = section.first; i < section.first + section.n; i++)
        n += equal_line(&s->lines[i], line);
    return n;
}

/* Each plain line of the first stands in the second as often. */
static bool has_lines(const struct sdp *a, struct sdp_section in_a, const struct sdp *b,
                      struct sdp_section in_b)
{
    for (uint32_t i = in_a.first; i < in_a.first + in_a.n; i++)
        if (is_plain(&a->lines[i]) && count(a, in_a, &a->lines[i]) != count(b, in_b, &a->lines[i]))
            return false;
    return true;
}

static bool equal_lines(const struct sdp *a, struct sdp_section in_a, const struct sdp *b,
                        struct sdp_section in_b)
{
    return has_lines(a, in_a, b, in_b) && has_lines(b, in_b, a, in_a);
}

static bool equal_connection(const struct sdp *a, struct sdp_section in_a, const struct sdp *b,
                             struct sdp_section in_b)
{
    struct sdp_connection x, y;
    bool has_x = sdp_connection_of(a, in_a, &x), has_y = sdp_connection_of(b, in_b, &y);
    if (!has_x || !has_y)
        return has_x == has_y;
    return equal_place(&x.place, &y.place) && x.ttl == y.ttl && x.count == y.count;
}

static bool equal_rtpmap(const struct sdp *a, struct sdp_section in_a, const struct sdp *b,
                         struct sdp_section in_b, struct str format)
{
    struct sdp_rtpmap x, y;
    unsigned type;
    if (!sdp_read_payload_type(format, &type))
        return true;
    bool has_x = sdp_rtpmap_of(a, in_a, type, &x), has_y = sdp_rtpmap_of(b, in_b, type, &y);
    if (!has_x || !has_y)
        return has_x == has_y;
    return str_equal_nocase(x.encoding, y.encoding) && x.clock == y.clock &&
           sdp_rtpmap_channels(&x) == sdp_rtpmap_channels(&y);
}

static bool equal_formats(const struct sdp *a, struct sdp_section in_a, const struct sdp *b,
                          struct sdp_section in_b)
{
    struct sdp_media x, y;
    struct str f, g;
    if (!sdp_read_media(a->lines[in_a.first].value, &x) ||
        !sdp_read_media(b->lines[in_b.first].value, &y))
        return false;
    if (!str_equal_nocase(x.kind, y.kind) || x.port != y.port || x.n_ports != y.n_ports ||
        !str_equal_nocase(x.proto, y.proto))
        return false;
    for (;;) {
        bool has_f = sdp_format_next(&x.formats, &f), has_g = sdp_format_next(&y.formats, &g);
        if (!has_f || !has_g)
            return has_f == has_g;
        if (!str_equal(f, g) || !equal_rtpmap(a, in_a, b, in_b, f))
            return false;
    }
}

static bool equal_media(const struct sdp *a, struct sdp_section in_a, const struct sdp *b,
                        struct sdp_section in_b)
{
    return equal_formats(a, in_a, b, in_b) && equal_connection(a, in_a, b, in_b) &&
           sdp_direction_of(a, in_a) == sdp_direction_of(b, in_b) && equal_lines(a, in_a, b, in_b);
}

bool sdp_equal(const struct sdp *a, const struct sdp *b)
{
    if (a->n_media != b->n_media || !equal_lines(a, a->session, b, b->session))
        return false;
    if (a->n_media == 0 && !equal_connection(a, a->session, b, b->session))
        return false;
    for (uint32_t i = 0; i < a->n_media; i++)
        if (!equal_media(a, a->media[i], b, b->media[i]))
            return false;
    return true;
}
