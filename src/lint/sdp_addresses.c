/* The addresses of a description: where media are wanted (RFC 3264 5.1, 8.4, RFC 1918). */
#include "rules.h"

/* With ICE the candidates count. */
static bool has_candidates(const struct sdp *s)
{
    struct sdp_attribute a;
    for (uint32_t n = 0; n < s->n_media; n++)
        if (sdp_attribute_find(s, sdp_media_section(s, n), STR("candidate"), &a))
            return true;
    return false;
}

void lint_sdp_addresses(const struct lint_sdp *d)
{
    for (uint32_t i = 0; i < d->s->n_lines; i++) {
        const struct sdp_line *line = &d->s->lines[i];
        struct sdp_connection c;
        if (line->type != 'c' || !sdp_read_connection(line->value, &c))
            continue;
        if (c.place.addr.family == ADDR_IP4 && addr_is_any(&c.place.addr) && !has_candidates(d->s))
            lint_note_line(d, LINT_SDP_HOLD_ADDRESS, line);
        else if (lint_is_private(&c.place.addr) && !has_candidates(d->s) && lint_came_far(d->m))
            lint_note_line(d, LINT_SDP_PRIVATE, line);
    }
}
