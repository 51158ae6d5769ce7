/* Stands between the machines' owners and tx_step, and counts. */
#include "sim/coverage.h"

#include <inttypes.h>

static struct coverage *current;

unsigned __real_tx_step(struct tx *, enum tx_event, const struct tx_timers *, time_ns now);
unsigned __wrap_tx_step(struct tx *, enum tx_event, const struct tx_timers *, time_ns now);

unsigned __wrap_tx_step(struct tx *t, enum tx_event event, const struct tx_timers *timers,
                        time_ns now)
{
    if (current)
        current->cells[t->kind][t->state][event]++;
    return __real_tx_step(t, event, timers, now);
}

void coverage_into(struct coverage *c)
{
    current = c;
}

void coverage_plan(struct coverage *c, const struct plan *p)
{
    for (size_t i = 0; i < N_KNOBS; i++)
        c->knobs[i] += p->knob[i] > 0;
    for (size_t i = 0; i < p->n_acts; i++)
        c->acts[p->acts[i].kind]++;
}

void coverage_add(struct coverage *to, const struct coverage *from)
{
    for (size_t k = 0; k < N_TX_KINDS; k++)
        for (size_t s = 0; s < N_TX_STATES; s++)
            for (size_t e = 0; e < N_TX_EVENTS; e++)
                to->cells[k][s][e] += from->cells[k][s][e];
    for (size_t i = 0; i < N_KNOBS; i++)
        to->knobs[i] += from->knobs[i];
    for (size_t i = 0; i < N_ACTS; i++)
        to->acts[i] += from->acts[i];
}

struct tally {
    unsigned reached, cells;
};

static struct tally tally_of(const struct coverage *c, size_t kind)
{
    struct tally t = {0};
    for (size_t s = 0; s < N_TX_STATES; s++)
        for (size_t e = 0; e < N_TX_EVENTS; e++) {
            bool blank = tx_tables[kind][s][e].next == TX_NONE;
            t.cells += !blank;
            t.reached += !blank && c->cells[kind][s][e] > 0;
        }
    return t;
}

static void print_cells(const struct coverage *c, size_t kind, bool all, FILE *out)
{
    for (size_t s = 0; s < N_TX_STATES; s++)
        for (size_t e = 0; e < N_TX_EVENTS; e++) {
            uint64_t n = c->cells[kind][s][e];
            if (tx_tables[kind][s][e].next != TX_NONE && (all || n == 0))
                fprintf(out, "  %-11s %-16s %" PRIu64 "\n", tx_state_name((enum tx_state)s),
                        tx_event_name((enum tx_event)e), n);
        }
}

static const char *name_of_knob(size_t i)
{
    return knob_name((enum knob)i);
}

static const char *name_of_act(size_t i)
{
    return act_name((enum act_kind)i);
}

static void print_drawn(const char *what, const uint64_t *counts, size_t n,
                        const char *(*name_of)(size_t), bool all, FILE *out)
{
    size_t drawn = 0;
    for (size_t i = 0; i < n; i++)
        drawn += counts[i] > 0;
    fprintf(out, "%s: %zu of %zu drawn\n", what, drawn, n);
    for (size_t i = 0; i < n; i++)
        if (all || counts[i] == 0)
            fprintf(out, "  %-28s %" PRIu64 "\n", name_of(i), counts[i]);
}

unsigned coverage_print(const struct coverage *c, bool all, FILE *out)
{
    unsigned missing = 0;
    for (size_t k = 0; k < N_TX_KINDS; k++) {
        struct tally t = tally_of(c, k);
        fprintf(out, "%s: %u of %u cells reached\n", tx_kind_name((enum tx_kind)k), t.reached,
                t.cells);
        print_cells(c, k, all, out);
        missing += t.cells - t.reached;
    }
    print_drawn("knobs", c->knobs, N_KNOBS, name_of_knob, all, out);
    print_drawn("acts", c->acts, N_ACTS, name_of_act, all, out);
    return missing;
}
