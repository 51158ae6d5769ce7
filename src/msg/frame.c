/* Where one message ends in a stream. Keeps offsets, no bytes; of the grammar it knows lines,
 * foldings and Content-Length. RFC 3261 18.3, 7.5, RFC 5626 4.4.1. */
#include "msg/frame.h"

#include "base/limits.h"
#include "lex.h"
#include "start_line.h"

void frame_init(struct frame *f, size_t limit)
{
    *f = (struct frame){.limit = limit};
}

static void next_message(struct frame *f)
{
    f->scanned = 0;
    f->need = 0;
    f->crlf = 0;
}

/* Steps over CRLFs in front of a message. FRAME_MESSAGE: one may start at *skip. */
static enum frame_result leading_line_ends(struct frame *f, struct str data, size_t *skip)
{
    size_t at = 0;
    while (at < data.len && (data.at[at] == '\r' || data.at[at] == '\n')) {
        bool has_cr = data.at[at] == '\r', is_last = at + 1 == data.len;
        *skip = at;
        if (has_cr && (is_last || data.at[at + 1] != '\n'))
            return is_last ? FRAME_MORE : FRAME_MESSAGE;
        at += has_cr ? 2 : 1;
        if (++f->crlf == 2) {
            *skip = at;
            f->crlf = 0;
            return FRAME_PING;
        }
    }
    *skip = at;
    return at < data.len ? FRAME_MESSAGE : FRAME_MORE;
}

/* The length of the head with its empty line, 0 while that has not come. */
static size_t head_len(struct frame *f, struct str s)
{
    for (;;) {
        const char *lf = memchr(s.at + f->scanned, '\n', s.len - f->scanned);
        if (!lf) {
            f->scanned = s.len;
            return 0;
        }
        size_t at = (size_t)(lf - s.at);
        f->scanned = at;
        size_t left = s.len - at - 1;
        if (left == 0 || (left == 1 && lf[1] == '\r'))
            return 0;
        if (lf[1] == '\n')
            return at + 2;
        if (lf[1] == '\r' && lf[2] == '\n')
            return at + 3;
        f->scanned = at + 1;
    }
}

/* The header line at *at with its continuations; *at moves behind it. */
static struct str next_line(struct str head, size_t *at)
{
    size_t from = *at, end = from;
    do {
        end += str_find(str_slice(head, end, head.len), '\n') + 1;
    } while (end < head.len && lex_is(head.at[end], LEX_WS));
    *at = end;
    return str_slice(head, from, end - from);
}

struct length {
    uint64_t value;
    unsigned lines;
    bool bad;
};

static void read_line(struct length *length, struct str line)
{
    size_t colon = (size_t)(lex_find_colon(line.at, line.at + line.len) - line.at);
    if (hdr_id_of(str_trim(str_slice(line, 0, colon))) != HDR_CONTENT_LENGTH)
        return;
    length->lines++;
    if (!content_length_of(str_trim(str_slice(line, colon + 1, line.len)), &length->value))
        length->bad = true;
}

/* RFC 3261 18.3, 20.14: on a stream Content-Length must be there, once, and be a number. */
static unsigned read_length(struct frame *f, struct str head)
{
    struct length length = {0};
    size_t at = str_find(head, '\n') + 1;
    while (at < head.len)
        read_line(&length, next_line(head, &at));
    if (length.lines != 1 || length.bad)
        return 400;
    if (head.len > f->limit || length.value > f->limit - head.len)
        return 413;
    f->need = head.len + (size_t)length.value;
    return 0;
}

static unsigned read_head(struct frame *f, struct str s)
{
    size_t limit = f->limit < LIMIT_MSG_HEAD_BYTES ? f->limit : LIMIT_MSG_HEAD_BYTES;
    size_t len = head_len(f, s);
    if (len > limit || (len == 0 && s.len > limit))
        return 513;
    return len ? read_length(f, str_slice(s, 0, len)) : 0;
}

enum frame_result frame_next(struct frame *f, struct str data, size_t *skip, size_t *len,
                             unsigned *status)
{
    *skip = *len = 0;
    *status = 0;
    if (f->need == 0 && f->scanned == 0) {
        enum frame_result start = leading_line_ends(f, data, skip);
        if (start != FRAME_MESSAGE)
            return start;
    }
    struct str s = str_slice(data, *skip, data.len);
    if (f->need == 0)
        *status = read_head(f, s);
    if (*status) {
        *len = s.len;
        return FRAME_BAD;
    }
    if (f->need == 0 || s.len < f->need)
        return FRAME_MORE;
    *len = f->need;
    next_message(f);
    return FRAME_MESSAGE;
}
