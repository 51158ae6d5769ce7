/* Composes and runs a random scenario; judges nothing itself. */
#include "sim/storm.h"

#include <stdio.h>

#include "sim/check.h"

#define PHONES 6
#define ACTIONS 24
#define PATIENCE (120 * NS_PER_S)

struct storm {
    struct world w;
    struct node *proxies[2];
    struct agent *phones[PHONES];
    size_t n_proxies, n_phones;
    struct call *calls[ACTIONS];
    size_t n_calls;
};

static struct agent *any_phone(struct storm *s)
{
    return s->phones[world_below(&s->w, s->n_phones)];
}

static struct agent_plan any_plan(struct world *w)
{
    static const unsigned statuses[] = {200, 200, 200, 486, 603, 480, 302, 500};
    struct agent_plan p = agent_plan_default();
    p.silent = world_chance(w, 200);
    p.no_dialog_on_180 = world_chance(w, 200);
    p.ring_after = world_below(w, 500) * NS_PER_MS;
    p.answer_after = world_chance(w, 150) ? TIME_NEVER : world_below(w, 8000) * NS_PER_MS;
    p.status = statuses[world_below(w, 8)];
    p.hang_up_after = world_chance(w, 500) ? TIME_NEVER : world_below(w, 40000) * NS_PER_MS;
    return p;
}

static void join_all(struct storm *s)
{
    static const char *const users[] = {"alice", "bob", "carol", "dave"};
    struct world *w = &s->w;
    s->n_proxies = 1 + world_below(w, 2);
    s->n_phones = 2 + world_below(w, PHONES - 1);
    for (size_t i = 0; i < s->n_proxies; i++)
        s->proxies[i] =
            element_join_workers(w, i ? "biloxi.example" : "atlanta.example",
                                 world_chance(w, 400) ? 2 + (unsigned)world_below(w, 2) : 1);
    for (size_t i = 0; i < s->n_phones; i++) {
        struct node *proxy = s->proxies[world_below(w, s->n_proxies)];
        enum transport t = world_chance(w, 300) ? TRANSPORT_TCP : TRANSPORT_UDP;
        s->phones[i] = agent_join(w, users[world_below(w, 4)], proxy, t);
        s->phones[i]->plan = any_plan(w);
        agent_register(s->phones[i], 60 + (unsigned)world_below(w, 600));
    }
    world_run(w, 2 * NS_PER_S);
}

static void spoil(struct storm *s)
{
    struct world *w = &s->w;
    if (world_chance(w, 700))
        w->link = link_bad((unsigned)world_below(w, 300), (unsigned)world_below(w, 200),
                           (unsigned)world_below(w, 300));
    for (size_t i = 0; i < s->n_proxies; i++) {
        s->proxies[i]->location->delay = world_below(w, 1500) * NS_PER_MS;
        s->proxies[i]->location->failures = world_chance(w, 200) ? 300 : 0;
    }
}

static void place_call(struct storm *s)
{
    struct agent *from = any_phone(s);
    struct call *c = agent_call(from, any_phone(s)->aor);
    if (!c)
        return;
    s->calls[s->n_calls++] = c;
    /* A UAC that has heard a 1xx waits without end (RFC 3261 17.1.1.2): its user does not. */
    world_do(&s->w, PATIENCE, call_cancel, c);
}

/* Everyone's connections break in the middle of what they do. */
static void break_connections(struct storm *s)
{
    link_break_all(&s->w);
}

/* One worker's clock stands still for a while; or its server starts anew. */
static void upset(struct storm *s)
{
    struct node *n = s->proxies[world_below(&s->w, s->n_proxies)];
    if (n->n_workers == 1 && world_chance(&s->w, 500))
        element_restart(n);
    else
        node_sleep(n->workers[world_below(&s->w, n->n_workers)],
                   world_below(&s->w, 60000) * NS_PER_MS);
}

static void act(struct storm *s)
{
    static const char *const methods[] = {"OPTIONS", "MESSAGE", "BYE", "INFO", "MADEUP"};
    struct world *w = &s->w;
    struct call *c = s->n_calls ? s->calls[world_below(w, s->n_calls)] : NULL;
    switch (world_below(w, 10)) {
    case 0:
        agent_register(any_phone(s), world_chance(w, 200) ? 0 : 600);
        break;
    case 1:
        agent_request(any_phone(s), methods[world_below(w, 5)], any_phone(s)->aor, "");
        break;
    case 2:
    case 3:
        if (c)
            call_cancel(c);
        break;
    case 4:
        if (c)
            call_hang_up(c);
        break;
    case 5:
        if (world_chance(w, 300))
            break_connections(s);
        else if (world_chance(w, 400))
            upset(s);
        break;
    default:
        place_call(s);
        break;
    }
}

static struct storm_result count(const struct storm *s)
{
    struct storm_result r = {.messages = s->w.ladder.n, .digest = s->w.digest};
    for (size_t i = 0; i < s->n_calls; i++) {
        r.calls++;
        r.answered += s->calls[i]->answers > 0;
        r.failed += s->calls[i]->failures > 0;
    }
    return r;
}

struct storm_result storm_run(uint64_t seed, unsigned scarce)
{
    struct storm s = {0};
    world_init(&s.w, seed);
    join_all(&s);
    spoil(&s);
    s.w.elements_heap.failures = scarce;
    for (int i = 0; i < ACTIONS; i++) {
        act(&s);
        world_run(&s.w, world_below(&s.w, 4000) * NS_PER_MS);
    }
    world_run(&s.w, 60 * NS_PER_S);
    struct storm_result r = count(&s);
    check_and_end(&s.w);
    return r;
}
