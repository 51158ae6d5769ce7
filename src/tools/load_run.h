/* Runs a load against the clock: phases at a rate or with so many at once, and the searches that
 * are made of them. */
#ifndef TANDEM_TOOLS_LOAD_RUN_H
#define TANDEM_TOOLS_LOAD_RUN_H

#include "tools/load_plan.h"

/* A time of the load at one rate. */
struct load_phase {
    double rate;         /* asked for; 0: as fast as `concurrent` sessions at once go */
    uint64_t count;      /* sessions; 0: as many as there is time for */
    time_ns duration;    /* 0: until `count` have begun */
    unsigned concurrent; /* 0: any */
};

/* What came of it. */
struct load_result {
    time_ns offered_for; /* from the first session's beginning to the last one's */
    uint64_t started, succeeded, failed;
    double offered; /* sessions a second */
    time_ns late;   /* how long after it was meant to the last session began */
    bool stopped;   /* by a signal */
};

struct load_run;

struct load_run {
    struct load_plan *plan;
    struct load_phase phase;
    struct load_result result;
    double rate;                                        /* now asked for, for whoever reports */
    time_ns began;                                      /* the phase */
    time_ns told;                                       /* the last report */
    uint64_t told_started, told_succeeded, told_failed; /* as of then */
    void (*tell)(struct load_run *, time_ns span);      /* once every options.every */
    void (*say)(struct load_run *, struct str);         /* what the scenario says by <log> */
};

/* Sessions were not begun when they were meant to: this machine's doing. */
bool load_run_lagged(const struct load_run *);

/* Waits for connections, lets who is called register. LOAD_DONE or the exit status, said. */
MUST_USE int load_run_prepare(struct load_run *);
/* Runs a phase to the end of its last session. */
void load_run_phase(struct load_run *, const struct load_phase *);
/* Serves until a signal comes, or as long as the options say. */
void load_run_serve(struct load_run *);

#endif
