/* Two descriptions of a call beside each other: an answer and its offer (RFC 3264 6), and what one
 * side said before and says now (RFC 3264 8). */
#include "sequence.h"

struct pair {
    struct sdp a, b;
    void *space_a, *space_b;
    size_t len_a, len_b;
};

static void pair_close(const struct sequence *q, struct pair *p)
{
    if (p->space_a)
        mem_free(q->mem, p->space_a, p->len_a);
    if (p->space_b)
        mem_free(q->mem, p->space_b, p->len_b);
}

/* False: no memory, or one of them is broken; nothing is to be closed. */
static bool pair_open(const struct sequence *q, struct pair *p, struct str a, struct str b)
{
    *p = (struct pair){.len_a = sdp_space(a.len), .len_b = sdp_space(b.len)};
    p->space_a = mem_alloc(q->mem, p->len_a);
    p->space_b = mem_alloc(q->mem, p->len_b);
    if (p->space_a && p->space_b) {
        sdp_parse(&p->a, a, p->space_a, p->len_a);
        sdp_parse(&p->b, b, p->space_b, p->len_b);
        if (!p->a.broken && !p->b.broken)
            return true;
    }
    pair_close(q, p);
    return false;
}

static void note(const struct fact *f, enum lint_code code, const struct sdp *s,
                 struct sdp_section section)
{
    struct lint_sdp d = {f->found, f->m, s};
    lint_note_line(&d, code, section.n > 0 ? &s->lines[section.first] : NULL);
}

static bool have_common_word(struct str formats, struct str others)
{
    struct str format;
    for (unsigned n = 0; n < LINT_FORMATS && sdp_format_next(&formats, &format); n++)
        if (sdp_format_in(others, format))
            return true;
    return false;
}

/* Do both name a format of one encoding and clock? */
static bool have_common(const struct sdp *a, struct sdp_section sa, const struct sdp_media *ma,
                        const struct sdp *b, struct sdp_section sb, const struct sdp_media *mb)
{
    struct sdp_rtpmap x[LINT_FORMATS], y[LINT_FORMATS];
    if (!sdp_proto_is_rtp(ma->proto))
        return have_common_word(ma->formats, mb->formats);
    unsigned n_x = lint_formats(a, sa, ma, x), n_y = lint_formats(b, sb, mb, y);
    for (unsigned i = 0; i < n_x; i++)
        for (unsigned k = 0; k < n_y; k++)
            if (str_equal_nocase(x[i].encoding, y[k].encoding) && x[i].clock == y[k].clock)
                return true;
    return false;
}

/* RFC 3264 6.1: an answer takes no direction that was not offered. */
static bool direction_fits(enum sdp_direction answer, enum sdp_direction offer)
{
    return (answer & ~sdp_direction_turned(offer) & SDP_SENDRECV) == 0;
}

static void stream(const struct fact *f, const struct pair *p, uint32_t n)
{
    struct sdp_section sa = sdp_media_section(&p->a, n), sb = sdp_media_section(&p->b, n);
    struct sdp_media a, b;
    if (!sdp_read_media(p->a.lines[sa.first].value, &a) ||
        !sdp_read_media(p->b.lines[sb.first].value, &b))
        return;
    if (!str_equal(a.kind, b.kind)) {
        note(f, LINT_ANSWER_KIND, &p->a, sa);
        return;
    }
    if (a.port == 0)
        return;
    if (b.port == 0)
        note(f, LINT_ANSWER_REVIVED, &p->a, sa);
    if (!str_equal_nocase(a.proto, b.proto))
        note(f, LINT_ANSWER_TRANSPORT, &p->a, sa);
    if (!have_common(&p->a, sa, &a, &p->b, sb, &b))
        note(f, LINT_ANSWER_FORMATS, &p->a, sa);
    if (!direction_fits(sdp_direction_of(&p->a, sa), sdp_direction_of(&p->b, sb)))
        note(f, LINT_ANSWER_DIRECTION, &p->a, sa);
}

void sequence_answer(const struct sequence *q, const struct fact *answer, const struct fact *offer)
{
    struct pair p;
    if (!pair_open(q, &p, lint_description(answer->m), lint_description(offer->m)))
        return;
    if (p.a.n_media != p.b.n_media)
        note(answer, LINT_ANSWER_STREAMS, &p.a, p.a.session);
    for (uint32_t n = 0; n < p.a.n_media && n < p.b.n_media; n++)
        stream(answer, &p, n);
    pair_close(q, &p);
}

static bool origin_of(const struct sdp *s, struct sdp_origin *out)
{
    const struct sdp_line *line = sdp_line_find(s, s->session, 'o');
    return line && sdp_read_origin(line->value, out);
}

/* Without regard to how lines end. */
static bool same_lines(const struct sdp *a, const struct sdp *b)
{
    if (a->n_lines != b->n_lines)
        return false;
    for (uint32_t i = 0; i < a->n_lines; i++)
        if (a->lines[i].type != b->lines[i].type ||
            !str_equal(a->lines[i].value, b->lines[i].value))
            return false;
    return true;
}

void sequence_next(const struct sequence *q, const struct fact *next, const struct fact *last)
{
    struct pair p;
    struct sdp_origin now, before;
    if (!pair_open(q, &p, lint_description(next->m), lint_description(last->m)))
        return;
    struct lint_sdp d = {next->found, next->m, &p.a};
    const struct sdp_line *line = sdp_line_find(&p.a, p.a.session, 'o');
    if (p.a.n_media < p.b.n_media)
        note(next, LINT_OFFER_SHRUNK, &p.a, p.a.session);
    if (origin_of(&p.a, &now) && origin_of(&p.b, &before)) {
        bool same_session =
            str_equal(now.id, before.id) && str_equal(now.username, before.username);
        if (!same_session)
            lint_note_line(&d, LINT_ORIGIN_CHANGED, line);
        else if (str_equal(now.version, before.version) && !same_lines(&p.a, &p.b))
            lint_note_line(&d, LINT_ORIGIN_VERSION, line);
    }
    pair_close(q, &p);
}
