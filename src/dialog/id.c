/* Dialog ids (RFC 3261 12) and the table that finds dialogs by them. */
#include "base/siphash.h"
#include "dialog/table.h"

#include <assert.h>

bool dialog_id_of(struct msg *m, struct dialog_id *out)
{
    const struct nameaddr *from = msg_from(m), *to = msg_to(m);
    struct str call_id = msg_call_id(m);
    if (!from || !to || call_id.len == 0)
        return false;
    *out = (struct dialog_id){.call_id = call_id,
                              .local_tag = m->is_request ? to->tag : from->tag,
                              .remote_tag = m->is_request ? from->tag : to->tag};
    return true;
}

bool dialog_id_equal(const struct dialog_id *a, const struct dialog_id *b)
{
    return str_equal(a->local_tag, b->local_tag) && str_equal(a->remote_tag, b->remote_tag) &&
           str_equal(a->call_id, b->call_id);
}

uint64_t dialog_id_hash(const struct dialog_id *id, const struct hash_key *key)
{
    struct siphash h;
    siphash_init(&h, key);
    siphash_text(&h, id->call_id);
    siphash_text(&h, id->local_tag);
    siphash_text(&h, id->remote_tag);
    return siphash_end(&h);
}

int dialog_table_init(struct dialog_table *t, struct mem *mem, const struct hash_key *key)
{
    t->key = *key;
    return map_init(&t->map, mem, 64);
}

void dialog_table_fini(struct dialog_table *t)
{
    assert(t->map.n_nodes == 0);
    map_fini(&t->map);
}

void dialog_table_add(struct dialog_table *t, struct dialog *d)
{
    assert(!dialog_table_find(t, &d->id));
    map_insert(&t->map, &d->in_table, dialog_id_hash(&d->id, &t->key));
}

void dialog_table_remove(struct dialog_table *t, struct dialog *d)
{
    map_remove(&t->map, &d->in_table);
}

struct dialog *dialog_table_find(const struct dialog_table *t, const struct dialog_id *id)
{
    struct map_node *n = map_find(&t->map, dialog_id_hash(id, &t->key));
    for (; n; n = map_find_next(n)) {
        struct dialog *d = CONTAINER_OF(n, struct dialog, in_table);
        if (dialog_id_equal(&d->id, id))
            return d;
    }
    return NULL;
}

size_t dialog_table_count(const struct dialog_table *t)
{
    return t->map.n_nodes;
}
