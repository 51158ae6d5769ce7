/* A node that is an element: proxy and registrar of one domain, with a store of its own. */
#include <assert.h>
#include <stdlib.h>

#include "base/err.h"
#include "sim/check.h"
#include "sim/element_node.h"
#include "sim/watch.h"

static struct element *of(const struct node *n)
{
    return ((const struct element_node *)n)->element;
}

static struct tape *tape_of(struct node *n)
{
    return &((struct element_node *)n)->tape;
}

static struct guard *guard_of(const struct node *n)
{
    return ((const struct element_node *)n)->guard;
}

/* --- its guard --- */

static void tell_workers(struct node *n, const struct guard_ban *ban)
{
    for (unsigned i = 0; i < n->n_workers; i++)
        if (n->workers[i] != n)
            guard_set(guard_of(n->workers[i]), ban, node_now(n));
}

/* A phone came: calls that the others have may be joined by it. */
static void tell_came(struct node *n, struct str key)
{
    for (unsigned i = 0; i < n->n_workers && key.len > 0; i++)
        if (n->workers[i] != n && element_awaits(of(n->workers[i]))) {
            element_came(of(n->workers[i]), key, node_now(n->workers[i]));
            node_settle(n->workers[i]);
        }
}

static int watched(struct node *n, int rc)
{
    struct element_note note;
    struct follow_view ended;
    struct guard_ban ban;
    while (element_note(of(n), &note)) {
        if (watch_note(guard_of(n), &note, node_now(n), &ban))
            tell_workers(n, &ban);
        tell_came(n, note.key);
    }
    while (element_ended(of(n), &ended, node_now(n)))
        ;
    check_limits(n);
    check_tape_now(tape_of(n));
    return rc;
}

/* A message or bytes that it had no memory for may be on its tape or not. */
static int doubted(struct node *n, size_t since, int rc)
{
    if (rc)
        tape_doubt(tape_of(n), since);
    return rc;
}

/* --- inputs --- */

static void on_datagram(struct node *n, const struct flow *f, struct str bytes)
{
    size_t since = tape_of(n)->n;
    if (guard_packet(guard_of(n), &f->remote, node_now(n)) != GUARD_PASS)
        return;
    tape_datagram(tape_of(n), f, bytes);
    (void)watched(n, doubted(n, since, element_datagram(of(n), f, bytes, node_now(n))));
}

static conn_id on_accepted(struct node *n, const struct flow *f)
{
    if (guard_connection(guard_of(n), &f->remote, node_now(n)) != GUARD_PASS)
        return 0;
    return element_accepted(of(n), f, node_now(n));
}

static int on_connected(struct node *n, conn_id id, const struct addr *local)
{
    return watched(n, element_connected(of(n), id, local, node_now(n)));
}

static int on_stream(struct node *n, conn_id id, struct str bytes)
{
    struct flow f;
    if (engine_conn_flow(n->engine, id, &f) &&
        guard_stream(guard_of(n), &f.remote, node_now(n)) != GUARD_PASS)
        return ERR_NOMEM; /* it is closed then */
    size_t since = tape_of(n)->n;
    tape_stream(tape_of(n), id, &f, bytes);
    return watched(n, doubted(n, since, element_stream(of(n), id, bytes, node_now(n))));
}

static int on_message(struct node *n, conn_id id, struct str bytes)
{
    struct flow f;
    if (engine_conn_flow(n->engine, id, &f) &&
        guard_stream(guard_of(n), &f.remote, node_now(n)) != GUARD_PASS)
        return ERR_NOMEM; /* it is closed then */
    size_t since = tape_of(n)->n;
    tape_datagram(tape_of(n), &f, bytes);
    return watched(n, doubted(n, since, element_message(of(n), id, bytes, node_now(n))));
}

static int on_closed(struct node *n, conn_id id)
{
    return watched(n, element_closed(of(n), id, node_now(n)));
}

static void on_unreachable(struct node *n, const struct flow *f)
{
    (void)watched(n, element_unreachable(of(n), f, node_now(n)));
}

static int on_adopt(struct node *n, struct msg *m)
{
    tape_adopt(tape_of(n), &m->flow, m->bytes);
    int rc = element_adopt(of(n), m, node_now(n));
    if (rc == ERR_NOMEM)
        tape_take_back(tape_of(n));
    return watched(n, rc);
}

static int on_resolved(struct node *n, uint64_t query, struct str message)
{
    return watched(n, element_resolved(of(n), query, message, node_now(n)));
}

static int on_stored(struct node *n, const struct store_answer *a)
{
    return watched(n, element_store_answered(of(n), a, node_now(n)));
}

static void on_time(struct node *n)
{
    (void)watched(n, element_time(of(n), node_now(n)));
}

static time_ns deadline(const struct node *n)
{
    return element_deadline(of(n));
}

static bool output(struct node *n, struct engine_output *o)
{
    if (!element_output(of(n), o))
        return false;
    if (o->kind == OUTPUT_SEND)
        tape_record_sent(tape_of(n), &o->flow, block_str(o->bytes));
    return true;
}

static void on_sent(struct node *n, const struct flow *f, struct str bytes)
{
    tape_sent(tape_of(n), f, bytes);
}

static bool is_idle(const struct node *n)
{
    return element_is_idle(of(n));
}

/* Of a program that has ended. */
static void forget_counts(struct element_node *e)
{
    follow_quota_free(&mem_libc, e->quota);
    loads_free(e->loads);
}

static void free_node(struct node *n)
{
    struct element_node *e = (struct element_node *)n;
    element_free(e->element);
    guard_free(e->guard);
    if (n->worker + 1 == n->n_workers)
        forget_counts(e);
    tape_end(&e->tape);
    location_fini(&e->location);
    free(e);
}

const struct node_face element_face = {
    .datagram = on_datagram,
    .accepted = on_accepted,
    .connected = on_connected,
    .stream = on_stream,
    .message = on_message,
    .closed = on_closed,
    .unreachable = on_unreachable,
    .adopt = on_adopt,
    .resolved = on_resolved,
    .stored = on_stored,
    .sent = on_sent,
    .time = on_time,
    .deadline = deadline,
    .output = output,
    .is_idle = is_idle,
    .free = free_node,
};

static void start(struct element_node *e)
{
    struct element_config c;
    struct str names[2];
    element_configure(e, names, &c);
    c.engine = node_engine_config(&e->node);
    c.engine.mem = &e->node.w->elements_heap.mem;
    tape_begin(&e->tape, &e->node, ++e->lives);
    c.engine.recorder = e->tape.recorder;
    e->element = element_new(&c);
    assert(e->element);
    e->began = e->node.w->now;
    e->guard = watch_begin(e->node.w, e->peers, e->n_peers);
    e->node.engine = element_engine(e->element);
    node_listen(&e->node, STR_NONE);
}

static struct element_node *join(struct world *w, const char *domain)
{
    struct element_node *e = calloc(1, sizeof(*e));
    assert(e);
    node_join(&e->node, w, domain, &element_face);
    location_init(&e->location);
    return e;
}

#define LOADS 64

static void count_anew(struct element_node *const *all, unsigned n)
{
    struct follow_quota *quota = follow_quota_new(&mem_libc);
    struct loads *loads = loads_new(&mem_libc, LOADS);
    assert(quota && loads);
    for (unsigned i = 0; i < n; i++) {
        all[i]->quota = quota;
        all[i]->loads = loads;
    }
}

struct node *element_join_workers(struct world *w, const char *domain, unsigned n)
{
    struct element_node *all[NODE_WORKERS];
    struct hash_key key = {rand_u64(&w->rand), rand_u64(&w->rand)};
    assert(n > 0 && n <= NODE_WORKERS);
    for (unsigned i = 0; i < n; i++)
        all[i] = join(w, domain);
    count_anew(all, n);
    for (unsigned i = 0; i < n; i++) {
        struct node *node = &all[i]->node;
        for (unsigned k = 0; k < n; k++)
            node->workers[k] = &all[k]->node;
        node->n_workers = n;
        node->worker = i;
        node->addr = all[0]->node.addr;
        node->location = &all[0]->location;
        all[i]->proxy_key = key;
        start(all[i]);
    }
    return &all[0]->node;
}

struct node *element_join(struct world *w, const char *domain)
{
    return element_join_workers(w, domain, 1);
}

struct element_node *element_worker(struct node *n, unsigned i)
{
    assert(n->face == &element_face && i < n->n_workers);
    return (struct element_node *)n->workers[i];
}

void element_configure_anew(struct element_node *e)
{
    struct element_config c;
    struct str names[2];
    element_configure(e, names, &c);
    int err = element_reconfigure(e->element, &c);
    assert(!err);
    (void)err;
}

void element_fork(struct node *n, const struct fork_how *how, unsigned group)
{
    for (unsigned i = 0; i < n->n_workers; i++) {
        struct element_node *e = element_worker(n, i);
        e->fork = *how;
        e->group = group;
        element_configure_anew(e);
    }
}

void element_be_edge(struct node *n, struct node *const *homes, size_t n_homes)
{
    for (unsigned i = 0; i < n->n_workers; i++) {
        struct element_node *e = element_worker(n, i);
        e->homes = homes;
        e->n_homes = n_homes;
        element_configure_anew(e);
    }
}

void element_ask_passwords(struct node *n, struct node *const *peers, size_t n_peers)
{
    assert(n_peers <= WORLD_NODES);
    for (unsigned i = 0; i < n->n_workers; i++) {
        struct element_node *e = element_worker(n, i);
        e->asks = true;
        e->n_peers = n_peers;
        for (size_t k = 0; k < n_peers; k++)
            e->peers[k] = (struct addr_block){peers[k]->addr, 32};
        element_configure_anew(e);
        watch_anew(e->guard, n->w, e->peers, e->n_peers, node_now(n));
    }
}

void element_beware(struct node *n)
{
    for (unsigned i = 0; i < n->n_workers && !n->is_down; i++) {
        struct element_node *e = element_worker(n, i);
        watch_anew(e->guard, n->w, e->peers, e->n_peers, node_now(n));
    }
}

uint64_t element_bans(const struct node *n)
{
    struct guard_stats stats = {0};
    if (n->face == &element_face && !n->is_down)
        guard_counters(guard_of(n), &stats);
    return stats.bans;
}

bool element_asks_passwords(const struct node *n)
{
    return n->face == &element_face && ((const struct element_node *)n)->asks &&
           !(element_forms(n) & (FORM_ASKING | FORM_STRANGER));
}

static void end(struct element_node *e)
{
    element_drain_ends(e);
    e->form = 0;
    element_free(e->element);
    guard_free(e->guard);
    tape_end(&e->tape);
    e->guard = NULL;
    e->element = NULL;
    e->node.engine = NULL;
    e->node.wake_at = TIME_NEVER;
    e->node.asleep_until = 0;
}

void element_stop(struct node *n)
{
    if (n->is_down)
        return;
    world_worsen(n->w, TEMPER_ROUGH);
    for (unsigned i = 0; i < n->n_workers; i++) {
        element_worker(n, i)->node.is_down = true;
        link_cut_off(n->workers[i]);
    }
    for (unsigned i = 0; i < n->n_workers; i++)
        world_forget(n->w, n->workers[i]);
    struct element_node *all[NODE_WORKERS];
    for (unsigned i = 0; i < n->n_workers; i++) {
        all[i] = element_worker(n, i);
        end(all[i]);
    }
    EXPECT(n->w, follow_quota_all(all[0]->quota) == 0);
    forget_counts(all[0]);
    count_anew(all, n->n_workers);
}

void element_start(struct node *n)
{
    struct sim_heap *h = &n->w->elements_heap;
    unsigned failures = h->failures;
    assert(n->is_down);
    h->failures = 0;
    location_restart(n->location, n);
    for (unsigned i = 0; i < n->n_workers; i++) {
        element_worker(n, i)->node.is_down = false;
        start(element_worker(n, i));
    }
    h->failures = failures;
    for (unsigned i = 0; i < n->n_workers; i++)
        node_settle(n->workers[i]);
}

void element_restart(struct node *n)
{
    element_stop(n);
    element_start(n);
}

struct element *node_element(struct node *n)
{
    assert(n->face == &element_face);
    return of(n);
}
