/* Judges a finished run: nothing left behind, every call ended once, nobody spoke too often. */
#include "sim/check.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define T1 (500 * NS_PER_MS)
#define T2 (4 * NS_PER_S)

static void fail_test(const char *file, int line)
{
    _fail(file, line);
}

void (*check_on_violation)(const char *, int) = fail_test;

void check_that(const struct world *w, bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    ladder_print(w);
    fprintf(stderr, "seed %" PRIu64 ": %s:%d: not so: %s\n", w->seed, file, line, what);
    check_on_violation(file, line);
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

static void check_heap(const struct sim_heap *h, const char *whose, uint64_t seed)
{
    if (h->live_bytes == 0 && h->live_blocks == 0)
        return;
    fprintf(stderr, "seed %" PRIu64 ": the %s left %" PRIu64 " bytes in %" PRIu64 " blocks\n", seed,
            whose, h->live_bytes, h->live_blocks);
    check_on_violation(__FILE__, __LINE__);
}

void check_and_end(struct world *w)
{
    w->elements_heap.failures = 0;
    check_bindings(w);
    world_run(w, 300 * NS_PER_S);
    check_nodes(w);
    check_retransmissions(w);
    link_break_all(w);
    world_run(w, NS_PER_S);
    for (size_t i = 0; i < w->n_nodes; i++)
        if (w->nodes[i]->engine)
            EXPECT(w, engine_stats(w->nodes[i]->engine)->conns == 0);
    check_nodes(w);
    uint64_t seed = w->seed;
    world_fini(w);
    check_heap(&w->heap, "agents", seed);
    check_heap(&w->elements_heap, "elements", seed);
}

/* --- retransmissions --- */

static bool is_timed_request(const struct rung *r)
{
    return r->from->engine && strncmp(r->text, "SIP/2.0 ", 8) != 0 &&
           strncmp(r->text, "ACK ", 4) != 0 && r->fate != FATE_STREAM;
}

static bool is_same(const struct rung *a, const struct rung *b)
{
    return a->from == b->from && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* RFC 3261 17.1.1.2, 17.1.2.2: what must lie between the n-th sending (from 0) and the next */
static time_ns least_gap(bool invite, unsigned n)
{
    time_ns gap = T1 << n;
    return invite || gap < T2 ? gap : T2;
}

static void check_from(const struct world *w, size_t first)
{
    const struct rung *r = &w->ladder.rungs[first], *last = r;
    bool invite = strncmp(r->text, "INVITE ", 7) == 0;
    unsigned n = 0;
    for (size_t i = first + 1; i < w->ladder.n; i++) {
        const struct rung *again = &w->ladder.rungs[i];
        if (!is_same(r, again))
            continue;
        /* the wheel's tick is a millisecond */
        EXPECT(w, again->at - last->at + NS_PER_MS >= least_gap(invite, n));
        EXPECT(w, again->at < r->at + 64 * T1);
        last = again;
        n++;
    }
    EXPECT(w, n < (invite ? 7 : 11));
}

void check_retransmissions(const struct world *w)
{
    for (size_t i = 0; i < w->ladder.n; i++) {
        const struct rung *r = &w->ladder.rungs[i];
        bool is_first = is_timed_request(r);
        for (size_t j = i; j-- > 0 && is_first;)
            is_first = !is_same(&w->ladder.rungs[j], r);
        if (is_first)
            check_from(w, i);
    }
}
