/* Plays one flow with one fault and judges it; and one flow with every fault of a kind. */
#ifndef SWEEP_SWEEP_H
#define SWEEP_SWEEP_H

#include "sweep/script.h"

/* What must hold of a run besides the invariants of check_and_end. */
enum judgement {
    JUDGE_OUTCOME,  /* the flow's outcome, or one of its others */
    JUDGE_CALLERS,  /* the same for those who asked; what comes so late that it counts as new may
                       have rung a phone once more */
    JUDGE_ANSWERED, /* who asked got an answer, whatever it says */
    JUDGE_SERVED    /* the same, and nobody had to give up waiting for it */
};

/* One way to do harm, at each place that a flow has for it. */
struct harm {
    const char *name; /* as on the command line */
    enum fault_kind kind;
    uint64_t count; /* places in a row */
    time_ns delay;
    enum judgement judgement;
    uint64_t every; /* 0; or it is at each so-manieth place at once: so many runs go over all */
};

/* The kinds of sweep: names of harms in a row that begin alike ("delay 510 ms" is of "delay"). */
extern const struct harm harms[];
extern const size_t n_harms;

struct sweep_count {
    uint64_t places, runs;
};

/* Without a fault: the outcome and the ladder to the letter. Every
 * clock is `ahead`; `seed` decides, among others, which worker a call belongs to. */
void sweep_clean(const struct script *, uint64_t seed, time_ns ahead);
/* One run. Returns how many places of the kind it had. */
uint64_t sweep_one(const struct script *, const struct harm *, uint64_t nth);
/* The harm at each place of the flow. */
struct sweep_count sweep_flow(const struct script *, const struct harm *);

#endif
