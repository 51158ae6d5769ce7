/* One message or note of a call: its memory, its place among the others, its numbers. */
#include "trace/table.h"

#include "msg/msg.h"

uint64_t entry_hash(const struct trace_calls *t, struct str text)
{
    return siphash13(&t->key, text);
}

struct entry *entry_repeated(const struct call *c, const struct reading *r, uint64_t hash)
{
    LIST_EACH ((struct list *)(uintptr_t)&c->open.items, node, after) {
        struct entry *e = entry_of(node);
        if (e->hash == hash && e->item.kind == TRACE_MESSAGE &&
            str_equal(e->item.text, r->item.text) && addr_equal(&e->item.from, &r->item.from) &&
            addr_equal(&e->item.to, &r->item.to))
            return e;
    }
    return NULL;
}

static void move(struct str *view, struct str old, const char *new)
{
    if (view->len > 0)
        view->at = new + (view->at - old.at);
    else
        *view = STR_NONE;
}

static void move_views(struct trace_item *i, struct str old, const char *new)
{
    struct str *const views[] = {&i->text,     &i->method_name, &i->reason,   &i->uri,
                                 &i->from_uri, &i->to_uri,      &i->from_tag, &i->to_tag,
                                 &i->agent,    &i->contact,     &i->about,    &i->sdp};
    for (size_t n = 0; n < sizeof views / sizeof views[0]; n++)
        move(views[n], old, new);
}

static void copy_marks(struct entry *e, const struct reading *r)
{
    for (unsigned n = 0; n < r->n_marks; n++) {
        e->marks[n] = (struct held_mark){.item = &e->item, .mark = r->marks[n]};
        move(&e->marks[n].mark.a, r->item.text, e->item.text.at);
        move(&e->marks[n].mark.b, r->item.text, e->item.text.at);
    }
    for (unsigned n = 0; n < r->n_places; n++)
        e->places[n] =
            (struct held_place){.item = &e->item, .place = r->places[n], .side = r->item.from};
}

struct entry *entry_new(struct trace_calls *t, const struct reading *r)
{
    size_t size = sizeof(struct entry) + r->n_marks * sizeof(struct held_mark) +
                  r->n_places * sizeof(struct held_place) + r->item.text.len + r->item.who.len;
    struct entry *e = mem_alloc_zero(t->mem, size);
    if (!e)
        return NULL;
    e->item = r->item;
    e->hash = entry_hash(t, r->item.text);
    e->size = size;
    e->n_marks = r->n_marks;
    e->n_places = r->n_places;
    e->marks = (struct held_mark *)(void *)(e + 1);
    e->places = (struct held_place *)(void *)(e->marks + r->n_marks);
    char *text = (char *)(e->places + r->n_places);
    if (r->item.text.len > 0)
        memcpy(text, r->item.text.at, r->item.text.len);
    move_views(&e->item, r->item.text, text);
    if (r->item.who.len > 0)
        memcpy(text + r->item.text.len, r->item.who.at, r->item.who.len);
    e->item.who = (struct str){text + r->item.text.len, r->item.who.len};
    copy_marks(e, r);
    list_init(&e->item.in_call);
    return e;
}

/* RFC 3261 17: an INVITE's ACK and CANCEL count with it. */
static bool same_method(const struct trace_item *a, const struct trace_item *b)
{
    bool invite_a =
        a->method == METHOD_ACK || a->method == METHOD_CANCEL || a->method == METHOD_INVITE;
    bool invite_b =
        b->method == METHOD_ACK || b->method == METHOD_CANCEL || b->method == METHOD_INVITE;
    return invite_a ? invite_b : !invite_b && str_equal(a->method_name, b->method_name);
}

static bool same_dialog(const struct trace_item *a, const struct trace_item *b)
{
    return (str_equal(a->from_tag, b->from_tag) && str_equal(a->to_tag, b->to_tag)) ||
           (str_equal(a->from_tag, b->to_tag) && str_equal(a->to_tag, b->from_tag));
}

/* What a refusal says under a tag of its own is no dialog. */
static bool makes_dialog(const struct trace_item *i)
{
    return i->status == 0 ? i->method != METHOD_ACK : i->status > 100 && i->status < 300;
}

static void number(struct call *c, struct trace_item *i)
{
    LIST_EACH (&c->open.items, node, after) {
        const struct trace_item *o = &entry_of(node)->item;
        if (i->transaction == 0 && o->cseq == i->cseq && o->transaction > 0 &&
            str_equal(o->from_tag, i->from_tag) && same_method(o, i))
            i->transaction = o->transaction;
        if (i->dialog == 0 && o->dialog > 0 && same_dialog(o, i))
            i->dialog = o->dialog;
    }
    if (i->transaction == 0)
        i->transaction = ++c->n_transactions;
    if (i->dialog == 0 && i->to_tag.len > 0 && makes_dialog(i))
        i->dialog = ++c->n_dialogs;
}

static void insert_by_time(struct list *items, struct trace_item *i)
{
    struct list *before = items->prev;
    while (before != items && entry_of(before)->item.at > i->at)
        before = before->prev;
    list_append(before->next, &i->in_call);
}

void entry_repeat(struct call *c, struct entry *e, unix_ns at)
{
    c->open.n_repeats++;
    if (e->item.repeats < UINT16_MAX)
        e->item.repeats++;
    if (at > e->item.last_at)
        e->item.last_at = at;
    if (at < e->item.at) {
        e->item.at = at;
        list_remove(&e->item.in_call);
        insert_by_time(&c->open.items, &e->item);
    }
}

void entry_insert(struct trace_calls *t, struct call *c, struct entry *e)
{
    if (e->item.kind == TRACE_MESSAGE)
        number(c, &e->item);
    insert_by_time(&c->open.items, &e->item);
    c->open.n_items++;
    t->bytes += e->size;
    for (unsigned n = 0; n < e->n_marks; n++) {
        e->marks[n].call = c;
        mark_hold(t, &e->marks[n]);
    }
    for (unsigned n = 0; n < e->n_places; n++) {
        e->places[n].call = c;
        place_hold(t, &e->places[n]);
    }
}

void entry_drop(struct trace_calls *t, struct call *c, struct entry *e)
{
    for (unsigned n = 0; n < e->n_marks; n++)
        map_remove(&t->marks, &e->marks[n].node);
    for (unsigned n = 0; n < e->n_places; n++)
        place_drop(t, &e->places[n]);
    list_remove(&e->item.in_call);
    c->open.n_items--;
    t->bytes -= e->size;
    mem_free(t->mem, e, e->size);
}

const struct trace_item *trace_call_item(const struct trace_call *c, const struct trace_item *last)
{
    const struct list *next = last ? last->in_call.next : c->items.next;
    return next == &c->items ? NULL : CONTAINER_OF(next, struct trace_item, in_call);
}
