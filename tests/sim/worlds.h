/* The named kinds of worlds: how bad the surroundings are and what people do there; and the plan
 * that a seed draws from one. */
#ifndef SIM_WORLDS_H
#define SIM_WORLDS_H

#include "sim/plan.h"

/* How a knob is drawn: left at 0, or with this chance between the two. */
struct knob_range {
    uint32_t least, most;
    unsigned per_mille;
};

struct world_kind {
    const char *name, *about;
    struct knob_range knob[N_KNOBS];
    unsigned phones_min, phones_max;
    unsigned users;         /* that they share: fewer users than phones makes forks */
    unsigned tcp;           /* per mille of the phones */
    unsigned web;           /* per mille of them are browsers, by WebSocket */
    unsigned hostile;       /* illegal peers */
    unsigned acts, pause;   /* how many at most, and the longest time between two in ms */
    uint8_t weight[N_ACTS]; /* of each act against the others */
};

extern const struct world_kind *const world_kinds;
extern const size_t n_world_kinds;

/* NULL: there is none of this name. */
const struct world_kind *world_kind_named(const char *name);
/* What `seed` alone decides to run in this kind of world. */
void plan_draw(struct plan *, const struct world_kind *, uint64_t seed);

#endif
