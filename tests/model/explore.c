/* The search: a hash set of states, the parent of each, and the certain steps backwards. */
#include "explore.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT32_MAX
#define STATE_MAX 256

struct edge {
    uint32_t from, to;
};

struct explore {
    const struct model *model;
    uint8_t *states;
    uint32_t *parent;
    uint8_t *by; /* the move that led here */
    size_t n, room, most;
    uint32_t *slots; /* index into states, or NOWHERE; open addressing */
    size_t mask;
    struct edge *certain;
    size_t n_certain, room_certain, steps;
    const char *fault;
    uint32_t fault_at;
    int fault_by; /* the move that broke it; -1: the state itself */
};

static const uint8_t *state_at(const struct explore *x, size_t i)
{
    return x->states + i * x->model->size;
}

static size_t hash_of(const uint8_t *state, size_t size)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        h = (h ^ state[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 29);
}

static void *resize(void *at, size_t n, size_t size)
{
    void *p = realloc(at, n * size);
    assert(p);
    return p;
}

static void rehash(struct explore *x)
{
    x->slots = resize(x->slots, x->room * 2, sizeof *x->slots);
    x->mask = x->room * 2 - 1;
    memset(x->slots, 0xff, x->room * 2 * sizeof *x->slots);
    for (size_t i = 0; i < x->n; i++) {
        size_t at = hash_of(state_at(x, i), x->model->size) & x->mask;
        while (x->slots[at] != NOWHERE)
            at = (at + 1) & x->mask;
        x->slots[at] = (uint32_t)i;
    }
}

static void grow(struct explore *x)
{
    x->room = x->room ? x->room * 2 : 1024;
    x->states = resize(x->states, x->room, x->model->size);
    x->parent = resize(x->parent, x->room, sizeof *x->parent);
    x->by = resize(x->by, x->room, sizeof *x->by);
    rehash(x);
}

/* The state's index; NOWHERE: it is new and there is no place for it. */
static uint32_t add(struct explore *x, const uint8_t *state, uint32_t parent, unsigned by)
{
    if (x->n == x->room)
        grow(x);
    size_t at = hash_of(state, x->model->size) & x->mask;
    for (; x->slots[at] != NOWHERE; at = (at + 1) & x->mask)
        if (memcmp(state_at(x, x->slots[at]), state, x->model->size) == 0)
            return x->slots[at];
    if (x->n == x->most)
        return NOWHERE;
    x->slots[at] = (uint32_t)x->n;
    memcpy(x->states + x->n * x->model->size, state, x->model->size);
    x->parent[x->n] = parent;
    x->by[x->n] = (uint8_t)by;
    return (uint32_t)x->n++;
}

static void keep_certain(struct explore *x, uint32_t from, uint32_t to)
{
    if (x->n_certain == x->room_certain) {
        x->room_certain = x->room_certain ? x->room_certain * 2 : 4096;
        x->certain = resize(x->certain, x->room_certain, sizeof *x->certain);
    }
    x->certain[x->n_certain++] = (struct edge){from, to};
}

void explore_fault(struct explore *x, const char *property)
{
    if (!x->fault)
        x->fault = property;
}

static void fault_in(struct explore *x, const char *property, uint32_t at)
{
    x->fault = property;
    x->fault_at = at;
    x->fault_by = -1;
}

/* False: no place for another state. */
static bool try_move(struct explore *x, uint32_t from, unsigned move, bool *moved)
{
    uint8_t next[STATE_MAX];
    memcpy(next, state_at(x, from), x->model->size);
    bool made = x->model->move(x, next, move);
    if (!made && !x->fault)
        return true;
    if (x->fault) {
        x->fault_at = from;
        x->fault_by = (int)move;
        return true;
    }
    x->steps++;
    uint32_t to = add(x, next, from, move);
    if (to != NOWHERE && x->model->is_certain(move)) {
        *moved = true;
        keep_certain(x, from, to);
    }
    return to != NOWHERE;
}

/* False: no place for another state. */
static bool expand(struct explore *x, uint32_t from)
{
    bool moved = false;
    for (unsigned move = 0; move < x->model->moves && !x->fault; move++)
        if (!try_move(x, from, move, &moved))
            return false;
    if (!x->fault && !moved && !x->model->is_end(state_at(x, from)))
        fault_in(x, "no deadlock", from);
    return true;
}

/* Sorts the certain steps by where they lead: first[i] is where those into i begin. */
static uint32_t *sort_by_target(const struct explore *x, size_t *first)
{
    uint32_t *from = resize(NULL, x->n_certain + 1, sizeof *from);
    for (size_t e = 0; e < x->n_certain; e++)
        first[x->certain[e].to + 1]++;
    for (size_t i = 0; i < x->n; i++)
        first[i + 1] += first[i];
    for (size_t e = x->n_certain; e-- > 0;)
        from[--first[x->certain[e].to + 1]] = x->certain[e].from;
    /* Each first[i + 1] was counted down to where i begins. */
    for (size_t i = 0; i < x->n; i++)
        first[i] = first[i + 1];
    first[x->n] = x->n_certain;
    return from;
}

static void mark_ends(const struct explore *x, bool *ends, uint32_t *queue, size_t *n)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->model->is_end(state_at(x, i))) {
            ends[i] = true;
            queue[(*n)++] = (uint32_t)i;
        }
}

/* Backwards from the ends; what is not met has none before it. */
static void check_ends(struct explore *x)
{
    size_t *first = calloc(x->n + 2, sizeof *first);
    bool *ends = calloc(x->n, sizeof *ends);
    uint32_t *queue = resize(NULL, x->n, sizeof *queue);
    assert(first && ends);
    uint32_t *from = sort_by_target(x, first);
    size_t n = 0;
    mark_ends(x, ends, queue, &n);
    for (size_t head = 0; head < n; head++)
        for (size_t e = first[queue[head]]; e < first[queue[head] + 1]; e++)
            if (!ends[from[e]]) {
                ends[from[e]] = true;
                queue[n++] = from[e];
            }
    for (size_t i = 0; i < x->n && !x->fault; i++)
        if (!ends[i])
            fault_in(x, "the end can be reached though every packet is lost from now on",
                     (uint32_t)i);
    free(first);
    free(ends);
    free(queue);
    free(from);
}

static void print_step(const struct explore *x, FILE *out, unsigned number, unsigned move)
{
    fprintf(out, "#   %u. ", number);
    x->model->print_move(out, move);
}

static void print_way(const struct explore *x, FILE *out)
{
    uint32_t *way = resize(NULL, x->n, sizeof *way);
    unsigned n = 0, number = 0;
    for (uint32_t i = x->fault_at; i != NOWHERE; i = x->parent[i])
        way[n++] = i;
    fprintf(out, "# %s: does not hold: %s\n", x->model->name, x->fault);
    while (n-- > 0) {
        if (x->parent[way[n]] != NOWHERE)
            print_step(x, out, ++number, x->by[way[n]]);
        else
            fputs("#   ", out);
        fputs(" -> ", out);
        x->model->print_state(out, state_at(x, way[n]));
        fputc('\n', out);
    }
    if (x->fault_by >= 0) {
        print_step(x, out, number + 1, (unsigned)x->fault_by);
        fputs(": here\n", out);
    }
    free(way);
}

static void release(struct explore *x)
{
    free(x->states);
    free(x->parent);
    free(x->by);
    free(x->slots);
    free(x->certain);
}

struct found explore(const struct model *m, size_t most, FILE *out)
{
    struct explore x = {.model = m, .most = most};
    uint8_t first[STATE_MAX] = {0};
    assert(m->size <= STATE_MAX && m->moves <= UINT8_MAX + 1);
    m->start(first, m->variant);
    add(&x, first, NOWHERE, 0);
    bool complete = true;
    for (uint32_t i = 0; i < x.n && !x.fault && complete; i++)
        complete = expand(&x, i);
    if (complete && !x.fault)
        check_ends(&x);
    if (x.fault && out)
        print_way(&x, out);
    struct found found = {x.fault, x.n, x.steps, complete && !x.fault};
    release(&x);
    return found;
}
