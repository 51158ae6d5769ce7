/* The form of which columns the list has, and in which order. */
#include "screen/inside.h"

static unsigned *current(struct screen *s)
{
    return &s->list.choice.order[s->columns.at < N_LIST_COLUMNS ? s->columns.at : 0];
}

/* One stays. */
static void toggle(struct screen *s)
{
    struct list_choice *c = &s->list.choice;
    unsigned shown = 0;
    for (unsigned i = 0; i < N_LIST_COLUMNS; i++)
        shown += c->shown[i];
    if (!c->shown[*current(s)] || shown > 1)
        c->shown[*current(s)] = !c->shown[*current(s)];
}

static void move(struct screen *s, size_t to)
{
    unsigned *from = current(s), *other;
    if (to >= N_LIST_COLUMNS)
        return;
    other = &s->list.choice.order[to];
    unsigned column = *from;
    *from = *other;
    *other = column;
    s->columns.at = to;
}

static void move_up(struct screen *s)
{
    move(s, s->columns.at - 1);
}

static void move_down(struct screen *s)
{
    move(s, s->columns.at + 1);
}

static void usual(struct screen *s)
{
    list_choice_init(&s->list.choice);
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static const struct binding bindings[] = {
    {{KEY_ESCAPE, 'q', KEY_ENTER}, "Esc, q", "Back", "goes back to the list", screen_close},
    {{' '}, "Space", "Show", "with this column, or without", toggle},
    {{'-', SCREEN_LEFT}, "-, Left", "Move left", "moves the column to the left", move_up},
    {{'+', SCREEN_RIGHT}, "+, Right", "Move right", "moves the column to the right", move_down},
    {{KEY_F(5)}, "F5", "Usual", "the columns that there are at first", usual},
    {{KEY_F(1), 'h', '?'}, "F1, h", "Help", "this help", help},
    {.help = NULL},
};

static bool type(struct screen *s, uint32_t key)
{
    return cursor_key(&s->columns, key, N_LIST_COLUMNS);
}

static void draw(struct screen *s, struct pane p)
{
    cursor_fit(&s->columns, N_LIST_COLUMNS, p.rows - 1);
    for (int row = 1; row < p.rows && s->columns.top + (size_t)(row - 1) < N_LIST_COLUMNS; row++) {
        size_t place = s->columns.top + (size_t)(row - 1);
        unsigned column = s->list.choice.order[place];
        (void)pane_print(p, row, 2, (struct look){0}, "[%c] %s",
                         s->list.choice.shown[column] ? '*' : ' ', list_columns[column].title);
        if (place == s->columns.at)
            pane_mark(p, row, (struct look){0, SCREEN_REVERSE});
    }
}

const struct view columns_view = {"Columns", bindings, type, draw};
