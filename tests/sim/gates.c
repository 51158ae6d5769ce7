/* Gateways, and what their server knows of them. Judges nothing. */
#include "sim/gates.h"

#include <assert.h>
#include <stdio.h>

#include "sim/element_node.h"

static void open_gate(struct gate *g, struct world *w, unsigned i)
{
    g->agent = agent_join(w, GATE_USER, NULL, i % 2 ? TRANSPORT_TCP : TRANSPORT_UDP);
    g->agent->plan.answer_after = NS_PER_S;
    g->agent->plan.hang_up_after = (5 + 3 * i) * NS_PER_S;
    g->out_since = g->dead_since = TIME_NEVER;
    snprintf(g->uri, sizeof g->uri, "sip:10.0.0.%u:5060%s", g->agent->node.addr.ip[3],
             i % 2 ? ";transport=tcp" : "");
}

void gates_open(struct gates *gs, struct world *w, struct node *server, const uint32_t *knob)
{
    *gs = (struct gates){
        .n = knob[KNOB_GATES] < GATES ? knob[KNOB_GATES] : GATES,
        .policy = (enum config_policy)(knob[KNOB_GATE_POLICY] % (CONFIG_POLICY_LEAST + 1)),
        .calls = knob[KNOB_GATE_CALLS],
        .rate = knob[KNOB_GATE_RATE],
        .probe_s = knob[KNOB_GATE_PROBE],
        .redirects = knob[KNOB_GATE_REDIRECT] > 0,
        .server = server};
    for (unsigned i = 0; i < gs->n; i++)
        open_gate(&gs->list[i], w, i);
    if (gs->n > 0)
        element_use_gates(server, gs);
}

void gates_configure(const struct gates *gs, bool asks, struct config_route_list *routes,
                     struct config_set_list *sets)
{
    static struct str user = STR_INIT(GATE_USER), to = STR_INIT("set:gates");
    static struct config_member members[GATES];
    static struct config_route route;
    static struct config_set set;
    for (unsigned i = 0; i < gs->n; i++)
        members[i] = (struct config_member){.uri = str_from(gs->list[i].uri),
                                            .weight = 1 + i,
                                            .calls = gs->calls,
                                            .rate = gs->rate};
    set = (struct config_set){.name = STR("gates"),
                              .members = {members, gs->n},
                              .policy = gs->policy,
                              .probe_s = gs->probe_s,
                              .down_after = 2,
                              .up_after = 2};
    route = (struct config_route){.users = {&user, 1},
                                  .order = FORK_SEQUENTIAL,
                                  .allow = asks ? CONFIG_ALLOW_ACCOUNTS : CONFIG_ALLOW_ANYONE};
    if (gs->redirects) {
        route.redirect = (struct str_list){&to, 1};
        route.redirect_status = 302;
    } else {
        route.forward = (struct str_list){&to, 1};
    }
    *routes = (struct config_route_list){&route, 1};
    *sets = (struct config_set_list){&set, 1};
}

static struct gate *gate(struct gates *gs, unsigned which)
{
    return which < gs->n ? &gs->list[which] : NULL;
}

static void is_back(void *arg)
{
    struct gate *g = arg;
    if (agent_is_down(g->agent))
        return;
    g->alive_since = g->agent->node.w->now;
    g->dead_since = TIME_NEVER;
}

void gate_dies(struct gates *gs, unsigned which, time_ns span)
{
    struct gate *g = gate(gs, which);
    if (!g)
        return;
    g->dead_since = time_min(g->dead_since, g->agent->node.w->now);
    agent_crash_for(g->agent, span);
    world_do(g->agent->node.w, span, is_back, g);
}

void gate_set_out(struct gates *gs, unsigned which, bool out)
{
    struct gate *g = gate(gs, which);
    if (!g || gs->server->is_down)
        return;
    for (unsigned i = 0; i < gs->server->n_workers; i++)
        (void)element_set_peer_out(node_element(gs->server->workers[i]), str_from(g->uri), out);
    g->ever_out = g->ever_out || out;
    if (!out)
        g->out_since = TIME_NEVER;
    else if (g->out_since == TIME_NEVER)
        g->out_since = g->agent->node.w->now;
}

void gates_close(struct gates *gs)
{
    struct sim_heap *h;
    if (gs->n == 0)
        return;
    h = &gs->server->w->elements_heap;
    unsigned failures = h->failures;
    h->failures = 0;
    gs->probe_s = 0;
    element_use_gates(gs->server, gs);
    h->failures = failures;
}
