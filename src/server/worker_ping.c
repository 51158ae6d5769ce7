/* Whose turn it is among the phones that are kept within reach: each once in registrar.ping, evenly
 * over that time, each worker those of its share of the records. */
#include "server/worker.h"

#define TICK (NS_PER_S / 10)
#define RECORDS 8 /* copied at a time */

static time_ns interval(const struct worker *w)
{
    return current_config(&w->shared->current)->registrar.ping_s * NS_PER_S;
}

void worker_set_pings(struct worker *w, time_ns now)
{
    bool wanted = interval(w) > 0;

    if (wanted == (w->pings.next != TIME_NEVER))
        return;
    w->pings = (struct worker_pings){.next = wanted ? now : TIME_NEVER};
}

/* Where more phones come meanwhile the round takes longer. */
static void begin_round(struct worker *w, time_ns now)
{
    size_t n = locations_count(store_locations(w->shared->store)) / w->shared->n_workers;
    size_t share = n / (size_t)(interval(w) / TICK) + 1;

    w->pings.walk = (struct location_walk){0};
    w->pings.share = share < LIMIT_PINGS_TURN ? share : LIMIT_PINGS_TURN;
    w->pings.round_ends = time_add(now, interval(w));
}

static size_t look(struct worker *w, size_t max, time_ns now)
{
    static _Thread_local char space[LOCATION_WALK_BYTES];
    enum ping_by by = current_config(&w->shared->current)->registrar.ping_with;
    struct location_record found[RECORDS];
    struct locations *all = store_locations(w->shared->store);
    size_t n =
        locations_walk(all, &w->pings.walk, now, space, found, max < RECORDS ? max : RECORDS);

    for (size_t i = 0; i < n; i++)
        (void)element_ping(w->element, found[i].key, found[i].value, by, now);
    worker_settle(w, now);
    return n;
}

void worker_ping(struct worker *w, time_ns now)
{
    struct worker_pings *p = &w->pings;

    if (now < p->next || w->drained)
        return;
    p->next = now + TICK;
    if (p->round_ends == 0 || (p->walk.over && now >= p->round_ends))
        begin_round(w, now);
    for (size_t left = p->share, stripes = 0; left > 0 && stripes < LOCATION_STRIPES; stripes++) {
        location_walk_part(&p->walk, w->index, w->shared->n_workers);
        if (p->walk.over)
            break;
        size_t n = look(w, left, now);

        left -= n;
    }
    if (p->walk.over)
        p->next = p->round_ends > now ? p->round_ends : now + TICK;
}
