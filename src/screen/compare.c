/* Two messages side by side: lines that both have stand in one row, others are marked. */
#include "screen/differ.h"
#include "screen/message_draw.h"

static const struct trace_rung *compared(const struct screen *s, unsigned i)
{
    return flow_key_find(&s->flow.ladder, &s->compared[i]);
}

/* NULL: no memory, or a message is gone. */
static struct differ *differ_of(struct screen *s)
{
    const struct trace_rung *left = compared(s, 0), *right = compared(s, 1);
    return left && right ? differ_new(s->mem, rung_text(left), rung_text(right)) : NULL;
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static void left(struct screen *s)
{
    s->compare_shift -= s->compare_shift > 0 ? 8 : 0;
}

static void right(struct screen *s)
{
    s->compare_shift += s->compare_shift < 4096 ? 8 : 0;
}

static const struct binding bindings[] = {
    {{KEY_ESCAPE, 'q', KEY_ENTER}, "Esc, q", "Back", "goes back to the ladder", screen_close},
    {{KEY_F(1), 'h', '?'}, "F1, h", "Help", "this help", help},
    {{SCREEN_LEFT}, "Left", NULL, "moves both texts", left},
    {{SCREEN_RIGHT}, "Right", "Move", "moves both texts", right},
    {.help = NULL},
};

static bool type(struct screen *s, uint32_t key)
{
    return cursor_scroll(&s->compare, key, 2 * DIFFER_LINES);
}

static void draw_line(const struct screen *s, struct pane p, int row, const struct differ_text *t,
                      uint16_t line, bool is_common, uint8_t colour)
{
    if (line == DIFFER_NONE)
        return;
    struct look l = is_common ? (struct look){0} : screen_look(s, colour, SCREEN_BOLD);
    if (!is_common)
        (void)pane_put(p, row, 0, l, STR("!"));
    struct pane text = pane_part(p, row, 2, 1, p.cols - 2);
    (void)pane_put(text, 0, -s->compare_shift, l, t->lines[line]);
}

static void draw_title(const struct screen *s, struct pane p, unsigned i)
{
    char text[RUNG_TITLE];
    struct buf b;
    buf_init(&b, text, sizeof text);
    rung_print_title(&b, &s->flow.ladder, compared(s, i));
    (void)pane_put(p, 0, 2, screen_look(s, SCREEN_YELLOW, SCREEN_BOLD), buf_str(&b));
}

static bool is_common(const struct differ *d, const struct differ_pair *pair)
{
    return pair->left != DIFFER_NONE && pair->right != DIFFER_NONE &&
           str_equal(d->left.lines[pair->left], d->right.lines[pair->right]);
}

static void draw(struct screen *s, struct pane p)
{
    int half = p.cols / 2;
    struct pane left_pane = pane_part(p, 0, 0, p.rows, half - 1);
    struct pane right_pane = pane_part(p, 0, half, p.rows, p.cols - half);
    struct differ *d = differ_of(s);
    if (!d) {
        (void)pane_put(p, 0, 0, (struct look){0}, STR("These are not there any more."));
        return;
    }
    s->compare.page = p.rows > 1 ? (size_t)p.rows - 1 : 1;
    if (s->compare.top + s->compare.page > d->n)
        s->compare.top = d->n > s->compare.page ? d->n - s->compare.page : 0;
    draw_title(s, left_pane, 0);
    draw_title(s, right_pane, 1);
    for (int row = 0; row < p.rows; row++)
        pane_line(p, row, half - 1, 1, (struct look){0}, GLYPH_DOWN);
    for (int row = 1; row < p.rows && s->compare.top + (size_t)row - 1 < d->n; row++) {
        const struct differ_pair *pair = &d->pairs[s->compare.top + (size_t)row - 1];
        bool common = is_common(d, pair);
        draw_line(s, left_pane, row, &d->left, pair->left, common, SCREEN_RED);
        draw_line(s, right_pane, row, &d->right, pair->right, common, SCREEN_GREEN);
    }
    differ_free(s->mem, d);
}

const struct view compare_view = {"Difference", bindings, type, draw};
