/* The table: which calls there are, and which makes room. Knows no header but Call-ID. */
#include "base/err.h"
#include "trace/streams.h"

#define BUCKETS 64

static void table_fini(struct trace_calls *t)
{
    strangers_fini(t);
    map_fini(&t->ids);
    map_fini(&t->marks);
    map_fini(&t->places);
    read_desk_free(t->mem, t->desk);
    mem_free(t->mem, t, sizeof *t);
}

static size_t within_limits(size_t bytes)
{
    size_t most = LIMIT_TRACE_BYTES, least = LIMIT_TRACE_BYTES_LEAST;
    return bytes > most ? most : bytes < least ? least : bytes;
}

static bool table_init(struct trace_calls *t)
{
    return map_init(&t->ids, t->mem, BUCKETS) == OK && map_init(&t->marks, t->mem, BUCKETS) == OK &&
           map_init(&t->places, t->mem, BUCKETS) == OK && strangers_init(t) == OK &&
           (t->desk = read_desk_new(t->mem)) != NULL;
}

struct trace_calls *trace_calls_new(struct mem *mem, const struct hash_key *key, size_t bytes)
{
    struct trace_calls *t = mem_alloc_zero(mem, sizeof *t);
    if (!t)
        return NULL;
    t->mem = mem;
    t->key = *key;
    t->most_bytes = within_limits(bytes);
    t->ids.mem = t->marks.mem = t->places.mem = t->strangers_by_key.mem = mem;
    list_init(&t->strangers);
    list_init(&t->doubtful);
    list_init(&t->believed);
    list_init(&t->calls);
    list_init(&t->used);
    if (table_init(t))
        return t;
    table_fini(t);
    return NULL;
}

static void call_free(struct trace_calls *t, struct call *c)
{
    LIST_EACH (&c->open.items, node, after)
        entry_drop(t, c, entry_of(node));
    LIST_EACH (&c->open.streams, node, after) {
        t->bytes -= sizeof(struct held_stream);
        stream_free(t,
                    (struct held_stream *)(void *)CONTAINER_OF(node, struct trace_stream, in_call));
    }
    call_part(c);
    map_remove(&t->ids, &c->by_id);
    list_remove(&c->open.in_table);
    list_remove(&c->by_use);
    t->bytes -= c->size;
    t->n_calls--;
    mem_free(t->mem, c, c->size);
}

void trace_calls_free(struct trace_calls *t)
{
    if (!t)
        return;
    LIST_EACH (&t->used, node, after)
        call_free(t, CONTAINER_OF(node, struct call, by_use));
    table_fini(t);
}

static struct call *call_find(const struct trace_calls *t, struct str call_id)
{
    struct map_node *n = map_find(&t->ids, siphash13(&t->key, call_id));
    for (; n; n = map_find_next(n)) {
        struct call *c = CONTAINER_OF(n, struct call, by_id);
        if (str_equal(c->open.call_id, call_id))
            return c;
    }
    return NULL;
}

const struct trace_call *trace_calls_find(const struct trace_calls *t, struct str call_id)
{
    struct call *c = call_find(t, call_id);
    return c ? &c->open : NULL;
}

const struct trace_call *trace_calls_of(const struct trace_calls *t,
                                        const struct trace_event *event)
{
    struct reading r;
    return message_read(t->desk, event, &r) ? trace_calls_find(t, r.call_id) : NULL;
}

const struct trace_call *trace_calls_next(const struct trace_calls *t,
                                          const struct trace_call *last)
{
    const struct list *next = last ? last->in_table.next : t->calls.next;
    return next == &t->calls ? NULL : CONTAINER_OF(next, struct trace_call, in_table);
}

const struct trace_item *trace_calls_last(const struct trace_calls *t,
                                          const struct trace_call **call)
{
    *call = t->last_call ? &t->last_call->open : NULL;
    return t->last_item;
}

struct trace_counts trace_calls_counts(const struct trace_calls *t)
{
    return t->counts;
}

/* The texts that a call keeps of its first message, which may have to go before it does. */
static struct str keep(char **at, struct str s)
{
    struct str kept = {*at, s.len};
    if (s.len > 0)
        memcpy(*at, s.at, s.len);
    *at += s.len;
    return kept;
}

static struct call *call_new(struct trace_calls *t, const struct reading *r)
{
    const struct trace_item *i = &r->item;
    size_t size =
        sizeof(struct call) + r->call_id.len + i->method_name.len + i->from_uri.len + i->to_uri.len;
    struct call *c = mem_alloc_zero(t->mem, size);
    if (!c)
        return NULL;
    char *text = (char *)(c + 1);
    c->size = size;
    c->open.call_id = keep(&text, r->call_id);
    c->open.method_name = keep(&text, i->method_name);
    c->open.from_uri = keep(&text, i->from_uri);
    c->open.to_uri = keep(&text, i->to_uri);
    c->open.method = i->method;
    c->open.at = c->open.last_at = i->at;
    list_init(&c->open.items);
    list_init(&c->open.streams);
    list_init(&c->open.in_flow);
    return c;
}

static void call_enter(struct trace_calls *t, struct call *c)
{
    c->open.serial = ++t->serial;
    map_insert(&t->ids, &c->by_id, siphash13(&t->key, c->open.call_id));
    list_append(&t->calls, &c->open.in_table);
    list_append(&t->used, &c->by_use);
    t->bytes += c->size;
    t->n_calls++;
    t->counts.calls++;
}

/* Forgets calls, never `spared`, until `more` bytes fit. */
static bool make_room(struct trace_calls *t, const struct call *spared, size_t more,
                      uint32_t more_calls)
{
    LIST_EACH (&t->used, node, after) {
        struct call *oldest = CONTAINER_OF(node, struct call, by_use);
        if (t->bytes + more <= t->most_bytes && t->n_calls + more_calls <= LIMIT_TRACE_CALLS)
            break;
        if (oldest == spared)
            continue;
        call_free(t, oldest);
        t->counts.forgotten++;
    }
    return t->bytes + more <= t->most_bytes;
}

static void drop_first(struct trace_calls *t, struct call *c)
{
    entry_drop(t, c, entry_of(c->open.items.next));
    c->open.left_out++;
    t->counts.left_out++;
}

static void call_touch(struct trace_calls *t, struct call *c, unix_ns at)
{
    if (at < c->open.at)
        c->open.at = at;
    if (at > c->open.last_at)
        c->open.last_at = at;
    list_remove(&c->by_use);
    list_append(&t->used, &c->by_use);
}

static void call_take(struct trace_calls *t, struct call *c, struct entry *e)
{
    (void)make_room(t, c, e->size, 0);
    while (c->open.n_items > 0 &&
           (c->open.n_items >= LIMIT_TRACE_ITEMS || t->bytes + e->size > t->most_bytes))
        drop_first(t, c);
    entry_insert(t, c, e);
    call_touch(t, c, e->item.at);
    t->last_call = c;
    t->last_item = &e->item;
}

static void count_message(struct trace_calls *t, struct call *c)
{
    c->open.n_messages++;
    t->counts.messages++;
}

static void call_repeat(struct trace_calls *t, struct call *c, struct entry *e, unix_ns at)
{
    entry_repeat(c, e, at);
    call_touch(t, c, at);
    count_message(t, c);
    t->last_call = c;
    t->last_item = &e->item;
}

static int begin_call(struct trace_calls *t, const struct reading *r, struct entry *e)
{
    struct call *c = call_new(t, r);
    if (!c)
        return ERR_NOMEM;
    (void)make_room(t, NULL, c->size + e->size, 1);
    call_enter(t, c);
    call_join(t, c, r);
    call_take(t, c, e);
    count_message(t, c);
    return OK;
}

static int take_message(struct trace_calls *t, const struct trace_event *event)
{
    struct reading r;
    if (!message_read(t->desk, event, &r)) {
        t->counts.without_call++;
        return OK;
    }
    struct call *c = call_find(t, r.call_id);
    struct entry *e = c ? entry_repeated(c, &r, entry_hash(t, event->text)) : NULL;
    if (e) {
        call_repeat(t, c, e, event->at);
        return OK;
    }
    e = entry_new(t, &r);
    if (!e)
        return ERR_NOMEM;
    if (!c && begin_call(t, &r, e) != OK) {
        mem_free(t->mem, e, e->size);
        return ERR_NOMEM;
    }
    if (c) {
        call_take(t, c, e);
        count_message(t, c);
    }
    return OK;
}

static int take_note(struct trace_calls *t, const struct trace_event *event)
{
    struct call *c = call_find(t, event->call_id);
    if (!c || event->text.len > LIMIT_MSG_BYTES || event->who.len > LIMIT_MSG_BYTES) {
        t->counts.notes_unheard++;
        return OK;
    }
    struct reading r = {.item = {.kind = TRACE_NOTE,
                                 .at = event->at,
                                 .last_at = event->at,
                                 .from = event->from,
                                 .to = event->to,
                                 .transport = event->transport,
                                 .text = event->text,
                                 .who = event->who}};
    struct entry *e = entry_new(t, &r);
    if (!e)
        return ERR_NOMEM;
    call_take(t, c, e);
    return OK;
}

int trace_calls_take(struct trace_calls *t, const struct trace_event *event)
{
    t->last_call = NULL;
    t->last_item = NULL;
    return event->kind == TRACE_NOTE ? take_note(t, event) : take_message(t, event);
}
