/* Messages as lines, and what views call a rung; draws nothing. */
#include "screen/message.h"

#include "msg/print.h"
#include "screen/list_columns.h"

void message_lines_begin(struct message_lines *m, struct str text)
{
    *m = (struct message_lines){text, MESSAGE_START, false};
}

static struct str without_cr(struct str line)
{
    return line.len && line.at[line.len - 1] == '\r' ? str_slice(line, 0, line.len - 1) : line;
}

static void turn_page(struct message_lines *m, struct str line)
{
    if (m->part == MESSAGE_START)
        m->part = MESSAGE_HEADER;
    else if (m->part == MESSAGE_HEADER && line.len == 0 && !m->goes_on)
        m->part = MESSAGE_BODY;
}

bool message_lines_next(struct message_lines *m, int cols, bool is_ascii, struct message_line *out)
{
    if (m->rest.len == 0)
        return false;
    size_t end = str_find(m->rest, '\n');
    struct str line = without_cr(str_slice(m->rest, 0, end));
    size_t fits = text_fit(line, cols > 0 ? cols : 1, is_ascii);
    *out = (struct message_line){str_slice(line, 0, fits), m->part, 0};
    if (m->part == MESSAGE_HEADER && !m->goes_on) {
        size_t colon = str_find(out->text, ':');
        out->name_len = colon < out->text.len ? colon + 1 : 0;
    }
    if (fits < line.len) {
        m->rest = str_slice(m->rest, fits, m->rest.len);
        m->goes_on = true;
        return true;
    }
    turn_page(m, line);
    m->rest = str_slice(m->rest, end + 1, m->rest.len);
    m->goes_on = false;
    return true;
}

size_t message_lines_count(struct str text, int cols, bool is_ascii)
{
    struct message_lines m;
    struct message_line line;
    size_t n = 0;
    message_lines_begin(&m, text);
    while (message_lines_next(&m, cols, is_ascii, &line))
        n++;
    return n;
}

struct str rung_text(const struct trace_rung *r)
{
    return r->item ? r->item->text : STR_NONE;
}

static void print_ends(struct buf *b, const struct addr *from, const struct addr *to)
{
    addr_print(b, from);
    buf_put_lit(b, " -> ");
    addr_print(b, to);
    buf_put_char(b, ' ');
}

void rung_print_title(struct buf *b, const struct trace_ladder *l, const struct trace_rung *r)
{
    print_time(b, r->at);
    buf_put_lit(b, "  ");
    switch (r->kind) {
    case TRACE_RUNG_MESSAGE:
        print_ends(b, &r->item->from, &r->item->to);
        buf_put(b, str_from(transport_name((enum transport)r->item->transport)));
        break;
    case TRACE_RUNG_STREAM:
        print_ends(b, &r->stream->from, &r->stream->to);
        trace_rung_label(b, l, r);
        break;
    case TRACE_RUNG_NOTE:
        buf_put(b, str_slice(r->item->who, 0, 64));
        break;
    case TRACE_RUNG_CALL:
        trace_rung_label(b, l, r);
        break;
    }
}
