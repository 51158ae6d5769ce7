/* Makes the world that a plan describes, does its acts in their time, and has the end judged. */
#include "sim/run.h"

#include <stdio.h>

#include "sim/check.h"
#include "sim/names.h"
#include "sim/numbers.h"
#include "sim/run_parts.h"

#define FAR_CLOCK (UINT64_C(1) << 63)
#define LATE_CLOCK (TIME_NEVER - 3600 * NS_PER_S) /* a run is over within an hour */

/* --- the surroundings --- */

void run_set_clock(struct run *r, struct node *n)
{
    static const time_ns starts[] = {0, FAR_CLOCK, LATE_CLOCK};
    uint32_t drift = r->plan->knob[KNOB_DRIFT];
    int ppm = drift ? (int)world_below(&r->w, 2 * (uint64_t)drift + 1) - (int)drift : 0;
    node_set_clock(n, ppm, starts[r->plan->knob[KNOB_CLOCK]]);
}

const char *const run_users[USERS] = {"alice", "bob", "carol", "dave"};

/* Mallory has an account of his own, and guesses those of others. */
static void ask_passwords(struct run *r)
{
    size_t n = 0;
    while (n < SERVERS && r->servers[n])
        n++;
    for (size_t i = 0; i < n; i++) {
        struct node *s = r->servers[i];
        for (size_t k = 0; k < USERS; k++)
            location_put_account(s->location, run_users[k], s->name, PASSWORD);
        element_ask_passwords(s, r->servers, n);
    }
}

static void fork_as(struct node *server, const uint32_t *knob)
{
    const struct fork_how how = {.order = knob[KNOB_ORDER] < N_FORK_ORDERS
                                              ? (enum fork_order)knob[KNOB_ORDER]
                                              : FORK_PARALLEL,
                                 .ring_time = knob[KNOB_RING] * NS_PER_S,
                                 .joins = knob[KNOB_JOIN] > 0,
                                 .wait = knob[KNOB_JOIN] ? (knob[KNOB_JOIN] - 1) * NS_PER_S : 0};
    element_fork(server, &how, knob[KNOB_GROUP] % 9);
}

/* KNOB_STATELESS: a server that keeps nothing follows nothing. */
static void pass_as(struct node *server, uint32_t i, const uint32_t *knob)
{
    struct call_habits calls = {.session_s = knob[KNOB_SESSION],
                                .min_session_s = knob[KNOB_MIN_SESSION],
                                .rules.end_expired = knob[KNOB_SESSION] % 2};
    if (knob[KNOB_STATELESS] & 1u << i) {
        calls.mode = CONFIG_MODE_STATELESS;
    } else if (knob[KNOB_FOLLOW]) {
        calls.mode = CONFIG_MODE_CALL;
        calls.rules.call_time = (knob[KNOB_FOLLOW] - 1) * NS_PER_S;
        calls.rules.calls_per_user = knob[KNOB_LIMIT];
        calls.rules.calls = knob[KNOB_LIMIT] ? knob[KNOB_LIMIT] + 2 : 0;
    }
    element_pass(server, &calls);
}

static void open_servers(struct run *r)
{
    static const char *const domains[SERVERS] = {"atlanta.example", "biloxi.example",
                                                 "chicago.example"};
    const uint32_t *knob = r->plan->knob;
    unsigned workers = knob[KNOB_WORKERS] ? knob[KNOB_WORKERS] : 1;
    for (uint32_t i = 0; i < SERVERS && (i == 0 || i < knob[KNOB_SERVERS]); i++) {
        r->servers[i] = element_join_workers(&r->w, domains[i], workers);
        run_set_clock(r, r->servers[i]);
        fork_as(r->servers[i], knob);
        pass_as(r->servers[i], i, knob);
    }
    if (knob[KNOB_AUTH])
        ask_passwords(r);
}

struct node *run_last_server(const struct run *r)
{
    size_t n = 1;
    while (n < SERVERS && r->servers[n])
        n++;
    return r->servers[n - 1];
}

static void open_numbers(struct run *r)
{
    if (!r->plan->knob[KNOB_NUMBERS])
        return;
    numbers_spread(&r->w, r->servers[0], run_last_server(r));
    for (size_t i = 0; i < SERVERS && r->servers[i]; i++)
        element_look_up_numbers(r->servers[i]);
}

static void open_edges(struct run *r)
{
    static const char *const names[AGENT_FLOWS] = {"edge-1.example", "edge-2.example"};
    const uint32_t *knob = r->plan->knob;
    size_t homes = 0;
    while (homes < SERVERS && r->servers[homes])
        homes++;
    for (uint32_t i = 0; i < AGENT_FLOWS && i < knob[KNOB_EDGES]; i++) {
        r->edges[i] = element_join_workers(&r->w, names[i], knob[KNOB_WORKERS] > 1 ? 2 : 1);
        run_set_clock(r, r->edges[i]);
        element_be_edge(r->edges[i], r->servers, homes);
    }
}

/* Slow is not kind either: who waits for too long gives up. */
static bool is_spoilt(const struct plan *p)
{
    static const bool is_kind[N_KNOBS] = {
        [KNOB_SERVERS] = true,       [KNOB_WORKERS] = true,   [KNOB_AUTH] = true,
        [KNOB_ORDER] = true,         [KNOB_RING] = true,      [KNOB_JOIN] = true,
        [KNOB_GROUP] = true,         [KNOB_FOLLOW] = true,    [KNOB_STATELESS] = true,
        [KNOB_LIMIT] = true,         [KNOB_SESSION] = true,   [KNOB_MIN_SESSION] = true,
        [KNOB_GATES] = true,         [KNOB_NUMBERS] = true,   [KNOB_GATE_POLICY] = true,
        [KNOB_GATE_CALLS] = true,    [KNOB_GATE_RATE] = true, [KNOB_GATE_PROBE] = true,
        [KNOB_GATE_REDIRECT] = true, [KNOB_EDGES] = true,     [KNOB_DEAD] = true,
        [KNOB_DNS_DELAY] = true,     [KNOB_DNS_LIES] = true,  [KNOB_DNS_SILENCE] = true,
        [KNOB_UNREACHABLE] = true,   [KNOB_DNS_TTL] = true,   [KNOB_SOFTPHONES] = true,
        [KNOB_PHONE_SESSION] = true};
    bool spoilt = false;
    for (size_t i = 0; i < N_KNOBS; i++)
        spoilt = spoilt || (p->knob[i] && !is_kind[i]);
    return spoilt;
}

/* May a user be reached elsewhere though nobody registered? */
static bool is_moved(const struct plan *p)
{
    static const enum knob moving[] = {
        KNOB_STORE_DELAY, KNOB_STORE_FAILURES, KNOB_STORE_FULL, KNOB_STORE_COMMIT, KNOB_SCARCE,
        KNOB_DRIFT,       KNOB_CLOCK,          KNOB_EDGES,      KNOB_DEAD,         KNOB_DNS_LIES,
        KNOB_DNS_SILENCE, KNOB_TRUNCATE,       KNOB_GATES};
    bool moved = false;
    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++)
        moved = moved || p->knob[moving[i]];
    for (size_t i = 0; i < p->n_acts; i++)
        moved = moved || p->acts[i].kind == ACT_FORWARD || p->acts[i].kind == ACT_RECONFIGURE ||
                p->acts[i].kind == ACT_SLEEP;
    return moved;
}

/* Servers that end, or are other than they were, may have no answer, nor who cannot be heard. */
static bool is_disturbed(const struct plan *p)
{
    static const bool disturbs[N_ACTS] = {
        [ACT_RESTART] = true,   [ACT_DRAIN] = true,  [ACT_RECONFIGURE] = true,
        [ACT_PARTITION] = true, [ACT_SLEEP] = true,  [ACT_BREAK] = true,
        [ACT_HOSTILE] = true,   [ACT_DIVERT] = true, [ACT_FORWARD] = true,
        [ACT_END_CALL] = true};
    bool disturbed = false;
    for (size_t i = 0; i < p->n_acts; i++)
        disturbed = disturbed || disturbs[p->acts[i].kind];
    return disturbed;
}

static void spoil_names(struct run *r)
{
    const uint32_t *knob = r->plan->knob;
    r->w.dns_delay_max = knob[KNOB_DNS_DELAY] * NS_PER_MS;
    r->w.dns_silence = knob[KNOB_DNS_SILENCE];
    r->w.dns_lies = knob[KNOB_DNS_LIES];
    r->w.dns_ttl_s = knob[KNOB_DNS_TTL];
    for (size_t i = 0; knob[KNOB_DEAD] && i < SERVERS && r->servers[i]; i++)
        names_spread(&r->w, r->servers[i], knob[KNOB_DEAD]);
    r->w.names_alone = !is_spoilt(r->plan) && !is_disturbed(r->plan) && !knob[KNOB_RING] &&
                       !knob[KNOB_JOIN] && !knob[KNOB_GROUP] && !knob[KNOB_STATELESS] &&
                       !knob[KNOB_LIMIT] && !knob[KNOB_GATES] && !knob[KNOB_NUMBERS] &&
                       !knob[KNOB_MIN_SESSION];
    r->w.users_alone = !is_moved(r->plan);
    r->w.numbers_alone = !is_spoilt(r->plan) && !is_disturbed(r->plan) && !is_moved(r->plan) &&
                         !knob[KNOB_LIMIT] && !knob[KNOB_STATELESS];
    r->w.flows_alone = r->w.names_alone && !knob[KNOB_ORDER] && !knob[KNOB_DEAD] &&
                       !knob[KNOB_DNS_DELAY] && !knob[KNOB_DNS_SILENCE] && !knob[KNOB_DNS_LIES];
}

static void spoil(void *arg)
{
    struct run *r = arg;
    const uint32_t *knob = r->plan->knob;
    if (is_spoilt(r->plan))
        world_worsen(&r->w, TEMPER_ROUGH);
    time_ns delay = knob[KNOB_DELAY] * NS_PER_MS;
    r->w.link = (struct link){.loss = knob[KNOB_LOSS],
                              .duplicate = knob[KNOB_DUPLICATE],
                              .reorder = knob[KNOB_REORDER],
                              .truncate = knob[KNOB_TRUNCATE],
                              .mtu = knob[KNOB_MTU],
                              .unreachable = knob[KNOB_UNREACHABLE],
                              .delay_min = NS_PER_MS,
                              .delay_max = NS_PER_MS + delay,
                              .reorder_delay = 400 * NS_PER_MS,
                              .stall = knob[KNOB_STALL],
                              .stall_delay = 3 * NS_PER_S,
                              .portion = knob[KNOB_PORTION]};
    for (size_t i = 0; i < SERVERS && r->servers[i]; i++) {
        struct sim_location *l = r->servers[i]->location;
        l->delay_max = knob[KNOB_STORE_DELAY] * NS_PER_MS;
        l->failures = knob[KNOB_STORE_FAILURES];
        l->commit_max = knob[KNOB_STORE_COMMIT] * NS_PER_MS;
        l->full = knob[KNOB_STORE_FULL] > 0;
    }
    r->w.elements_heap.failures = knob[KNOB_SCARCE];
    r->w.heap.failures = knob[KNOB_PHONE_SCARCE];
}

static void mend_store(struct sim_location *l)
{
    l->delay_max = 0;
    l->failures = 0;
    l->commit_max = 0;
    l->full = false;
}

static void mend(struct run *r)
{
    r->w.link = link_perfect();
    for (size_t i = 0; i < SERVERS && r->servers[i]; i++)
        mend_store(r->servers[i]->location);
    r->w.elements_heap.failures = r->w.heap.failures = 0;
    r->w.dns_silence = r->w.dns_lies = 0;
    r->w.dns_delay_max = 0;
}

/* --- a run --- */

static void play(struct run *r)
{
    time_ns start = r->w.now;
    for (size_t i = 0; i < r->plan->n_acts; i++) {
        const struct act *a = &r->plan->acts[i];
        time_ns at = start + a->at * NS_PER_MS;
        if (at > r->w.now)
            world_run(&r->w, at - r->w.now);
        run_act(r, a);
    }
}

static struct run_result count(const struct run *r)
{
    struct run_result result = {.messages = r->w.ladder.n, .digest = r->w.digest};
    for (size_t i = 0; i < CALLS; i++) {
        result.calls += r->calls[i] != NULL;
        result.answered += r->calls[i] && r->calls[i]->answers > 0;
        result.calls += r->softphone_calls[i] != NULL;
        result.answered += r->softphone_calls[i] && r->softphone_calls[i]->is_confirmed;
    }
    return result;
}

struct run_result run_plan(const struct plan *p)
{
    static struct run run;
    struct run *r = &run;
    *r = (struct run){.plan = p};
    world_init(&r->w, p->seed);
    open_servers(r);
    open_edges(r);
    open_numbers(r);
    gates_open(&r->gates, &r->w, r->servers[0], p->knob);
    spoil_names(r);
    world_do(&r->w, p->knob[KNOB_SETTLE] * NS_PER_MS, spoil, r);
    play(r);
    r->w.link.stall = 0; /* what is held up for ever has no end to be judged */
    if (p->knob[KNOB_CALM_END])
        mend(r);
    world_run(&r->w, 60 * NS_PER_S);
    if (p->knob[KNOB_SOFTPHONES])
        run_softphones_end(r);
    check_gates_now(&r->gates);
    gates_close(&r->gates);
    struct run_result result = count(r);
    check_gates(&r->gates);
    check_and_end(&r->w);
    return result;
}
