/* Owns the entries that a walk is in: begins one in its list, and says at its end what it lacks. */
#include <assert.h>
#include <stdio.h>

#include "config/walk.h"

struct frame *frame_now(struct walk *w)
{
    return &w->frames[w->n_frames - 1];
}

void frame_begin_root(struct walk *w, struct config *c)
{
    w->n_frames = 1;
    *frame_now(w) = (struct frame){.table = &root_table, .base = c};
}

static unsigned count_of(const struct key *list, const void *base)
{
    struct config_route_list l; /* all lists of entries are alike */

    memcpy(&l, (const char *)base + list->at, sizeof l);
    return l.n;
}

bool frame_begin(struct walk *w, const yaml_event_t *e, bool is_alone)
{
    struct frame *outer = frame_now(w);
    char text[200];
    struct buf expected;
    size_t len = walk_path(w).len;

    buf_init(&expected, text, sizeof text);
    struct config_entry *entry =
        value_add_entry(w->key, outer->base, w->r->config->shelf, &expected);
    assert(w->n_frames < FRAMES_MAX);
    if (!entry) {
        fault(w->r, walk_line(e), walk_path(w), "%.*s", STR_ARG(buf_str(&expected)));
        return false;
    }
    entry->line = walk_line(e);
    (void)snprintf(w->path + len, sizeof w->path - len, "[%u].", count_of(w->key, outer->base));
    len = walk_path(w).len;
    w->frames[w->n_frames++] = (struct frame){.table = key_entries(w->key),
                                              .base = entry,
                                              .list = w->key,
                                              .line = entry->line,
                                              .is_alone = is_alone,
                                              .path_len = len,
                                              .section_len = len};
    return true;
}

static bool is_missing(const struct frame *f, unsigned i)
{
    return f->table->keys[i].row.needed && f->lines[i] == 0;
}

/* A list of entries that must have one. One that was refused as a whole is empty, too. */
static void tell_empty(struct walk *w, const struct frame *f)
{
    for (unsigned i = 0; i < f->table->n; i++) {
        const struct key *k = &f->table->keys[i];

        if (key_entries(k) && k->least > 0 && f->lines[i] > 0 && count_of(k, f->base) == 0)
            fault(w->r, f->lines[i], walk_path(w), "%s has no entry: write one such as %s",
                  k->row.key, k->row.example);
    }
}

void frame_end(struct walk *w)
{
    const struct frame *f = frame_now(w);

    w->path[f->path_len - 1] = '\0';
    for (unsigned i = 0; i < f->table->n; i++)
        if (is_missing(f, i))
            fault(w->r, f->line, walk_path(w), "%s is missing: write one such as %s",
                  f->table->keys[i].row.key, f->table->keys[i].row.example);
    tell_empty(w, f);
    memcpy(((struct config_entry *)f->base)->lines, f->lines, f->table->n * sizeof *f->lines);
    w->key = f->list;
    *strrchr(w->path, '[') = '\0';
    w->n_frames--;
}
