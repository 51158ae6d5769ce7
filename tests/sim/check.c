/* Judges a finished run: nothing left behind, every call ended once, nobody spoke too often. */
#include "sim/check.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

void check_fail_test(const struct world *w, const char *what, const char *file, int line)
{
    if (w)
        ladder_print(w);
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    _fail(file, line);
}

void (*check_on_violation)(const struct world *, const char *, const char *, int) = check_fail_test;

void check_that(const struct world *w, bool holds, const char *what, const char *file, int line)
{
    if (!holds)
        check_on_violation(w, what, file, line);
}

/* Says what is left where. */
static void tell_rest(const struct node *n)
{
    const struct engine_stats *s = engine_stats(n->engine);
    fprintf(stderr,
            "%s: %" PRIu64 " client and %" PRIu64 " server transactions, %" PRIu64
            " connections%s\n",
            n->name, s->tx_client, s->tx_server, s->conns, n->face->is_idle(n) ? "" : ", not idle");
}

static void check_idle(const struct world *w, const struct node *n)
{
    const struct engine_stats *s = engine_stats(n->engine);
    bool idle = n->face->is_idle(n) && s->tx_client == 0 && s->tx_server == 0;
    if (!idle)
        tell_rest(n);
    EXPECT(w, idle);
}

static void check_nodes(const struct world *w)
{
    for (size_t i = 0; i < w->n_nodes; i++) {
        const struct node *n = w->nodes[i];
        if (!n->engine)
            continue;
        check_idle(w, n);
    }
    check_calls(w);
}

static void check_heap(const struct sim_heap *h, const char *what)
{
    if (h->live_bytes > 0 || h->live_blocks > 0)
        check_on_violation(NULL, what, __FILE__, __LINE__);
}

void check_and_end(struct world *w)
{
    w->elements_heap.failures = 0;
    check_bindings(w);
    world_run(w, 600 * NS_PER_S);
    check_nodes(w);
    check_auth(w);
    check_change(w);
    check_schedule(w);
    check_growth(w);
    check_followed(w);
    check_names(w);
    check_flows(w);
    check_identity(w);
    check_forwards(w);
    check_passed(w);
    check_ended(w);
    check_numbers(w);
    check_sessions(w);
    check_softphones(w);
    check_offers(w);
    check_branches(w);
    check_tapes(w);
    link_break_all(w);
    world_run(w, 60 * NS_PER_S); /* the last bytes of a slow link */
    for (size_t i = 0; i < w->n_nodes; i++)
        if (w->nodes[i]->engine)
            EXPECT(w, engine_stats(w->nodes[i]->engine)->conns == 0);
    check_nodes(w);
    world_fini(w);
    check_heap(&w->heap, "the agents left no memory behind");
    check_heap(&w->elements_heap, "the elements left no memory behind");
}
