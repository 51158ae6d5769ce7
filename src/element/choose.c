/* Owns which places a rule's targets are for one request, best first. Sends nothing. */
#include "element/parts.h"

/* What does not fit is left out. Each is worth less than the one before it. */
static void add(struct choice *c, const struct route_decision *d, struct str to, bool has_user,
                struct load load)
{
    size_t from = c->text.len;
    if (c->n == LIMIT_ROUTE_TARGETS)
        return;
    route_put_target(&c->text, d, to, has_user);
    if (!c->text.over)
        c->targets[c->n] =
            (struct target){.uri = str_slice(buf_str(&c->text), from, c->text.len - from),
                            .q = 1000 - c->n * 50,
                            .load = load};
    c->n += !c->text.over;
}

static void add_set(struct element *e, struct choice *c, struct msg *m,
                    const struct route_decision *d, unsigned set, bool settled, time_ns now)
{
    struct peer_choice members[LIMIT_ROUTE_TARGETS];
    const struct peers_request request = {.call_id = msg_call_id(m),
                                          .user = d->uri.user,
                                          .is_call = m->method == METHOD_INVITE && !settled,
                                          .settled = settled,
                                          .now = now};
    size_t n =
        peers_order(e->peers, set, &request, engine_rand(e->engine), members, LIMIT_ROUTE_TARGETS);
    c->full |= n == 0 && peers_any(e->peers, set);
    for (size_t i = 0; i < n; i++)
        add(c, d, members[i].uri, false, members[i].load);
}

void choose(struct element *e, struct choice *c, struct msg *m, const struct route_decision *d,
            bool settled, time_ns now)
{
    c->n = 0;
    c->full = false;
    buf_init(&c->text, c->space, sizeof c->space);
    for (unsigned i = 0; i < d->n_targets; i++)
        if (d->targets[i].kind == ROUTE_TO_SET)
            add_set(e, c, m, d, d->targets[i].set, settled, now);
        else if (d->targets[i].kind == ROUTE_TO_URI)
            add(c, d, d->targets[i].uri, d->targets[i].has_user, (struct load){0});
}
