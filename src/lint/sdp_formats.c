/* Formats of a description: payload types, clocks, packet times (RFC 3551 6, RFC 4733, RFC 8866
 * 5.14, 6.4, 6.6). Each line's grammar is sdp/'s. */
#include "rules.h"

#include "sdp/payload.h"

/* RFC 3551 6: what a static payload type is is not for a=rtpmap to say. */
static void static_type(const struct lint_sdp *d, const struct sdp_line *line,
                        const struct sdp_rtpmap *map)
{
    const struct sdp_payload *p = sdp_payload_static(map->payload_type);
    if (p && (!str_equal_nocase(p->encoding, map->encoding) || p->clock != map->clock))
        lint_note_line(d, LINT_SDP_STATIC_TYPE, line);
}

static void usual_clock(const struct lint_sdp *d, const struct sdp_line *line,
                        const struct sdp_rtpmap *map)
{
    if (!sdp_payload_static(map->payload_type) && sdp_payload_named(map->encoding, 0) &&
        !sdp_payload_named(map->encoding, map->clock) &&
        sdp_payload_named(map->encoding, 0)->clock != 0)
        lint_note_line(d, LINT_SDP_CLOCK, line);
}

static bool is_event(const struct sdp_rtpmap *map)
{
    return str_equal_nocase(map->encoding, STR("telephone-event"));
}

unsigned lint_formats(const struct sdp *s, struct sdp_section section,
                      const struct sdp_media *media, struct sdp_rtpmap out[LINT_FORMATS])
{
    struct str formats = media->formats, format;
    bool seen[LINT_FORMATS] = {false};
    unsigned type, n = 0;
    while (sdp_format_next(&formats, &format)) {
        if (!sdp_read_payload_type(format, &type) || seen[type])
            continue;
        seen[type] = true;
        n += sdp_rtpmap_of(s, section, type, &out[n]);
    }
    return n;
}

/* Events are told in the timestamps of the voice that they stand in for. */
static bool has_voice_of(const struct sdp_rtpmap *formats, unsigned n, uint32_t clock)
{
    unsigned voices = 0;
    for (unsigned i = 0; i < n; i++) {
        if (is_event(&formats[i]) || str_equal_nocase(formats[i].encoding, STR("CN")))
            continue;
        if (formats[i].clock == clock)
            return true;
        voices++;
    }
    return voices == 0;
}

static void maps(const struct lint_sdp *d, struct sdp_section section,
                 const struct sdp_media *media)
{
    struct sdp_rtpmap formats[LINT_FORMATS];
    unsigned n = lint_formats(d->s, section, media, formats);
    for (uint32_t i = section.first; i < section.first + section.n; i++) {
        const struct sdp_line *line = &d->s->lines[i];
        struct sdp_attribute a;
        struct sdp_rtpmap map;
        if (line->type != 'a' || !sdp_read_attribute(line->value, &a) ||
            !str_equal(a.name, STR("rtpmap")) || !sdp_read_rtpmap(a.value, &map))
            continue;
        static_type(d, line, &map);
        usual_clock(d, line, &map);
        if (is_event(&map) && !has_voice_of(formats, n, map.clock))
            lint_note_line(d, LINT_SDP_EVENT_CLOCK, line);
    }
}

static void twice(const struct lint_sdp *d, const struct sdp_line *line,
                  const struct sdp_media *media)
{
    struct str formats = media->formats, format;
    bool seen[LINT_FORMATS] = {false};
    unsigned type;
    while (sdp_format_next(&formats, &format)) {
        if (!sdp_read_payload_type(format, &type))
            continue;
        if (seen[type])
            lint_note_line(d, LINT_SDP_TYPE_TWICE, line);
        seen[type] = true;
    }
}

void lint_sdp_formats(const struct lint_sdp *d)
{
    for (uint32_t n = 0; n < d->s->n_media; n++) {
        struct sdp_section section = sdp_media_section(d->s, n);
        const struct sdp_line *line = &d->s->lines[section.first];
        struct sdp_media media;
        if (!sdp_read_media(line->value, &media) || !sdp_proto_is_rtp(media.proto))
            continue;
        maps(d, section, &media);
        twice(d, line, &media);
        if (sdp_maxptime(d->s, section) > 0 &&
            sdp_ptime(d->s, section) > sdp_maxptime(d->s, section))
            lint_note_line(d, LINT_SDP_PTIME, line);
    }
}
