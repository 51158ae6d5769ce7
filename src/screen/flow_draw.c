/* The ladder on the left, the message under the cursor on the right. An arrow takes two lines: what
 * it is, and its way; a third one where descriptions are shown. A sentence takes one. */
#include "screen/flow_draw.h"

#include "screen/list_columns.h"
#include "screen/message_draw.h"

enum {
    TIME_COLS = 14,
    LEAST_LADDER = 30,
    LEAST_MESSAGE = 20,
    COLUMN_LEAST = 18,
    COLUMN_MOST = 44,
    HEAD_ROWS = 2,
    FOOT_ROWS = 2,
    LEAST_ROWS_WITH_HEAD = 6,
    LEAST_ROWS_WITH_FOOT = 12,
    LEAST_COLS_WITH_TIMES = 32
};

int flow_message_cols(const struct screen *s)
{
    int cols = s->grid.cols, most = cols - LEAST_LADDER;
    int wanted = s->flow.message_cols ? s->flow.message_cols : cols * 2 / 5;
    if (s->flow.hides_message || most < LEAST_MESSAGE)
        return 0;
    return wanted < LEAST_MESSAGE ? LEAST_MESSAGE : wanted > most ? most : wanted;
}

/* `pane` is right of the times: columns count from its left. */
struct sketch {
    struct screen *s;
    const struct trace_ladder *l;
    struct pane times, pane;
    int column_cols;
};

static bool is_arrow(const struct trace_rung *r)
{
    return r->kind == TRACE_RUNG_MESSAGE || r->kind == TRACE_RUNG_STREAM;
}

static int height_of(const struct screen *s, const struct trace_rung *r)
{
    if (!is_arrow(r))
        return 1;
    return s->flow.has_descriptions && r->media.len > 0 ? 3 : 2;
}

/* --- sides --- */

static int column_cols(const struct trace_ladder *l, int cols)
{
    int n = (int)l->n_sides, each = n ? cols / n : COLUMN_MOST;
    int least = cols < 2 * COLUMN_LEAST ? cols / 2 : COLUMN_LEAST; /* two are always there */
    each = each < least ? least : each > COLUMN_MOST ? COLUMN_MOST : each;
    return each > 1 ? each : 1;
}

static int line_of(const struct sketch *k, unsigned side)
{
    return ((int)side - k->s->flow.shift) * k->column_cols + k->column_cols / 2;
}

static void draw_centred(const struct sketch *k, int row, unsigned side, struct look look,
                         struct str text)
{
    int each = k->column_cols - 1, left = line_of(k, side) - k->column_cols / 2;
    text = str_slice(text, 0, text_fit(text, each, k->pane.grid->is_ascii));
    int cols = text_cols(text, k->pane.grid->is_ascii);
    (void)pane_put(k->pane, row, left + (each - cols + 1) / 2, look, text);
}

static void draw_side(const struct sketch *k, unsigned side)
{
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text);
    trace_side_name(&b, k->l, side);
    draw_centred(k, 0, side, screen_look(k->s, 0, SCREEN_BOLD), buf_str(&b));
    buf_init(&b, text, sizeof text);
    addr_print(&b, &k->l->sides[side].addr);
    draw_centred(k, 1, side, screen_look(k->s, SCREEN_BLUE, 0), buf_str(&b));
}

/* Which sides have streams that go on at this rung? */
static void find_media(const struct trace_ladder *l, unsigned rung, bool sides[LIMIT_TRACE_SIDES])
{
    for (unsigned i = 0; i <= rung && i < l->n_rungs; i++) {
        const struct trace_rung *r = &l->rungs[i];
        if (r->stream && r->until >= rung)
            sides[r->from] = sides[r->to] = true;
    }
}

/* Double as long as media goes from or to there. */
static void draw_lines(const struct sketch *k, int row, int rows, unsigned rung)
{
    bool media[LIMIT_TRACE_SIDES] = {false};
    find_media(k->l, rung, media);
    for (unsigned i = 0; i < k->l->n_sides; i++) {
        enum glyph glyph = media[i] ? GLYPH_DOUBLE_DOWN : GLYPH_DOWN;
        for (int n = row; n < row + rows; n++)
            pane_line(k->pane, n, line_of(k, i), 1, (struct look){0}, glyph);
    }
}

/* --- rungs --- */

static uint8_t colour_by_kind(const struct trace_rung *r)
{
    if (r->kind != TRACE_RUNG_MESSAGE)
        return SCREEN_MAGENTA;
    if (r->item->status == 0)
        return SCREEN_CYAN;
    return r->item->status < 200   ? SCREEN_YELLOW
           : r->item->status < 300 ? SCREEN_GREEN
                                   : SCREEN_RED;
}

/* As the other drawings do: what is refused is red, whatever dialog it is of. */
static uint8_t colour_by_dialog(const struct trace_rung *r)
{
    static const uint8_t colours[TRACE_COLOURS] = {SCREEN_CYAN,    SCREEN_GREEN, SCREEN_YELLOW,
                                                   SCREEN_MAGENTA, SCREEN_BLUE,  SCREEN_PLAIN};
    bool refused = r->kind == TRACE_RUNG_MESSAGE && r->item->status >= 400;
    return is_arrow(r) ? refused ? SCREEN_RED : colours[r->colour] : SCREEN_PLAIN;
}

static uint8_t colour_by_number(uint32_t number)
{
    return (uint8_t)(1 + number % (SCREEN_N_COLOURS - 1));
}

static struct look look_of(const struct screen *s, const struct trace_rung *r)
{
    switch (s->flow.colours) {
    case FLOW_BY_DIALOG:
        return screen_look(s, colour_by_dialog(r), 0);
    case FLOW_BY_CALL:
        return screen_look(s, colour_by_number(r->call), 0);
    case FLOW_BY_TRANSACTION:
        return screen_look(s, colour_by_number(r->item ? r->item->transaction : 0), 0);
    case FLOW_BY_KIND:
    case N_FLOW_COLOURS:
        break;
    }
    return screen_look(s, colour_by_kind(r), 0);
}

static void draw_times(const struct sketch *k, int row, const struct trace_rung *r)
{
    char text[32];
    struct buf b;
    buf_init(&b, text, sizeof text);
    print_time(&b, r->at);
    if (k->s->flow.counts_from_start)
        (void)pane_print(k->times, row, 1, (struct look){0}, "%12.3f",
                         (double)r->since_start / 1e9);
    else
        (void)pane_put(k->times, row, 1, (struct look){0}, buf_str(&b));
    if (is_arrow(r) && r != k->l->rungs)
        (void)pane_print(k->times, row + 1, 1, screen_look(k->s, SCREEN_BLUE, 0), "%+12.3f",
                         (double)r->since_last / 1e9);
}

/* Between its sides where there is room; else over the lines to the right, as far as there are
 * columns. */
static void draw_label(const struct sketch *k, int row, int left, int room, struct look look,
                       struct str label)
{
    int cols = text_cols(label, k->pane.grid->is_ascii);
    int col = left + (room - cols) / 2;
    if (cols > room && left + cols > k->pane.cols)
        col = k->pane.cols - cols > 0 ? k->pane.cols - cols : 0;
    else if (cols > room)
        col = left + 1;
    (void)pane_put(k->pane, row, col, look, label);
}

static void draw_arrow(const struct sketch *k, int row, const struct trace_rung *r,
                       struct str label, struct look look)
{
    int from = line_of(k, r->from), to = line_of(k, r->to);
    int left = from < to ? from : to, room = (from < to ? to - from : from - to) - 1;
    int begin = left + 1 > 0 ? left + 1 : 0; /* of what is seen of it */
    int end = left + 1 + room < k->pane.cols ? left + 1 + room : k->pane.cols;
    if (r->from == r->to) {
        (void)pane_put(k->pane, row, from + 2, look, label);
        (void)pane_put(k->pane, row + 1, from + 1, look, STR("<->"));
    } else {
        draw_label(k, row, begin, end - begin, look, label);
        pane_line(k->pane, row + 1, left + 1, room, look,
                  r->stream ? GLYPH_DOUBLE_ACROSS : GLYPH_ACROSS);
        (void)pane_put(k->pane, row + 1, from < to ? to - 1 : to + 1, look,
                       from < to ? STR(">") : STR("<"));
    }
    if (k->s->flow.has_descriptions && r->media.len > 0)
        draw_label(k, row + 2, begin, end - begin, screen_look(k->s, SCREEN_BLUE, 0), r->media);
}

static void draw_rung(const struct sketch *k, int row, unsigned at)
{
    struct screen *s = k->s;
    const struct trace_rung *r = &k->l->rungs[at];
    struct look look = look_of(s, r);
    char text[TRACE_WORDS];
    struct buf b;
    buf_init(&b, text, sizeof text - sizeof " (SDP)");
    trace_rung_label(&b, k->l, r);
    b.cap = sizeof text;
    if (r->media.len > 0 && !s->flow.has_descriptions)
        buf_put_lit(&b, " (SDP)");
    draw_times(k, row, r);
    draw_lines(k, row, height_of(s, r), at);
    if (is_arrow(r))
        draw_arrow(k, row, r, buf_str(&b), look);
    else
        (void)pane_put(k->pane, row, 0, look, buf_str(&b));
    if (s->flow.marked.call && flow_key_find(k->l, &s->flow.marked) == r)
        (void)pane_put(k->times, row, 0, screen_look(s, SCREEN_GREEN, SCREEN_BOLD), STR("*"));
    if (at != s->flow.cursor.at)
        return;
    for (int n = row; n < row + height_of(s, r); n++) {
        pane_mark(k->times, n, (struct look){0, SCREEN_REVERSE});
        pane_mark(k->pane, n, (struct look){0, SCREEN_REVERSE});
    }
}

/* --- the whole --- */

static void draw_head(const struct sketch *k)
{
    static const char *const modes[N_FLOW_COLOURS] = {[FLOW_BY_KIND] = "by kind",
                                                      [FLOW_BY_DIALOG] = "by dialog",
                                                      [FLOW_BY_CALL] = "by call",
                                                      [FLOW_BY_TRANSACTION] = "by transaction"};
    unsigned left_out = k->l->left_out + k->l->calls_left_out;
    struct look dim = screen_look(k->s, SCREEN_BLUE, 0);
    if (!k->s->is_plain)
        (void)pane_print(k->times, 0, 0, dim, "%s", modes[k->s->flow.colours]);
    if (left_out)
        (void)pane_print(k->times, 1, 0, screen_look(k->s, SCREEN_YELLOW, 0), "%u left out",
                         left_out);
    for (unsigned i = 0; i < k->l->n_sides; i++)
        draw_side(k, i);
}

/* How the call of the rung under the cursor ended. */
static void draw_foot(struct screen *s, struct pane p, const struct trace_rung *r)
{
    char text[TRACE_WORDS + 80];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_put(&b, str_slice(s->flow.ladder.calls[r->call]->call_id, 0, 64));
    buf_put_lit(&b, ": ");
    trace_call_tell(&b, &s->flow.ladder, r->call);
    struct str rest = buf_str(&b);
    for (int row = 0; row < p.rows && rest.len > 0; row++) {
        size_t fits = text_fit(rest, p.cols, p.grid->is_ascii);
        (void)pane_put(p, row, 0, screen_look(s, 0, SCREEN_BOLD), str_slice(rest, 0, fits));
        rest = str_slice(rest, fits, rest.len);
    }
}

static void draw_message(struct screen *s, struct pane p, const struct trace_rung *r)
{
    char text[RUNG_TITLE];
    struct buf b;
    for (int row = 0; row < p.rows; row++)
        pane_line(p, row, 0, 1, (struct look){0}, GLYPH_DOWN);
    p = pane_part(p, 0, 2, p.rows, p.cols - 2);
    buf_init(&b, text, sizeof text);
    rung_print_title(&b, &s->flow.ladder, r);
    int row = message_draw(s, p, 0, buf_str(&b), 0);
    (void)message_draw(s, p, row + 1, rung_text(r), 0);
}

/* The rung under the cursor is shown whole, as far as there are rows. */
static void fit(struct screen *s, int rows)
{
    struct flow_state *f = &s->flow;
    int used = 0;
    size_t top = f->cursor.at;
    f->cursor.page = rows > 3 ? (size_t)rows / 2 : 1;
    for (size_t i = f->cursor.at + 1; i-- > 0;) {
        used += height_of(s, &f->ladder.rungs[i]);
        if (used > rows)
            break;
        top = i;
    }
    if (f->cursor.top < top)
        f->cursor.top = top;
    if (f->cursor.top > f->cursor.at)
        f->cursor.top = f->cursor.at;
}

static void draw_ladder(const struct sketch *k, int head)
{
    int row = head;
    if (head)
        draw_head(k);
    for (size_t i = k->s->flow.cursor.top; i < k->l->n_rungs && row < k->pane.rows; i++) {
        draw_rung(k, row, (unsigned)i);
        row += height_of(k->s, &k->l->rungs[i]);
    }
    draw_lines(k, row, k->pane.rows - row, k->l->n_rungs);
}

void flow_draw(struct screen *s, struct pane p)
{
    const struct trace_rung *r = flow_current(s);
    int message = flow_message_cols(s), foot = p.rows < LEAST_ROWS_WITH_FOOT ? 0 : FOOT_ROWS;
    int head = p.rows < LEAST_ROWS_WITH_HEAD ? 0 : HEAD_ROWS;
    struct pane left = pane_part(p, 0, 0, p.rows - foot, p.cols - message);
    int times = left.cols < LEAST_COLS_WITH_TIMES ? 0 : TIME_COLS;
    struct sketch k = {s, &s->flow.ladder, pane_part(left, 0, 0, left.rows, times),
                       pane_part(left, 0, times, left.rows, left.cols - times), 0};
    if (!r) {
        (void)pane_put(p, 0, 0, (struct look){0}, STR("There is nothing to be shown."));
        return;
    }
    k.column_cols = column_cols(k.l, k.pane.cols);
    fit(s, left.rows - head);
    draw_ladder(&k, head);
    draw_foot(s, pane_part(p, p.rows - foot, 0, foot, p.cols - message), r);
    if (message)
        draw_message(s, pane_part(p, 0, p.cols - message, p.rows, message), r);
}
