/* Owns where a call goes that a user, a group or a phone sends on, as far as rules say. */
#include "element/parts.h"

static void found(struct element *e, const struct proxy_wish *wish, const struct route_decision *d,
                  time_ns now)
{
    struct choice c;
    const struct fork_how how = {.order = (enum fork_order)d->order, .ring_time = d->ring_time};
    choose(e, &c, wish->request, d, false, now);
    (void)proxy_found(e->proxy, wish->id, c.targets, c.n, &how, c.full ? 503 : 480, now);
}

bool onward(struct element *e, const struct proxy_wish *wish, const struct uri *uri,
            struct route_decision *d, time_ns now)
{
    steer_onward(e, wish->request, uri, d, now);
    switch (d->action) {
    case ROUTE_REPLY:
    case ROUTE_REGISTER:
        (void)proxy_found(e->proxy, wish->id, NULL, 0, &e->fork, d->status ? d->status : 404, now);
        return true;
    case ROUTE_FORWARD:
        found(e, wish, d, now);
        return true;
    case ROUTE_REDIRECT: /* the places are tried here; `location` is looked up as it is anyway */
        if (d->targets[0].kind != ROUTE_TO_LOCATION)
            found(e, wish, d, now);
        return d->targets[0].kind != ROUTE_TO_LOCATION;
    case ROUTE_DEFAULT:
    case ROUTE_LOOKUP:
        break;
    }
    return false;
}
