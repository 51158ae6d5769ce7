/* Joins nodes to the world and carries out their outputs; knows no role. */
#include "sim/node.h"

#include <assert.h>
#include <stdio.h>

/* In the DNS: workers share the name of the first one. */
static void name_node(struct node *n)
{
    char line[80];
    if (!dns_is_name(str_from(n->name)) || hosts_know(n->w->zone, str_from(n->name)))
        return;
    snprintf(line, sizeof line, "%s A 10.0.0.%u\n", n->name, n->addr.ip[3]);
    world_zone(n->w, line);
}

void node_join(struct node *n, struct world *w, const char *name, const struct node_face *face)
{
    assert(w->n_nodes < WORLD_NODES);
    n->face = face;
    n->w = w;
    n->wake_at = TIME_NEVER;
    n->workers[0] = n;
    n->n_workers = 1;
    snprintf(n->name, sizeof(n->name), "%s", name);
    n->index = (unsigned)w->n_nodes;
    w->nodes[w->n_nodes++] = n;
    n->addr =
        (struct addr){.family = ADDR_IP4, .port = 5060, .ip = {10, 0, 0, (uint8_t)w->n_nodes}};
    name_node(n);
}

void node_listen(struct node *n, struct str web)
{
    int udp = engine_listen(n->engine, TRANSPORT_UDP, &n->addr, STR_NONE);
    int tcp = engine_listen(n->engine, TRANSPORT_TCP, &n->addr, STR_NONE);
    int ws = engine_listen(n->engine, TRANSPORT_WS, &n->addr, web);
    assert(udp == LISTENER_UDP && tcp == LISTENER_TCP && ws == LISTENER_WS);
}

struct engine_config node_engine_config(struct node *n)
{
    return (struct engine_config){.mem = &n->w->heap.mem,
                                  .seed = rand_seed_from(rand_u64(&n->w->rand)),
                                  .timers = tx_timers_default(),
                                  .call_key = NODE_CALL_KEY,
                                  .worker = n->worker,
                                  .n_workers = n->n_workers};
}

void node_flow_udp(const struct node *n, const struct addr *remote, struct flow *out)
{
    *out = (struct flow){
        .transport = TRANSPORT_UDP, .listener = LISTENER_UDP, .local = n->addr, .remote = *remote};
}

/* --- clocks --- */

#define MILLION 1000000

/* How far the clock runs in a million. */
static uint64_t rate(const struct node *n)
{
    return (uint64_t)(MILLION + n->clock.ppm);
}

time_ns node_now(const struct node *n)
{
    time_ns now = n->w->now;
    time_ns shown = now / MILLION * rate(n) + now % MILLION * rate(n) / MILLION;
    return time_add(shown, n->clock.ahead);
}

time_ns node_when(const struct node *n, time_ns at)
{
    time_ns ahead = n->clock.ahead, r = rate(n);
    if (at == TIME_NEVER)
        return TIME_NEVER;
    if (at <= ahead)
        return 0;
    time_ns whole = (at - ahead) / r, rest = (at - ahead) % r;
    if (whole >= TIME_NEVER / MILLION)
        return TIME_NEVER;
    return time_add(whole * MILLION, (rest * MILLION + r - 1) / r);
}

void node_set_clock(struct node *n, int ppm, time_ns ahead)
{
    assert(ppm > -MILLION);
    for (unsigned i = 0; i < n->n_workers; i++)
        n->workers[i]->clock = (struct node_clock){ppm, ahead};
}

/* --- names --- */

static void run_resolved(struct world *w, struct sim_event *e)
{
    char space[ZONE_ANSWER_MAX];
    struct dns_question q = {{e->bytes, e->len}, (uint16_t)e->side};
    struct str message =
        zone_answer(w->zone, &w->zone_blocks, &q, w->dns_ttl_s ? w->dns_ttl_s : 60, space);
    if (w->dns_lies && world_chance(w, w->dns_lies))
        message = zone_lie(&w->rand, space, message.len);
    if (e->node->face->resolved(e->node, e->n, message) == ERR_NOMEM)
        world_again(w, e);
    node_settle(e->node);
}

static void resolve(struct node *n, const struct engine_output *o)
{
    struct world *w = n->w;
    time_ns delay = o->type == DNS_A ? NS_PER_MS : NS_PER_MS / 2; /* a domain takes 2 ms */
    if (w->dns_silence && world_chance(w, w->dns_silence))
        return;
    if (w->dns_delay_max)
        delay += world_below(w, w->dns_delay_max);
    struct sim_event *e = world_event(w, w->now + delay, o->name.len, run_resolved);
    e->node = n;
    e->n = o->query;
    e->side = o->type;
    memcpy(e->bytes, o->name.at, o->name.len);
}

/* --- between workers --- */

#define HANDOVER_NS 20000

static void run_gone(struct world *w, struct sim_event *e)
{
    if (e->node->face->closed(e->node, e->n) == ERR_NOMEM)
        world_again(w, e);
    node_settle(e->node);
}

static void tell_gone(struct node *n, conn_id conn)
{
    struct sim_event *e = world_event(n->w, n->w->now + HANDOVER_NS, 0, run_gone);
    e->node = n;
    e->n = conn;
}

void node_tell_gone(struct node *n, conn_id conn)
{
    for (unsigned i = 0; i < n->n_workers; i++)
        if (n->workers[i] != n)
            tell_gone(n->workers[i], conn);
}

static void forget_message(struct sim_event *e)
{
    struct block_pool *blocks = engine_blocks(e->node->engine);
    struct msg *m = e->arg;
    block_enter(blocks, m->block);
    msg_unref(blocks, m);
}

static void run_adopt(struct world *w, struct sim_event *e)
{
    if (e->node->face->adopt(e->node, e->arg) == ERR_NOMEM)
        world_again(w, e);
    node_settle(e->node);
}

static void hand_over(struct node *n, const struct engine_output *o)
{
    assert(o->worker < n->n_workers && n->workers[o->worker] != n);
    struct sim_event *e = world_event(n->w, n->w->now + HANDOVER_NS, 0, run_adopt);
    e->node = n->workers[o->worker];
    e->arg = o->msg;
    e->forget = forget_message;
    n->handovers++;
}

/* The worker that holds the connection sends; where it has ended, the asker hears of it. */
static void send_stream(struct node *n, conn_id conn, struct str bytes)
{
    struct node *holder = n->workers[conn >> 56];
    if (!link_send_stream(holder, conn, bytes) && holder != n)
        tell_gone(n, conn);
}

/* --- outputs --- */

static void send(struct node *n, struct engine_output *o)
{
    if (o->flow.conn)
        send_stream(n, o->flow.conn, block_str(o->bytes));
    else
        link_send_datagram(n, &o->flow, block_str(o->bytes));
    if (n->face->sent)
        n->face->sent(n, &o->flow, block_str(o->bytes));
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
        node_tell_gone(n, o->conn);
        return;
    case OUTPUT_RESOLVE:
        resolve(n, o);
        return;
    case OUTPUT_STORE:
        assert(n->location);
        location_ask(n->location, n, o->query, &o->ask);
        return;
    case OUTPUT_HANDOVER:
        hand_over(n, o);
        return;
    }
}

static void run_wake(struct world *w, struct sim_event *e)
{
    struct node *n = e->node;
    if (n->wake_at <= w->now)
        n->wake_at = TIME_NEVER;
    n->face->time(n);
    node_settle(n);
}

void node_settle(struct node *n)
{
    struct engine_output o;
    while (n->face->output(n, &o))
        act_on(n, &o);
    time_ns at = node_when(n, n->face->deadline(n));
    if (at == TIME_NEVER || at >= n->wake_at)
        return;
    n->wake_at = at > n->w->now ? at : n->w->now + 1;
    world_event(n->w, n->wake_at, 0, run_wake)->node = n;
}

void node_sleep(struct node *n, time_ns span)
{
    world_worsen(n->w, TEMPER_ROUGH);
    time_ns until = time_add(n->w->now, span);
    if (until > n->asleep_until)
        n->asleep_until = until;
    if (until > n->w->slept_until)
        n->w->slept_until = until;
    n->w->sleeps++;
}
