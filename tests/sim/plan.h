/* A run as data: the surroundings and what happens, drawn from one seed before anything runs, so
 * that a run can be printed, cut down and kept. Knows no node. */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PLAN_ACTS 96

enum knob {
#define KNOB(id, name, meaning) KNOB_##id,
#include "sim/knobs.def"
#undef KNOB
    N_KNOBS
};

enum act_kind {
#define ACT(id, name, meaning) ACT_##id,
#include "sim/acts.def"
#undef ACT
    N_ACTS
};

struct act {
    uint32_t at; /* milliseconds from the start; acts stand in this order */
    enum act_kind kind;
    uint32_t a, b, c;
};

struct plan {
    uint64_t seed; /* of all that chance decides while it runs */
    uint32_t knob[N_KNOBS];
    struct act acts[PLAN_ACTS];
    size_t n_acts;
};

const char *act_name(enum act_kind);
const char *knob_name(enum knob);
/* One line for the seed, for each knob that is set and for each act. */
void plan_print(const struct plan *, FILE *);
/* Reads what plan_print wrote; lines that start with # are remarks. False: *line is not
 * understood (counted from 1). */
bool plan_read(struct plan *, FILE *, unsigned *line);

#endif
