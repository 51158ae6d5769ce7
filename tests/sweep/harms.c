/* Every kind of harm: each packet lost, doubled, delayed past each timer; each allocation and each
 * question failed; streams cut at each byte. */
#include "sweep/sweep.h"

#define MS NS_PER_MS
#define S NS_PER_S
/* Later than this a request may be a new one: Timer I has ended (RFC 3261 17.2.1). */
#define PAST(SPAN) ((SPAN) + 10 * MS)
#define ALL FAULT_NEVER
/* Cuts of one stream in one run: of a message's lines most are cut once or never. */
#define FAR_APART 61

const struct harm harms[] = {
    {"lose", FAULT_LOSE, 1, 0, JUDGE_OUTCOME, 0},
    {"lose-two", FAULT_LOSE, 2, 0, JUDGE_OUTCOME, 0},
    {"double", FAULT_DOUBLE, 1, 0, JUDGE_OUTCOME, 0},
    {"double-past-T1", FAULT_DOUBLE, 1, PAST(500 * MS), JUDGE_OUTCOME, 0},
    {"double-past-T4", FAULT_DOUBLE, 1, PAST(5 * S), JUDGE_CALLERS, 0},
    {"double-past-64T1", FAULT_DOUBLE, 1, PAST(32 * S), JUDGE_CALLERS, 0},
    {"delay-little", FAULT_DELAY, 1, 2500000, JUDGE_OUTCOME, 0},
    {"delay-past-T1", FAULT_DELAY, 1, PAST(500 * MS), JUDGE_OUTCOME, 0},
    {"delay-past-2T1", FAULT_DELAY, 1, PAST(S), JUDGE_OUTCOME, 0},
    {"delay-past-T2", FAULT_DELAY, 1, PAST(4 * S), JUDGE_OUTCOME, 0},
    {"delay-past-T4", FAULT_DELAY, 1, PAST(5 * S), JUDGE_CALLERS, 0},
    {"delay-past-16T1", FAULT_DELAY, 1, PAST(8 * S), JUDGE_CALLERS, 0},
    {"delay-past-32T1", FAULT_DELAY, 1, PAST(16 * S), JUDGE_CALLERS, 0},
    {"delay-past-64T1", FAULT_DELAY, 1, PAST(32 * S), JUDGE_ANSWERED, 0},
    {"delay-past-C", FAULT_DELAY, 1, PAST(181 * S), JUDGE_ANSWERED, 0},
    {"memory", FAULT_ALLOC, 1, 0, JUDGE_SERVED, 0},
    {"memory-8", FAULT_ALLOC, 8, 0, JUDGE_ANSWERED, 0},
    {"memory-64", FAULT_ALLOC, 64, 0, JUDGE_ANSWERED, 0},
    {"agents-memory", FAULT_AGENT_ALLOC, 1, 0, JUDGE_ANSWERED, 0},
    {"agents-memory-8", FAULT_AGENT_ALLOC, 8, 0, JUDGE_ANSWERED, 0},
    {"store", FAULT_STORE, 1, 0, JUDGE_SERVED, 0},
    {"store-all", FAULT_STORE, ALL, 0, JUDGE_SERVED, 0},
    {"split", FAULT_SPLIT, ALL, 0, JUDGE_OUTCOME, FAR_APART},
    {"split-all", FAULT_SPLIT, ALL, 0, JUDGE_OUTCOME, 0},
};

const size_t n_harms = sizeof(harms) / sizeof(harms[0]);
