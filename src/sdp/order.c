/* Which lines a description has, and in which order (RFC 8866 5). */
#include "check.h"
#include "sdp/values.h"

/* What belongs into a section, in its order; `once`: at most one of each. Times with their repeats
 * and zones come in groups and count as one place. */
struct plan {
    struct str types, once;
};
static const struct plan of_session = {STR_INIT("vosiuepcbtrzka"), STR_INIT("vosiuck")};
static const struct plan of_media = {STR_INIT("micbka"), STR_INIT("mik")};

static size_t place_of(const struct plan *plan, char type)
{
    return str_find(plan->types, type == 'r' || type == 'z' ? 't' : type);
}

/* RFC 8866 5.10, 5.11: r= belongs to a t= before it, z= to an r=. */
static void check_group(struct sdp *s, const struct sdp_line *line, char before)
{
    if (line->type == 'r' && before != 't' && before != 'r')
        sdp_note_at(s, SDP_F_BAD_REPEAT, line);
    if (line->type == 'z' && before != 'r')
        sdp_note_at(s, SDP_F_BAD_ZONE, line);
}

static void check_section(struct sdp *s, struct sdp_section section, const struct plan *plan)
{
    size_t reached = 0;
    uint32_t seen = 0; /* a bit for each place */
    char before = 0;
    for (uint32_t i = section.first; i < section.first + section.n; i++) {
        const struct sdp_line *line = &s->lines[i];
        size_t place = place_of(plan, line->type);
        if (place == plan->types.len) {
            sdp_note_at(s, SDP_F_MISPLACED, line);
            continue;
        }
        if (place < reached)
            sdp_note_at(s, SDP_F_ORDER, line);
        if (seen & 1U << place && str_find(plan->once, line->type) < plan->once.len)
            sdp_note_at(s, SDP_F_TWICE, line);
        check_group(s, line, before);
        reached = place > reached ? place : reached;
        seen |= 1U << place;
        before = line->type;
    }
}

/* RFC 8866 5.7: each medium has a c=, or the session has one. A stream that is refused (port 0)
 * needs none. */
static void check_connections(struct sdp *s)
{
    if (sdp_line_find(s, s->session, 'c'))
        return;
    for (uint32_t i = 0; i < s->n_media; i++) {
        const struct sdp_line *m = &s->lines[s->media[i].first];
        struct sdp_media media;
        bool refused = sdp_read_media(m->value, &media) && !media.beyond && media.port == 0;
        if (!refused && !sdp_line_find(s, s->media[i], 'c'))
            sdp_note_at(s, SDP_F_MISSING_CONNECTION, m);
    }
}

void sdp_check_order(struct sdp *s)
{
    static const struct {
        char type;
        enum sdp_fault_code missing;
    } needed[] = {
        {'o', SDP_F_MISSING_ORIGIN}, {'s', SDP_F_MISSING_NAME}, {'t', SDP_F_MISSING_TIME}};
    if (s->lines[0].type != 'v')
        sdp_note(s, SDP_F_MISSING_VERSION, 0);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!sdp_line_find(s, s->session, needed[i].type))
            sdp_note(s, needed[i].missing, 0);
    check_section(s, s->session, &of_session);
    for (uint32_t i = 0; i < s->n_media; i++)
        check_section(s, s->media[i], &of_media);
    check_connections(s);
}
