/* Finds a rung again in a ladder that was laid out anew. */
#include "screen/flow_key.h"

bool flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
    return a->call == b->call && a->kind == b->kind && a->at == b->at && a->nth == b->nth;
}

struct flow_key flow_key_of(const struct trace_ladder *l, unsigned rung)
{
    const struct trace_rung *r = &l->rungs[rung];
    struct flow_key key = {l->calls[r->call]->serial, r->kind, r->at, 0};
    for (unsigned i = rung; i-- > 0 && l->rungs[i].at == r->at;)
        key.nth += l->rungs[i].call == r->call && l->rungs[i].kind == r->kind;
    return key;
}

const struct trace_rung *flow_key_find(const struct trace_ladder *l, const struct flow_key *key)
{
    for (unsigned i = 0; i < l->n_rungs; i++) {
        if (l->rungs[i].at != key->at)
            continue;
        struct flow_key found = flow_key_of(l, i);
        if (flow_key_equal(&found, key))
            return &l->rungs[i];
    }
    return NULL;
}
