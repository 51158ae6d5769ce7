/* The form of saving: which calls, as what, into which file. Whoever runs the screen writes it. */
#include "screen/inside.h"

static const char *const which_names[N_SAVE_WHICH] = {[SAVE_THIS] = "this one",
                                                      [SAVE_MARKED] = "selected",
                                                      [SAVE_SHOWN] = "shown",
                                                      [SAVE_ALL] = "all"};

static bool is_on_ladder(const struct screen *s)
{
    return s->flow.ladder.n_calls > 0;
}

static const char *format_name(const struct screen *s)
{
    return s->options.formats ? s->options.formats[s->save.format] : NULL;
}

void save_open(struct screen *s)
{
    s->save.which = is_on_ladder(s) ? SAVE_THIS : s->list.marks.n ? SAVE_MARKED : SAVE_SHOWN;
    s->save.result[0] = 0;
    screen_open(s, &save_view);
}

/* The calls of the ladder; without one the call under the cursor. */
static bool is_this(const struct screen *s, const struct trace_call *c)
{
    for (unsigned i = 0; i < s->flow.ladder.n_calls; i++)
        if (s->flow.ladder.calls[i] == c)
            return true;
    return !is_on_ladder(s) && c->serial == s->list.current;
}

static bool is_saved(const struct screen *s, const struct trace_call *c)
{
    switch (s->save.which) {
    case SAVE_THIS:
        return is_this(s, c);
    case SAVE_MARKED:
        return marks_have(&s->list.marks, c->serial);
    case SAVE_SHOWN:
        for (size_t i = 0; i < s->list.n_rows; i++)
            if (s->list.rows[i] == c)
                return true;
        return false;
    case SAVE_ALL:
        return list_has(s, c);
    case N_SAVE_WHICH:
        break;
    }
    return false;
}

static bool collect(struct screen *s)
{
    struct save_state *f = &s->save;
    f->n_calls = 0;
    size_t most = s->list.n_calls + s->flow.ladder.n_calls; /* the list may lack some of these */
    if (!screen_room(s, &f->calls, &f->room, most, sizeof *f->calls))
        return false;
    for (const struct trace_call *c = NULL; (c = trace_calls_next(s->calls, c));)
        if (f->n_calls < f->room && is_saved(s, c))
            f->calls[f->n_calls++] = c;
    return true;
}

static void say(struct screen *s, const char *what)
{
    size_t n = 0;
    for (; what[n] && n + 1 < sizeof s->save.result; n++)
        s->save.result[n] = what[n];
    s->save.result[n] = 0;
}

static void save(struct screen *s)
{
    if (!format_name(s))
        say(s, "there is nothing that it could be saved as");
    else if (s->save.path.len == 0)
        say(s, "the file has no name");
    else if (!collect(s))
        say(s, "no memory");
    else if (s->save.n_calls == 0)
        say(s, "there are no such calls");
    else
        s->act = SCREEN_SAVES;
}

struct screen_saving screen_saving(const struct screen *s)
{
    return (struct screen_saving){s->save.path.at, s->save.format, s->save.calls, s->save.n_calls};
}

void screen_saved(struct screen *s, const char *error)
{
    say(s, error ? error : "saved");
    if (!error)
        field_set(&s->save.path, STR_NONE);
}

static void next_format(struct screen *s)
{
    if (format_name(s) && !s->options.formats[++s->save.format])
        s->save.format = 0;
}

static void next_which(struct screen *s)
{
    s->save.which = (s->save.which + 1) % N_SAVE_WHICH;
}

static void which_before(struct screen *s)
{
    s->save.which = (s->save.which + N_SAVE_WHICH - 1) % N_SAVE_WHICH;
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static const struct binding bindings[] = {
    {{KEY_ENTER}, "Enter", "Save", "writes the file; one that is there is never overwritten", save},
    {{KEY_ESCAPE}, "Esc", "Back", "goes back", screen_close},
    {{KEY_TAB, SCREEN_RIGHT}, "Tab, Right", "Format", "another format", next_format},
    {{SCREEN_DOWN},
     "Down",
     "Calls",
     "other calls: this one or those of the ladder, selected, shown, all",
     next_which},
    {{SCREEN_UP}, "Up", NULL, "the same, the other way round", which_before},
    {{KEY_F(1)}, "F1", "Help", "this help", help},
    {.help = NULL},
};

static bool type(struct screen *s, uint32_t key)
{
    if (!field_key(&s->save.path, key))
        return false;
    s->save.result[0] = 0;
    return true;
}

static void draw(struct screen *s, struct pane p)
{
    struct look bold = screen_look(s, 0, SCREEN_BOLD);
    const char *format = format_name(s);
    (void)pane_put(p, 1, 2, bold, STR("File"));
    field_draw(&s->save.path, p, 1, 12, p.cols - 14, true);
    (void)pane_put(p, 2, 2, bold, STR("Format"));
    (void)pane_print(p, 2, 12, (struct look){0}, "%s", format ? format : "none");
    (void)pane_put(p, 3, 2, bold, STR("Calls"));
    (void)pane_print(p, 3, 12, (struct look){0}, "%s",
                     s->save.which == SAVE_THIS && is_on_ladder(s) ? "those of the ladder"
                                                                   : which_names[s->save.which]);
    (void)pane_print(p, 5, 2, screen_look(s, SCREEN_YELLOW, SCREEN_BOLD), "%s", s->save.result);
}

const struct view save_view = {"Save", bindings, type, draw};
