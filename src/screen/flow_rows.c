/* Rows and columns of a ladder from calls; knows nothing of how it is drawn. */
#include "screen/flow_rows.h"

#include <stdlib.h>
#include <string.h>

void flow_rows_free(struct mem *mem, struct flow_rows *f)
{
    mem_free(mem, f->at, f->room * sizeof *f->at);
}

void flow_rows_begin(struct flow_rows *f)
{
    f->n = 0;
    f->n_columns = 0;
}

static bool grow(struct mem *mem, struct flow_rows *f, size_t n)
{
    if (n <= f->room)
        return true;
    size_t room = n + n / 2;
    struct flow_row *at = mem_alloc(mem, room * sizeof *at);
    if (!at)
        return false;
    if (f->n > 0)
        memcpy(at, f->at, f->n * sizeof *at);
    mem_free(mem, f->at, f->room * sizeof *at);
    f->at = at;
    f->room = room;
    return true;
}

static bool is_wanted(const struct trace_item *i, const struct flow_options *o)
{
    return !o->has_sdp_only || i->sdp.len > 0;
}

static void add_items(struct flow_rows *f, const struct trace_call *c, const struct flow_options *o)
{
    unix_ns last = 0;
    uint32_t nth = 0;
    for (const struct trace_item *i = NULL; (i = trace_call_item(c, i));) {
        nth = i->at == last ? nth + 1 : 0;
        last = i->at;
        if (is_wanted(i, o))
            f->at[f->n++] =
                (struct flow_row){.key = {c->serial, i->at, nth, false}, .call = c, .item = i};
    }
}

static void add_streams(struct flow_rows *f, const struct trace_call *c)
{
    unix_ns last = 0;
    uint32_t nth = 0;
    for (const struct trace_stream *m = NULL; (m = trace_call_stream(c, m));) {
        nth = m->at == last ? nth + 1 : 0;
        last = m->at;
        f->at[f->n++] =
            (struct flow_row){.key = {c->serial, m->at, nth, true}, .call = c, .stream = m};
    }
}

bool flow_rows_add(struct mem *mem, struct flow_rows *f, const struct trace_call *c,
                   const struct flow_options *o)
{
    if (!grow(mem, f, f->n + c->n_items + c->n_streams))
        return false;
    add_items(f, c, o);
    if (o->has_media)
        add_streams(f, c);
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct flow_key *x = &((const struct flow_row *)a)->key,
                          *y = &((const struct flow_row *)b)->key;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->call != y->call)
        return x->call < y->call ? -1 : 1;
    if (x->is_stream != y->is_stream)
        return x->is_stream ? 1 : -1;
    return (x->nth > y->nth) - (x->nth < y->nth);
}

static unsigned find_column(const struct flow_rows *f, const struct addr *a, bool any_port)
{
    for (unsigned i = 0; i < f->n_columns; i++)
        if (any_port ? addr_equal_ip(&f->columns[i], a) : addr_equal(&f->columns[i], a))
            return i;
    return FLOW_NOWHERE;
}

static unsigned column_of(struct flow_rows *f, const struct addr *a, const struct flow_options *o)
{
    unsigned i = find_column(f, a, o->is_compressed);
    if (i < FLOW_NOWHERE || a->family == ADDR_NONE || f->n_columns == LIMIT_SCREEN_COLUMNS)
        return i;
    f->columns[f->n_columns] = *a;
    if (o->is_compressed)
        f->columns[f->n_columns].port = 0;
    return f->n_columns++;
}

/* Media go between those who announced them; failing that, between their hosts. */
static unsigned column_of_media(struct flow_rows *f, const struct addr *side, const struct addr *a,
                                const struct flow_options *o)
{
    unsigned i = side->family ? find_column(f, side, o->is_compressed) : FLOW_NOWHERE;
    if (i == FLOW_NOWHERE)
        i = find_column(f, a, true);
    return i < FLOW_NOWHERE ? i : column_of(f, a, o);
}

void flow_rows_end(struct flow_rows *f, const struct flow_options *o)
{
    if (f->n > 1)
        qsort(f->at, f->n, sizeof *f->at, compare);
    for (size_t i = 0; i < f->n; i++) {
        struct flow_row *r = &f->at[i];
        if (!r->item)
            continue;
        r->from = column_of(f, &r->item->from, o);
        r->to = column_of(f, &r->item->to, o);
    }
    for (size_t i = 0; i < f->n; i++) {
        struct flow_row *r = &f->at[i];
        if (!r->stream)
            continue;
        r->from = column_of_media(f, &r->stream->from_side, &r->stream->from, o);
        r->to = column_of_media(f, &r->stream->to_side, &r->stream->to, o);
    }
}

bool flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
    return a->call == b->call && a->at == b->at && a->nth == b->nth && a->is_stream == b->is_stream;
}

const struct flow_row *flow_rows_find(const struct flow_rows *f, const struct flow_key *key)
{
    for (size_t i = 0; i < f->n; i++)
        if (flow_key_equal(&f->at[i].key, key))
            return &f->at[i];
    return NULL;
}
