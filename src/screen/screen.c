/* The screen as a whole: its grid, which view is on top, and who gets a key. */
#include "screen/inside.h"

#include "base/err.h"

#define MOST_CELLS_A_SIDE 1000

struct screen *screen_new(struct mem *mem, const struct trace_calls *calls,
                          const struct screen_options *options)
{
    struct screen *s = mem_alloc_zero(mem, sizeof *s);
    if (!s)
        return NULL;
    s->mem = mem;
    s->calls = calls;
    s->options = *options;
    s->grid.is_ascii = options->is_ascii;
    s->list.follows = options->is_live;
    list_choice_init(&s->list.choice);
    if (screen_resize(s, 24, 80) != OK) {
        screen_free(s);
        return NULL;
    }
    screen_open(s, &list_view);
    screen_update(s);
    return s;
}

static size_t grid_bytes(const struct grid *g)
{
    return (size_t)g->rows * (size_t)g->cols * sizeof *g->cells;
}

void screen_free(struct screen *s)
{
    if (!s)
        return;
    mem_free(s->mem, s->grid.cells, grid_bytes(&s->grid));
    mem_free(s->mem, s->list.rows, s->list.room * sizeof *s->list.rows);
    mem_free(s->mem, s->save.calls, s->save.room * sizeof *s->save.calls);
    marks_free(s, &s->list.marks);
    marks_free(s, &s->flow.calls);
    flow_free(s);
    mem_free(s->mem, s, sizeof *s);
}

static int bounded(int n)
{
    return n < 1 ? 1 : n > MOST_CELLS_A_SIDE ? MOST_CELLS_A_SIDE : n;
}

int screen_resize(struct screen *s, int rows, int cols)
{
    struct grid g = s->grid;
    g.rows = bounded(rows);
    g.cols = bounded(cols);
    g.cells = mem_alloc_zero(s->mem, grid_bytes(&g));
    if (!g.cells)
        return ERR_NOMEM;
    mem_free(s->mem, s->grid.cells, grid_bytes(&s->grid));
    s->grid = g;
    return OK;
}

bool screen_room(struct screen *s, void *at, size_t *room, size_t n, size_t size)
{
    void *old;
    if (n <= *room)
        return true;
    void *new = mem_alloc(s->mem, (n + n / 2) * size);
    if (!new) {
        s->lacks_memory = true;
        return false;
    }
    memcpy(&old, at, sizeof old);
    mem_free(s->mem, old, *room * size);
    memcpy(at, &new, sizeof new);
    *room = n + n / 2;
    return true;
}

void screen_update(struct screen *s)
{
    s->lacks_memory = false;
    list_update(s);
    flow_update(s);
}

bool screen_wants_events(const struct screen *s)
{
    return !s->is_paused;
}

static const struct view *top(const struct screen *s)
{
    return s->open[s->n_open - 1];
}

void screen_open(struct screen *s, const struct view *v)
{
    if (s->n_open < VIEWS_OPEN && (s->n_open == 0 || top(s) != v))
        s->open[s->n_open++] = v;
}

void screen_close(struct screen *s)
{
    if (s->n_open > 1)
        s->n_open--;
    else if (s->options.is_live)
        screen_open(s, &leave_view);
    else
        s->act = SCREEN_LEAVES;
}

struct look screen_look(const struct screen *s, uint8_t colour, uint8_t how)
{
    return (struct look){s->is_plain ? SCREEN_PLAIN : colour, how};
}

static bool is_bound(const struct binding *b, uint32_t key)
{
    for (size_t i = 0; i < sizeof b->keys / sizeof b->keys[0]; i++)
        if (b->keys[i] == key)
            return true;
    return false;
}

enum screen_act screen_key(struct screen *s, uint32_t key)
{
    const struct view *v = top(s);
    s->act = SCREEN_GOES_ON;
    if (key == KEY_NEW_LINE)
        key = KEY_ENTER;
    if (key == 0 || (v->type && v->type(s, key)))
        return s->act;
    for (const struct binding *b = v->bindings; b->help; b++)
        if (is_bound(b, key)) {
            b->act(s);
            break;
        }
    return s->act;
}

static void draw_bottom(struct screen *s, struct pane p)
{
    struct look key = screen_look(s, SCREEN_PLAIN, SCREEN_BOLD | SCREEN_REVERSE);
    struct look label = screen_look(s, SCREEN_PLAIN, SCREEN_REVERSE);
    int col = 0, row = p.rows - 1;
    for (const struct binding *b = top(s)->bindings; b->help && col < p.cols; b++) {
        if (!b->label)
            continue;
        struct str shown = str_from(b->shown);
        col = pane_put(p, row, col, key, str_slice(shown, 0, str_find(shown, ',')));
        col = pane_print(p, row, col, label, " %s  ", b->label);
    }
    pane_mark(p, row, (struct look){0, SCREEN_REVERSE});
}

static void draw_top(struct screen *s, struct pane p)
{
    struct trace_counts counts = trace_calls_counts(s->calls);
    struct look bold = screen_look(s, SCREEN_PLAIN, SCREEN_BOLD);
    struct look warning = screen_look(s, SCREEN_RED, SCREEN_BOLD);
    int col = pane_print(p, 0, 0, bold, "%s", top(s)->title);
    col = pane_print(p, 0, col, (struct look){0}, ": %zu calls, %zu shown", s->list.n_calls,
                     s->list.n_rows);
    if (counts.forgotten)
        col = pane_print(p, 0, col, screen_look(s, SCREEN_YELLOW, 0), "  %llu forgotten",
                         (unsigned long long)counts.forgotten);
    if (s->is_paused)
        col = pane_put(p, 0, col, warning, STR("  paused"));
    if (s->lacks_memory)
        col = pane_put(p, 0, col, warning, STR("  no memory for all"));
    (void)pane_print(p, 0, col, (struct look){0}, "  %s", s->options.source);
}

void screen_draw(struct screen *s)
{
    struct pane p = grid_all(&s->grid);
    for (int i = 0; i < p.rows * p.cols; i++)
        s->grid.cells[i] = (struct screen_cell){' ', SCREEN_PLAIN, 0};
    draw_top(s, p);
    top(s)->draw(s, pane_part(p, 1, 0, p.rows - 2, p.cols));
    draw_bottom(s, p);
}

int screen_rows(const struct screen *s)
{
    return s->grid.rows;
}

int screen_cols(const struct screen *s)
{
    return s->grid.cols;
}

struct screen_cell screen_cell(const struct screen *s, int row, int col)
{
    return s->grid.cells[row * s->grid.cols + col];
}
