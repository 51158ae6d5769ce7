/* The ladder of some calls: what its keys do, and what stays where it is as calls go on. */
#include "screen/flow_draw.h"

static void note_current(struct flow_state *f)
{
    unsigned n = f->ladder.n_rungs;
    if (f->cursor.at >= n)
        f->cursor.at = n ? n - 1 : 0;
    f->current = n ? flow_key_of(&f->ladder, (unsigned)f->cursor.at) : (struct flow_key){0};
}

const struct trace_rung *flow_current(const struct screen *s)
{
    const struct trace_ladder *l = &s->flow.ladder;
    return s->flow.cursor.at < l->n_rungs ? &l->rungs[s->flow.cursor.at] : NULL;
}

static bool is_chosen(const struct flow_state *f, const struct trace_call *c)
{
    if (marks_have(&f->calls, c->serial))
        return true;
    if (f->is_extended)
        for (const struct trace_call *o = NULL; (o = trace_call_of_flow(c, o));)
            if (marks_have(&f->calls, o->serial))
                return true;
    return false;
}

void flow_free(struct screen *s)
{
    if (s->flow.ladder.n_calls)
        trace_ladder_fini(&s->flow.ladder);
}

static void lay_out(struct screen *s)
{
    struct flow_state *f = &s->flow;
    const struct trace_call *calls[LIMIT_TRACE_FLOW];
    size_t n = 0;
    flow_free(s);
    for (const struct trace_call *c = NULL; f->calls.n && (c = trace_calls_next(s->calls, c));)
        if (is_chosen(f, c)) {
            if (n < LIMIT_TRACE_FLOW)
                calls[n] = c;
            n++;
        }
    if (n && trace_ladder_init_of(&f->ladder, s->mem, calls, n, f->options))
        s->lacks_memory = true;
}

void flow_update(struct screen *s)
{
    struct flow_state *f = &s->flow;
    lay_out(s);
    const struct trace_rung *r = flow_key_find(&f->ladder, &f->current);
    if (f->follows && f->ladder.n_rungs)
        f->cursor.at = f->ladder.n_rungs - 1;
    else if (r)
        f->cursor.at = (size_t)(r - f->ladder.rungs);
    note_current(f);
}

static void choose(struct screen *s)
{
    struct flow_state *f = &s->flow;
    marks_clear(&f->calls);
    for (size_t i = 0; i < s->list.marks.n; i++)
        marks_toggle(s, &f->calls, s->list.marks.at[i]);
    if (f->calls.n == 0 && s->list.current)
        marks_toggle(s, &f->calls, s->list.current);
}

void flow_open(struct screen *s, bool is_extended)
{
    struct flow_state *f = &s->flow;
    choose(s);
    if (f->calls.n == 0)
        return;
    f->is_extended = is_extended;
    f->cursor = (struct cursor){0};
    f->current = f->marked = (struct flow_key){0};
    f->shift = 0;
    f->follows = false;
    flow_update(s);
    screen_open(s, &flow_view);
}

static void leave(struct screen *s)
{
    marks_clear(&s->flow.calls);
    flow_update(s);
    screen_close(s);
}

static void show_message(struct screen *s)
{
    raw_open(s, true);
}

static void show_all(struct screen *s)
{
    raw_open(s, false);
}

static void compare(struct screen *s)
{
    struct flow_state *f = &s->flow;
    const struct trace_rung *r = flow_current(s);
    if (!r || !r->item)
        return;
    if (!f->marked.call) {
        f->marked = f->current;
        return;
    }
    s->compared[0] = f->marked;
    s->compared[1] = f->current;
    f->marked = (struct flow_key){0};
    if (flow_key_equal(&s->compared[0], &s->compared[1]))
        return;
    s->compare = (struct cursor){0};
    s->compare_shift = 0;
    screen_open(s, &compare_view);
}

static void toggle(struct screen *s, bool *what)
{
    *what = !*what;
    flow_update(s);
}

static void media(struct screen *s)
{
    toggle(s, &s->flow.options.without_streams);
}

static void extend(struct screen *s)
{
    toggle(s, &s->flow.is_extended);
}

static void compress(struct screen *s)
{
    toggle(s, &s->flow.options.by_host);
}

static void sdp_only(struct screen *s)
{
    toggle(s, &s->flow.options.only_descriptions);
}

static void descriptions(struct screen *s)
{
    toggle(s, &s->flow.has_descriptions);
}

static void times(struct screen *s)
{
    toggle(s, &s->flow.counts_from_start);
}

static void follow(struct screen *s)
{
    toggle(s, &s->flow.follows);
}

static void hide_message(struct screen *s)
{
    toggle(s, &s->flow.hides_message);
}

static void widen(struct screen *s)
{
    s->flow.message_cols = flow_message_cols(s) + 2;
}

static void narrow(struct screen *s)
{
    s->flow.message_cols = flow_message_cols(s) - 2;
}

static void usual_width(struct screen *s)
{
    s->flow.message_cols = 0;
}

static void next_colours(struct screen *s)
{
    s->flow.colours = (s->flow.colours + 1) % N_FLOW_COLOURS;
}

static void no_colours(struct screen *s)
{
    s->is_plain = !s->is_plain;
}

static void pause_events(struct screen *s)
{
    s->is_paused = !s->is_paused;
}

static void left(struct screen *s)
{
    s->flow.shift -= s->flow.shift > 0;
}

static void right(struct screen *s)
{
    s->flow.shift += s->flow.shift + 1 < (int)s->flow.ladder.n_sides;
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static const struct binding bindings[] = {
    {{KEY_ESCAPE, 'q'}, "Esc, q", "Calls", "goes back to the list", leave},
    {{KEY_ENTER}, "Enter", "Raw", "the message as it is", show_message},
    {{' '}, "Space", "Compare", "marks a message; on a second one compares the two", compare},
    {{KEY_F(1), 'h', '?'}, "F1, h", "Help", "this help", help},
    {{KEY_F(2), 'd'},
     "F2, d",
     "SDP",
     "what is offered and answered beneath the arrows, or not",
     descriptions},
    {{KEY_F(3), 'm'}, "F3, m", "RTP", "with RTP streams, or without", media},
    {{KEY_F(4), 'x', 'X'},
     "F4, x",
     "Extended",
     "with the calls that are joined with these",
     extend},
    {{KEY_F(5), 's'}, "F5, s", "Compressed", "one column for all ports of an address", compress},
    {{KEY_F(6), 'R', 'r'}, "F6, R", "All raw", "all messages as they are", show_all},
    {{'S'}, "S", "Save", "saves the calls into a file", save_open},
    {{KEY_F(7), 'c'},
     "F7, c",
     "Colour by",
     "colours by kind of message, by dialog, by call, by transaction",
     next_colours},
    {{KEY_F(8), 'C'}, "F8, C", NULL, "with colours, or without", no_colours},
    {{'D'}, "D", NULL, "only messages with SDP, or all", sdp_only},
    {{'w'}, "w", NULL, "times of the day, or seconds since the first message", times},
    {{'t'}, "t", NULL, "with the message beside the ladder, or without", hide_message},
    {{'9'}, "9", NULL, "more room for the message", widen},
    {{'0'}, "0", NULL, "less room for the message", narrow},
    {{'T'}, "T", NULL, "as much room for the message as at first", usual_width},
    {{SCREEN_LEFT}, "Left", NULL, "moves the ladder by a column", left},
    {{SCREEN_RIGHT}, "Right", NULL, "moves the ladder by a column", right},
    {{'A'}, "A", NULL, "stays on the last message as they come, or no longer", follow},
    {{'p'}, "p", NULL, "takes no more messages until it is pressed again", pause_events},
    {.help = NULL},
};

static bool type(struct screen *s, uint32_t key)
{
    if (!cursor_key(&s->flow.cursor, key, s->flow.ladder.n_rungs))
        return false;
    s->flow.follows = false;
    note_current(&s->flow);
    return true;
}

const struct view flow_view = {"Ladder", bindings, type, flow_draw};
