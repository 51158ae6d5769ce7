/* Where a hop's name leads (RFC 3263): searches begun, what they find handed to who waits. Asks
 * through outputs; knows no name server. */
#include "engine/state.h"

#include <assert.h>

#define AGAIN_NS (10 * NS_PER_MS)

/* What waits for room comes again soon; else the alarm is for questions without an answer. */
static void arm(struct engine *e, bool soon, time_ns now)
{
    time_ns at = soon ? time_add(now, AGAIN_NS) : resolver_deadline(e->resolver);
    if (at != e->names.timer.at)
        wheel_set(&e->wheel, &e->names.timer, at);
}

int names_find(struct engine *e, const struct hop *hop, enum query_kind kind, uint64_t order,
               time_ns now, uint64_t *query, struct resolve_target out[LIMIT_RESOLVE_TARGETS],
               unsigned *n)
{
    struct resolve_request q = {.host = hop->name,
                                .port = hop->port,
                                .transport = hop->transport,
                                .secure = hop->secure,
                                .order = order};
    pool_id id, search;
    bool over;
    struct query *one = query_new(e, kind, &id);
    if (!one)
        return ERR_NOMEM;
    *query = *n = 0;
    int err = resolver_find(e->resolver, &q, id, now, &search, &over);
    if (!err && !over) {
        one->search = search;
        *query = id;
        arm(e, false, now);
        return OK;
    }
    if (!err)
        *n = resolver_targets(e->resolver, search, now, out);
    query_free(e, id);
    return err == ERR_INVALID ? ERR_NO_ROUTE : err;
}

/* Room for one event must be there. Without memory for the URI it counts as not answered. */
static void tell_number(struct engine *e, const struct query *q, pool_id search, time_ns now)
{
    char space[LIMIT_ENUM_URI];
    struct buf uri;
    struct block *hold = NULL;
    buf_init(&uri, space, sizeof space);
    enum number_outcome outcome = resolver_uri(e->resolver, search, now, &uri);
    if (outcome == NUMBER_FOUND) {
        hold = engine_block_of(e, &uri);
        outcome = hold ? NUMBER_FOUND : NUMBER_FAILED;
    }
    event_number(e, q, outcome, hold);
}

int engine_ask_number(struct engine *e, struct str number, struct str domain, uint8_t owner,
                      uint64_t user, time_ns now)
{
    pool_id id, search;
    bool over;
    if (!engine_room(e, 1, 4))
        return ERR_NOMEM;
    struct query *q = query_new(e, QUERY_NUMBER, &id);
    if (!q)
        return ERR_NOMEM;
    q->owner = owner;
    q->user = user;
    int err = resolver_number(e->resolver, number, domain, id, now, &search, &over);
    if (!err && !over) {
        q->search = search;
        arm(e, false, now);
        return OK;
    }
    if (!err)
        tell_number(e, q, search, now);
    query_free(e, id);
    return err;
}

static void hand_out(struct engine *e, uint64_t query, pool_id search, time_ns now)
{
    struct resolve_target list[LIMIT_RESOLVE_TARGETS];
    struct query *q = pool_get(&e->queries, query);
    assert(q && q->search == search);
    q->search = 0;
    if (q->kind == QUERY_NUMBER) {
        tell_number(e, q, search, now);
        query_free(e, query);
        return;
    }
    unsigned n = resolver_targets(e->resolver, search, now, list);
    if (q->kind != QUERY_CLIENT) {
        places_known(e, query, list, n, now);
        return;
    }
    struct client *c = client_get(e, q->tx);
    assert(c && c->query == query);
    c->query = 0;
    client_resolved(e, c, list, n, now);
    query_free(e, query);
}

static void settle(struct engine *e, time_ns now)
{
    pool_id search;
    uint64_t query;
    bool room;
    while ((room = engine_room(e, 2, 4)) && resolver_ended(e->resolver, &search, &query))
        hand_out(e, query, search, now);
    arm(e, !room, now);
}

int engine_resolved(struct engine *e, uint64_t query, struct str message, time_ns now)
{
    int err = resolver_answered(e->resolver, query, message, now);
    if (!err)
        settle(e, now);
    return err;
}

void names_fire(struct engine *e, time_ns now)
{
    while (resolver_expire(e->resolver, now))
        continue;
    settle(e, now);
}

bool engine_asks(const struct engine *e, uint64_t query, struct str *name)
{
    struct dns_question q;
    if (!resolver_is_open(e->resolver, query, &q))
        return false;
    *name = q.name;
    return true;
}

void engine_resolver_stats(const struct engine *e, time_ns now, struct resolver_stats *out)
{
    resolver_stats(e->resolver, now, out);
}

void engine_hosts(struct engine *e, const struct hosts *hosts)
{
    resolver_hosts(e->resolver, hosts);
}
