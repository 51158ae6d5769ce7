/* Streams of a description: ports, names, bundles (RFC 3264 5.1, RFC 5888 4, RFC 9143 7.2). */
#include "rules.h"

/* RFC 3264 5.1: the first offer of a call is no place for a stream that is not used. */
static void unused(const struct lint_sdp *d, const struct sdp_line *line)
{
    struct sdp_media media;
    if (lint_is_method(d->m, METHOD_INVITE) && !lint_has_to_tag(d->m) &&
        sdp_read_media(line->value, &media) && !media.beyond && media.port == 0)
        lint_note_line(d, LINT_SDP_PORT_ZERO, line);
}

static bool has_mid(const struct sdp *s, struct str mid, uint32_t before)
{
    struct sdp_attribute a;
    for (uint32_t n = 0; n < before; n++)
        if (sdp_attribute_find(s, sdp_media_section(s, n), STR("mid"), &a) &&
            str_equal(a.value, mid))
            return true;
    return false;
}

static void group(const struct lint_sdp *d, const struct sdp_line *line, struct str value)
{
    struct str mid;
    if (!sdp_format_next(&value, &mid)) /* its kind */
        return;
    for (unsigned n = 0; n < LIMIT_SDP_MEDIA && sdp_format_next(&value, &mid); n++)
        if (!has_mid(d->s, mid, d->s->n_media))
            lint_note_line(d, LINT_SDP_GROUP_UNKNOWN, line);
}

static void groups(const struct lint_sdp *d)
{
    for (uint32_t i = 0; i < d->s->session.n; i++) {
        const struct sdp_line *line = &d->s->lines[i];
        struct sdp_attribute a;
        if (line->type == 'a' && sdp_read_attribute(line->value, &a) &&
            str_equal(a.name, STR("group")))
            group(d, line, a.value);
    }
}

void lint_sdp_streams(const struct lint_sdp *d)
{
    for (uint32_t n = 0; n < d->s->n_media; n++) {
        struct sdp_section section = sdp_media_section(d->s, n);
        const struct sdp_line *line = &d->s->lines[section.first];
        struct sdp_attribute a;
        unused(d, line);
        if (sdp_attribute_find(d->s, section, STR("mid"), &a) && has_mid(d->s, a.value, n))
            lint_note_line(d, LINT_SDP_MID_TWICE, line);
    }
    groups(d);
}
