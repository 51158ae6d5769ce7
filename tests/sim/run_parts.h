/* What the two files of a run share: the world of a plan, and its acts. */
#ifndef SIM_RUN_PARTS_H
#define SIM_RUN_PARTS_H

#include "sim/agent.h"
#include "sim/gates.h"
#include "sim/hostile.h"
#include "sim/plan.h"
#include "sim/softphone.h"

#define PHONES 8
#define CALLS PLAN_ACTS
#define SERVERS 3
#define USERS 4
#define HOSTILES 2
#define PASSWORD "a password that nobody else has"

struct run {
    struct world w;
    const struct plan *plan;
    struct node *servers[SERVERS];
    struct node *edges[AGENT_FLOWS];
    struct gates gates;
    struct agent *phones[PHONES];
    struct softphone *softphones[PHONES]; /* in their place */
    struct hostile *hostiles[HOSTILES];
    struct call *calls[CALLS];
    struct softphone_call *softphone_calls[CALLS];
    uint8_t forwards[USERS][SERVERS]; /* of each user of each domain: enum forward_when and 1 */
};

extern const char *const run_users[USERS];
struct node *run_last_server(const struct run *r);
/* The phone in this place is, or is to be, a user agent of ours. */
bool run_is_softphone(const struct run *r, uint32_t i);
/* Whom to call in order to reach it; NULL: there is none. */
const char *run_aor(const struct run *r, uint32_t i);
/* By chance, as the plan has it. */
void run_set_clock(struct run *r, struct node *n);

/* --- run_acts.c --- */
void run_act(struct run *r, const struct act *a);
/* Who calls gives up after so long. */
#define PATIENCE (120 * NS_PER_S)

/* --- run_softphones.c: the same of softphones --- */
void run_softphones_act(struct run *r, const struct act *a);
/* Everybody hangs up, and takes his binding back. */
void run_softphones_end(struct run *r);

#endif
