/* Makes the world that a plan describes, does its acts in their time, and has the end judged. */
#include "sim/run.h"

#include <stdio.h>

#include "sim/check.h"
#include "sim/forge.h"
#include "sim/hostile.h"
#include "sim/names.h"

#define PHONES 8
#define CALLS PLAN_ACTS
#define SERVERS 3
#define HOSTILES 2
#define PATIENCE (120 * NS_PER_S)
#define FAR_CLOCK (UINT64_C(1) << 63)
#define LATE_CLOCK (TIME_NEVER - 3600 * NS_PER_S) /* a run is over within an hour */

struct run {
    struct world w;
    const struct plan *plan;
    struct node *servers[SERVERS];
    struct node *edges[AGENT_FLOWS];
    struct agent *phones[PHONES];
    struct hostile *hostiles[HOSTILES];
    struct call *calls[CALLS];
};

/* --- the surroundings --- */

static void set_clock(struct run *r, struct node *n)
{
    static const time_ns starts[] = {0, FAR_CLOCK, LATE_CLOCK};
    uint32_t drift = r->plan->knob[KNOB_DRIFT];
    int ppm = drift ? (int)world_below(&r->w, 2 * (uint64_t)drift + 1) - (int)drift : 0;
    node_set_clock(n, ppm, starts[r->plan->knob[KNOB_CLOCK]]);
}

static const char *const users[] = {"alice", "bob", "carol", "dave"};
#define PASSWORD "a password that nobody else has"

/* Mallory has an account of his own, and guesses those of others. */
static void ask_passwords(struct run *r)
{
    size_t n = 0;
    while (n < SERVERS && r->servers[n])
        n++;
    for (size_t i = 0; i < n; i++) {
        struct node *s = r->servers[i];
        for (size_t k = 0; k < sizeof users / sizeof *users; k++)
            location_put_account(s->location, users[k], s->name, PASSWORD);
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
    element_fork(server, &how);
}

static void open_servers(struct run *r)
{
    static const char *const domains[SERVERS] = {"atlanta.example", "biloxi.example",
                                                 "chicago.example"};
    const uint32_t *knob = r->plan->knob;
    unsigned workers = knob[KNOB_WORKERS] ? knob[KNOB_WORKERS] : 1;
    for (uint32_t i = 0; i < SERVERS && (i == 0 || i < knob[KNOB_SERVERS]); i++) {
        r->servers[i] = element_join_workers(&r->w, domains[i], workers);
        set_clock(r, r->servers[i]);
        fork_as(r->servers[i], knob);
    }
    if (knob[KNOB_AUTH])
        ask_passwords(r);
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
        set_clock(r, r->edges[i]);
        element_be_edge(r->edges[i], r->servers, homes);
    }
}

/* Slow is not kind either: who waits for too long gives up. */
static bool is_spoilt(const struct plan *p)
{
    static const bool is_kind[N_KNOBS] = {
        [KNOB_SERVERS] = true,  [KNOB_WORKERS] = true,     [KNOB_AUTH] = true,
        [KNOB_ORDER] = true,    [KNOB_RING] = true,        [KNOB_JOIN] = true,
        [KNOB_EDGES] = true,    [KNOB_DEAD] = true,        [KNOB_DNS_DELAY] = true,
        [KNOB_DNS_LIES] = true, [KNOB_DNS_SILENCE] = true, [KNOB_UNREACHABLE] = true,
        [KNOB_DNS_TTL] = true};
    bool spoilt = false;
    for (size_t i = 0; i < N_KNOBS; i++)
        spoilt = spoilt || (p->knob[i] && !is_kind[i]);
    return spoilt;
}

/* Servers that end, or are other than they were, may have no answer, nor who cannot be heard. */
static bool is_disturbed(const struct plan *p)
{
    static const bool disturbs[N_ACTS] = {
        [ACT_RESTART] = true, [ACT_DRAIN] = true, [ACT_RECONFIGURE] = true, [ACT_PARTITION] = true,
        [ACT_SLEEP] = true,   [ACT_BREAK] = true, [ACT_HOSTILE] = true,     [ACT_DIVERT] = true};
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
    r->w.names_alone =
        !is_spoilt(r->plan) && !is_disturbed(r->plan) && !knob[KNOB_RING] && !knob[KNOB_JOIN];
    r->w.flows_alone = r->w.names_alone && !knob[KNOB_DEAD] && !knob[KNOB_DNS_DELAY] &&
                       !knob[KNOB_DNS_SILENCE] && !knob[KNOB_DNS_LIES];
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
    r->w.elements_heap.failures = 0;
    r->w.dns_silence = r->w.dns_lies = 0;
    r->w.dns_delay_max = 0;
}

/* --- who an act is about; NULL: nobody, and nothing happens --- */

static struct agent *phone(const struct run *r, uint32_t i)
{
    return i < PHONES ? r->phones[i] : NULL;
}

static struct node *server(const struct run *r, uint32_t i)
{
    return i < SERVERS ? r->servers[i] : NULL;
}

static struct call *call(const struct run *r, uint32_t i)
{
    return i < CALLS ? r->calls[i] : NULL;
}

/* The caller's side of it, or a callee's that has answered. */
static struct call *side(const struct run *r, uint32_t i, uint32_t which)
{
    struct call *c = call(r, i);
    return c && which == 1 ? call_other_side(c) : c;
}

/* --- acts --- */

static struct agent_plan any_manner(uint32_t chance)
{
    static const unsigned statuses[] = {200, 200, 200, 486, 603, 480, 302, 500};
    struct rand_seed seed = rand_seed_from(chance);
    struct rand any;
    struct agent_plan p = agent_plan_default();
    if (!chance)
        return p;
    rand_init(&any, &seed);
    p.silent = rand_below(&any, 5) == 0;
    p.no_dialog_on_180 = rand_below(&any, 5) == 0;
    p.ring_after = rand_below(&any, 500) * NS_PER_MS;
    p.answer_after = rand_below(&any, 7) == 0 ? TIME_NEVER : rand_below(&any, 8000) * NS_PER_MS;
    p.status = statuses[rand_below(&any, 8)];
    p.offerless = rand_below(&any, 5) == 0;
    p.provisionals = rand_below(&any, 5) == 0;
    p.reinvite_after = rand_below(&any, 5) ? TIME_NEVER : rand_below(&any, 20000) * NS_PER_MS;
    p.tryings = (unsigned)rand_below(&any, 3);
    p.hang_up_after = rand_below(&any, 2) ? TIME_NEVER : rand_below(&any, 40000) * NS_PER_MS;
    return p;
}

/* By a connection to its home, or through edges where it wants as many. */
static void choose_flows(struct run *r, struct agent *p, uint32_t edges)
{
    unsigned n = 0;
    while (n < edges && n < AGENT_FLOWS && r->edges[n])
        n++;
    if (n > 0 && !p->web)
        agent_use_edges(p, r->edges, n);
    else if (p->outbound && p->by_stream)
        agent_use_edges(p, &p->home, 1);
}

static enum transport transport_of_traits(uint32_t bits)
{
    return bits & 2 ? TRANSPORT_WS : bits & 1 ? TRANSPORT_TCP : TRANSPORT_UDP;
}

static void do_join(struct run *r, const struct act *a)
{
    uint32_t n = r->plan->knob[KNOB_SERVERS] ? r->plan->knob[KNOB_SERVERS] : 1;
    struct node *home = server(r, (a->b >> 4 & 0xf) % n);
    if (a->a >= PHONES || r->phones[a->a] || !home)
        return;
    struct agent *p = agent_join(&r->w, users[a->b & 3], home, transport_of_traits(a->b >> 8));
    r->phones[a->a] = p;
    p->outbound = p->node.addr.ip[3] % 2 == 0;
    choose_flows(r, p, a->c);
    if (r->plan->knob[KNOB_AUTH])
        agent_know_password(p, PASSWORD);
    set_clock(r, &p->node);
}

static void do_hostile(struct run *r, const struct act *a)
{
    uint32_t n = r->plan->knob[KNOB_SERVERS] ? r->plan->knob[KNOB_SERVERS] : 1;
    if (a->a >= HOSTILES || r->hostiles[a->a])
        return;
    r->hostiles[a->a] = hostile_join(&r->w, "mallory", r->servers[a->b % n]);
    for (size_t i = 0; i < SERVERS && r->servers[i]; i++)
        element_beware(r->servers[i]);
}

static void do_manner(struct run *r, const struct act *a)
{
    struct agent *p = phone(r, a->a);
    if (p)
        p->plan = any_manner(a->b);
}

static void do_register(struct run *r, const struct act *a)
{
    struct agent *p = phone(r, a->a);
    if (p)
        agent_register(p, a->b);
}

static void do_divert(struct run *r, const struct act *a)
{
    struct agent *p = phone(r, a->a), *to = phone(r, a->b);
    if (p && to)
        agent_divert(p, to->aor);
}

static struct call *call_by(struct run *r, const struct act *a, const char *uri)
{
    struct agent *from = phone(r, a->a);
    if (!from || a->c >= CALLS || r->calls[a->c])
        return NULL;
    struct call *c = agent_call(from, uri);
    r->calls[a->c] = c;
    /* A UAC that has heard a 1xx waits without end (RFC 3261 17.1.1.2): its user does not. */
    if (c)
        world_do(&r->w, PATIENCE, call_cancel, c);
    return c;
}

static void do_call(struct run *r, const struct act *a)
{
    const struct agent *to = phone(r, a->b);
    struct call *c = to ? call_by(r, a, to->aor) : NULL;
    if (c)
        check_wanted(c, to);
}

static void do_call_alone(struct run *r, const struct act *a)
{
    const struct agent *to = phone(r, a->b);
    const char *gruu = to ? to->gruu[a->c % 2] : "";
    struct call *c = gruu[0] ? call_by(r, a, gruu) : NULL;
    if (!c)
        return;
    c->alone = to;
    check_wanted(c, to);
}

static void do_flow_ends(struct run *r, const struct act *a)
{
    if (phone(r, a->a) && a->b < AGENT_FLOWS)
        agent_flow_end(phone(r, a->a), a->b, a->c > 0);
}

static void do_forge(struct run *r, const struct act *a)
{
    if (phone(r, a->a) && phone(r, a->b))
        forge_token(phone(r, a->a), phone(r, a->b), a->c);
}

static void do_cancel(struct run *r, const struct act *a)
{
    if (call(r, a->a))
        call_cancel(call(r, a->a));
}

static void do_hang_up(struct run *r, const struct act *a)
{
    struct call *c = side(r, a->a, a->b);
    if (c)
        call_hang_up(c);
}

static void do_reinvite(struct run *r, const struct act *a)
{
    struct call *c = side(r, a->a, a->b);
    if (c)
        call_reinvite(c);
}

static void do_within(struct run *r, const struct act *a)
{
    static const char *const methods[] = {"INFO", "UPDATE", "OPTIONS", "MESSAGE"};
    struct call *c = side(r, a->a, a->b);
    if (c)
        call_request(c, methods[a->c % 4]);
}

static void do_request(struct run *r, const struct act *a)
{
    static const char *const methods[] = {"OPTIONS", "MESSAGE", "BYE", "INFO", "MADEUP"};
    struct agent *from = phone(r, a->a), *to = phone(r, a->b);
    if (from && to)
        agent_request(from, methods[a->c % 5], to->aor, "");
}

#define LARGEST 3900

static void do_large(struct run *r, const struct act *a)
{
    static char header[LARGEST + 32];
    struct agent *from = phone(r, a->a), *to = phone(r, a->b);
    if (!from || !to)
        return;
    uint32_t len = a->c < LARGEST ? a->c : LARGEST;
    int at = snprintf(header, sizeof header, "Subject: ");
    memset(header + at, 'x', len);
    snprintf(header + at + len, sizeof header - (size_t)at - len, "\r\n");
    agent_request(from, "MESSAGE", to->aor, header);
}

static void do_crash(struct run *r, const struct act *a)
{
    if (phone(r, a->a))
        agent_crash_for(phone(r, a->a), a->b * NS_PER_MS);
}

static void do_break(struct run *r, const struct act *a)
{
    (void)a;
    link_break_all(&r->w);
}

static void do_partition(struct run *r, const struct act *a)
{
    world_partition(&r->w, a->a, a->b * NS_PER_MS);
}

static void do_sleep(struct run *r, const struct act *a)
{
    struct node *n = server(r, a->a);
    if (n)
        node_sleep(n->workers[a->b % n->n_workers], a->c * NS_PER_MS);
}

static void start_again(void *n)
{
    element_start(n);
}

static void do_restart(struct run *r, const struct act *a)
{
    struct node *n = server(r, a->a);
    if (!n || n->is_down)
        return;
    element_stop(n);
    if (a->b > 0)
        world_do(&r->w, a->b * NS_PER_MS, start_again, n);
    else
        element_start(n);
}

static void do_drain(struct run *r, const struct act *a)
{
    struct node *n = server(r, a->a);
    if (n)
        element_drain(n, a->b * NS_PER_MS, a->c * NS_PER_MS);
}

static void do_reconfigure(struct run *r, const struct act *a)
{
    struct node *n = server(r, a->a);
    if (n)
        element_reform(n, a->b);
}

static void do_attack(struct run *r, const struct act *a)
{
    struct hostile *h = a->a < HOSTILES ? r->hostiles[a->a] : NULL;
    for (uint32_t i = 0; h && i < a->b; i++)
        hostile_act(h);
}

static void (*const doers[N_ACTS])(struct run *, const struct act *) = {
    [ACT_JOIN] = do_join,
    [ACT_HOSTILE] = do_hostile,
    [ACT_MANNER] = do_manner,
    [ACT_REGISTER] = do_register,
    [ACT_DIVERT] = do_divert,
    [ACT_CALL] = do_call,
    [ACT_CALL_ALONE] = do_call_alone,
    [ACT_FLOW_ENDS] = do_flow_ends,
    [ACT_FORGE] = do_forge,
    [ACT_CANCEL] = do_cancel,
    [ACT_HANG_UP] = do_hang_up,
    [ACT_REINVITE] = do_reinvite,
    [ACT_WITHIN] = do_within,
    [ACT_REQUEST] = do_request,
    [ACT_LARGE] = do_large,
    [ACT_CRASH] = do_crash,
    [ACT_BREAK] = do_break,
    [ACT_PARTITION] = do_partition,
    [ACT_SLEEP] = do_sleep,
    [ACT_RESTART] = do_restart,
    [ACT_ATTACK] = do_attack,
    [ACT_DRAIN] = do_drain,
    [ACT_RECONFIGURE] = do_reconfigure,
};

/* --- a run --- */

static void play(struct run *r)
{
    time_ns start = r->w.now;
    for (size_t i = 0; i < r->plan->n_acts; i++) {
        const struct act *a = &r->plan->acts[i];
        time_ns at = start + a->at * NS_PER_MS;
        if (at > r->w.now)
            world_run(&r->w, at - r->w.now);
        doers[a->kind](r, a);
    }
}

static struct run_result count(const struct run *r)
{
    struct run_result result = {.messages = r->w.ladder.n, .digest = r->w.digest};
    for (size_t i = 0; i < CALLS; i++) {
        result.calls += r->calls[i] != NULL;
        result.answered += r->calls[i] && r->calls[i]->answers > 0;
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
    spoil_names(r);
    world_do(&r->w, p->knob[KNOB_SETTLE] * NS_PER_MS, spoil, r);
    play(r);
    r->w.link.stall = 0; /* what is held up for ever has no end to be judged */
    if (p->knob[KNOB_CALM_END])
        mend(r);
    world_run(&r->w, 60 * NS_PER_S);
    struct run_result result = count(r);
    check_and_end(&r->w);
    return result;
}
