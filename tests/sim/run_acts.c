/* The acts of a plan, each done to whom it names. */
#include <stdio.h>
#include <string.h>

#include "element/forwards.h"
#include "sim/check.h"
#include "sim/forge.h"
#include "sim/numbers.h"
#include "sim/run_parts.h"

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

bool run_is_softphone(const struct run *r, uint32_t i)
{
    uint32_t which = r->plan->knob[KNOB_SOFTPHONES];
    return i < PHONES && (which == 1 || (which == 2 && i % 2 == 0));
}

const char *run_aor(const struct run *r, uint32_t i)
{
    if (i >= PHONES)
        return NULL;
    return r->phones[i] ? r->phones[i]->aor : r->softphones[i] ? r->softphones[i]->aor : NULL;
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
    p.claims = rand_below(&any, 4) == 0;
    p.is_private = rand_below(&any, 4) == 0;
    if (rand_below(&any, 3) == 0) {
        p.session_s = 90 + (unsigned)rand_below(&any, 60);
        p.min_session_s = rand_below(&any, 2) ? 0 : 90 + (unsigned)rand_below(&any, 90);
        p.refreshes = (unsigned)rand_below(&any, 3);
    }
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
    if (a->a >= PHONES || run_is_softphone(r, a->a) || r->phones[a->a] || !home)
        return;
    struct agent *p = agent_join(&r->w, run_users[a->b & 3], home, transport_of_traits(a->b >> 8));
    r->phones[a->a] = p;
    p->outbound = p->node.addr.ip[3] % 2 == 0;
    choose_flows(r, p, a->c);
    if (r->plan->knob[KNOB_AUTH])
        agent_know_password(p, PASSWORD);
    run_set_clock(r, &p->node);
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

static size_t user_of(const struct agent *a)
{
    size_t i = 0;
    while (strcmp(run_users[i], a->node.name) != 0)
        i++;
    return i;
}

static size_t server_of(const struct run *r, const struct agent *a)
{
    size_t i = 0;
    while (r->servers[i] != a->home)
        i++;
    return i;
}

/* Has everything that comes for the user forwarded, by what was said last. */
static bool passes_on(const struct run *r, const struct agent *to)
{
    return r->forwards[user_of(to)][server_of(r, to)] == FORWARD_ALWAYS + 1;
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
    const char *aor = run_aor(r, a->b);
    struct call *c = aor ? call_by(r, a, aor) : NULL;
    if (!c || !to)
        return;
    if (passes_on(r, to)) {
        c->passed = to->aor;
        c->passed_until = TIME_NEVER;
    } else
        check_wanted(c, to);
}

/* What calls of before may do from now on nobody knows. */
static void forget_passed(const struct run *r, const char *aor)
{
    for (size_t i = 0; i < CALLS; i++) {
        struct call *c = r->calls[i];
        if (c && c->passed && strcmp(c->passed, aor) == 0)
            c->passed_until = time_min(c->passed_until, r->w.now);
    }
}

static void do_forward(struct run *r, const struct act *a)
{
    static const unsigned no_answer_s = 5;
    struct forwards f = {.no_answer_s = no_answer_s};
    const struct agent *of = phone(r, a->a), *to = phone(r, a->b);
    uint32_t when = a->c % (N_FORWARDS + 1);
    if (!of || !to || strcmp(of->aor, to->aor) == 0)
        return;
    if (when < N_FORWARDS)
        f.to[when] = str_from(to->aor);
    forget_passed(r, of->aor);
    location_put_forwards(of->home->location, of->aor, &f);
    r->forwards[user_of(of)][server_of(r, of)] = when < N_FORWARDS ? (uint8_t)(when + 1) : 0;
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

static void do_dial(struct run *r, const struct act *a)
{
    char uri[64], aor[96] = "";
    const struct agent *from = phone(r, a->a);
    uint32_t number = a->b % N_NUMBER_WAYS;
    if (!from)
        return;
    if (a->b < N_NUMBER_WAYS)
        snprintf(uri, sizeof uri, "sip:+%u@%s;user=phone", number + 1, from->home->name);
    else
        snprintf(uri, sizeof uri, "tel:+%u", number + 1);
    (void)number_leads((enum number_way)number, r->servers[0], run_last_server(r), aor);
    struct call *c = call_by(r, a, uri);
    if (c)
        check_dialled(c, aor, r->plan->knob[KNOB_AUTH] > 0);
}

static void do_call_gate(struct run *r, const struct act *a)
{
    char uri[64];
    snprintf(uri, sizeof uri, "sip:" GATE_USER "@%s", r->servers[0]->name);
    (void)call_by(r, a, uri);
}

static void do_gate_dies(struct run *r, const struct act *a)
{
    gate_dies(&r->gates, a->a, a->b * NS_PER_MS);
}

static void do_gate_out(struct run *r, const struct act *a)
{
    gate_set_out(&r->gates, a->a, a->b > 0);
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
    struct agent *from = phone(r, a->a);
    const char *to = run_aor(r, a->b);
    if (from && to)
        agent_request(from, methods[a->c % 5], to, "");
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

static void do_end_call(struct run *r, const struct act *a)
{
    struct node *n = server(r, a->a);
    if (n && !n->is_down)
        element_end_one(n->workers[a->b % n->n_workers], a->c);
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
    [ACT_FORWARD] = do_forward,
    [ACT_FLOW_ENDS] = do_flow_ends,
    [ACT_FORGE] = do_forge,
    [ACT_CANCEL] = do_cancel,
    [ACT_HANG_UP] = do_hang_up,
    [ACT_REINVITE] = do_reinvite,
    [ACT_END_CALL] = do_end_call,
    [ACT_CALL_GATE] = do_call_gate,
    [ACT_GATE_DIES] = do_gate_dies,
    [ACT_GATE_OUT] = do_gate_out,
    [ACT_DIAL] = do_dial,
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

void run_act(struct run *r, const struct act *a)
{
    check_gates_now(&r->gates);
    run_softphones_act(r, a);
    if (doers[a->kind])
        doers[a->kind](r, a);
}
