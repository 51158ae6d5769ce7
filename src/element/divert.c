/* Owns how a request is redirected by a rule: to URIs, to a set of peers, or to where the user has
 * registered. Knows no record's form. */
#include "element/parts.h"
#include "redirect/redirect.h"

static void tell(struct element *e, const struct engine_event *ev, unsigned status,
                 const struct redirect_contact *contacts, size_t n, time_ns now)
{
    if (ev->kind == EVENT_REQUEST) /* without memory the engine owes it */
        (void)redirect_answer(e->engine, ev, status, contacts, n, now);
    else
        answer(e, ev, status, STR_NONE, STR_NONE, now);
}

/* RFC 3261 8.3, 20.10: expires is how long the caller may believe it. */
void divert_to_bindings(struct element *e, const struct engine_event *ev, unsigned status,
                        struct str record, time_ns now)
{
    struct registered found[LIMIT_BINDINGS];
    struct redirect_contact contacts[LIMIT_BINDINGS];
    size_t n = registrar_bindings(record, now, found, LIMIT_BINDINGS);
    if (n > LIMIT_BINDINGS)
        n = LIMIT_BINDINGS;
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && contacts[at - 1].q < found[i].q; at--)
            contacts[at] = contacts[at - 1];
        contacts[at] =
            (struct redirect_contact){.uri = found[i].contact,
                                      .q = found[i].q,
                                      .expires = true,
                                      .expires_s = (unsigned)((found[i].expires - now) / NS_PER_S)};
    }
    tell(e, ev, status, contacts, n, now);
}

static void divert_to_location(struct element *e, const struct engine_event *ev,
                               const struct route_decision *d, time_ns now)
{
    struct uri aor;
    char number[NUMBER_MAX];
    if (place_of_uri(e, ev->msg, &d->uri, number, &aor) == PLACE_USER)
        lookup_redirect(e, ev, &aor, d->redirect_status, now);
    else
        answer(e, ev, 404, STR_NONE, STR_NONE, now);
}

void divert(struct element *e, const struct engine_event *ev, const struct route_decision *d,
            time_ns now)
{
    struct choice c;
    struct redirect_contact contacts[LIMIT_ROUTE_TARGETS];
    if (d->targets[0].kind == ROUTE_TO_LOCATION) {
        divert_to_location(e, ev, d, now);
        return;
    }
    choose(e, &c, ev->msg, d, false, now);
    for (unsigned i = 0; i < c.n; i++)
        contacts[i] = (struct redirect_contact){.uri = c.targets[i].uri, .q = c.targets[i].q};
    tell(e, ev, d->redirect_status, contacts, c.n, now);
}
