/* What lies between nodes: rules and partitions, and what becomes of a datagram. Knows no stream.
 */
#include "sim/link.h"

#include <assert.h>

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

const struct link *link_between(const struct world *w, const struct node *from,
                                const struct node *to)
{
    for (size_t i = w->n_rules; i-- > 0;) {
        const struct link_rule *r = &w->rules[i];
        if ((!r->from || r->from == from) && (!r->to || r->to == to))
            return &r->link;
    }
    return &w->link;
}

time_ns link_delay(struct world *w, const struct link *l)
{
    return l->delay_min + world_below(w, l->delay_max - l->delay_min + 1);
}

void link_note(struct node *from, struct node *to, enum fate fate, struct str bytes)
{
    struct world *w = from->w;
    struct hash_key key = {w->digest, w->now ^ from->addr.ip[3]};
    w->digest = siphash13(&key, bytes);
    ladder_add(&w->ladder, (struct rung){.at = w->now, .from = from, .to = to, .fate = fate},
               bytes);
}

/* --- partitions --- */

void world_partition(struct world *w, uint32_t side, time_ns span)
{
    world_worsen(w, TEMPER_ROUGH);
    struct partition *p = w->partitions;
    while (p < w->partitions + WORLD_PARTITIONS && p->until > w->now)
        p++;
    assert(p < w->partitions + WORLD_PARTITIONS);
    *p = (struct partition){side, time_add(w->now, span)};
}

static bool is_of_side(const struct partition *p, const struct node *n)
{
    return p->side >> n->workers[0]->index & 1;
}

time_ns world_hears_at(const struct world *w, const struct node *a, const struct node *b)
{
    time_ns at = w->now;
    for (size_t i = 0; i < WORLD_PARTITIONS; i++) {
        const struct partition *p = &w->partitions[i];
        if (p->until > at && is_of_side(p, a) != is_of_side(p, b))
            at = p->until;
    }
    return at;
}

/* --- datagrams --- */

static time_ns arrival(struct world *w, const struct link *l)
{
    time_ns at = w->now + link_delay(w, l);
    return world_chance(w, l->reorder) ? at + world_below(w, l->reorder_delay + 1) : at;
}

static struct flow flow_back(const struct flow *sent)
{
    return (struct flow){.transport = TRANSPORT_UDP,
                         .listener = LISTENER_UDP,
                         .local = sent->remote,
                         .remote = sent->local};
}

static void run_datagram(struct world *w, struct sim_event *e)
{
    (void)w;
    e->node->face->datagram(e->node, &e->flow, (struct str){e->bytes, e->len});
    node_settle(e->node);
}

static void deliver(struct node *to, const struct flow *sent, struct str bytes, time_ns at)
{
    struct world *w = to->w;
    struct sim_event *e = world_event(w, at, bytes.len, run_datagram);
    w->slowest = at - w->now > w->slowest ? at - w->now : w->slowest;
    e->node = to;
    e->flow = flow_back(sent);
    memcpy(e->bytes, bytes.at, bytes.len);
}

static void run_unreachable(struct world *w, struct sim_event *e)
{
    (void)w;
    e->node->face->unreachable(e->node, &e->flow);
    node_settle(e->node);
}

/* ICMP's word that no program has the port. */
static void tell_unreachable(struct node *from, const struct flow *sent, const struct link *l)
{
    struct world *w = from->w;
    if (!from->face->unreachable || !world_chance(w, l->unreachable))
        return;
    struct sim_event *e = world_event(w, w->now + link_delay(w, l), 0, run_unreachable);
    e->node = from;
    e->flow = *sent;
}

bool link_is_dead(const struct addr *a)
{
    return a->ip[2] == LINK_DEAD || a->ip[2] == LINK_HOLE;
}

static enum fate fate_of(struct node *from, struct node *to, const struct flow *flow,
                         const struct link *l, struct str bytes)
{
    struct world *w = from->w;
    if (!to)
        return link_is_dead(&flow->remote) ? FATE_DEAD : FATE_NOWHERE;
    if (l->mtu && bytes.len > l->mtu)
        return FATE_TOO_LONG;
    if (world_hears_at(w, from, to) > w->now || world_chance(w, l->loss) ||
        fault_hits_packet(&w->fault, FAULT_LOSE, bytes))
        return FATE_LOST;
    if (bytes.len > 0 && world_chance(w, l->truncate))
        return FATE_CUT;
    if (world_chance(w, l->duplicate) || fault_hits_packet(&w->fault, FAULT_DOUBLE, bytes))
        return FATE_DOUBLED;
    return FATE_DELIVERED;
}

void link_send_datagram(struct node *from, const struct flow *flow, struct str bytes)
{
    struct world *w = from->w;
    struct node *to = world_node_at(w, &flow->remote);
    const struct link *l = link_between(w, from, to);
    enum fate fate = fate_of(from, to, flow, l, bytes);
    link_note(from, to, fate, bytes);
    if (fate == FATE_NOWHERE || fate == FATE_DEAD)
        tell_unreachable(from, flow, l);
    if (fate == FATE_CUT)
        bytes.len = (size_t)world_below(w, bytes.len);
    if (fate == FATE_DELIVERED || fate == FATE_DOUBLED || fate == FATE_CUT)
        deliver(to, flow, bytes, arrival(w, l) + fault_delay(&w->fault, bytes));
    if (fate == FATE_DOUBLED)
        deliver(to, flow, bytes, arrival(w, l) + fault_echo(&w->fault));
}
