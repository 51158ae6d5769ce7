/* The body: its length, its type, and what it is handed to (RFC 3261 7.4, 18.3, 20.14, 20.15;
 * RFC 5621). */
#include "rules.h"

#include "msg/body.h"

#define DESCRIPTIONS 8 /* that one body has; further ones are not judged */

static bool is_type(const struct media_type *t, struct str type, struct str subtype)
{
    return t && str_equal_nocase(t->type, type) &&
           (subtype.len == 0 || str_equal_nocase(t->subtype, subtype));
}

struct str lint_description(struct msg *m)
{
    struct body b;
    body_read(m, &b);
    return b.sdp;
}

bool lint_is_unclear(struct msg *m)
{
    struct body b;
    body_read(m, &b);
    return b.status == 400 || (m->body.len > 0 && !msg_single(m, HDR_CONTENT_TYPE));
}

static bool is_start_line(struct str line)
{
    return str_starts_nocase(line, STR("SIP/2.0 ")) || str_ends_nocase(line, STR(" SIP/2.0"));
}

/* RFC 3261 18.3: bytes behind Content-Length are thrown away, often half a description. Returns the
 * body as it was meant, so that the cut is not told again at each line. */
static struct str meant(struct lint *l, const struct msg *m, struct str whole)
{
    const char *end = m->bytes.at + m->bytes.len, *last = whole.at + whole.len;
    if (!msg_header(m, HDR_CONTENT_LENGTH) || end < whole.at || end >= last)
        return m->body;
    struct str behind = str_trim((struct str){end, (size_t)(last - end)});
    if (behind.len == 0)
        return m->body;
    if (is_start_line(str_trim(str_slice(behind, 0, str_find(behind, '\n'))))) {
        lint_note(l, LINT_MESSAGE_BEHIND, (size_t)(behind.at - m->bytes.at), HDR_NONE, NULL);
        return m->body;
    }
    lint_note_header(l, m, LINT_CONTENT_CUT, HDR_CONTENT_LENGTH);
    return (struct str){m->body.at, (size_t)(last - m->body.at)};
}

static void type(struct lint *l, struct msg *m, bool cut)
{
    const struct media_type *t = msg_single(m, HDR_CONTENT_TYPE);
    struct str value;
    const struct number *told = msg_single(m, HDR_CONTENT_LENGTH);
    if (m->body.len == 0 && (!told || told->value == 0) && msg_header(m, HDR_CONTENT_TYPE))
        lint_note_header(l, m, LINT_TYPE_OF_NOTHING, HDR_CONTENT_TYPE);
    if (!is_type(t, STR("multipart"), STR_NONE) || m->body.len == 0)
        return;
    if (!params_get(t->params, STR("boundary"), &value))
        lint_note_header(l, m, LINT_NO_BOUNDARY, HDR_CONTENT_TYPE);
    else if (!cut && lint_is_unclear(m))
        lint_note_at(l, m, LINT_PARTS_UNDELIMITED, m->body, HDR_NONE);
}

static void faults(const struct lint_sdp *d)
{
    for (uint32_t i = 0; i < d->s->n_faults; i++) {
        const struct sdp_fault *f = &d->s->faults[i];
        struct str rest = d->s->text;
        for (uint32_t line = 1; line < f->line; line++)
            rest = str_slice(rest, str_find(rest, '\n') + 1, rest.len);
        lint_note(d->l, (enum lint_code)(LINT_SDP_EMPTY + (f->code - SDP_F_EMPTY)),
                  (size_t)(rest.at - d->m->bytes.at), HDR_NONE, NULL);
    }
}

void lint_note_line(const struct lint_sdp *d, enum lint_code code, const struct sdp_line *line)
{
    size_t at = line ? (size_t)(line->value.at - d->m->bytes.at) : 0;
    lint_note(d->l, code, at < 2 ? 0 : at - 2, HDR_NONE, NULL); /* where its letter stands */
}

static void description(struct lint *l, struct msg *m, struct str text, void *space,
                        size_t space_len)
{
    static lint_sdp_rule *const rules[] = {lint_sdp_formats, lint_sdp_security, lint_sdp_addresses,
                                           lint_sdp_streams};
    struct sdp s;
    struct lint_sdp d = {l, m, &s};
    sdp_parse(&s, text, space, space_len);
    faults(&d);
    for (size_t i = 0; !s.broken && i < sizeof(rules) / sizeof(rules[0]); i++)
        rules[i](&d);
}

void lint_body(struct lint *l, struct msg *m, struct str whole, struct mem *mem)
{
    struct str body = meant(l, m, whole), texts[DESCRIPTIONS];
    unsigned n = body_descriptions(m, body, texts, DESCRIPTIONS);
    type(l, m, body.len > m->body.len);
    for (unsigned i = 0; i < n; i++) {
        size_t space_len = sdp_space(texts[i].len);
        void *space = mem_alloc(mem, space_len);
        if (!space)
            return;
        description(l, m, texts[i], space, space_len);
        mem_free(mem, space, space_len);
    }
}
