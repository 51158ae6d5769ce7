/* Location records for who looks after a server: shown, and shortened by hand. Knows no request. */
#include "registrar/instance.h"
#include "registrar/record.h"
#include "registrar/registrar.h"

static void show(const struct binding *b, struct registered *out)
{
    *out = (struct registered){.contact = b->uri,
                               .instance = instance_of(b->params),
                               .path = b->path,
                               .call_id = b->call_id,
                               .q = b->q,
                               .by_flow = b->by_flow,
                               .flow = b->flow,
                               .expires = b->expires};
}

size_t registrar_bindings(struct str record, time_ns now, struct registered *out, size_t max)
{
    struct bindings all;

    (void)record_read(record, now, &all);
    for (size_t i = 0; i < all.n && i < max; i++)
        show(&all.list[i], &out[i]);
    return all.n;
}

struct block *registrar_without(struct block_pool *pool, struct str record, struct str contact,
                                time_ns now, size_t *removed, time_ns *expires)
{
    struct bindings all;
    size_t kept = 0;
    bool too_large;

    (void)record_read(record, now, &all);
    for (size_t i = 0; i < all.n; i++)
        if (contact.len > 0 && !str_equal(all.list[i].uri, contact))
            all.list[kept++] = all.list[i];
    *removed = all.n - kept;
    if (*removed == 0)
        return NULL;
    all.n = kept;
    *expires = record_end(&all, now);
    return record_write(pool, &all, &too_large);
}
