/* Joins nodes to the world and carries out their outputs; knows no role. */
#include "sim/node.h"

#include <assert.h>
#include <stdio.h>

void node_join(struct node *n, struct world *w, const char *name, const struct node_face *face)
{
    assert(w->n_nodes < WORLD_NODES);
    n->face = face;
    n->w = w;
    n->wake_at = TIME_NEVER;
    snprintf(n->name, sizeof(n->name), "%s", name);
    w->nodes[w->n_nodes++] = n;
    n->addr =
        (struct addr){.family = ADDR_IP4, .port = 5060, .ip = {10, 0, 0, (uint8_t)w->n_nodes}};
}

void node_listen(struct node *n)
{
    int udp = engine_listen(n->engine, TRANSPORT_UDP, &n->addr, STR_NONE);
    int tcp = engine_listen(n->engine, TRANSPORT_TCP, &n->addr, STR_NONE);
    assert(udp == LISTENER_UDP && tcp == LISTENER_TCP);
}

struct engine_config node_engine_config(struct node *n)
{
    return (struct engine_config){.mem = &n->w->heap.mem,
                                  .seed = rand_seed_from(rand_u64(&n->w->rand)),
                                  .timers = tx_timers_default(),
                                  .call_key = {1, 2},
                                  .n_workers = 1};
}

void node_flow_udp(const struct node *n, const struct addr *remote, struct flow *out)
{
    *out = (struct flow){
        .transport = TRANSPORT_UDP, .listener = LISTENER_UDP, .local = n->addr, .remote = *remote};
}

/* --- outputs --- */

static void run_resolved(struct world *w, struct sim_event *e)
{
    size_t found = 0;
    struct addr a = {0};
    for (size_t i = 0; i < w->n_nodes && !found; i++)
        if (str_equal_nocase(str_from(w->nodes[i]->name), (struct str){e->bytes, e->len})) {
            a = w->nodes[i]->addr;
            a.port = (uint16_t)e->side;
            found = 1;
        }
    if (e->node->face->resolved(e->node, e->n, &a, found) == ERR_NOMEM)
        world_again(w, e);
    node_settle(e->node);
}

static void resolve(struct node *n, const struct engine_output *o)
{
    struct sim_event *e = world_event(n->w, n->w->now + 2 * NS_PER_MS, o->name.len, run_resolved);
    e->node = n;
    e->n = o->query;
    e->side = o->port ? o->port : 5060;
    memcpy(e->bytes, o->name.at, o->name.len);
}

static void send(struct node *n, struct engine_output *o)
{
    if (o->flow.conn)
        link_send_stream(n, o->flow.conn, block_str(o->bytes));
    else
        link_send_datagram(n, &o->flow, block_str(o->bytes));
    block_unref(engine_blocks(n->engine), o->bytes);
}

static void act_on(struct node *n, struct engine_output *o)
{
    switch (o->kind) {
    case OUTPUT_SEND:
        send(n, o);
        return;
    case OUTPUT_CONNECT:
        link_connect(n, o->conn, &o->flow);
        return;
    case OUTPUT_CLOSE:
        link_close(n, o->conn);
        return;
    case OUTPUT_RESOLVE:
        resolve(n, o);
        return;
    case OUTPUT_STORE:
        assert(n->location);
        location_ask(n->location, n, o->query, &o->ask);
        return;
    case OUTPUT_HANDOVER:
        assert(false && "one worker hands nothing over");
        return;
    }
}

static void run_wake(struct world *w, struct sim_event *e)
{
    struct node *n = e->node;
    if (n->wake_at == w->now)
        n->wake_at = TIME_NEVER;
    n->face->time(n);
    node_settle(n);
}

void node_settle(struct node *n)
{
    struct engine_output o;
    while (n->face->output(n, &o))
        act_on(n, &o);
    time_ns at = n->face->deadline(n);
    if (at == TIME_NEVER || at >= n->wake_at)
        return;
    n->wake_at = at > n->w->now ? at : n->w->now + 1;
    world_event(n->w, n->wake_at, 0, run_wake)->node = n;
}
