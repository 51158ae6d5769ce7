/* Connections between nodes: their bytes are delayed, split and stalled, and keep their order. */
#include <assert.h>
#include <stdlib.h>

#include "sim/link.h"

#define IN_VAIN (127 * NS_PER_S) /* before a kernel gives a connection up that nobody answers */

struct sim_conn {
    struct sim_conn *next;
    struct node *end[2]; /* 0: who connected */
    conn_id id[2];       /* as each end calls it; id[1] is 0 until it is accepted */
    time_ns last[2];     /* of arrivals at that end: a stream keeps its order */
    bool open[2];
    uint8_t transport;
    struct addr client; /* the connecting end's address */
};

static struct sim_conn *find(struct node *n, conn_id id, unsigned *side)
{
    for (struct sim_conn *c = n->w->conns; c; c = c->next)
        for (*side = 0; *side < 2; ++*side)
            if (c->end[*side] == n && c->id[*side] == id && c->open[*side])
                return c;
    return NULL;
}

static time_ns arrival(struct world *w, struct sim_conn *c, unsigned side)
{
    const struct link *l = link_between(w, c->end[!side], c->end[side]);
    time_ns at = w->now + link_delay(w, l);
    if (at < c->last[side])
        at = c->last[side];
    if (world_chance(w, l->stall))
        at += l->stall_delay;
    c->last[side] = at;
    return at;
}

/* Something that comes by the connection at this end of it. */
static struct sim_event *to_come(struct sim_conn *c, unsigned side, size_t len,
                                 void (*run)(struct world *, struct sim_event *))
{
    struct world *w = c->end[side]->w;
    struct sim_event *e = world_event(w, arrival(w, c, side), len, run);
    e->conn = c;
    e->side = side;
    e->node = c->end[side];
    e->from = c->end[!side];
    return e;
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

static void close_other(struct sim_conn *c, unsigned side)
{
    (void)to_come(c, side, 0, run_closed);
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
    (void)w;
    struct sim_conn *c = e->conn;
    struct node *n = c->end[1];
    struct flow flow = {.transport = c->transport,
                        .listener = transport_is_web(c->transport) ? LISTENER_WS : LISTENER_TCP,
                        .local = n->addr,
                        .remote = c->client};
    c->id[1] = n->face->accepted(n, &flow);
    c->open[1] = c->id[1] != 0;
    node_settle(n);
    if (!c->open[1]) {
        close_other(c, 0);
        return;
    }
    (void)to_come(c, 0, 0, run_connected);
    if (!c->open[0]) /* whoever connected has ended meanwhile */
        close_other(c, 1);
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
                           .transport = flow->transport,
                           .client = from->addr};
    c->client.port = (uint16_t)w->next_port++;
    w->conns = c;
    if (!c->end[1]) {
        if (flow->remote.ip[2] == LINK_HOLE)
            c->last[0] = w->now + IN_VAIN;
        close_other(c, 0);
        return;
    }
    (void)to_come(c, 1, 0, run_accept);
}

static void run_stream(struct world *w, struct sim_event *e)
{
    (void)w;
    struct sim_conn *c = e->conn;
    if (!c->open[e->side])
        return;
    struct node *n = c->end[e->side];
    int (*input)(struct node *, conn_id, struct str) =
        transport_is_web(c->transport) ? n->face->message : n->face->stream;
    if (input(n, c->id[e->side], (struct str){e->bytes, e->len}) == ERR_NOMEM) {
        close_other(c, e->side);
        close_other(c, !e->side);
    }
    node_settle(n);
}

/* How many of `len` bytes arrive together. */
static size_t piece(struct world *w, const struct link *l, size_t len)
{
    size_t most = l->portion && l->portion < len ? l->portion : len;
    return fault_piece(&w->fault, len, 1 + (size_t)world_below(w, most));
}

bool link_send_stream(struct node *from, conn_id id, struct str bytes)
{
    unsigned side;
    struct world *w = from->w;
    struct sim_conn *c = find(from, id, &side);
    if (!c || !c->end[!side])
        return false;
    link_note(from, c->end[!side], FATE_STREAM, bytes);
    time_ns late = fault_delay(&w->fault, bytes);
    if (late > 0)
        c->last[!side] = arrival(w, c, !side) + late;
    while (bytes.len > 0) {
        size_t n = transport_is_web(c->transport)
                       ? bytes.len
                       : piece(w, link_between(w, from, c->end[!side]), bytes.len);
        memcpy(to_come(c, !side, n, run_stream)->bytes, bytes.at, n);
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
        close_other(c, !side);
}

void link_cut_off(struct node *n)
{
    for (struct sim_conn *c = n->w->conns; c; c = c->next)
        for (unsigned side = 0; side < 2; side++) {
            if (c->end[side] != n || (!c->open[side] && !c->open[!side]))
                continue;
            c->open[side] = false;
            if (c->end[!side])
                close_other(c, !side);
        }
}

void link_cut_between(struct node *n, const struct node *peer, bool silently)
{
    for (struct sim_conn *c = n->w->conns; c; c = c->next)
        for (unsigned side = 0; side < 2; side++) {
            struct node *other = c->end[!side];
            if (c->end[side] != n || !other || other->workers[0] != peer->workers[0])
                continue;
            if (c->open[!side] && !silently)
                close_other(c, !side);
            if (c->open[side])
                close_other(c, side);
        }
}

void link_break_all(struct world *w)
{
    world_worsen(w, TEMPER_ROUGH);
    for (struct sim_conn *c = w->conns; c; c = c->next)
        for (unsigned side = 0; side < 2; side++)
            if (c->open[side])
                close_other(c, side);
}

void link_fini(struct world *w)
{
    while (w->conns) {
        struct sim_conn *next = w->conns->next;
        free(w->conns);
        w->conns = next;
    }
}
