/* Plays a plan in a process of its own, so that a violation, a crash or a hang ends nothing else.
 */
#ifndef SIM_TRIAL_H
#define SIM_TRIAL_H

#include "sim/coverage.h"
#include "sim/run.h"

struct world;

/* Longest time of the processor that one run may take, in seconds. */
#define TRIAL_CPU_S 60

/* What went wrong, short enough to be compared; empty: nothing. */
struct verdict {
    char what[160];
};

/* What a child writes and its parent reads. */
struct shared {
    uint64_t seeds, messages, calls, answered;
    uint64_t seed; /* under way */
    struct verdict verdict;
    struct coverage coverage;
};

/* Memory that a child shares with its parent, zeroed. */
struct shared *shared_new(void);
void shared_free(struct shared *);

enum trial_voice { TRIAL_QUIET, TRIAL_LOUD }; /* loud: the ladder of what fails is printed */

/* From now on in this process: what does not hold is written to `s`, and the process ends. */
void trial_report_to(struct shared *s, enum trial_voice);
/* Something does not hold (`w` may be NULL): reports it and ends the process. */
_Noreturn void trial_fail(const struct world *w, const char *what, const char *file, int line);
/* The run under way has TRIAL_CPU_S from now. */
void trial_limit(void);
/* Makes a verdict of how a child ended, where it could not write one. */
void trial_judge(struct shared *s, int wait_status);
/* Plays the plan once. */
struct verdict trial(const struct plan *, enum trial_voice, uint64_t *messages);

#endif
