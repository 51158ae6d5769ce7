/* Aliases of connections (RFC 5923) are told to the other workers: whichever of them has a request
 * to that far end sends it by the connection that there is. One that is lost on its way costs
 * another connection and nothing else. */
#include "server/worker.h"

#define HEAD sizeof(struct engine_alias)

/* The names stand behind the rest. */
static struct block *pack(struct worker *w, const struct engine_alias *a)
{
    struct block *b = block_new(w->blocks, HEAD + a->names.len);

    if (!b)
        return NULL;
    memcpy(b->bytes, a, HEAD);
    memcpy(b->bytes + HEAD, a->names.at, a->names.len);
    b->len = (uint32_t)(HEAD + a->names.len);
    return b;
}

static void tell_one(struct worker *w, unsigned to, const struct engine_alias *a)
{
    struct parcel p = {.kind = PARCEL_ALIAS, .bytes = pack(w, a)};

    if (!p.bytes)
        return;
    block_leave(w->blocks, p.bytes);
    if (post_send(w->shared->post, w->index, to, &p)) {
        w->to_ring |= UINT64_C(1) << to;
        return;
    }
    block_enter(w->blocks, p.bytes);
    block_unref(w->blocks, p.bytes);
}

void worker_tell_aliases(struct worker *w)
{
    struct engine_alias a;

    while (engine_alias(w->engine, &a))
        for (unsigned i = 0; i < w->shared->n_workers; i++)
            if (i != w->index)
                tell_one(w, i, &a);
}

void worker_take_alias(struct worker *w, struct block *bytes)
{
    struct engine_alias a;

    block_enter(w->blocks, bytes);
    memcpy(&a, bytes->bytes, HEAD);
    a.names = str_slice(block_str(bytes), HEAD, bytes->len);
    (void)engine_learn_alias(w->engine, &a); /* without memory it is not known here */
    block_unref(w->blocks, bytes);
}
