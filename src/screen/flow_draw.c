/* The ladder on the left, the message under the cursor on the right. A row takes two lines: what
 * it is, and its arrow. */
#include "screen/flow_draw.h"

#include "screen/list_columns.h"
#include "screen/message_draw.h"

enum { TIME_COLS = 14, LEAST_LADDER = 30, LEAST_MESSAGE = 20, COLUMN_LEAST = 18, COLUMN_MOST = 32 };

int flow_message_cols(const struct screen *s)
{
    int cols = s->grid.cols, most = cols - LEAST_LADDER;
    int wanted = s->flow.message_cols ? s->flow.message_cols : cols * 2 / 5;
    if (s->flow.hides_message || most < LEAST_MESSAGE)
        return 0;
    return wanted < LEAST_MESSAGE ? LEAST_MESSAGE : wanted > most ? most : wanted;
}

struct ladder {
    struct screen *s;
    struct pane pane;
    int column_cols;
};

static int line_of(const struct ladder *l, unsigned column)
{
    return TIME_COLS + ((int)column - l->s->flow.shift) * l->column_cols + l->column_cols / 2;
}

static int column_cols(const struct screen *s, int cols)
{
    int n = (int)s->flow.rows.n_columns, each = n ? (cols - TIME_COLS) / n : COLUMN_MOST;
    return each < COLUMN_LEAST ? COLUMN_LEAST : each > COLUMN_MOST ? COLUMN_MOST : each;
}

/* Right of the times; columns count from the pane's left. */
static struct pane steps(const struct ladder *l, int *before)
{
    *before = TIME_COLS;
    return pane_part(l->pane, 0, TIME_COLS, l->pane.rows, l->pane.cols - TIME_COLS);
}

/* Where text begins in a part that begins at `col`, of which what is left of the pane is gone. */
static int cut_off(int col)
{
    return col < 0 ? col : 0;
}

static void draw_lines(const struct ladder *l)
{
    int before;
    struct pane p = steps(l, &before);
    for (unsigned i = 0; i < l->s->flow.rows.n_columns; i++) {
        char text[64];
        struct buf b;
        int at = line_of(l, i) - before, each = l->column_cols;
        buf_init(&b, text, sizeof text);
        addr_print(&b, &l->s->flow.rows.columns[i]);
        int col = at - (int)b.len / 2 < at - each / 2 ? at - each / 2 : at - (int)b.len / 2;
        struct pane head = pane_part(p, 0, col, 1, each - 1);
        (void)pane_put(head, 0, cut_off(col), screen_look(l->s, 0, SCREEN_BOLD), buf_str(&b));
        for (int row = 1; row < p.rows; row++)
            pane_line(p, row, at, 1, (struct look){0}, GLYPH_DOWN);
    }
}

static uint8_t colour_by_kind(const struct flow_row *r)
{
    if (r->stream || r->item->kind == TRACE_NOTE)
        return SCREEN_MAGENTA;
    if (r->item->status == 0)
        return SCREEN_CYAN;
    return r->item->status < 200   ? SCREEN_YELLOW
           : r->item->status < 300 ? SCREEN_GREEN
                                   : SCREEN_RED;
}

static struct look look_of(const struct screen *s, const struct flow_row *r)
{
    uint8_t colour = colour_by_kind(r);
    uint64_t number = r->item ? r->item->transaction : 0;
    if (s->flow.colours == FLOW_BY_CALL)
        number = r->call->serial;
    if (s->flow.colours != FLOW_BY_KIND)
        colour = (uint8_t)(1 + number % (SCREEN_N_COLOURS - 1));
    return screen_look(s, colour, 0);
}

static void draw_times(const struct ladder *l, int row, size_t at)
{
    const struct flow_row *r = &l->s->flow.rows.at[at];
    struct pane p = pane_part(l->pane, row, 0, 2, TIME_COLS - 1);
    char text[32];
    struct buf b;
    buf_init(&b, text, sizeof text);
    print_time(&b, r->key.at);
    (void)pane_put(p, 0, 1, (struct look){0}, buf_str(&b));
    if (at > 0)
        (void)pane_print(p, 1, 1, screen_look(l->s, SCREEN_BLUE, 0), "%+.3f",
                         ((double)r->key.at - (double)r[-1].key.at) / 1e9);
}

/* Between two columns; along one where both are the same. */
static void draw_arrow(const struct ladder *l, int row, const struct flow_row *r, struct str label,
                       struct look look)
{
    int before;
    struct pane p = steps(l, &before);
    int from = line_of(l, r->from) - before, to = line_of(l, r->to) - before;
    int left = from < to ? from : to, right = from < to ? to : from;
    if (r->from == r->to) {
        (void)pane_put(p, row, from + 2, look, label);
        (void)pane_put(p, row + 1, from + 1, look, STR("<->"));
        return;
    }
    int room = right - left - 1, used = room < (int)label.len ? room : (int)label.len;
    struct pane middle = pane_part(p, row, left + 1, 1, room);
    (void)pane_put(middle, 0, (room - used) / 2 + cut_off(left + 1), look, label);
    pane_line(p, row + 1, left + 1, room, look, r->stream ? GLYPH_DOUBLE : GLYPH_ACROSS);
    (void)pane_put(p, row + 1, from < to ? to - 1 : to + 1, look, from < to ? STR(">") : STR("<"));
}

static void draw_row(const struct ladder *l, int row, size_t at)
{
    struct screen *s = l->s;
    const struct flow_row *r = &s->flow.rows.at[at];
    struct look look = look_of(s, r);
    char text[512];
    struct buf b;
    buf_init(&b, text, sizeof text);
    row_print_label(&b, r);
    draw_times(l, row, at);
    if (r->from == FLOW_NOWHERE || r->to == FLOW_NOWHERE)
        (void)pane_put(l->pane, row, TIME_COLS, look, buf_str(&b));
    else
        draw_arrow(l, row, r, buf_str(&b), look);
    if (s->flow.marked.call && flow_rows_find(&s->flow.rows, &s->flow.marked) == r)
        (void)pane_put(l->pane, row, 0, screen_look(s, SCREEN_GREEN, SCREEN_BOLD), STR("*"));
    if (at != s->flow.cursor.at)
        return;
    pane_mark(l->pane, row, (struct look){0, SCREEN_REVERSE});
    pane_mark(l->pane, row + 1, (struct look){0, SCREEN_REVERSE});
}

static void draw_message(struct screen *s, struct pane p)
{
    char text[256];
    struct buf b;
    if (!s->flow.rows.n)
        return;
    const struct flow_row *r = &s->flow.rows.at[s->flow.cursor.at];
    for (int row = 0; row < p.rows; row++)
        pane_line(p, row, 0, 1, (struct look){0}, GLYPH_DOWN);
    p = pane_part(p, 0, 2, p.rows, p.cols - 2);
    buf_init(&b, text, sizeof text);
    row_print_title(&b, r);
    int row = message_draw(s, p, 0, buf_str(&b), 0);
    (void)message_draw(s, p, row + 1, row_text(r), 0);
}

void flow_draw(struct screen *s, struct pane p)
{
    struct flow_state *f = &s->flow;
    int message = flow_message_cols(s);
    struct ladder l = {s, pane_part(p, 0, 0, p.rows, p.cols - message), 0};
    l.column_cols = column_cols(s, l.pane.cols);
    cursor_fit(&f->cursor, f->rows.n, (p.rows - 1) / 2);
    draw_lines(&l);
    for (size_t i = 0; i < f->cursor.page && f->cursor.top + i < f->rows.n; i++)
        draw_row(&l, 1 + 2 * (int)i, f->cursor.top + i);
    if (message)
        draw_message(s, pane_part(p, 0, p.cols - message, p.rows, message));
}
