/* Every kind of harm: each packet lost, doubled, delayed past each timer; each allocation and each
 * question failed; streams cut at each byte. */
#include "sweep/sweep.h"

#define MS NS_PER_MS
#define S NS_PER_S
/* Later than this a request may be a new one: Timer I has ended (RFC 3261 17.2.1). */
#define PAST(SPAN) ((SPAN) + 10 * MS)
#define ALL FAULT_NEVER

const struct harm harms[] = {
    {"lose", FAULT_LOSE, 1, 0, JUDGE_OUTCOME},
    {"lose-two", FAULT_LOSE, 2, 0, JUDGE_OUTCOME},
    {"double", FAULT_DOUBLE, 1, 0, JUDGE_OUTCOME},
    {"double-past-T1", FAULT_DOUBLE, 1, PAST(500 * MS), JUDGE_OUTCOME},
    {"double-past-T4", FAULT_DOUBLE, 1, PAST(5 * S), JUDGE_CALLERS},
    {"double-past-64T1", FAULT_DOUBLE, 1, PAST(32 * S), JUDGE_CALLERS},
    {"delay-little", FAULT_DELAY, 1, 2500000, JUDGE_OUTCOME},
    {"delay-past-T1", FAULT_DELAY, 1, PAST(500 * MS), JUDGE_OUTCOME},
    {"delay-past-2T1", FAULT_DELAY, 1, PAST(S), JUDGE_OUTCOME},
    {"delay-past-T2", FAULT_DELAY, 1, PAST(4 * S), JUDGE_OUTCOME},
    {"delay-past-T4", FAULT_DELAY, 1, PAST(5 * S), JUDGE_CALLERS},
    {"delay-past-16T1", FAULT_DELAY, 1, PAST(8 * S), JUDGE_CALLERS},
    {"delay-past-32T1", FAULT_DELAY, 1, PAST(16 * S), JUDGE_CALLERS},
    {"delay-past-64T1", FAULT_DELAY, 1, PAST(32 * S), JUDGE_ANSWERED},
    {"delay-past-C", FAULT_DELAY, 1, PAST(181 * S), JUDGE_ANSWERED},
    {"memory", FAULT_ALLOC, 1, 0, JUDGE_SERVED},
    {"memory-8", FAULT_ALLOC, 8, 0, JUDGE_ANSWERED},
    {"memory-64", FAULT_ALLOC, 64, 0, JUDGE_ANSWERED},
    {"agents-memory", FAULT_AGENT_ALLOC, 1, 0, JUDGE_ANSWERED},
    {"agents-memory-8", FAULT_AGENT_ALLOC, 8, 0, JUDGE_ANSWERED},
    {"store", FAULT_STORE, 1, 0, JUDGE_SERVED},
    {"store-all", FAULT_STORE, ALL, 0, JUDGE_SERVED},
    {"split", FAULT_SPLIT, 1, 0, JUDGE_OUTCOME},
    {"split-all", FAULT_SPLIT, ALL, 0, JUDGE_OUTCOME},
};

const size_t n_harms = sizeof(harms) / sizeof(harms[0]);
