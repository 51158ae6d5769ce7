/* Knows what each event of YAML is for, and hands each value to its key; knows no kind of value. */
#include "config/walk.h"

#include "config/syntax.h"

#define NAME_MAX_BYTES 100 /* of a key's name; longer than any that there is */

unsigned walk_line(const yaml_event_t *e)
{
    return (unsigned)e->start_mark.line + 1;
}

struct str walk_path(const struct walk *w)
{
    return str_from(w->path);
}

static struct str scalar_of(const yaml_event_t *e)
{
    return (struct str){(const char *)e->data.scalar.value, e->data.scalar.length};
}

/* "key:" and nothing behind it. */
static bool is_nothing(const yaml_event_t *e)
{
    return e->type == YAML_SCALAR_EVENT && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (e->data.scalar.length == 0 || str_equal(scalar_of(e), STR("~")) ||
            str_equal(scalar_of(e), STR("null")));
}

bool walk_begins_node(const yaml_event_t *e)
{
    return e->type == YAML_MAPPING_START_EVENT || e->type == YAML_SEQUENCE_START_EVENT;
}

/* Passes over this node, whatever is in it. */
static void skip(struct walk *w, const yaml_event_t *e, enum place next)
{
    w->place = next;
    if (!walk_begins_node(e))
        return;
    w->place = SKIPPING;
    w->after_skip = next;
    w->skip_depth = w->depth - 1;
}

/* --- values --- */

/* Values of entries are judged one by one. */
static void mark_bad(struct walk *w)
{
    if (w->n_frames == 1)
        w->r->bad[w->key - keys] = true;
}

static void add_value(struct walk *w, const yaml_event_t *e)
{
    struct reader *r = w->r;
    struct str text = scalar_of(e);
    char what[200];
    struct buf expected;

    buf_init(&expected, what, sizeof what);
    if (has_control(text))
        buf_put_lit(&expected, "control characters are not allowed");
    else if (value_add(w->key, frame_now(w)->base, r->config->shelf, text, &expected))
        return;
    mark_bad(w);
    fault(r, walk_line(e), walk_path(w), "\"%.*s\": %.*s", (int)str_slice(text, 0, 60).len, text.at,
          (int)expected.len, expected.at);
}

static void refuse_value(struct walk *w, const yaml_event_t *e, const char *what)
{
    if (w->pending == PENDING_KEY)
        mark_bad(w);
    fault(w->r, walk_line(e), walk_path(w), "%s such as %s", what, w->key->row.example);
}

static void begin_entry(struct walk *w, const yaml_event_t *e, bool is_alone)
{
    if (frame_begin(w, e, is_alone)) {
        w->place = AT_KEY;
        return;
    }
    mark_bad(w);
    skip(w, e, is_alone ? AT_KEY : AT_ENTRIES);
}

static void take_value(struct walk *w, const yaml_event_t *e)
{
    bool is_list = value_is_list(w->key), of_entries = key_entries(w->key);

    if (e->type == YAML_SEQUENCE_START_EVENT && is_list) {
        w->place = of_entries ? AT_ENTRIES : AT_LIST;
        return;
    }
    if (e->type == YAML_MAPPING_START_EVENT && of_entries) {
        begin_entry(w, e, true);
        return;
    }
    skip(w, e, AT_KEY);
    if (is_nothing(e))
        refuse_value(w, e, "there is no value: leave the key out or write one");
    else if (e->type == YAML_SCALAR_EVENT)
        add_value(w, e);
    else if (walk_begins_node(e))
        refuse_value(w, e, is_list ? "expected a list" : "expected a single value");
}

static void take_entry(struct walk *w, const yaml_event_t *e)
{
    if (e->type == YAML_SEQUENCE_END_EVENT) {
        w->place = AT_KEY;
        return;
    }
    skip(w, e, AT_LIST);
    if (is_nothing(e))
        refuse_value(w, e, "an entry is empty: expected a list");
    else if (e->type == YAML_SCALAR_EVENT)
        add_value(w, e);
    else if (walk_begins_node(e))
        refuse_value(w, e, "an entry is no single value: expected a list");
}

static void take_map(struct walk *w, const yaml_event_t *e)
{
    if (e->type == YAML_SEQUENCE_END_EVENT) {
        w->place = AT_KEY;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        begin_entry(w, e, false);
    } else {
        skip(w, e, AT_ENTRIES);
        if (e->type != YAML_ALIAS_EVENT)
            refuse_value(w, e, "an entry has no keys of its own: expected a list");
    }
}

static void take_section(struct walk *w, const yaml_event_t *e)
{
    size_t len = walk_path(w).len;

    if (e->type == YAML_MAPPING_START_EVENT) {
        w->place = AT_KEY;
        w->path[len] = '.';
        frame_now(w)->section_len = len + 1;
        return;
    }
    skip(w, e, AT_KEY);
    if (!is_nothing(e) && e->type != YAML_ALIAS_EVENT)
        fault(w->r, walk_line(e), walk_path(w),
              "expected keys below it, each on a line of its own and indented alike");
}

/* --- keys --- */

/* Is this the first place? Later ones count for nothing. */
static bool is_first(struct walk *w, unsigned *first, unsigned line)
{
    if (*first == 0) {
        *first = line;
        return true;
    }
    fault(w->r, line, walk_path(w), "is here a second time: the first is on line %u", *first);
    return false;
}

static enum pending know_section(struct walk *w, const struct key *first, unsigned line)
{
    struct frame *f = frame_now(w);
    bool good = is_first(w, &f->section_lines[first - f->table->keys], line);

    return good ? PENDING_SECTION : PENDING_NOTHING;
}

static enum pending know_key(struct walk *w, unsigned line)
{
    struct frame *f = frame_now(w);

    if (!is_first(w, &f->lines[w->key - f->table->keys], line))
        return PENDING_NOTHING;
    value_clear(w->key, f->base);
    return PENDING_KEY;
}

static enum pending know_nothing(struct walk *w, unsigned line)
{
    const struct frame *f = frame_now(w);
    struct str name = str_slice(walk_path(w), f->path_len, walk_path(w).len);
    const struct key *near = key_nearest(f->table, name);

    if (near)
        fault(w->r, line, walk_path(w), "unknown key: did you mean %s?", near->row.key);
    else
        fault(w->r, line, walk_path(w), "unknown key: %s",
              w->n_frames > 1 ? "docs/configuration.md has all that there are"
                              : "tandem check --example prints all that there are");
    return PENDING_NOTHING;
}

/* A name that is cut or has a control character is no key's. */
static void set_path(struct walk *w, struct str name)
{
    char *at = w->path + frame_now(w)->section_len;
    size_t len = name.len < NAME_MAX_BYTES ? name.len : NAME_MAX_BYTES;

    for (size_t i = 0; i < len; i++) {
        bool is_control = has_control(str_slice(name, i, 1));

        at[i] = is_control ? '?' : name.at[i];
    }
    at[len] = '\0';
}

static void take_key(struct walk *w, const yaml_event_t *e)
{
    const struct frame *f = frame_now(w);

    set_path(w, scalar_of(e));
    struct str name = str_slice(walk_path(w), f->path_len, walk_path(w).len);
    const struct key *section =
        f->section_len == f->path_len ? key_in_section(f->table, name) : NULL;

    w->place = AT_VALUE;
    w->key = key_find(f->table, name);
    if (w->key)
        w->pending = know_key(w, walk_line(e));
    else if (section)
        w->pending = know_section(w, section, walk_line(e));
    else
        w->pending = know_nothing(w, walk_line(e));
}

static void end_mapping(struct walk *w)
{
    struct frame *f = frame_now(w);

    if (f->section_len > f->path_len) {
        f->section_len = f->path_len;
        w->place = AT_KEY;
    } else if (f->list) {
        w->place = f->is_alone ? AT_KEY : AT_ENTRIES;
        frame_end(w);
    } else {
        w->place = BEHIND;
    }
}

static void at_key(struct walk *w, const yaml_event_t *e)
{
    if (e->type == YAML_MAPPING_END_EVENT) {
        end_mapping(w);
    } else if (e->type == YAML_SCALAR_EVENT) {
        take_key(w, e);
    } else {
        fault(w->r, walk_line(e), STR_NONE, "expected a key, such as domains");
        w->over = true;
    }
}

static void at_value(struct walk *w, const yaml_event_t *e)
{
    switch (w->pending) {
    case PENDING_KEY:
        take_value(w, e);
        break;
    case PENDING_SECTION:
        take_section(w, e);
        break;
    case PENDING_NOTHING:
        skip(w, e, AT_KEY);
        break;
    }
}

static void at_root(struct walk *w, const yaml_event_t *e)
{
    w->place = AT_KEY;
    if (e->type == YAML_MAPPING_START_EVENT)
        return;
    skip(w, e, BEHIND);
    if (!is_nothing(e))
        fault(w->r, walk_line(e), STR_NONE, "expected lines such as `domains: [example.com]`");
}

void walk_init(struct walk *w, struct reader *r)
{
    *w = (struct walk){.r = r};
    frame_begin_root(w, r->config);
}

void walk_end(struct walk *w)
{
    memcpy(w->r->lines, w->frames[0].lines, sizeof w->r->lines);
}

void walk_on(struct walk *w, const yaml_event_t *e)
{
    switch (w->place) {
    case BEFORE:
        at_root(w, e);
        break;
    case AT_KEY:
        at_key(w, e);
        break;
    case AT_LIST:
        take_entry(w, e);
        break;
    case AT_ENTRIES:
        take_map(w, e);
        break;
    case AT_VALUE:
        at_value(w, e);
        break;
    case SKIPPING:
        if (w->depth == w->skip_depth)
            w->place = w->after_skip;
        break;
    case BEHIND:
        break;
    }
}
