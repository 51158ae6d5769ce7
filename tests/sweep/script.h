/* A scripted flow as data: who is there, what the users do, what a run without faults shows, and
 * what must come of it all the same with one fault. */
#ifndef SWEEP_SCRIPT_H
#define SWEEP_SCRIPT_H

#include "sweep/scene.h"

struct script {
    const char *name;
    const char *section; /* where it is written */
    void (*open)(struct scene *, const struct script *);
    void (*play)(struct scene *);
    enum transport caller, callee; /* what their phones speak; TRANSPORT_NONE is UDP */
    unsigned workers;              /* of each server; 0 is 1 */
    /* What scene_outcome says at the end; with a fault also one of `others`, where a race may go
     * either way. */
    const char *outcome;
    const char *others[6];
    /* What was sent without a fault, as scene_ladder writes it; NULL: too long to be told. */
    const char *ladder;
    const char *never; /* no message starts with this, with a fault or without; NULL: anything */
};

struct script_table {
    const struct script *rows;
    size_t n;
};

/* One table for each family. */
extern const struct script_table flows_register, flows_call, flows_refused, flows_fork, flows_race,
    flows_request, flows_broken, flows_within, flows_auth;

/* The n-th of all flows; NULL: there are fewer. */
const struct script *script_at(size_t n);
/* NULL: no flow has this name. */
const struct script *script_find(const char *name);

#endif
