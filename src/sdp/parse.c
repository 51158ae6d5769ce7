/* A description's text taken apart into lines and sections, and the list of its faults. */
#include "sdp/sdp.h"

#include "base/limits.h"
#include "check.h"

/* The shortest line that is kept is "v=" and an LF. */
#define LINE_BYTES_LEAST 3

static size_t most_lines(size_t text_len)
{
    size_t n = text_len / LINE_BYTES_LEAST + 1;
    return n < LIMIT_SDP_LINES ? n : LIMIT_SDP_LINES;
}

static size_t most_media(size_t text_len)
{
    size_t n = most_lines(text_len);
    return n < LIMIT_SDP_MEDIA ? n : LIMIT_SDP_MEDIA;
}

size_t sdp_space(size_t text_len)
{
    return most_lines(text_len) * sizeof(struct sdp_line) +
           most_media(text_len) * sizeof(struct sdp_section);
}

/* Where an odd fault can be given up for a broken one. */
static uint32_t odd_one(const struct sdp *s)
{
    uint32_t i = s->n_faults;
    while (i > 0 && sdp_fault_harm(s->faults[i - 1].code) == SDP_BROKEN)
        i--;
    return i;
}

static bool is_noted(const struct sdp *s, enum sdp_fault_code code, uint32_t line)
{
    for (uint32_t i = 0; i < s->n_faults; i++)
        if (s->faults[i].code == code && s->faults[i].line == line)
            return true;
    return false;
}

static void take_out(struct sdp *s, uint32_t at)
{
    s->n_faults--;
    memmove(&s->faults[at], &s->faults[at + 1], (s->n_faults - at) * sizeof s->faults[0]);
}

static void put_in(struct sdp *s, struct sdp_fault fault)
{
    uint32_t at = s->n_faults++;
    for (; at > 0 && s->faults[at - 1].line > fault.line; at--)
        s->faults[at] = s->faults[at - 1];
    s->faults[at] = fault;
}

void sdp_note(struct sdp *s, enum sdp_fault_code code, uint32_t line)
{
    bool broken = sdp_fault_harm(code) == SDP_BROKEN;
    s->broken |= broken;
    if (is_noted(s, code, line))
        return;
    if (s->n_faults == SDP_MAX_FAULTS) {
        uint32_t odd = odd_one(s);
        if (!broken || odd == 0)
            return;
        take_out(s, odd - 1);
    }
    put_in(s, (struct sdp_fault){code, line});
}

void sdp_note_at(struct sdp *s, enum sdp_fault_code code, const struct sdp_line *line)
{
    sdp_note(s, code, sdp_line_number(s, line));
}

/* The reading of one text. */
struct reading {
    struct sdp *s;
    struct sdp_line *lines;
    struct sdp_section *media;
    size_t most_lines, most_media;
    uint32_t number; /* of the line, from 1 */
    uint32_t empty;  /* the first of the empty lines just before; 0: none */
};

/* Takes the next line off *rest, without its end. */
static struct str next_line(struct reading *r, struct str *rest)
{
    size_t len = str_find(*rest, '\n');
    struct str line = str_slice(*rest, 0, len);
    r->number++;
    if (len == rest->len)
        sdp_note(r->s, SDP_F_NO_LINE_END, r->number);
    else if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    else
        sdp_note(r->s, SDP_F_BARE_LF, r->number);
    *rest = str_slice(*rest, len + 1, rest->len);
    return line;
}

/* RFC 8866 5: a description with a type that is not known is to be ignored as a whole. */
static bool is_line(struct reading *r, struct str line)
{
    enum sdp_fault_code fault = SDP_OK;
    if (line.len < 2 || line.at[1] != '=' || line.at[0] < 'a' || line.at[0] > 'z')
        fault = SDP_F_BAD_LINE;
    else if (!memchr("vosiuepcbtrzkam", line.at[0], 15))
        fault = SDP_F_UNKNOWN_TYPE;
    if (fault != SDP_OK)
        sdp_note(r->s, fault, r->number);
    return fault == SDP_OK;
}

static bool begin_media(struct reading *r)
{
    struct sdp *s = r->s;
    if (s->n_media == r->most_media) {
        sdp_note(s, SDP_F_TOO_MANY_MEDIA, r->number);
        return false;
    }
    r->media[s->n_media++] = (struct sdp_section){s->n_lines, 0};
    return true;
}

/* False: there is no room for it. */
static bool keep(struct reading *r, struct str line)
{
    struct sdp *s = r->s;
    if (s->n_lines == r->most_lines) {
        sdp_note(s, SDP_F_TOO_MANY_LINES, r->number);
        return false;
    }
    if (line.at[0] == 'm' && !begin_media(r))
        return false;
    struct sdp_line *kept = &r->lines[s->n_lines++];
    *kept = (struct sdp_line){str_slice(line, 2, line.len), line.at[0]};
    if (kept->value.len == 0)
        sdp_note(s, SDP_F_EMPTY_VALUE, r->number);
    if (memchr(kept->value.at, '\0', kept->value.len) ||
        memchr(kept->value.at, '\r', kept->value.len))
        sdp_note(s, SDP_F_BAD_BYTE, r->number);
    if (s->n_media > 0)
        r->media[s->n_media - 1].n++;
    else
        s->session.n++;
    return true;
}

/* Empty lines at the end are nothing, and between others odd. False: no further line is read. */
static bool take(struct reading *r, struct str line)
{
    if (line.len == 0) {
        r->empty = r->empty ? r->empty : r->number;
        return true;
    }
    if (r->empty)
        sdp_note(r->s, SDP_F_EMPTY_LINE, r->empty);
    r->empty = 0;
    return !is_line(r, line) || keep(r, line);
}

void sdp_parse(struct sdp *s, struct str text, void *space, size_t space_len)
{
    struct sdp_line *lines = space;
    size_t n = most_lines(text.len);
    *s = (struct sdp){.text = text, .lines = lines};
    if (space_len < sdp_space(text.len)) {
        sdp_note(s, SDP_F_TOO_MANY_LINES, 0);
        return;
    }
    s->media = (struct sdp_section *)(void *)(lines + n);
    struct reading r = {
        s, lines, (struct sdp_section *)(void *)(lines + n), n, most_media(text.len), 0, 0};
    for (struct str rest = text; rest.len > 0;)
        if (!take(&r, next_line(&r, &rest)))
            break;
    if (s->n_lines == 0) {
        sdp_note(s, SDP_F_EMPTY, 0);
        return;
    }
    sdp_check_order(s);
    sdp_check_values(s);
}

struct sdp_section sdp_media_section(const struct sdp *s, uint32_t n)
{
    return n < s->n_media ? s->media[n] : (struct sdp_section){0, 0};
}

const struct sdp_line *sdp_line_find(const struct sdp *s, struct sdp_section section, char type)
{
    for (uint32_t i = section.first; i < section.first + section.n; i++)
        if (s->lines[i].type == type)
            return &s->lines[i];
    return NULL;
}

uint32_t sdp_line_number(const struct sdp *s, const struct sdp_line *line)
{
    uint32_t number = 1;
    for (const char *p = s->text.at; p < line->value.at; p++)
        number += *p == '\n';
    return number;
}
