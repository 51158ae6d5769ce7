/* Preconditions: their lines, the status table of an m= line, and whether it is met (RFC 3312,
 * RFC 4032). */
#include "sdp/precondition.h"

#include "lex.h"
#include "sdp/print.h"

static const struct str kinds[] = {STR_INIT("curr"), STR_INIT("des"), STR_INIT("conf")};
static const struct str strengths[] = {STR_INIT("none"), STR_INIT("optional"),
                                       STR_INIT("mandatory"), STR_INIT("failure"),
                                       STR_INIT("unknown")};
static const struct str segments[] = {STR_INIT("e2e"), STR_INIT("local"), STR_INIT("remote")};
static const struct str directions[] = {STR_INIT("none"), STR_INIT("send"), STR_INIT("recv"),
                                        STR_INIT("sendrecv")};
#define COUNT(names) (sizeof(names) / sizeof *(names))

/* --- lines --- */
static bool is_named(struct str word, const struct str *names, size_t n, unsigned *out)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(word, names[i])) {
            *out = (unsigned)i;
            return true;
        }
    return false;
}

static bool take(struct str *rest, const struct str *names, size_t n, unsigned *out)
{
    struct str word;
    return sdp_lex_word(rest, &word) && is_named(word, names, n, out);
}

bool sdp_read_precondition(const struct sdp_attribute *a, struct sdp_precondition_line *out)
{
    struct str rest = a->value;
    unsigned kind, strength = SDP_STRENGTH_NONE, segment, direction;
    if (!is_named(a->name, kinds, COUNT(kinds), &kind) || !sdp_lex_word(&rest, &out->type) ||
        !sdp_lex_is_token(out->type))
        return false;
    if (kind == SDP_DES && !take(&rest, strengths, COUNT(strengths), &strength))
        return false;
    if (!take(&rest, segments, COUNT(segments), &segment) ||
        !take(&rest, directions, COUNT(directions), &direction) || rest.len > 0)
        return false;
    out->kind = kind;
    out->strength = (enum sdp_strength)strength;
    out->segment = (enum sdp_segment)segment;
    out->direction = (enum sdp_direction)direction;
    return true;
}

static void put_word(struct buf *b, struct str word)
{
    buf_put(b, word);
    buf_put_char(b, ' ');
}

void sdp_put_precondition(struct buf *b, const struct sdp_precondition_line *line)
{
    buf_put_lit(b, "a=");
    buf_put(b, kinds[line->kind]);
    buf_put_char(b, ':');
    put_word(b, line->type);
    if (line->kind == SDP_DES)
        put_word(b, strengths[line->strength]);
    put_word(b, segments[line->segment]);
    buf_put(b, directions[line->direction]);
    buf_put_lit(b, "\r\n");
}

/* --- the table --- */
static bool is_qos(const struct sdp_precondition *row)
{
    return str_equal(row->type, STR("qos"));
}

/* NULL: there is no room for it. */
static struct sdp_precondition *row_of(struct sdp_preconditions *t, struct str type,
                                       enum sdp_segment segment)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->rows[i].segment == segment && str_equal(t->rows[i].type, type))
            return &t->rows[i];
    if (t->n == LIMIT_SDP_PRECONDITIONS) {
        t->over = true;
        return NULL;
    }
    t->rows[t->n] = (struct sdp_precondition){.type = type, .segment = segment};
    return &t->rows[t->n++];
}

/* RFC 3312 table 4 */
static enum sdp_segment segment_turned(enum sdp_segment segment)
{
    switch (segment) {
    case SDP_SEGMENT_LOCAL:
        return SDP_SEGMENT_REMOTE;
    case SDP_SEGMENT_REMOTE:
        return SDP_SEGMENT_LOCAL;
    case SDP_SEGMENT_E2E:
        break;
    }
    return SDP_SEGMENT_E2E;
}

static void desire(struct sdp_precondition *row, enum sdp_direction direction,
                   enum sdp_strength strength)
{
    if (strength > SDP_STRENGTH_MANDATORY)
        return;
    for (unsigned i = 0; i < 2; i++)
        if ((direction >> i & 1) && row->desired[i] < strength)
            row->desired[i] = strength;
}

/* Their line as we see it. */
static void take_line(struct sdp_preconditions *t, const struct sdp_precondition_line *line)
{
    struct sdp_precondition *row = row_of(t, line->type, segment_turned(line->segment));
    enum sdp_direction direction = sdp_direction_turned(line->direction);
    if (!row)
        return;
    switch (line->kind) {
    case SDP_CURR:
        row->current |= direction;
        break;
    case SDP_DES:
        desire(row, direction, line->strength);
        break;
    case SDP_CONF:
        row->confirm |= direction;
        break;
    }
}

/* RFC 3312 5.1.1: of two segments both are told. */
static void complete(struct sdp_preconditions *t)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->rows[i].segment != SDP_SEGMENT_E2E)
            (void)row_of(t, t->rows[i].type, segment_turned(t->rows[i].segment));
}

static void read_table(const struct sdp *s, struct sdp_section section, struct sdp_preconditions *t)
{
    struct sdp_attribute a;
    struct sdp_precondition_line line;
    uint32_t at = 0;
    *t = (struct sdp_preconditions){0};
    while (sdp_attribute_next(s, section, &at, &a))
        if (sdp_read_precondition(&a, &line))
            take_line(t, &line);
    complete(t);
}

/* What is there on our side of this row, whatever is said. */
static enum sdp_direction ours(const struct sdp_precondition *row)
{
    if (!is_qos(row) || row->segment == SDP_SEGMENT_REMOTE)
        return SDP_INACTIVE;
    return row->segment == SDP_SEGMENT_LOCAL ? SDP_SENDRECV : SDP_SENDONLY;
}

static enum sdp_direction mandatory(const struct sdp_precondition *row)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < 2; i++)
        if (row->desired[i] == SDP_STRENGTH_MANDATORY)
            bits |= 1U << i;
    return (enum sdp_direction)bits;
}

static enum sdp_direction missing(const struct sdp_precondition *row)
{
    return (enum sdp_direction)(mandatory(row) & ~(unsigned)row->current);
}

void sdp_preconditions_answer(const struct sdp *offer, struct sdp_section section,
                              struct sdp_preconditions *t)
{
    read_table(offer, section, t);
    for (unsigned i = 0; i < t->n; i++) {
        t->rows[i].current |= ours(&t->rows[i]);
        t->rows[i].confirm = missing(&t->rows[i]);
    }
}

void sdp_preconditions_offer(enum sdp_strength strength, const struct sdp_preconditions *known,
                             struct sdp_preconditions *t)
{
    *t = (struct sdp_preconditions){0};
    for (enum sdp_segment s = SDP_SEGMENT_LOCAL; s <= SDP_SEGMENT_REMOTE; s++) {
        struct sdp_precondition *row = row_of(t, STR("qos"), s);
        desire(row, SDP_SENDRECV, strength);
        for (unsigned i = 0; known && i < known->n; i++)
            if (known->rows[i].segment == s && is_qos(&known->rows[i]))
                row->current = known->rows[i].current;
        row->current |= ours(row);
        row->confirm = missing(row);
    }
}

void sdp_preconditions_answered(const struct sdp *answer, struct sdp_section section,
                                struct sdp_preconditions *t)
{
    read_table(answer, section, t);
    for (unsigned i = 0; i < t->n; i++) {
        struct sdp_precondition *row = &t->rows[i];
        t->owed |= (row->confirm & ours(row) & ~(unsigned)row->current) != 0;
        row->current |= ours(row);
    }
}

static void put_desired(struct buf *b, const struct sdp_precondition *row)
{
    struct sdp_precondition_line line = {SDP_DES, row->type, row->desired[0], row->segment,
                                         SDP_SENDRECV};
    if (row->desired[0] == row->desired[1]) {
        sdp_put_precondition(b, &line);
        return;
    }
    line.direction = SDP_SENDONLY;
    sdp_put_precondition(b, &line);
    line.direction = SDP_RECVONLY;
    line.strength = row->desired[1];
    sdp_put_precondition(b, &line);
}

void sdp_put_preconditions(struct buf *b, const struct sdp_preconditions *t)
{
    for (unsigned i = 0; i < t->n; i++) {
        const struct sdp_precondition *row = &t->rows[i];
        const struct sdp_precondition_line curr = {SDP_CURR, row->type, SDP_STRENGTH_NONE,
                                                   row->segment, row->current};
        sdp_put_precondition(b, &curr);
    }
    for (unsigned i = 0; i < t->n; i++)
        put_desired(b, &t->rows[i]);
    for (unsigned i = 0; i < t->n; i++) {
        const struct sdp_precondition *row = &t->rows[i];
        const struct sdp_precondition_line conf = {SDP_CONF, row->type, SDP_STRENGTH_NONE,
                                                   row->segment, row->confirm};
        if (row->confirm)
            sdp_put_precondition(b, &conf);
    }
}

/* --- what it comes to --- */
/* RFC 3312 9: what is theirs alone can be waited for. */
static bool is_impossible(const struct sdp_precondition *row)
{
    return !is_qos(row) && row->segment != SDP_SEGMENT_REMOTE && mandatory(row);
}

enum sdp_readiness sdp_preconditions_met(const struct sdp_preconditions *t)
{
    enum sdp_readiness readiness = t->over ? SDP_IMPOSSIBLE : SDP_MET;
    for (unsigned i = 0; i < t->n; i++) {
        if (is_impossible(&t->rows[i]))
            return SDP_IMPOSSIBLE;
        if (missing(&t->rows[i]) && readiness == SDP_MET)
            readiness = SDP_SUSPENDED;
    }
    return readiness;
}

enum sdp_readiness sdp_offer_readiness(const struct sdp *offer)
{
    enum sdp_readiness worst = SDP_MET;
    struct sdp_preconditions t;
    struct sdp_media media;
    for (uint32_t i = 0; i < offer->n_media; i++) {
        struct sdp_section section = sdp_media_section(offer, i);
        if (!sdp_read_media(offer->lines[section.first].value, &media) || media.port == 0)
            continue;
        sdp_preconditions_answer(offer, section, &t);
        enum sdp_readiness one = sdp_preconditions_met(&t);
        worst = one > worst ? one : worst;
    }
    return worst;
}

static void put_failed_rows(struct buf *b, const struct sdp_preconditions *t)
{
    for (unsigned i = 0; i < t->n; i++) {
        const struct sdp_precondition *row = &t->rows[i];
        struct sdp_precondition_line line = {SDP_DES, row->type, SDP_STRENGTH_UNKNOWN, row->segment,
                                             mandatory(row)};
        if (is_qos(row) && t->over)
            line.strength = SDP_STRENGTH_FAILURE;
        if ((is_impossible(row) || t->over) && line.direction)
            sdp_put_precondition(b, &line);
    }
}

void sdp_put_failure(struct buf *b, const struct sdp *offer)
{
    const struct addr nowhere = {.family = ADDR_IP4};
    struct sdp_preconditions t;
    struct sdp_media media;
    sdp_put_session(b, 0, 0, &nowhere);
    for (uint32_t i = 0; i < offer->n_media; i++) {
        struct sdp_section section = sdp_media_section(offer, i);
        if (!sdp_read_media(offer->lines[section.first].value, &media))
            continue;
        bool live = media.port != 0;
        media.port = 0;
        media.n_ports = 1;
        sdp_put_media(b, &media);
        sdp_preconditions_answer(offer, section, &t);
        if (live)
            put_failed_rows(b, &t);
    }
}
