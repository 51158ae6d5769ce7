/* What the keys of the view below do, and the question before a live trace is left. */
#include "screen/inside.h"

static const struct binding help_bindings[] = {
    {{KEY_ESCAPE, 'q', KEY_ENTER}, "Esc, q", "Back", "goes back", screen_close},
    {.help = NULL},
};

static const struct binding *described(const struct screen *s)
{
    return s->open[s->n_open - 2]->bindings;
}

static size_t n_described(const struct screen *s)
{
    size_t n = 0;
    for (const struct binding *b = described(s); b->help; b++)
        n++;
    return n;
}

static bool type_help(struct screen *s, uint32_t key)
{
    return cursor_scroll(&s->help, key, n_described(s));
}

static void draw_help(struct screen *s, struct pane p)
{
    size_t n = n_described(s);
    s->help.page = p.rows > 1 ? (size_t)p.rows - 1 : 1;
    if (s->help.top >= n)
        s->help.top = 0;
    const struct binding *b = described(s) + s->help.top;
    for (int row = 1; row < p.rows && b->help; row++, b++) {
        (void)pane_print(p, row, 1, screen_look(s, SCREEN_CYAN, SCREEN_BOLD), "%s", b->shown);
        (void)pane_print(p, row, 14, (struct look){0}, "%s", b->help);
    }
}

const struct view help_view = {"Keys", help_bindings, type_help, draw_help};

static void leave(struct screen *s)
{
    s->act = SCREEN_LEAVES;
}

static const struct binding leave_bindings[] = {
    {{KEY_ENTER, 'y', 'Y'}, "Enter, y", "Leave", "leaves", leave},
    {{KEY_ESCAPE, 'n', 'q'}, "Esc, n", "Stay", "goes back", screen_close},
    {.help = NULL},
};

static void draw_leave(struct screen *s, struct pane p)
{
    (void)pane_put(p, p.rows / 2, 2, screen_look(s, SCREEN_YELLOW, SCREEN_BOLD),
                   STR("Leave? What was seen and not saved is lost."));
}

const struct view leave_view = {"Leave", leave_bindings, NULL, draw_leave};
