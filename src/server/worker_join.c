/* Phones that come while their user is called at another worker: it is told, and the store's
 * answers never overtake that. */
#include "server/worker_join.h"

void worker_tell_awaits(struct worker *w)
{
    atomic_store(&w->shared->awaits[w->index], element_awaits(w->element));
}

static void tell_one(struct worker *w, unsigned to, struct str key)
{
    struct block *bytes = block_new(w->blocks, key.len);
    struct parcel p = {.kind = PARCEL_CAME, .bytes = bytes};

    if (!bytes)
        return;
    memcpy(bytes->bytes, key.at, key.len);
    bytes->len = (uint32_t)key.len;
    block_leave(w->blocks, bytes);
    if (post_send(w->shared->post, w->index, to, &p)) {
        w->to_ring |= UINT64_C(1) << to;
        return;
    }
    block_enter(w->blocks, bytes);
    block_unref(w->blocks, bytes);
}

void worker_tell_came(struct worker *w, struct str key)
{
    for (unsigned i = 0; i < w->shared->n_workers && key.len > 0; i++)
        if (i != w->index && atomic_load(&w->shared->awaits[i]))
            tell_one(w, i, key);
}

void worker_take_came(struct worker *w, struct block *bytes, time_ns now)
{
    block_enter(w->blocks, bytes);
    element_came(w->element, block_str(bytes), now);
    block_unref(w->blocks, bytes);
}
