/* Owns how records are written: under a version, and so that a write can be taken back. Knows
 * nothing of where they are kept besides memory. */
#include <assert.h>

#include "base/err.h"
#include "store/table.h"

/* A full store looks at this many records for one that has ended before it refuses. */
#define SWEEP_WHEN_FULL 16

static uint64_t next_version(struct location *l)
{
    return atomic_fetch_add_explicit(l->last_version, 1, memory_order_relaxed) + 1;
}

/* A record past its end is absent for the caller, but its room is there to be used again. */
static bool has_room(struct location *l, const struct record *old, time_ns now)
{
    if (old || l->map.n_nodes < l->max)
        return true;
    return location_sweep(l, now, SWEEP_WHEN_FULL) > 0;
}

/* Shows in *out what there is, where the write may not be. */
static int judge(struct location *l, const struct record *old, struct str key, struct str value,
                 uint64_t version, time_ns now, struct location_record *out)
{
    *out = (struct location_record){.key = key};
    if (key.len == 0 || key.len > UINT16_MAX || value.len > UINT32_MAX)
        return ERR_LIMIT;
    bool there = old && !record_is_over(old, now);
    if (there)
        record_show(old, out);
    if (version != (there ? old->version : 0))
        return ERR_STALE;
    return value.len == 0 || has_room(l, old, now) ? OK : ERR_LIMIT;
}

static void show_made(const struct record *r, struct location_record *out)
{
    if (r->value_len > 0)
        record_show(r, out);
    else
        *out = (struct location_record){0};
}

/* In place: it has no open change, so nobody reads the old bytes. */
static void overwrite(struct location *l, struct record *r, struct str value, time_ns expires)
{
    memmove(r->bytes + r->key_len, value.at, value.len);
    r->version = next_version(l);
    r->expires = expires;
}

int location_put(struct location *l, struct str key, struct str value, uint64_t version,
                 time_ns expires, time_ns now, struct location_record *out)
{
    struct location_change c;
    struct record *old = record_find(l, key, record_hash(l, key));
    if (old && old->value_len == value.len && judge(l, old, key, value, version, now, out) == OK) {
        assert(!old->open);
        overwrite(l, old, value, expires);
        record_show(old, out);
        return OK;
    }
    int rc = location_change(l, &c, key, value, version, expires, now, out);
    if (rc == OK)
        location_settle(l, &c);
    return rc;
}

/* The new record stands before the old one goes: key and value may be views into the old one. */
int location_change(struct location *l, struct location_change *c, struct str key, struct str value,
                    uint64_t version, time_ns expires, time_ns now, struct location_record *out)
{
    uint64_t hash = record_hash(l, key);
    struct record *old = record_find(l, key, hash);
    int rc = judge(l, old, key, value, version, now, out);
    if (rc != OK)
        return rc;
    struct record *made = record_new(l, key, value, expires);
    if (!made)
        return ERR_NOMEM;
    made->version = next_version(l);
    made->open = true;
    if (old)
        record_take_out(l, old);
    record_place(l, made, hash);
    *c = (struct location_change){.made = made, .before = old};
    list_append(&l->waiting, &c->node);
    show_made(made, out);
    return OK;
}

static struct location_change *change_of(struct list *node)
{
    return CONTAINER_OF(node, struct location_change, node);
}

struct location_change *location_take(struct location *l)
{
    struct list *first = list_first(&l->waiting);
    if (!first)
        return NULL;
    list_remove(first);
    list_append(&l->taken, first);
    return change_of(first);
}

void location_changed(const struct location_change *c, struct location_record *out)
{
    record_show(c->made, out);
}

void location_settle(struct location *l, struct location_change *c)
{
    struct record *made = c->made;
    list_remove(&c->node);
    record_free(l, c->before);
    made->open = false;
    if (made->in_table && made->value_len == 0) {
        record_take_out(l, made);
        record_free(l, made);
    }
}

struct location_change *location_undo(struct location *l)
{
    struct list *all = list_is_empty(&l->waiting) ? &l->taken : &l->waiting;
    if (list_is_empty(all))
        return NULL;
    struct location_change *c = change_of(all->prev);
    list_remove(&c->node);
    record_take_out(l, c->made);
    record_free(l, c->made);
    if (c->before)
        record_place(l, c->before, record_hash(l, record_key(c->before)));
    return c;
}

/* The youngest change of the key that is being written; NULL: none is. */
static const struct record *being_written(const struct location *l, struct str key)
{
    const struct record *r = NULL;
    LIST_EACH (&l->taken, node, after) {
        if (str_equal(record_key(change_of(node)->made), key))
            r = change_of(node)->made;
    }
    return r;
}

/* What stood before the oldest change of the key that waits. */
static const struct record *before_waiting(const struct location *l, struct str key)
{
    LIST_EACH (&l->waiting, node, after) {
        if (str_equal(record_key(change_of(node)->made), key))
            return change_of(node)->before;
    }
    return NULL;
}

bool location_needs(const struct location *l, struct str key, uint64_t version, time_ns now)
{
    const struct record *r = record_find(l, key, record_hash(l, key));
    if (r && r->open) {
        const struct record *written = being_written(l, key);
        r = written ? written : before_waiting(l, key);
    }
    return r && r->version == version && !record_is_over(r, now);
}

int location_restore(struct location *l, const struct location_record *from)
{
    uint64_t hash = record_hash(l, from->key);
    struct record *old = record_find(l, from->key, hash);
    struct record *made = NULL;
    if (from->key.len == 0 || from->key.len > UINT16_MAX || from->value.len > UINT32_MAX)
        return ERR_LIMIT;
    if (from->value.len > 0) {
        if (!old && l->map.n_nodes >= l->max)
            return ERR_LIMIT;
        made = record_new(l, from->key, from->value, from->expires);
        if (!made)
            return ERR_NOMEM;
        made->version = from->version;
    }
    if (old) {
        assert(!old->open);
        record_take_out(l, old);
        record_free(l, old);
    }
    if (made)
        record_place(l, made, hash);
    return OK;
}
