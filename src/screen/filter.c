/* The form of what calls are looked for (trace/filter.h). */
#include "screen/inside.h"

static const struct {
    const char *name, *hint;
} fields[N_FILTER_FIELDS] = {
    [FILTER_USER] = {"User", "alice: of From, To or a request's URI"},
    [FILTER_NUMBER] = {"Number", "its last digits"},
    [FILTER_METHOD] = {"Method", "INVITE: of the first request"},
    [FILTER_ANSWER] = {"Answer", "486, 4xx, 400-499"},
    [FILTER_ADDRESS] = {"Address", "192.0.2.1, or with a port"},
    [FILTER_TEXT] = {"Text", "somewhere in a message"},
};

static struct str value(const struct field *of, enum filter_field i)
{
    return str_trim(field_text(&of[i]));
}

/* Returns NULL and *out with views into the fields, or what is wrong. */
static const char *take(const struct field *of, struct trace_filter *out)
{
    struct trace_filter filter = {.user = value(of, FILTER_USER),
                                  .number = value(of, FILTER_NUMBER),
                                  .method = value(of, FILTER_METHOD),
                                  .text = value(of, FILTER_TEXT)};
    struct str answer = value(of, FILTER_ANSWER), address = value(of, FILTER_ADDRESS);
    if (answer.len && !trace_filter_read_codes(&filter, answer))
        return "an answer is 486, 4xx or 400-499";
    if (address.len && !addr_parse(address, &filter.address) &&
        !addr_parse_ip(address, &filter.address))
        return "that is not an address";
    *out = filter;
    return NULL;
}

bool filter_is_set(const struct screen *s)
{
    for (unsigned i = 0; i < N_FILTER_FIELDS; i++)
        if (value(s->filter.used, (enum filter_field)i).len)
            return true;
    return false;
}

static void apply(struct screen *s)
{
    struct filter_state *f = &s->filter;
    f->wrong = take(f->fields, &f->filter);
    if (f->wrong)
        return;
    memcpy(f->used, f->fields, sizeof f->used);
    (void)take(f->used, &f->filter);
    list_update(s);
    screen_close(s);
}

static void give_up(struct screen *s)
{
    memcpy(s->filter.fields, s->filter.used, sizeof s->filter.fields);
    s->filter.wrong = NULL;
    screen_close(s);
}

static void next(struct screen *s)
{
    s->filter.at = (s->filter.at + 1) % N_FILTER_FIELDS;
}

static void before(struct screen *s)
{
    s->filter.at = (s->filter.at + N_FILTER_FIELDS - 1) % N_FILTER_FIELDS;
}

static void empty(struct screen *s)
{
    for (unsigned i = 0; i < N_FILTER_FIELDS; i++)
        field_set(&s->filter.fields[i], STR_NONE);
}

static void help(struct screen *s)
{
    screen_open(s, &help_view);
}

static const struct binding bindings[] = {
    {{KEY_ENTER}, "Enter", "Filter", "shows the calls that fit all of it", apply},
    {{KEY_ESCAPE}, "Esc", "Cancel", "goes back, and leaves the filter as it was", give_up},
    {{KEY_TAB, SCREEN_DOWN}, "Tab, Down", "Next", "the next line", next},
    {{SCREEN_UP}, "Up", NULL, "the line before", before},
    {{KEY_F(5)}, "F5", "Empty", "empties all lines; Ctrl-U empties one", empty},
    {{KEY_F(1)}, "F1", "Help", "this help", help},
    {.help = NULL},
};

static bool type(struct screen *s, uint32_t key)
{
    return field_key(&s->filter.fields[s->filter.at], key);
}

static void draw(struct screen *s, struct pane p)
{
    for (int i = 0; i < N_FILTER_FIELDS; i++) {
        bool is_active = s->filter.at == (unsigned)i;
        (void)pane_print(p, i + 1, 2, screen_look(s, 0, is_active ? SCREEN_BOLD : 0), "%s",
                         fields[i].name);
        field_draw(&s->filter.fields[i], p, i + 1, 12, 30, is_active);
        (void)pane_print(p, i + 1, 44, screen_look(s, SCREEN_BLUE, 0), "%s", fields[i].hint);
    }
    if (s->filter.wrong)
        (void)pane_print(p, N_FILTER_FIELDS + 2, 2, screen_look(s, SCREEN_RED, SCREEN_BOLD), "%s",
                         s->filter.wrong);
}

const struct view filter_view = {"Filter", bindings, type, draw};
