/* Breadth-first search through all states of a model, with the shortest way to a fault. Knows
 * nothing of SIP. */
#ifndef TANDEM_MODEL_EXPLORE_H
#define TANDEM_MODEL_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct explore;

/* A model is a record of fixed size without padding, and a numbered list of moves. */
struct model {
    const char *name;
    size_t size;    /* bytes of a state */
    unsigned moves; /* how many there are */
    unsigned variant;
    /* The first state; the record comes zeroed. */
    void (*start)(void *state, unsigned variant);
    /* Makes the move in the record; false: it cannot be made here, whatever was written. */
    bool (*move)(struct explore *, void *state, unsigned move);
    /* Can the move be counted on? Others (a packet arrives) may be made, and need not. */
    bool (*is_certain)(unsigned move);
    bool (*is_end)(const void *state);
    void (*print_move)(FILE *, unsigned move);
    void (*print_state)(FILE *, const void *state);
};

struct found {
    const char *fault; /* the property that does not hold, or NULL */
    size_t states, steps;
    bool complete; /* every state was seen */
};

/* Searches from the first state until a fault or all is seen: a fault of a move, a state without a
 * certain move that is no end ("deadlock"), or one from which certain moves lead to no end. The way
 * to the fault goes to `out` unless that is NULL. At most `most` states are kept. */
struct found explore(const struct model *, size_t most, FILE *out);

/* From within a move: this property does not hold. The first one counts. */
void explore_fault(struct explore *, const char *property);

#endif
