/* What must hold of a set of peers: no gateway has more calls than it takes, or sooner; none gets
 * what is new once it was taken out, or was found dead; one that lives is found alive. */
#include <string.h>

#include "sim/check.h"
#include "sim/element_node.h"
#include "sim/gates.h"
#include "sim/wire.h"

#define ON_ITS_WAY (2 * NS_PER_S)

static bool is_new_call(const struct rung *r)
{
    return wire_is_request(r) && str_equal(wire_method(r), STR("INVITE")) && !rung_is_within(r);
}

static bool is_of_call(const struct rung *r, const struct rung *call)
{
    return is_new_call(r) && str_equal(rung_header(r, "Call-ID"), rung_header(call, "Call-ID"));
}

/* When the server had the call first. */
static time_ns came_at(const struct gates *gs, const struct rung *call)
{
    const struct world *w = gs->server->w;
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (r->to && addr_equal(&r->to->addr, &gs->server->addr) && is_of_call(r, call))
            return r->at;
    }
    return call->at;
}

/* By its Request-URI: who is dead is nobody on the wire. */
static bool is_for(const struct rung *r, const struct gate *g)
{
    struct str uri = wire_start(r);
    struct str host = str_slice(str_from(g->uri), 4, strlen(g->uri));
    return uri.len > 0 && memmem(uri.at, uri.len, host.at, host.len) != NULL;
}

static bool is_to_gate(const struct gates *gs, const struct gate *g, const struct rung *r)
{
    return is_new_call(r) && addr_equal(&r->from->addr, &gs->server->addr) && is_for(r, g);
}

/* The first copy of a call to this gateway. */
static bool is_first(const struct gates *gs, const struct gate *g, size_t at)
{
    const struct world *w = gs->server->w;
    const struct rung *call = &w->ladder.rungs[at];
    for (size_t i = 0; i < at; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (is_to_gate(gs, g, r) && is_of_call(r, call))
            return false;
    }
    return true;
}

/* --- at each call --- */

/* Who was taken out gets nothing new; he is in again after a restart. */
static void check_out(const struct gates *gs, const struct gate *g, const struct rung *r)
{
    const struct world *w = gs->server->w;
    if (g->out_since != TIME_NEVER && element_began(gs->server) <= g->out_since)
        EXPECT(w, came_at(gs, r) <= g->out_since + ON_ITS_WAY + w->slowest);
}

/* A second's worth at once, and then as the rate has it. */
static void check_rate(const struct gates *gs, const struct gate *g, size_t at)
{
    const struct world *w = gs->server->w;
    const struct rung *last = &w->ladder.rungs[at];
    unsigned n = 0;
    for (size_t i = at + 1; i-- > 0 && w->ladder.rungs[i].at + NS_PER_S > last->at;)
        n += is_to_gate(gs, g, &w->ladder.rungs[i]) && is_first(gs, g, i);
    EXPECT(w, n <= 2 * gs->rate);
}

static bool is_steady(const struct gates *gs)
{
    return gs->server->clock.ppm == 0 && element_began(gs->server) <= NS_PER_S &&
           gs->server->w->sleeps == 0;
}

static void check_gate(const struct gates *gs, const struct gate *g)
{
    const struct world *w = gs->server->w;
    for (size_t i = 0; i < w->ladder.n; i++) {
        if (!is_to_gate(gs, g, &w->ladder.rungs[i]) || !is_first(gs, g, i))
            continue;
        check_out(gs, g, &w->ladder.rungs[i]);
        if (gs->rate && is_steady(gs))
            check_rate(gs, g, i);
    }
}

/* RFC 3261 8.3: nobody is sent there either. */
static void check_told(const struct gates *gs, const struct rung *r)
{
    for (unsigned i = 0; i < gs->n; i++) {
        const struct gate *g = &gs->list[i];
        bool is_named = strstr(r->text, g->uri) != NULL;
        if (is_named && g->out_since != TIME_NEVER && element_began(gs->server) <= g->out_since)
            EXPECT(gs->server->w, r->at <= g->out_since + ON_ITS_WAY + 64 * NS_PER_S);
    }
}

/* --- now --- */

static size_t states_of(const struct gates *gs, unsigned worker, struct peer_state states[GATES])
{
    return element_peers(node_element(gs->server->workers[worker]), 0, states, GATES);
}

static void check_load(const struct gates *gs)
{
    struct peer_state states[GATES];
    size_t n = states_of(gs, 0, states);
    for (size_t i = 0; i < n; i++)
        EXPECT(gs->server->w, states[i].most == 0 || states[i].calls <= states[i].most);
}

/* From where the calls are. */
static unsigned standing(const struct gate *g)
{
    unsigned calls = 0;
    for (size_t i = 0; i < AGENT_CALLS; i++) {
        const struct call *c = &g->agent->calls[i];
        bool stands = c->side == CALL_IN && !c->lost && c->dialog.state != DIALOG_TERMINATED;
        calls += stands && !c->ended && !c->bye_sent;
    }
    return calls;
}

/* Does the server see each call to its end? */
static bool counts_calls(const struct gates *gs)
{
    return gs->calls > 0 && check_is_kind(gs->server->w) && !element_keeps_nothing(gs->server) &&
           !(element_forms(gs->server) & FORM_OFF_PATH);
}

static bool sees_well(const struct world *w)
{
    return w->link.loss == 0 && w->link.truncate == 0 && w->link.stall == 0 &&
           w->slowest < NS_PER_S / 2 && w->elements_heap.refused == 0 && w->sleeps == 0 &&
           w->temper < TEMPER_HOSTILE;
}

static time_ns noticed_within(const struct gates *gs)
{
    return (4 * gs->probe_s + 1) * NS_PER_S;
}

/* Somebody else was there all the time. */
static bool is_spare(const struct gates *gs, time_ns since)
{
    for (unsigned i = 0; i < gs->n; i++) {
        const struct gate *g = &gs->list[i];
        if (g->dead_since == TIME_NEVER && !g->ever_out &&
            g->alive_since + noticed_within(gs) < since)
            return true;
    }
    return false;
}

/* Who was found dead gets nothing new, where anybody else is there and has room. */
static void check_spared(const struct gates *gs, const struct gate *g)
{
    const struct world *w = gs->server->w;
    time_ns found = time_add(g->dead_since, noticed_within(gs));
    if (g->dead_since == TIME_NEVER || gs->calls || gs->rate || !is_spare(gs, found))
        return;
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        bool is_call =
            is_new_call(r) && addr_equal(&r->from->addr, &gs->server->addr) && is_for(r, g);
        if (is_call && r->at > found)
            EXPECT(w, came_at(gs, r) <= found);
    }
}

/* Found dead after two questions, alive after two answers, by each worker for itself. */
static void check_found(const struct gates *gs, unsigned worker)
{
    struct peer_state states[GATES];
    const struct world *w = gs->server->w;
    time_ns span = noticed_within(gs);
    size_t n = states_of(gs, worker, states);
    for (size_t i = 0; i < n; i++) {
        const struct gate *g = &gs->list[i];
        if (g->dead_since != TIME_NEVER && g->dead_since + span < w->now)
            EXPECT(w, !states[i].up);
        if (g->dead_since == TIME_NEVER && g->alive_since + span < w->now)
            EXPECT(w, states[i].up);
    }
}

/* --- all --- */

void check_gates_now(const struct gates *gs)
{
    const struct world *w = gs->server->w;
    if (gs->n == 0 || gs->server->is_down)
        return;
    check_load(gs);
    for (unsigned i = 0; i < gs->n && counts_calls(gs); i++)
        EXPECT(w, standing(&gs->list[i]) <= gs->calls);
    bool asks = gs->probe_s > 0 && sees_well(w) && element_began(gs->server) <= NS_PER_S;
    for (unsigned i = 0; asks && i < gs->server->n_workers; i++)
        check_found(gs, i);
    for (unsigned i = 0; asks && i < gs->n; i++)
        check_spared(gs, &gs->list[i]);
}

/* What is over holds no place. */
static void check_places(const struct gates *gs)
{
    struct peer_state states[GATES];
    size_t n = gs->server->is_down ? 0 : states_of(gs, 0, states);
    for (size_t i = 0; i < n; i++)
        EXPECT(gs->server->w, states[i].calls == standing(&gs->list[i]));
}

void check_gates(const struct gates *gs)
{
    const struct world *w = gs->n ? gs->server->w : NULL;
    if (!w || w->temper == TEMPER_HOSTILE || element_keeps_nothing(gs->server))
        return;
    if (counts_calls(gs))
        check_places(gs);
    for (unsigned i = 0; i < gs->n; i++)
        check_gate(gs, &gs->list[i]);
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        if (wire_status(r) == 302 && addr_equal(&r->from->addr, &gs->server->addr))
            check_told(gs, r);
    }
}
