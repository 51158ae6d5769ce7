/* The list of calls: which of them, in which order, and the keys that open everything else. */
#include "screen/inside.h"

#include <stdlib.h>

#define LEAST_ROWS_WITH_SEARCH 3

static bool matches_search(const struct screen *s, const struct trace_call *c)
{
    char line[1024];
    struct buf b;
    if (s->list.search.len == 0)
        return true;
    for (unsigned i = 0; i < N_LIST_COLUMNS; i++) {
        buf_init(&b, line, sizeof line);
        list_columns[i].print(&b, c);
        if (text_contains(buf_str(&b), field_text(&s->list.search)))
            return true;
    }
    return false;
}

bool list_has(const struct screen *s, const struct trace_call *c)
{
    return c->serial > s->list.cleared &&
           (!s->options.filter || trace_filter_fits(s->options.filter, c));
}

static bool is_shown(const struct screen *s, const struct trace_call *c)
{
    return list_has(s, c) && trace_filter_fits(&s->filter.filter, c) && matches_search(s, c);
}

static int compare(const void *a, const void *b, void *of)
{
    const struct list_state *l = of;
    const struct trace_call *const *x = a, *const *y = b;
    int order = list_columns[l->column].compare(*x, *y);
    if (order == 0)
        order = ((*x)->serial > (*y)->serial) - ((*x)->serial < (*y)->serial);
    return l->descends ? -order : order;
}

static void find_current(struct list_state *l)
{
    for (size_t i = 0; i < l->n_rows; i++)
        if (l->rows[i]->serial == l->current)
            l->cursor.at = i;
}

static void note_current(struct list_state *l)
{
    if (l->cursor.at >= l->n_rows)
        l->cursor.at = l->n_rows ? l->n_rows - 1 : 0;
    l->current = l->n_rows ? l->rows[l->cursor.at]->serial : 0;
}

static void take_rows(struct screen *s)
{
    struct list_state *l = &s->list;
    l->n_rows = 0;
    for (const struct trace_call *c = NULL; (c = trace_calls_next(s->calls, c));)
        if (l->n_rows < l->room && is_shown(s, c))
            l->rows[l->n_rows++] = c;
}

void list_update(struct screen *s)
{
    struct list_state *l = &s->list;
    l->n_calls = 0;
    for (const struct trace_call *c = NULL; (c = trace_calls_next(s->calls, c));)
        l->n_calls += list_has(s, c);
    (void)screen_room(s, &l->rows, &l->room, l->n_calls, sizeof *l->rows);
    take_rows(s);
    if (l->n_rows > 1)
        qsort_r(l->rows, l->n_rows, sizeof *l->rows, compare, l);
    if (l->follows && l->n_rows)
        l->cursor.at = l->n_rows - 1;
    else
        find_current(l);
    note_current(l);
}

static void show_flow(struct screen *s)
{
    flow_open(s, false);
}

static void show_extended(struct screen *s)
{
    flow_open(s, true);
}

static void show_raw(struct screen *s)
{
    flow_open(s, false);
    raw_open(s, false);
}

static void mark(struct screen *s)
{
    if (s->list.current)
        marks_toggle(s, &s->list.marks, s->list.current);
    (void)cursor_key(&s->list.cursor, SCREEN_DOWN, s->list.n_rows);
    s->list.follows = false;
    note_current(&s->list);
}

static void search(struct screen *s)
{
    s->list.is_searching = true;
}

static void filter(struct screen *s)
{
    screen_open(s, &filter_view);
}

static void clear(struct screen *s)
{
    for (const struct trace_call *c = NULL; (c = trace_calls_next(s->calls, c));)
        if (c->serial > s->list.cleared)
            s->list.cleared = c->serial;
    marks_clear(&s->list.marks);
    list_update(s);
}

static void order(struct screen *s, int step)
{
    s->list.column = list_choice_beside(&s->list.choice, s->list.column, step);
    list_update(s);
}

static void order_before(struct screen *s)
{
    order(s, -1);
}

static void order_behind(struct screen *s)
{
    order(s, 1);
}

static void turn_order(struct screen *s)
{
    s->list.descends = !s->list.descends;
    list_update(s);
}

static void follow(struct screen *s)
{
    s->list.follows = !s->list.follows;
    list_update(s);
}

static void pause_events(struct screen *s)
{
    s->is_paused = !s->is_paused;
}

static void choose_columns(struct screen *s)
{
    screen_open(s, &columns_view);
}

static void show_statistics(struct screen *s)
{
    screen_open(s, &statistics_view);
}

static void colours(struct screen *s)
{
    s->is_plain = !s->is_plain;
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static const struct binding bindings[] = {
    {{KEY_ESCAPE, 'q'}, "Esc, q", "Quit", "leaves", screen_close},
    {{KEY_ENTER},
     "Enter",
     "Show",
     "the ladder of the call, or of those that are selected",
     show_flow},
    {{' '}, "Space", "Select", "selects the call, or no longer", mark},
    {{KEY_F(1), 'h', '?'}, "F1, h", "Help", "this help", help},
    {{KEY_F(2), 's', 'S'}, "F2, s", "Save", "saves calls into a file", save_open},
    {{KEY_F(3), '/', KEY_TAB},
     "F3, /, Tab",
     "Search",
     "shows only lines that have what is typed; Enter ends typing, Esc the search",
     search},
    {{KEY_F(4), 'x', 'X'},
     "F4, x",
     "Extended",
     "the ladder with all calls that are joined with it",
     show_extended},
    {{KEY_F(5), 'L' & 31},
     "F5, Ctrl-L",
     "Clear",
     "clears the list; calls that begin from now on are shown",
     clear},
    {{KEY_F(6), 'r', 'R'}, "F6, r", "Raw", "the messages as they are", show_raw},
    {{KEY_F(7), 'f', 'F'},
     "F7, f",
     "Filter",
     "shows only calls of a user, method, answer, …",
     filter},
    {{KEY_F(10), 't', 'T'},
     "F10, t",
     "Columns",
     "which columns there are, and where",
     choose_columns},
    {{'i', 'I'}, "i", "Statistics", "counts of calls and messages", show_statistics},
    {{'<'}, "<", NULL, "sorts by the column to the left", order_before},
    {{'>'}, ">", NULL, "sorts by the column to the right", order_behind},
    {{'z', 'Z'}, "z, Z", NULL, "turns the order round", turn_order},
    {{'A'}, "A", NULL, "stays on the last line as calls come, or no longer", follow},
    {{'p'}, "p", NULL, "takes no more messages until it is pressed again", pause_events},
    {{'C', 'c'}, "c, C", NULL, "with colours, or without", colours},
    {.help = NULL},
};

static bool type(struct screen *s, uint32_t key)
{
    struct list_state *l = &s->list;
    if (l->is_searching && field_key(&l->search, key)) {
        list_update(s);
        return true;
    }
    if ((l->is_searching || l->search.len) && key == KEY_ESCAPE) {
        field_set(&l->search, STR_NONE);
        l->is_searching = false;
        list_update(s);
        return true;
    }
    if (l->is_searching && (key == KEY_ENTER || key == KEY_TAB)) {
        l->is_searching = false;
        return true;
    }
    if (!cursor_key(&l->cursor, key, l->n_rows))
        return false;
    l->follows = false;
    note_current(l);
    return true;
}

static void draw_head(struct screen *s, struct pane p, const int *widths)
{
    struct look l = screen_look(s, SCREEN_PLAIN, SCREEN_REVERSE);
    int col = 2;
    for (unsigned n = 0; n < N_LIST_COLUMNS; n++) {
        unsigned i = s->list.choice.order[n];
        if (!widths[i])
            continue;
        const char *sign = s->list.column != i ? "" : s->list.descends ? "v" : "^";
        struct pane cell = pane_part(p, 0, col, 1, widths[i]);
        (void)pane_print(cell, 0, 0, l, "%s%s", sign, list_columns[i].title);
        col += widths[i] + 1;
    }
    pane_mark(p, 0, l);
}

static uint8_t colour_of(const struct trace_call *c)
{
    switch (trace_call_end(c).outcome) {
    case TRACE_GOES_ON:
        return SCREEN_GREEN;
    case TRACE_REFUSED:
    case TRACE_NOT_IN_TIME:
        return SCREEN_RED;
    case TRACE_UNANSWERED:
        return SCREEN_YELLOW;
    case TRACE_CANCELLED:
    case TRACE_SENT_ON:
        return SCREEN_CYAN;
    case TRACE_ENDED:
    case TRACE_DONE:
    case TRACE_FRAGMENT:
        break;
    }
    return SCREEN_PLAIN;
}

static void draw_row(struct screen *s, struct pane p, int row, size_t at, const int *widths)
{
    const struct trace_call *c = s->list.rows[at];
    bool is_marked = marks_have(&s->list.marks, c->serial);
    int col = 2;
    if (is_marked)
        (void)pane_put(p, row, 0, screen_look(s, SCREEN_GREEN, SCREEN_BOLD), STR("*"));
    for (unsigned n = 0; n < N_LIST_COLUMNS; n++) {
        unsigned i = s->list.choice.order[n];
        char text[512];
        struct buf b;
        if (!widths[i])
            continue;
        buf_init(&b, text, sizeof text);
        list_columns[i].print(&b, c);
        (void)pane_put(pane_part(p, row, col, 1, widths[i]), 0, 0,
                       screen_look(s, colour_of(c), is_marked ? SCREEN_BOLD : 0), buf_str(&b));
        col += widths[i] + 1;
    }
    if (at == s->list.cursor.at)
        pane_mark(p, row, (struct look){0, SCREEN_REVERSE});
}

static void draw_search(struct screen *s, struct pane p)
{
    struct list_state *l = &s->list;
    int col = pane_put(p, 0, 0, (struct look){0}, STR("Search: "));
    field_draw(&l->search, p, 0, col, p.cols - col - 10, l->is_searching);
    if (filter_is_set(s))
        (void)pane_put(p, 0, p.cols - 9, screen_look(s, SCREEN_YELLOW, 0), STR("filtered"));
}

static void draw(struct screen *s, struct pane p)
{
    struct list_state *l = &s->list;
    int widths[N_LIST_COLUMNS];
    bool has_search = p.rows >= LEAST_ROWS_WITH_SEARCH || l->is_searching;
    if (has_search)
        draw_search(s, p);
    p = pane_part(p, has_search, 0, p.rows - has_search, p.cols);
    list_columns_fit(&l->choice, p.cols - 2, widths);
    draw_head(s, p, widths);
    cursor_fit(&l->cursor, l->n_rows, p.rows - 1);
    for (int row = 1; row < p.rows && l->cursor.top + (size_t)(row - 1) < l->n_rows; row++)
        draw_row(s, p, row, l->cursor.top + (size_t)(row - 1), widths);
}

const struct view list_view = {"Calls", bindings, type, draw};
