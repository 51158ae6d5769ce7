/* The clock, the queue and the seed of a simulated network; knows nothing of what its nodes say. */
#include "sim/world.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/node.h"

void world_init(struct world *w, uint64_t seed)
{
    *w = (struct world){.seed = seed, .now = NS_PER_S, .next_port = 20000};
    struct rand_seed s = rand_seed_from(seed);
    rand_init(&w->rand, &s);
    sim_heap_init(&w->heap, &w->rand);
    sim_heap_init(&w->elements_heap, &w->rand);
    sim_heap_fault(&w->heap, &w->fault, FAULT_AGENT_ALLOC);
    sim_heap_fault(&w->elements_heap, &w->fault, FAULT_ALLOC);
    w->link = link_perfect();
    w->zone = hosts_new(&mem_libc);
    assert(w->zone);
    block_pool_init(&w->zone_blocks, &mem_libc, 4);
}

void world_zone(struct world *w, const char *text)
{
    struct hosts_fault fault;
    int err = hosts_zone(w->zone, str_from(text), &fault);
    assert(err == OK);
    (void)err;
}

static void drop(struct sim_event *e)
{
    if (e->forget)
        e->forget(e);
    e->forget = NULL;
}

void world_fini(struct world *w)
{
    for (size_t i = 0; i < w->n_queue; i++) {
        drop(w->queue[i]);
        free(w->queue[i]);
    }
    free(w->queue);
    for (size_t i = 0; i < w->n_nodes; i++)
        w->nodes[i]->face->free(w->nodes[i]);
    link_fini(w);
    hosts_free(w->zone);
    block_pool_fini(&w->zone_blocks);
    ladder_fini(&w->ladder);
}

static bool is_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void swap(struct sim_event **a, struct sim_event **b)
{
    struct sim_event *t = *a;
    *a = *b;
    *b = t;
}

static void push(struct world *w, struct sim_event *e)
{
    if (w->n_queue == w->cap_queue) {
        w->cap_queue = w->cap_queue ? 2 * w->cap_queue : 64;
        w->queue = realloc(w->queue, w->cap_queue * sizeof(struct sim_event *));
        assert(w->queue);
    }
    size_t i = w->n_queue++;
    w->queue[i] = e;
    for (; i > 0 && is_before(w->queue[i], w->queue[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&w->queue[i], &w->queue[(i - 1) / 2]);
}

static struct sim_event *pop(struct world *w)
{
    struct sim_event *first = w->queue[0];
    w->queue[0] = w->queue[--w->n_queue];
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < w->n_queue; child++)
            if (is_before(w->queue[child], w->queue[least]))
                least = child;
        if (least == i)
            return first;
        swap(&w->queue[i], &w->queue[least]);
        i = least;
    }
}

struct sim_event *world_event(struct world *w, time_ns at, size_t len,
                              void (*run)(struct world *, struct sim_event *))
{
    assert(at >= w->now);
    struct sim_event *e = calloc(1, sizeof(*e) + len);
    assert(e);
    e->at = at;
    e->seq = w->next_seq++;
    e->run = run;
    e->len = len;
    push(w, e);
    return e;
}

void world_again(struct world *w, const struct sim_event *e)
{
    struct sim_event *again = world_event(w, w->now + 10 * NS_PER_MS, e->len, e->run);
    time_ns at = again->at;
    uint64_t seq = again->seq;
    memcpy(again, e, sizeof(*e) + e->len);
    again->at = at;
    again->seq = seq;
}

static time_ns put_off_until(const struct world *w, const struct sim_event *e)
{
    if (!e->node)
        return w->now;
    time_ns awake = e->node->asleep_until;
    time_ns heard = e->from ? world_hears_at(w, e->from, e->node) : w->now;
    return awake > heard ? awake : heard;
}

/* A node that sleeps finds all that came meanwhile, in its order, when it wakes; so does one that
 * is cut off from the other end of a stream. */
static bool is_put_off(struct world *w, struct sim_event *e)
{
    time_ns at = put_off_until(w, e);
    if (at <= w->now)
        return false;
    e->at = at;
    push(w, e);
    return true;
}

static void run_act(struct world *w, struct sim_event *e)
{
    (void)w;
    e->act(e->arg);
}

void world_do(struct world *w, time_ns after, void (*act)(void *), void *arg)
{
    struct sim_event *e = world_event(w, time_add(w->now, after), 0, run_act);
    e->act = act;
    e->arg = arg;
}

void world_run(struct world *w, time_ns span)
{
    time_ns end = time_add(w->now, span);
    while (w->n_queue > 0 && w->queue[0]->at <= end) {
        struct sim_event *e = pop(w);
        w->now = e->at;
        if (is_put_off(w, e))
            continue;
        e->run(w, e);
        free(e);
    }
    w->now = end;
}

uint64_t world_below(struct world *w, uint64_t bound)
{
    return rand_below(&w->rand, bound);
}

bool world_chance(struct world *w, unsigned per_mille)
{
    return per_mille > 0 && world_below(w, 1000) < per_mille;
}

struct node *world_node_at(struct world *w, const struct addr *a)
{
    for (size_t i = 0; i < w->n_nodes; i++) {
        struct node *n = w->nodes[i];
        if (!n->is_down && addr_equal(&n->addr, a))
            return n->n_workers > 1 ? n->workers[world_below(w, n->n_workers)] : n;
    }
    return NULL;
}

static void run_nothing(struct world *w, struct sim_event *e)
{
    (void)w;
    (void)e;
}

void world_forget(struct world *w, const struct node *n)
{
    for (size_t i = 0; i < w->n_queue; i++)
        if (w->queue[i]->node == n) {
            drop(w->queue[i]);
            w->queue[i]->run = run_nothing;
        }
}
