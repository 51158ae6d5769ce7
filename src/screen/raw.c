/* Messages as they are, one or all of the ladder's, to be read from top to bottom. */
#include "screen/message_draw.h"

static size_t first_row(const struct screen *s)
{
    return s->raw_is_one ? s->flow.cursor.at : 0;
}

static size_t end_row(const struct screen *s)
{
    size_t at = s->flow.cursor.at;
    return s->raw_is_one && at < s->flow.ladder.n_rungs ? at + 1 : s->flow.ladder.n_rungs;
}

static struct str title(const struct screen *s, size_t at, char *text, size_t cap)
{
    struct buf b;
    buf_init(&b, text, cap);
    rung_print_title(&b, &s->flow.ladder, &s->flow.ladder.rungs[at]);
    return buf_str(&b);
}

/* Of a row: its title, its text, and an empty line. */
static size_t count(const struct screen *s, size_t at)
{
    char text[RUNG_TITLE];
    int cols = s->grid.cols;
    bool is_ascii = s->grid.is_ascii;
    return message_lines_count(title(s, at, text, sizeof text), cols, is_ascii) +
           message_lines_count(rung_text(&s->flow.ladder.rungs[at]), cols, is_ascii) + 1;
}

static size_t count_all(const struct screen *s)
{
    size_t n = 0;
    for (size_t i = first_row(s); i < end_row(s); i++)
        n += count(s, i);
    return n;
}

void raw_open(struct screen *s, bool is_one)
{
    if (!s->flow.ladder.n_rungs)
        return;
    s->raw_is_one = is_one;
    s->raw = (struct cursor){0};
    screen_open(s, &raw_view);
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static void colours(struct screen *s)
{
    s->is_plain = !s->is_plain;
}

static void pause_events(struct screen *s)
{
    s->is_paused = !s->is_paused;
}

static const struct binding bindings[] = {
    {{KEY_ESCAPE, 'q', KEY_ENTER}, "Esc, q", "Back", "goes back", screen_close},
    {{KEY_F(1), 'h', '?'}, "F1, h", "Help", "this help", help},
    {{KEY_F(2), 's'}, "F2, s", "Save", "saves the calls into a file", save_open},
    {{KEY_F(8), 'C', 'c'}, "F8, C", "Colours", "with colours, or without", colours},
    {{'p'}, "p", NULL, "takes no more messages until it is pressed again", pause_events},
    {.help = NULL},
};

static bool type(struct screen *s, uint32_t key)
{
    return cursor_scroll(&s->raw, key, count_all(s));
}

static int draw_text(const struct screen *s, struct pane p, int row, struct str text, size_t *skip)
{
    size_t lines = message_lines_count(text, p.cols, p.grid->is_ascii), skipped = *skip;
    if (skipped >= lines) {
        *skip -= lines;
        return row;
    }
    *skip = 0;
    return message_draw(s, p, row, text, skipped);
}

static void draw(struct screen *s, struct pane p)
{
    size_t n = count_all(s);
    s->raw.page = p.rows > 0 ? (size_t)p.rows : 1;
    if (s->raw.top >= n)
        s->raw.top = n ? n - 1 : 0;
    size_t skip = s->raw.top;
    int row = 0;
    for (size_t i = first_row(s); i < end_row(s) && row < p.rows; i++) {
        char text[RUNG_TITLE];
        row = draw_text(s, p, row, title(s, i, text, sizeof text), &skip);
        row = draw_text(s, p, row, rung_text(&s->flow.ladder.rungs[i]), &skip);
        if (skip > 0)
            skip--;
        else
            row++;
    }
}

const struct view raw_view = {"Messages", bindings, type, draw};
