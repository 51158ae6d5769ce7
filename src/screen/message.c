/* Messages as lines, and what the ladder and the raw view call a row; draws nothing. */
#include "screen/message.h"

#include <stdio.h>

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

struct str row_text(const struct flow_row *r)
{
    return r->item ? r->item->text : STR_NONE;
}

static const char *transport_name(uint8_t transport)
{
    static const char *const names[] = {
        [TRANSPORT_NONE] = "",    [TRANSPORT_UDP] = "UDP", [TRANSPORT_TCP] = "TCP",
        [TRANSPORT_TLS] = "TLS",  [TRANSPORT_WS] = "WS",   [TRANSPORT_WSS] = "WSS",
        [TRANSPORT_SCTP] = "SCTP"};
    return transport < sizeof names / sizeof names[0] ? names[transport] : "";
}

static void print_ends(struct buf *b, const struct addr *from, const struct addr *to)
{
    if (from->family == ADDR_NONE)
        return;
    addr_print(b, from);
    buf_put_lit(b, " -> ");
    addr_print(b, to);
}

static void print_stream(struct buf *b, const struct trace_stream *m)
{
    char text[160];
    int n =
        snprintf(text, sizeof text, " RTP %s, %llu packets, %llu lost, jitter %.1f ms", m->codec,
                 (unsigned long long)m->packets, (unsigned long long)trace_stream_lost(m),
                 (double)trace_stream_jitter_us(m) / 1000);
    buf_put(b, (struct str){text, n > 0 ? (size_t)n : 0});
}

void row_print_title(struct buf *b, const struct flow_row *r)
{
    print_time(b, r->key.at);
    buf_put_lit(b, "  ");
    if (r->stream) {
        print_ends(b, &r->stream->from, &r->stream->to);
        print_stream(b, r->stream);
        return;
    }
    print_ends(b, &r->item->from, &r->item->to);
    if (r->item->kind == TRACE_NOTE)
        buf_put(b, str_slice(r->item->who, 0, 64));
    else
        buf_put_char(b, ' ');
    buf_put(b, str_from(transport_name(r->item->transport)));
}

static void print_note(struct buf *b, const struct trace_item *i)
{
    buf_put(b, str_slice(i->who, 0, 64));
    buf_put_lit(b, ": ");
    buf_put(b, str_slice(i->text, 0, 128));
}

static void print_message(struct buf *b, const struct trace_item *i)
{
    if (i->status) {
        buf_put_u64(b, i->status);
        buf_put_char(b, ' ');
        buf_put(b, str_slice(i->reason, 0, 128));
    } else {
        buf_put(b, str_slice(i->method_name, 0, 128));
    }
    if (i->sdp.len)
        buf_put_lit(b, " (SDP)");
    if (i->repeats) {
        buf_put_lit(b, " x");
        buf_put_u64(b, i->repeats + 1U);
    }
}

void row_print_label(struct buf *b, const struct flow_row *r)
{
    if (r->stream) {
        buf_put_lit(b, "RTP ");
        buf_put(b, str_from(r->stream->codec));
        buf_put_lit(b, " x");
        buf_put_u64(b, r->stream->packets);
    } else if (r->item->kind == TRACE_NOTE) {
        print_note(b, r->item);
    } else {
        print_message(b, r->item);
    }
}
