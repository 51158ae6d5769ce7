/* Attributes found, and those that say how a stream flows (RFC 8866 6). */
#include "sdp/attribute.h"

#include "lex.h"

bool sdp_read_attribute(struct str value, struct sdp_attribute *out)
{
    size_t colon = str_find(value, ':');
    out->name = str_slice(value, 0, colon);
    out->has_value = colon < value.len;
    out->value = str_slice(value, colon + 1, value.len);
    return sdp_lex_is_token(out->name);
}

bool sdp_attribute_next(const struct sdp *s, struct sdp_section section, uint32_t *at,
                        struct sdp_attribute *out)
{
    while (*at < section.n) {
        const struct sdp_line *line = &s->lines[section.first + (*at)++];
        if (line->type == 'a' && sdp_read_attribute(line->value, out))
            return true;
    }
    return false;
}

bool sdp_attribute_find(const struct sdp *s, struct sdp_section section, struct str name,
                        struct sdp_attribute *out)
{
    uint32_t at = 0;
    while (sdp_attribute_next(s, section, &at, out))
        if (str_equal(out->name, name))
            return true;
    return false;
}

static unsigned milliseconds(const struct sdp *s, struct sdp_section section, struct str name)
{
    struct sdp_attribute a;
    uint64_t ms;
    if (!sdp_attribute_find(s, section, name, &a) || !str_to_u64(a.value, UINT16_MAX, &ms))
        return 0;
    return (unsigned)ms;
}

unsigned sdp_ptime(const struct sdp *s, struct sdp_section section)
{
    return milliseconds(s, section, STR("ptime"));
}

unsigned sdp_maxptime(const struct sdp *s, struct sdp_section section)
{
    return milliseconds(s, section, STR("maxptime"));
}

struct str sdp_direction_name(enum sdp_direction direction)
{
    static const struct str names[] = {STR_INIT("inactive"), STR_INIT("sendonly"),
                                       STR_INIT("recvonly"), STR_INIT("sendrecv")};
    return names[direction & SDP_SENDRECV];
}

enum sdp_direction sdp_direction_turned(enum sdp_direction direction)
{
    return (enum sdp_direction)((direction & SDP_SENDONLY) << 1 | (direction & SDP_RECVONLY) >> 1);
}

bool sdp_direction_named(struct str name, enum sdp_direction *out)
{
    for (enum sdp_direction d = SDP_INACTIVE; d <= SDP_SENDRECV; d++)
        if (str_equal(name, sdp_direction_name(d))) {
            *out = d;
            return true;
        }
    return false;
}

static bool find_direction(const struct sdp *s, struct sdp_section section, enum sdp_direction *out)
{
    struct sdp_attribute a;
    uint32_t at = 0;
    bool found = false;
    while (sdp_attribute_next(s, section, &at, &a))
        found |= !a.has_value && sdp_direction_named(a.name, out);
    return found;
}

enum sdp_direction sdp_direction_of(const struct sdp *s, struct sdp_section section)
{
    enum sdp_direction direction = SDP_SENDRECV;
    if (!find_direction(s, section, &direction))
        (void)find_direction(s, s->session, &direction);
    return direction;
}

bool sdp_connection_of(const struct sdp *s, struct sdp_section section, struct sdp_connection *out)
{
    const struct sdp_line *line = sdp_line_find(s, section, 'c');
    if (!line)
        line = sdp_line_find(s, s->session, 'c');
    return line && sdp_read_connection(line->value, out);
}

bool sdp_read_rtcp(struct str value, struct sdp_rtcp *out)
{
    struct str rest = value, word;
    uint64_t port;
    *out = (struct sdp_rtcp){0};
    if (!sdp_lex_word(&rest, &word) || !str_to_u64(word, UINT16_MAX, &port))
        return false;
    out->port = (uint16_t)port;
    return rest.len == 0 || sdp_read_place(rest, &out->place);
}
