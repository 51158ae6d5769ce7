/* Any message that can be read, with edits: what is printed is what came but for the edits, byte
 * for byte, and parses as that. The input: a number of acts, each of two bytes (what, on which
 * line), then the message. */
#include "base/limits.h"
#include "message.h"
#include "msg/print.h"

#define ACTS_MAX 24
#define TEXT_MAX 65535

enum act_kind { INSERT_BEFORE, REMOVE, SET_VALUE, SET_URI, N_ACTS };

struct act {
    enum act_kind kind;
    unsigned line; /* of the index; n_headers: the empty line, for INSERT_BEFORE alone */
    struct str text;
};

struct acts {
    size_t n;
    struct act list[ACTS_MAX];
};

static const struct str lines[] = {
    STR_INIT("Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKown\r\n"),
    STR_INIT("Record-Route: <sip:192.0.2.10;lr>\r\n"),
    STR_INIT("X: \r\n folded\r\n"),
    STR_INIT("Route: <sip:192.0.2.20;lr>, <sip:[2001:db8::1];lr>\r\n"),
};

static bool is_taken(const struct acts *acts, const struct act *act)
{
    for (size_t i = 0; i < acts->n; i++) {
        const struct act *other = &acts->list[i];
        if (act->kind == SET_URI
                ? other->kind == SET_URI
                : (other->kind == REMOVE || other->kind == SET_VALUE) && other->line == act->line)
            return true;
    }
    return false;
}

/* One place is replaced once; as much as is wanted is inserted anywhere. */
static void draw_act(struct acts *acts, const struct msg *m, struct str *input)
{
    unsigned what = draw_byte(input), line = draw_byte(input);
    struct act act = {.kind = what % N_ACTS, .line = line % (m->n_headers + 1u)};
    if (act.kind == INSERT_BEFORE)
        act.text = lines[what / N_ACTS % (sizeof lines / sizeof *lines)];
    if (act.kind == SET_VALUE || act.kind == SET_URI)
        act.text = what & 0x80 ? STR("69") : STR("sip:bob@192.0.2.2:5062;transport=udp");
    if ((act.kind == REMOVE || act.kind == SET_VALUE) && act.line == m->n_headers)
        return;
    if (act.kind == SET_URI && (!m->is_request || m->uri_text.len == 0))
        return;
    if (act.kind == INSERT_BEFORE || !is_taken(acts, &act))
        acts->list[acts->n++] = act;
}

/* Where line `i` begins; for the index's end, the empty line, which may be a lone LF. */
static uint32_t line_at(const struct msg *m, unsigned i)
{
    return i < m->n_headers ? m->headers[i].at : m->headers[i - 1].end;
}

static void add_edit(struct edits *e, const struct msg *m, const struct act *act)
{
    uint32_t uri = (uint32_t)(m->uri_text.at - m->bytes.at);
    const struct hdr *h = &m->headers[act->line];
    switch (act->kind) {
    case INSERT_BEFORE:
        edits_add(e, line_at(m, act->line), line_at(m, act->line), act->text);
        break;
    case REMOVE:
        edits_remove_header(e, h);
        break;
    case SET_VALUE:
        edits_add(e, h->value_at, h->value_at + h->value_len, act->text);
        break;
    case SET_URI:
        edits_add(e, uri, uri + (uint32_t)m->uri_text.len, act->text);
        break;
    case N_ACTS:
        assert(false);
    }
}

static struct str bytes_of(const struct msg *m, size_t from, size_t to)
{
    return str_slice(m->bytes, from, to - from);
}

/* The line as it must come out. */
static void put_line(struct buf *b, const struct msg *m, const struct acts *acts, unsigned line)
{
    const struct hdr *h = &m->headers[line];
    for (size_t i = 0; i < acts->n; i++) {
        const struct act *act = &acts->list[i];
        if (act->line != line || act->kind == INSERT_BEFORE || act->kind == SET_URI)
            continue;
        if (act->kind == REMOVE)
            return;
        buf_put(b, bytes_of(m, h->at, h->value_at));
        buf_put(b, act->text);
        buf_put(b, bytes_of(m, h->value_at + h->value_len, h->end));
        return;
    }
    buf_put(b, bytes_of(m, h->at, h->end));
}

static void put_inserted(struct buf *b, const struct acts *acts, unsigned line)
{
    for (size_t i = 0; i < acts->n; i++)
        if (acts->list[i].kind == INSERT_BEFORE && acts->list[i].line == line)
            buf_put(b, acts->list[i].text);
}

/* The start line and what else stands ahead of the first line of the index. */
static void put_start(struct buf *b, const struct msg *m, const struct acts *acts)
{
    size_t end = line_at(m, 0);
    for (size_t i = 0; i < acts->n; i++) {
        if (acts->list[i].kind != SET_URI)
            continue;
        size_t uri = (size_t)(m->uri_text.at - m->bytes.at);
        buf_put(b, bytes_of(m, 0, uri));
        buf_put(b, acts->list[i].text);
        buf_put(b, bytes_of(m, uri + m->uri_text.len, end));
        return;
    }
    buf_put(b, bytes_of(m, 0, end));
}

/* What is to come out, line by line. */
static void put_expected(struct buf *b, const struct msg *m, const struct acts *acts)
{
    put_start(b, m, acts);
    for (unsigned i = 0; i < m->n_headers; i++) {
        put_inserted(b, acts, i);
        put_line(b, m, acts, i);
        buf_put(b, bytes_of(m, m->headers[i].end, line_at(m, i + 1)));
    }
    put_inserted(b, acts, m->n_headers);
    buf_put(b, bytes_of(m, line_at(m, m->n_headers), m->bytes.len));
}

static size_t count(const struct acts *acts, enum act_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < acts->n; i++)
        n += acts->list[i].kind == kind;
    return n;
}

/* The head ends where it ended: nothing that was put in ended it. */
static void check_parsed(struct str text, const struct msg *m, const struct acts *acts)
{
    struct message x;
    message_parse(&x, text, MSG_DATAGRAM);
    struct str rest = str_slice(text, x.m.head_len, text.len);
    size_t extra = 0;
    for (size_t i = 0; i < acts->n; i++)
        extra += acts->list[i].kind == INSERT_BEFORE;
    assert(x.m.n_headers == m->n_headers + extra - count(acts, REMOVE));
    assert(str_equal(rest, bytes_of(m, m->head_len, m->bytes.len)));
    message_free(&x);
}

static void check_edited(const struct msg *m, const struct acts *acts)
{
    static char rooms[2][TEXT_MAX + 4096];
    struct edits e;
    struct buf expected, printed;
    buf_init(&expected, rooms[0], sizeof rooms[0]);
    buf_init(&printed, rooms[1], sizeof rooms[1]);
    edits_init(&e);
    for (size_t i = 0; i < acts->n; i++)
        add_edit(&e, m, &acts->list[i]);
    put_expected(&expected, m, acts);
    msg_print_edited(&printed, m, &e);
    assert(!printed.over && str_equal(buf_str(&printed), buf_str(&expected)));
    assert(msg_edited_len(m, &e) == printed.len);
    check_parsed(buf_str(&printed), m, acts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    struct acts acts = {0};
    struct message x;
    if (size > TEXT_MAX)
        return 0;
    unsigned n = draw_byte(&input) % (ACTS_MAX + 1);
    struct str drawn = str_slice(input, 0, (size_t)n * 2);
    message_parse(&x, str_slice(input, drawn.len, input.len), MSG_DATAGRAM);
    /* What is put in must leave it a message, too. */
    if (x.fault == MSG_OK && x.m.n_headers + ACTS_MAX <= LIMIT_MSG_HEADERS) {
        while (n-- > 0)
            draw_act(&acts, &x.m, &drawn);
        check_edited(&x.m, &acts);
    }
    message_free(&x);
    return 0;
}
