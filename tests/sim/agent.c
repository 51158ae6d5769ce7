/* A user agent's node: its face, its events to whom they concern, its requests to the wire. */
#include "sim/agent.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static struct agent *of(struct node *n)
{
    return (struct agent *)n;
}

void agent_settle(struct agent *a)
{
    node_settle(&a->node);
}

static void drain(struct node *n)
{
    agent_drain(of(n));
}

/* --- face --- */

static void on_datagram(struct node *n, const struct flow *f, struct str bytes)
{
    if (agent_is_down(of(n)))
        return;
    (void)engine_datagram(n->engine, f, bytes, node_now(n));
    drain(n);
}

static conn_id on_accepted(struct node *n, const struct flow *f)
{
    if (agent_is_down(of(n)))
        return 0;
    conn_id id = engine_accepted(n->engine, f, node_now(n));
    drain(n);
    return id;
}

static int on_connected(struct node *n, conn_id id, const struct addr *local)
{
    int err = engine_connected(n->engine, id, local, node_now(n));
    drain(n);
    return err;
}

static int on_stream(struct node *n, conn_id id, struct str bytes)
{
    int err = engine_stream(n->engine, id, bytes, node_now(n));
    drain(n);
    return err;
}

static int on_message(struct node *n, conn_id id, struct str bytes)
{
    int err = engine_message(n->engine, id, bytes, node_now(n));
    drain(n);
    return err;
}

static int on_closed(struct node *n, conn_id id)
{
    int err = engine_closed(n->engine, id, node_now(n));
    drain(n);
    return err;
}

static int on_resolved(struct node *n, uint64_t query, struct str message)
{
    int err = engine_resolved(n->engine, query, message, node_now(n));
    drain(n);
    return err;
}

static int on_stored(struct node *n, const struct store_answer *a)
{
    (void)n;
    (void)a;
    assert(false && "an agent asks no store");
    return OK;
}

static bool is_calling(const struct call *c)
{
    return c->side == CALL_OUT && !c->lost;
}

static void on_time(struct node *n)
{
    struct agent *a = of(n);
    (void)engine_time(n->engine, node_now(n));
    drain(n);
    for (size_t i = 0; i < AGENT_CALLS; i++)
        if (is_calling(&a->calls[i]))
            early_time(&a->calls[i].early, node_now(n));
}

static time_ns deadline(const struct node *n)
{
    const struct agent *a = (const struct agent *)n;
    time_ns at = engine_deadline(n->engine);
    for (size_t i = 0; i < AGENT_CALLS; i++)
        if (is_calling(&a->calls[i]))
            at = time_min(at, early_deadline(&a->calls[i].early));
    return at;
}

static bool output(struct node *n, struct engine_output *o)
{
    drain(n);
    return engine_output(n->engine, o);
}

static bool is_idle(const struct node *n)
{
    const struct engine_stats *s = engine_stats(n->engine);
    return s->tx_client == 0 && s->tx_server == 0;
}

static void free_asked(struct asked *q)
{
    free(q->sent.hop);
    free(q->sent.text);
    free(q);
}

static void free_agent(struct node *n)
{
    struct agent *a = of(n);
    for (size_t i = 0; i < AGENT_CALLS; i++)
        call_fini(&a->calls[i]);
    dialog_fini(&a->registration);
    agent_flows_lost(a);
    for (size_t i = 0; i < a->n_asked; i++)
        free_asked(a->asked[i]);
    free(a->asked);
    engine_free(n->engine);
    free(a);
}

static const struct node_face face = {
    .datagram = on_datagram,
    .accepted = on_accepted,
    .connected = on_connected,
    .stream = on_stream,
    .message = on_message,
    .closed = on_closed,
    .resolved = on_resolved,
    .stored = on_stored,
    .time = on_time,
    .deadline = deadline,
    .output = output,
    .is_idle = is_idle,
    .free = free_agent,
};

struct agent *agent_of(struct node *n)
{
    return n->face == &face ? of(n) : NULL;
}

struct agent_plan agent_plan_default(void)
{
    return (struct agent_plan){.status = 200,
                               .answer_after = 2 * NS_PER_S,
                               .hang_up_after = TIME_NEVER,
                               .reinvite_after = TIME_NEVER,
                               .agree_status = 200};
}

static void start(struct agent *a)
{
    struct engine_config c = node_engine_config(&a->node);
    c.dials_web = true;
    a->node.engine = engine_new(&c);
    assert(a->node.engine);
    node_listen(&a->node, str_from(a->web_name));
}

struct agent *agent_join(struct world *w, const char *user, struct node *proxy,
                         enum transport transport)
{
    struct agent *a = calloc(1, sizeof(*a));
    assert(a);
    const char *suffix = transport == TRANSPORT_TCP  ? ";transport=tcp"
                         : transport == TRANSPORT_WS ? ";transport=ws"
                                                     : "";
    node_join(&a->node, w, user, &face);
    a->home = proxy;
    a->web = transport_is_web(transport);
    a->by_stream = transport == TRANSPORT_TCP;
    a->binding.known = true;
    a->plan = agent_plan_default();
    int ip = a->node.addr.ip[3];
    snprintf(a->aor, sizeof(a->aor), "sip:%s@%s", user, proxy ? proxy->name : "nowhere.example");
    snprintf(a->web_name, sizeof(a->web_name), "browser%d.invalid", ip);
    if (transport == TRANSPORT_WS) /* RFC 7118 8.1 */
        snprintf(a->contact, sizeof(a->contact), "sip:%s@%s%s", user, a->web_name, suffix);
    else
        snprintf(a->contact, sizeof(a->contact), "sip:%s@10.0.0.%d:5060%s", user, ip, suffix);
    if (proxy)
        snprintf(a->route, sizeof(a->route), "<sip:10.0.0.%d:5060%s;lr>", proxy->addr.ip[3],
                 suffix);
    start(a);
    return a;
}

/* --- loss of power --- */

bool agent_is_down(const struct agent *a)
{
    return a->node.w->now < a->down_until;
}

static void lose(struct agent *a)
{
    for (size_t i = 0; i < AGENT_CALLS; i++)
        a->calls[i].lost = a->calls[i].side != CALL_UNUSED;
    for (size_t i = 0; i < a->n_asked; i++)
        a->asked[i]->lost = a->asked[i]->lost || a->asked[i]->status == 0;
    agent_register_lost(a);
    dialog_fini(&a->registration);
    agent_flows_lost(a);
}

static void come_back(void *agent)
{
    struct agent *a = agent;
    a->node.is_down = agent_is_down(a);
}

void agent_crash_for(struct agent *a, time_ns span)
{
    struct node *n = &a->node;
    a->crashes++;
    world_worsen(n->w, TEMPER_ROUGH);
    a->down_until = time_add(n->w->now, span);
    n->is_down = span > 0;
    world_do(n->w, span, come_back, a);
    world_forget(n->w, n);
    link_cut_off(n);
    lose(a);
    engine_free(n->engine);
    n->wake_at = TIME_NEVER;
    start(a);
    node_settle(n);
}

void agent_crash(struct agent *a)
{
    agent_crash_for(a, 0);
}
