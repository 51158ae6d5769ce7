/* Counts of the calls that are shown and of all that are not cleared. */
#include "screen/inside.h"

#include "msg/msg.h"

struct counts {
    uint64_t calls, outcomes[TRACE_FRAGMENT + 1];
    uint64_t messages, repeats, requests[N_METHODS], responses[7];
    uint64_t streams, packets, lost;
};

static void count_item(struct counts *n, const struct trace_item *i)
{
    if (i->kind != TRACE_MESSAGE)
        return;
    n->messages += 1U + i->repeats;
    n->repeats += i->repeats;
    if (i->status)
        n->responses[i->status / 100 < 7 ? i->status / 100 : 0]++;
    else if (i->method < N_METHODS)
        n->requests[i->method]++;
}

static void count_call(struct counts *n, const struct trace_call *c)
{
    n->calls++;
    n->outcomes[trace_call_end(c).outcome]++;
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));)
        count_item(n, i);
    for (const struct trace_stream *m = NULL; (m = trace_call_stream(c, m));) {
        n->streams++;
        n->packets += m->packets;
        n->lost += trace_stream_lost(m);
    }
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static const struct binding bindings[] = {
    {{KEY_ESCAPE, 'q', KEY_ENTER}, "Esc, q", "Back", "goes back to the list", screen_close},
    {{KEY_F(1), 'h', '?'}, "F1, h", "Help", "this help", help},
    {.help = NULL},
};

/* A column of figures, from the top again to the right of where the pane ends. */
struct table {
    struct screen *s;
    struct pane pane;
    int row, col;
};

enum { FIGURES = 44 };

static void next_row(struct table *t)
{
    if (++t->row < t->pane.rows)
        return;
    t->row = 1;
    t->col += FIGURES;
}

static void draw_head(struct table *t)
{
    for (int col = 0; col < t->pane.cols; col += FIGURES)
        (void)pane_print(t->pane, 0, col, screen_look(t->s, 0, SCREEN_BOLD), "%-20.20s%10s%10s", "",
                         "shown", "all");
}

static void draw_figure(struct table *t, struct str name, uint64_t shown, uint64_t all)
{
    if (all == 0)
        return;
    (void)pane_print(t->pane, t->row, t->col, (struct look){0}, "%-20.*s", STR_ARG(name));
    (void)pane_print(t->pane, t->row, t->col + 20, (struct look){0}, "%10llu%10llu",
                     (unsigned long long)shown, (unsigned long long)all);
    next_row(t);
}

static void draw_outcomes(struct table *t, const struct counts *shown, const struct counts *all)
{
    static const char *const names[] = {
        [TRACE_UNANSWERED] = "  not answered", [TRACE_GOES_ON] = "  going on",
        [TRACE_ENDED] = "  completed",         [TRACE_CANCELLED] = "  cancelled",
        [TRACE_NOT_IN_TIME] = "  timed out",   [TRACE_REFUSED] = "  rejected",
        [TRACE_SENT_ON] = "  diverted",        [TRACE_DONE] = "  done",
        [TRACE_FRAGMENT] = "  fragments"};
    draw_figure(t, STR("Calls"), shown->calls, all->calls);
    for (unsigned i = 0; i <= TRACE_FRAGMENT; i++)
        draw_figure(t, str_from(names[i]), shown->outcomes[i], all->outcomes[i]);
}

static void draw_messages(struct table *t, const struct counts *shown, const struct counts *all)
{
    static const char *const classes[] = {"  strange", "  1xx", "  2xx", "  3xx",
                                          "  4xx",     "  5xx", "  6xx"};
    draw_figure(t, STR("Messages"), shown->messages, all->messages);
    draw_figure(t, STR("  repeated"), shown->repeats, all->repeats);
    for (unsigned i = 0; i < N_METHODS; i++) {
        struct str name = method_name_of((enum method)i);
        char text[32] = "  ";
        struct buf b = {text, 2, sizeof text, false};
        buf_put(&b, name.len ? name : STR("other requests"));
        draw_figure(t, buf_str(&b), shown->requests[i], all->requests[i]);
    }
    for (unsigned i = 0; i < 7; i++)
        draw_figure(t, str_from(classes[i]), shown->responses[i], all->responses[i]);
}

static void draw(struct screen *s, struct pane p)
{
    struct counts shown = {0}, all = {0};
    struct table t = {s, p, 1, 0};
    for (size_t i = 0; i < s->list.n_rows; i++)
        count_call(&shown, s->list.rows[i]);
    for (const struct trace_call *c = NULL; (c = trace_calls_next(s->calls, c));)
        if (list_has(s, c))
            count_call(&all, c);
    draw_head(&t);
    draw_outcomes(&t, &shown, &all);
    draw_messages(&t, &shown, &all);
    draw_figure(&t, STR("RTP streams"), shown.streams, all.streams);
    draw_figure(&t, STR("  packets"), shown.packets, all.packets);
    draw_figure(&t, STR("  lost"), shown.lost, all.lost);
}

const struct view statistics_view = {"Statistics", bindings, NULL, draw};
