/* Owns what others may know of a location record: its key, the targets in it, whether somebody is
 * one of them. */
#include <assert.h>

#include "registrar/instance.h"
#include "registrar/record.h"
#include "registrar/registrar.h"

void registrar_key(struct buf *b, const struct uri *aor)
{
    uri_print_aor(b, aor);
}

/* RFC 5626 7: by the flow of its registration or not at all: its URI leads nowhere. */
static bool is_lost(const struct binding *b)
{
    return b->outbound && b->path.len == 0 && b->flow.listener == RECORD_NO_LISTENER;
}

bool binding_target(const struct binding *b, struct target *out)
{
    *out = (struct target){
        .uri = b->uri,
        .q = b->q,
        .has_flow = b->by_flow && b->path.len == 0 && b->flow.listener != RECORD_NO_LISTENER,
        .flow_only = b->outbound && b->path.len == 0,
        .flow = b->flow,
        .instance = instance_of(b->params),
        .params = b->params.text,
        .path = b->path,
    };
    return !is_lost(b);
}

size_t registrar_targets(struct str record, time_ns now, struct target *out, size_t max)
{
    struct bindings all;
    size_t n = 0;
    record_read(record, now, &all);
    for (size_t i = 0; i < all.n; i++) {
        size_t at = n;
        struct target t;
        if (!binding_target(&all.list[i], &t))
            continue;
        while (at > 0 && out[at - 1].q < all.list[i].q)
            at--;
        if (at == max)
            continue;
        n += n < max;
        memmove(&out[at + 1], &out[at], (n - 1 - at) * sizeof *out);
        out[at] = t;
    }
    return n;
}

static bool is_same_flow(const struct flow *a, const struct flow *b)
{
    return a->transport == b->transport && addr_equal(&a->remote, &b->remote) && a->conn == b->conn;
}

bool registrar_is_from(struct str record, const struct flow *flow, time_ns now)
{
    struct bindings all;
    record_read(record, now, &all);
    for (size_t i = 0; i < all.n; i++)
        if (is_same_flow(&all.list[i].flow, flow))
            return true;
    return false;
}

bool registrar_is_at(struct str record, const struct addr *remote, time_ns now)
{
    struct bindings all;
    record_read(record, now, &all);
    for (size_t i = 0; i < all.n; i++)
        if (addr_equal_ip(&all.list[i].flow.remote, remote))
            return true;
    return false;
}
