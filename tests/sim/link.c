/* What lies between nodes: loses, doubles, delays and reorders datagrams; delays and splits
 * streams. */
#include <assert.h>
#include <stdlib.h>

#include "sim/node.h"

struct sim_conn {
    struct sim_conn *next;
    struct node *end[2]; /* 0: who connected */
    conn_id id[2];       /* as each end calls it; id[1] is 0 until it is accepted */
    time_ns last[2];     /* of arrivals at that end: a stream keeps its order */
    bool open[2];
    struct addr client; /* the connecting end's address */
};

struct link link_perfect(void)
{
    return (struct link){.delay_min = NS_PER_MS, .delay_max = NS_PER_MS};
}

struct link link_bad(unsigned loss, unsigned duplicate, unsigned reorder)
{
    return (struct link){.loss = loss,
                         .duplicate = duplicate,
                         .reorder = reorder,
                         .delay_min = NS_PER_MS,
                         .delay_max = 40 * NS_PER_MS,
                         .reorder_delay = 400 * NS_PER_MS};
}

void world_link(struct world *w, const struct node *from, const struct node *to, struct link l)
{
    assert(w->n_rules < WORLD_LINKS);
    w->rules[w->n_rules++] = (struct link_rule){from, to, l};
}

static const struct link *link_between(const struct world *w, const struct node *from,
                                       const struct node *to)
{
    for (size_t i = w->n_rules; i-- > 0;) {
        const struct link_rule *r = &w->rules[i];
        if ((!r->from || r->from == from) && (!r->to || r->to == to))
            return &r->link;
    }
    return &w->link;
}

static time_ns arrival(struct world *w, const struct link *l)
{
    time_ns delay = l->delay_min + world_below(w, l->delay_max - l->delay_min + 1);
    if (world_chance(w, l->reorder))
        delay += world_below(w, l->reorder_delay + 1);
    return w->now + delay;
}

static void note(struct node *from, struct node *to, enum fate fate, struct str bytes)
{
    struct world *w = from->w;
    struct hash_key key = {w->digest, w->now ^ from->addr.ip[3]};
    w->digest = siphash13(&key, bytes);
    ladder_add(&w->ladder, (struct rung){.at = w->now, .from = from, .to = to, .fate = fate},
               bytes);
}

static void run_datagram(struct world *w, struct sim_event *e)
{
    (void)w;
    e->node->face->datagram(e->node, &e->flow, (struct str){e->bytes, e->len});
    node_settle(e->node);
}

static void deliver(struct node *to, const struct flow *sent, struct str bytes, time_ns at)
{
    struct sim_event *e = world_event(to->w, at, bytes.len, run_datagram);
    e->node = to;
    e->flow = (struct flow){.transport = TRANSPORT_UDP,
                            .listener = LISTENER_UDP,
                            .local = sent->remote,
                            .remote = sent->local};
    memcpy(e->bytes, bytes.at, bytes.len);
}

void link_send_datagram(struct node *from, const struct flow *flow, struct str bytes)
{
    struct world *w = from->w;
    struct node *to = world_node_at(w, &flow->remote);
    const struct link *l = link_between(w, from, to);
    enum fate fate = FATE_DELIVERED;
    if (!to)
        fate = FATE_NOWHERE;
    else if (world_chance(w, l->loss) || fault_hits_packet(&w->fault, FAULT_LOSE, bytes))
        fate = FATE_LOST;
    else if (world_chance(w, l->duplicate) || fault_hits_packet(&w->fault, FAULT_DOUBLE, bytes))
        fate = FATE_DOUBLED;
    note(from, to, fate, bytes);
    if (fate == FATE_DELIVERED || fate == FATE_DOUBLED)
        deliver(to, flow, bytes, arrival(w, l) + fault_delay(&w->fault, bytes));
    if (fate == FATE_DOUBLED)
        deliver(to, flow, bytes, arrival(w, l) + fault_echo(&w->fault));
}

/* --- streams --- */

static struct sim_conn *find(struct node *n, conn_id id, unsigned *side)
{
    for (struct sim_conn *c = n->w->conns; c; c = c->next)
        for (*side = 0; *side < 2; ++*side)
            if (c->end[*side] == n && c->id[*side] == id && c->open[*side])
                return c;
    return NULL;
}

static time_ns stream_arrival(struct world *w, struct sim_conn *c, unsigned side)
{
    const struct link *l = link_between(w, c->end[!side], c->end[side]);
    time_ns at = w->now + l->delay_min + world_below(w, l->delay_max - l->delay_min + 1);
    if (at < c->last[side])
        at = c->last[side];
    c->last[side] = at;
    return at;
}

static void run_closed(struct world *w, struct sim_event *e)
{
    struct sim_conn *c = e->conn;
    struct node *n = c->end[e->side];
    if (!c->open[e->side])
        return;
    if (n->face->closed(n, c->id[e->side]) == ERR_NOMEM)
        world_again(w, e);
    else
        c->open[e->side] = false;
    if (!c->open[e->side])
        node_tell_gone(n, c->id[e->side]);
    node_settle(n);
}

static void close_other(struct world *w, struct sim_conn *c, unsigned side)
{
    struct sim_event *e = world_event(w, stream_arrival(w, c, side), 0, run_closed);
    e->conn = c;
    e->node = c->end[side];
    e->side = side;
}

static void run_connected(struct world *w, struct sim_event *e)
{
    struct sim_conn *c = e->conn;
    if (!c->open[0])
        return;
    if (c->end[0]->face->connected(c->end[0], c->id[0], &c->client) == ERR_NOMEM)
        world_again(w, e);
    node_settle(c->end[0]);
}

static void run_accept(struct world *w, struct sim_event *e)
{
    struct sim_conn *c = e->conn;
    struct node *n = c->end[1];
    struct flow flow = {.transport = TRANSPORT_TCP,
                        .listener = LISTENER_TCP,
                        .local = n->addr,
                        .remote = c->client};
    c->id[1] = n->face->accepted(n, &flow);
    c->open[1] = c->id[1] != 0;
    node_settle(n);
    if (!c->open[1]) {
        close_other(w, c, 0);
        return;
    }
    struct sim_event *up = world_event(w, stream_arrival(w, c, 0), 0, run_connected);
    up->conn = c;
    up->node = c->end[0];
}

void link_connect(struct node *from, conn_id id, const struct flow *flow)
{
    struct world *w = from->w;
    struct sim_conn *c = calloc(1, sizeof(*c));
    assert(c);
    *c = (struct sim_conn){.next = w->conns,
                           .end = {from, world_node_at(w, &flow->remote)},
                           .id = {id, 0},
                           .open = {true, false},
                           .client = from->addr};
    c->client.port = (uint16_t)w->next_port++;
    w->conns = c;
    if (!c->end[1]) {
        close_other(w, c, 0);
        return;
    }
    struct sim_event *e = world_event(w, stream_arrival(w, c, 1), 0, run_accept);
    e->conn = c;
    e->node = c->end[1];
}

static void run_stream(struct world *w, struct sim_event *e)
{
    struct sim_conn *c = e->conn;
    if (!c->open[e->side])
        return;
    struct node *n = c->end[e->side];
    if (n->face->stream(n, c->id[e->side], (struct str){e->bytes, e->len}) == ERR_NOMEM) {
        close_other(w, c, e->side);
        close_other(w, c, !e->side);
    }
    node_settle(n);
}

bool link_send_stream(struct node *from, conn_id id, struct str bytes)
{
    unsigned side;
    struct world *w = from->w;
    struct sim_conn *c = find(from, id, &side);
    if (!c || !c->end[!side])
        return false;
    note(from, c->end[!side], FATE_STREAM, bytes);
    time_ns late = fault_delay(&w->fault, bytes);
    if (late > 0)
        c->last[!side] = stream_arrival(w, c, !side) + late;
    while (bytes.len > 0) {
        size_t n = 1 + (size_t)world_below(w, bytes.len);
        n = fault_piece(&w->fault, bytes.len, n);
        struct sim_event *e = world_event(w, stream_arrival(w, c, !side), n, run_stream);
        e->conn = c;
        e->node = c->end[!side];
        e->side = !side;
        memcpy(e->bytes, bytes.at, n);
        bytes = str_slice(bytes, n, bytes.len);
    }
    return true;
}

void link_close(struct node *from, conn_id id)
{
    unsigned side;
    struct sim_conn *c = find(from, id, &side);
    if (!c)
        return;
    c->open[side] = false;
    if (c->end[!side])
        close_other(from->w, c, !side);
}

void link_cut_off(struct node *n)
{
    for (struct sim_conn *c = n->w->conns; c; c = c->next)
        for (unsigned side = 0; side < 2; side++) {
            if (c->end[side] != n)
                continue;
            c->open[side] = false;
            if (c->open[!side])
                close_other(n->w, c, !side);
        }
}

void link_break_all(struct world *w)
{
    for (struct sim_conn *c = w->conns; c; c = c->next)
        for (unsigned side = 0; side < 2; side++)
            if (c->open[side])
                close_other(w, c, side);
}

void link_fini(struct world *w)
{
    while (w->conns) {
        struct sim_conn *next = w->conns->next;
        free(w->conns);
        w->conns = next;
    }
}
