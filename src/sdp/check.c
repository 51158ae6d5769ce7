/* What each line of a description says: is it well formed (RFC 8866 5, 6)? */
#include "check.h"

#include "sdp/attribute.h"

static bool is_version(struct str value)
{
    return str_equal(value, STR("0"));
}

static bool is_origin(struct str value)
{
    struct sdp_origin origin;
    return sdp_read_origin(value, &origin);
}

/* RFC 3986 4.1 allows nearly anything but spaces. */
static bool is_uri(struct str value)
{
    return str_find(value, ' ') == value.len;
}

static bool is_connection(struct str value)
{
    struct sdp_connection connection;
    return sdp_read_connection(value, &connection);
}

static bool is_bandwidth(struct str value)
{
    struct sdp_bandwidth bandwidth;
    return sdp_read_bandwidth(value, &bandwidth);
}

static bool is_time(struct str value)
{
    struct sdp_time time;
    return sdp_read_time(value, &time);
}

static bool is_attribute(struct str value)
{
    struct sdp_attribute attribute;
    return sdp_read_attribute(value, &attribute);
}

static bool is_media(struct str value)
{
    struct sdp_media media;
    return sdp_read_media(value, &media);
}

static const struct {
    char type;
    bool (*is)(struct str value);
    enum sdp_fault_code fault;
} rules[] = {
    {'v', is_version, SDP_F_BAD_VERSION},
    {'o', is_origin, SDP_F_BAD_ORIGIN},
    {'u', is_uri, SDP_F_BAD_URI},
    {'c', is_connection, SDP_F_BAD_CONNECTION},
    {'b', is_bandwidth, SDP_F_BAD_BANDWIDTH},
    {'t', is_time, SDP_F_BAD_TIME},
    {'r', sdp_is_repeat, SDP_F_BAD_REPEAT},
    {'z', sdp_is_zone, SDP_F_BAD_ZONE},
    {'k', sdp_is_key, SDP_F_BAD_KEY},
    {'a', is_attribute, SDP_F_BAD_ATTRIBUTE},
    {'m', is_media, SDP_F_BAD_MEDIA},
};

static void check_line(struct sdp *s, const struct sdp_line *line)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].type == line->type && !rules[i].is(line->value))
            sdp_note_at(s, rules[i].fault, line);
}

static void check_unicast(struct sdp *s, const struct sdp_line *line)
{
    struct sdp_connection c;
    if (line->type == 'c' && sdp_read_connection(line->value, &c) &&
        c.place.addr.family != ADDR_NONE && !addr_is_multicast(&c.place.addr) &&
        str_find(line->value, '/') < line->value.len)
        sdp_note_at(s, SDP_F_UNICAST_TTL, line);
}

/* --- the attributes that a session is made by --- */

static bool is_milliseconds(struct str value)
{
    uint64_t ms;
    return str_to_u64(value, UINT16_MAX, &ms) && ms > 0;
}

/* RFC 8866 6.13: "25", "29.97" */
static bool is_framerate(struct str value)
{
    uint64_t n;
    size_t dot = str_find(value, '.');
    return str_to_u64(str_slice(value, 0, dot), UINT32_MAX, &n) &&
           (dot == value.len || str_to_u64(str_slice(value, dot + 1, value.len), UINT64_MAX, &n));
}

static bool is_rtpmap(struct str value)
{
    struct sdp_rtpmap map;
    return sdp_read_rtpmap(value, &map);
}

/* A format, and something behind it. */
static bool is_fmtp(struct str value)
{
    struct str rest = value, format;
    return sdp_format_next(&rest, &format) && rest.len > 0;
}

static bool is_rtcp(struct str value)
{
    struct sdp_rtcp rtcp;
    return sdp_read_rtcp(value, &rtcp);
}

static const struct {
    struct str name;
    bool (*is)(struct str value);
    enum sdp_fault_code fault;
    bool of_format; /* its value begins with a format */
} attribute_rules[] = {
    {STR_INIT("rtpmap"), is_rtpmap, SDP_F_BAD_RTPMAP, true},
    {STR_INIT("fmtp"), is_fmtp, SDP_F_BAD_FMTP, true},
    {STR_INIT("ptime"), is_milliseconds, SDP_F_BAD_PTIME, false},
    {STR_INIT("maxptime"), is_milliseconds, SDP_F_BAD_PTIME, false},
    {STR_INIT("framerate"), is_framerate, SDP_F_BAD_FRAMERATE, false},
    {STR_INIT("rtcp"), is_rtcp, SDP_F_BAD_RTCP, false},
};

/* `media`: NULL for the session's attributes. */
static void check_attribute(struct sdp *s, const struct sdp_line *line,
                            const struct sdp_media *media)
{
    struct sdp_attribute a;
    struct str format;
    if (!sdp_read_attribute(line->value, &a))
        return;
    for (size_t i = 0; i < sizeof attribute_rules / sizeof attribute_rules[0]; i++) {
        if (!str_equal(attribute_rules[i].name, a.name))
            continue;
        struct str rest = a.value;
        if (!attribute_rules[i].is(a.value))
            sdp_note_at(s, attribute_rules[i].fault, line);
        else if (media && attribute_rules[i].of_format && sdp_format_next(&rest, &format) &&
                 !sdp_format_in(media->formats, format))
            sdp_note_at(s, SDP_F_FORMAT_NOT_OFFERED, line);
    }
}

static void check_attributes(struct sdp *s, struct sdp_section section,
                             const struct sdp_media *media)
{
    enum sdp_direction direction;
    bool directed = false;
    for (uint32_t i = section.first; i < section.first + section.n; i++) {
        const struct sdp_line *line = &s->lines[i];
        if (line->type != 'a')
            continue;
        check_attribute(s, line, media);
        if (!sdp_direction_named(line->value, &direction))
            continue;
        if (directed)
            sdp_note_at(s, SDP_F_TWO_DIRECTIONS, line);
        directed = true;
    }
}

/* --- media --- */

/* RFC 8866 5.14, 6.6: of RTP the formats are payload types, and it must be known what they are. */
static void check_payload_types(struct sdp *s, struct sdp_section section,
                                const struct sdp_media *media)
{
    struct str formats = media->formats, format;
    const struct sdp_line *line = &s->lines[section.first];
    struct sdp_rtpmap map;
    unsigned type;
    while (sdp_format_next(&formats, &format))
        if (!sdp_read_payload_type(format, &type))
            sdp_note_at(s, SDP_F_BAD_PAYLOAD_TYPE, line);
        else if (media->port != 0 && !sdp_rtpmap_of(s, section, type, &map))
            sdp_note_at(s, SDP_F_UNKNOWN_PAYLOAD_TYPE, line);
}

static void check_media(struct sdp *s, struct sdp_section section)
{
    const struct sdp_line *line = &s->lines[section.first];
    struct sdp_media media;
    if (!sdp_read_media(line->value, &media)) {
        check_attributes(s, section, NULL);
        return;
    }
    if (media.beyond)
        sdp_note_at(s, SDP_F_BAD_PORT, line);
    else if (sdp_proto_is_rtp(media.proto))
        check_payload_types(s, section, &media);
    check_attributes(s, section, &media);
}

void sdp_check_values(struct sdp *s)
{
    for (uint32_t i = 0; i < s->n_lines; i++) {
        check_line(s, &s->lines[i]);
        check_unicast(s, &s->lines[i]);
    }
    check_attributes(s, s->session, NULL);
    for (uint32_t i = 0; i < s->n_media; i++)
        check_media(s, s->media[i]);
}
