/* Runs every model on the tables, then on tables with one fault each, as TAP. */
#include <string.h>

#include "ignored.h"
#include "machine.h"
#include "models.h"
#include "mutate.h"
#include "property.h"

#define MOST_STATES 8000000

static const struct model *const models[] = {
    &non_invite_models[0], &non_invite_models[1], &invite_models[0], &invite_models[1],
    &timed_models[0],      &timed_models[1],      &timed_models[2],  &timed_models[3],
    &fork_models[0],       &fork_models[1],
};
enum { N_MODELS = sizeof models / sizeof models[0] };

static unsigned number, failed;

static void ok(bool good, const char *words)
{
    number++;
    failed += !good;
    printf("%sok %u - %s", good ? "" : "not ", number, words);
}

static void run(const struct model *m)
{
    struct found f = explore(m, MOST_STATES, stdout);
    ok(f.complete, m->name);
    printf(": %zu states, %zu steps\n", f.states, f.steps);
    fflush(stdout);
}

/* RFC 3261 17.2.2: a server gone after 64*T1 meets what was sent at 63*T1 and took T1 or longer. */
static void the_search_finds_the_late_packet(const struct model *m)
{
    struct found f = explore(m, MOST_STATES, NULL);
    bool found = f.fault && strcmp(f.fault, property(NO_SECOND_TRANSACTION)) == 0;
    if (!found)
        explore(m, MOST_STATES, stdout);
    ok(found, m->name);
    printf(": a second transaction found after %zu states\n", f.states);
}

static void print_cell(const char *words, unsigned kind, unsigned state, unsigned event)
{
    printf("# %s: %s, %s, %s\n", words, tx_kind_name(kind), tx_state_name(state),
           tx_event_name(event));
}

static void every_written_cell_is_reached(void)
{
    unsigned written = 0, reached = 0;
    for (unsigned k = 0; k < N_TX_KINDS; k++)
        for (unsigned s = 0; s < N_TX_STATES; s++)
            for (unsigned e = 0; e < N_TX_EVENTS; e++) {
                if (tx_tables[k][s][e].next == TX_NONE)
                    continue;
                written++;
                reached += cells_reached[k][s][e];
                if (!cells_reached[k][s][e])
                    print_cell("not reached", k, s, e);
            }
    ok(reached == written, "every written cell is reached");
    printf(": %u of %u\n", reached, written);
}

/* A pair that no model comes to has no place in the list. */
static void every_allowed_ignoring_happens(void)
{
    enum tx_kind kind;
    enum tx_state state;
    enum tx_event event;
    unsigned n = 0, idle = 0;
    for (; ignored_at(n, &kind, &state, &event); n++)
        if (!cells_reached[kind][state][event]) {
            print_cell("never ignored", kind, state, event);
            idle++;
        }
    ok(idle == 0, "every ignoring that is allowed happens");
    printf(": %u pairs\n", n);
}

static bool is_noticed(const struct mutant *m)
{
    bool noticed = false;
    mutant_enter(m);
    for (unsigned i = 0; i < N_MODELS && !noticed; i++)
        noticed = explore(models[i], MOST_STATES, NULL).fault != NULL;
    mutant_leave();
    return noticed;
}

static void every_mutant_is_noticed(void)
{
    struct mutant m = {0};
    unsigned cursor = 0, n = 0, noticed = 0;
    for (; mutant_next(&m, &cursor); n++) {
        bool good = is_noticed(&m);
        noticed += good;
        if (good)
            continue;
        fputs("# not noticed: ", stdout);
        mutant_print(stdout, &m);
        fputc('\n', stdout);
    }
    ok(noticed == n, "every fault of the tables is noticed");
    printf(": %u of %u\n", noticed, n);
}

int main(void)
{
    for (unsigned i = 0; i < N_MODELS; i++)
        run(models[i]);
    for (unsigned i = 0; i < 2; i++)
        the_search_finds_the_late_packet(&late_models[i]);
    every_written_cell_is_reached();
    every_allowed_ignoring_happens();
    every_mutant_is_noticed();
    printf("1..%u\n", number);
    return failed > 0;
}
