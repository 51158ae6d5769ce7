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

/* --- events --- */

static struct call *call_of(struct agent *a, uint64_t user)
{
    size_t slot = (user >> 8) & 0xff;
    assert(slot < AGENT_CALLS);
    struct call *c = &a->calls[slot];
    return c->side != CALL_UNUSED && c->serial == user >> 16 ? c : NULL;
}

static enum agent_use use_of(uint64_t user)
{
    return (enum agent_use)(user & 0xff);
}

/* A final status for what we asked; timeouts are 408, transport errors 503 (RFC 3261 8.1.3.1). */
static void on_final(struct agent *a, const struct engine_event *ev, unsigned status)
{
    struct call *c = call_of(a, ev->user);
    switch (use_of(ev->user)) {
    case USE_INVITE:
        if (c && ev->msg)
            call_out_response(c, ev->msg);
        else if (c)
            call_out_failed(c, status);
        break;
    case USE_BYE:
        if (c && status >= 200)
            call_bye_answered(c);
        break;
    case USE_REGISTER:
        agent_registered(a, status);
        break;
    case USE_OTHER:
        a->request_status = status;
        break;
    case USE_ANSWER:
        break;
    }
}

/* RFC 3261 15.1.2: the dialog is over, and a pending INVITE is answered 487. */
static void on_bye(struct agent *a, const struct engine_event *ev, struct call *c, struct dialog *d)
{
    agent_reply(a, ev->tx, 200, NULL);
    if (c->side == CALL_IN)
        call_in_cancel(c);
    c->bye_received = c->ended = true;
    dialog_terminate(d);
}

static void on_request_within(struct agent *a, const struct engine_event *ev, struct call *c,
                              struct dialog *d)
{
    unsigned refusal = dialog_receive(d, ev->msg);
    if (refusal)
        agent_reply(a, ev->tx, refusal, NULL);
    else if (ev->msg->method == METHOD_BYE)
        on_bye(a, ev, c, d);
    else
        agent_reply(a, ev->tx, ev->msg->method == METHOD_INVITE ? 488 : 200, NULL);
}

static void on_request_outside(struct agent *a, const struct engine_event *ev)
{
    const struct nameaddr *to = msg_to(ev->msg);
    bool has_tag = to && to->tag.len > 0;
    if (ev->msg->method == METHOD_BYE || (has_tag && ev->msg->method != METHOD_OPTIONS))
        agent_reply(a, ev->tx, 481, NULL);
    else if (ev->msg->method == METHOD_INVITE)
        call_in_request(a, ev);
    else
        agent_reply(a, ev->tx, 200, NULL);
}

static void on_request(struct agent *a, const struct engine_event *ev)
{
    struct dialog *d = NULL;
    struct call *c = agent_find(a, ev->msg, &d);
    if (ev->merged)
        agent_reply(a, ev->tx, 482, NULL);
    else if (c)
        on_request_within(a, ev, c, d);
    else
        on_request_outside(a, ev);
}

static void on_ack(struct agent *a, const struct engine_event *ev)
{
    struct dialog *d;
    struct call *c = agent_find(a, ev->msg, &d);
    if (c && c->side == CALL_IN)
        call_in_ack(c);
}

static void on_server_end(struct agent *a, uint64_t user)
{
    struct call *c = call_of(a, user);
    if (c && use_of(user) == USE_ANSWER)
        c->invite = 0;
}

static void on_event(struct agent *a, const struct engine_event *ev)
{
    switch (ev->kind) {
    case EVENT_REQUEST:
        on_request(a, ev);
        break;
    case EVENT_ACK:
        on_ack(a, ev);
        break;
    case EVENT_CANCEL:
        if (ev->other && call_of(a, ev->other_user))
            call_in_cancel(call_of(a, ev->other_user));
        break;
    case EVENT_RESPONSE:
        on_final(a, ev, ev->msg->status);
        break;
    case EVENT_TIMEOUT:
        on_final(a, ev, 408);
        break;
    case EVENT_TRANSPORT_ERROR:
        on_final(a, ev, 503);
        break;
    case EVENT_STRAY_RESPONSE:
        a->strays++;
        break;
    case EVENT_SERVER_TIMEOUT: /* RFC 6026 8.7: the transaction goes on */
        break;
    case EVENT_SERVER_END:
        on_server_end(a, ev->user);
        break;
    case EVENT_STORE:
        assert(false && "an agent asks no store");
        break;
    }
}

static void drain(struct node *n)
{
    struct engine_event ev;
    while (engine_event(n->engine, &ev))
        on_event(of(n), &ev);
}

/* --- face --- */

static void on_datagram(struct node *n, const struct flow *f, struct str bytes)
{
    (void)engine_datagram(n->engine, f, bytes, node_now(n));
    drain(n);
}

static conn_id on_accepted(struct node *n, const struct flow *f)
{
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

static int on_closed(struct node *n, conn_id id)
{
    int err = engine_closed(n->engine, id, node_now(n));
    drain(n);
    return err;
}

static int on_resolved(struct node *n, uint64_t query, const struct addr *a, size_t count)
{
    int err = engine_resolved(n->engine, query, a, count, node_now(n));
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

static void on_time(struct node *n)
{
    struct agent *a = of(n);
    (void)engine_time(n->engine, node_now(n));
    drain(n);
    for (size_t i = 0; i < AGENT_CALLS; i++)
        if (a->calls[i].side == CALL_OUT)
            early_time(&a->calls[i].early, node_now(n));
}

static time_ns deadline(const struct node *n)
{
    const struct agent *a = (const struct agent *)n;
    time_ns at = engine_deadline(n->engine);
    for (size_t i = 0; i < AGENT_CALLS; i++)
        if (a->calls[i].side == CALL_OUT)
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

static void free_agent(struct node *n)
{
    struct agent *a = of(n);
    for (size_t i = 0; i < AGENT_CALLS; i++)
        call_free(&a->calls[i]);
    dialog_fini(&a->registration);
    engine_free(n->engine);
    free(a);
}

static const struct node_face face = {
    .datagram = on_datagram,
    .accepted = on_accepted,
    .connected = on_connected,
    .stream = on_stream,
    .closed = on_closed,
    .resolved = on_resolved,
    .stored = on_stored,
    .time = on_time,
    .deadline = deadline,
    .output = output,
    .is_idle = is_idle,
    .free = free_agent,
};

struct agent_plan agent_plan_default(void)
{
    return (struct agent_plan){
        .status = 200, .answer_after = 2 * NS_PER_S, .hang_up_after = TIME_NEVER};
}

struct agent *agent_join(struct world *w, const char *user, struct node *proxy,
                         enum transport transport)
{
    struct agent *a = calloc(1, sizeof(*a));
    assert(a);
    char name[32];
    const char *suffix = transport == TRANSPORT_TCP ? ";transport=tcp" : "";
    snprintf(name, sizeof(name), "%s", user);
    node_join(&a->node, w, name, &face);
    a->plan = agent_plan_default();
    int ip = a->node.addr.ip[3];
    snprintf(a->aor, sizeof(a->aor), "sip:%s@%s", user, proxy ? proxy->name : "nowhere.example");
    snprintf(a->contact, sizeof(a->contact), "sip:%s@10.0.0.%d:5060%s", user, ip, suffix);
    if (proxy)
        snprintf(a->route, sizeof(a->route), "<sip:10.0.0.%d:5060%s;lr>", proxy->addr.ip[3],
                 suffix);
    struct engine_config c = node_engine_config(&a->node);
    a->node.engine = engine_new(&c);
    assert(a->node.engine);
    node_listen(&a->node);
    return a;
}

/* --- requests --- */

bool agent_send(struct agent *a, struct dialog *d, const struct dialog_request *r, unsigned kind,
                const struct call *c)
{
    static char at[4096];
    struct buf b;
    struct uri hop;
    buf_init(&b, at, sizeof(at));
    if (dialog_print_request(d, r, &b, &hop))
        return false;
    uint64_t slot = c ? (uint64_t)(c - a->calls) : 0;
    struct outgoing out = {.text = buf_str(&b),
                           .hop = &hop,
                           .user = kind | slot << 8 | (uint64_t)(c ? c->serial : 0) << 16};
    tx_id tx;
    if (str_equal(r->method, STR("ACK")))
        return engine_send_stateless(a->node.engine, &out, node_now(&a->node)) == OK;
    int err = engine_request(a->node.engine, &out, node_now(&a->node), &tx);
    if (!err && kind == USE_INVITE)
        a->calls[slot].invite = tx;
    return err == OK;
}

void agent_request(struct agent *a, const char *method, const char *uri, const char *headers)
{
    char id[24];
    snprintf(id, sizeof(id), "%016llx", (unsigned long long)rand_u64(&a->node.w->rand));
    struct dialog_start s = {.call_id = str_from(id),
                             .local_tag = str_slice(str_from(id), 0, 8),
                             .local = str_from(a->aor),
                             .remote = str_from(uri),
                             .target = str_from(uri),
                             .routes = str_from(a->route),
                             .cseq = 1};
    struct dialog d;
    int err = dialog_init_trying(&d, &a->node.w->heap.mem, &s);
    assert(!err);
    struct dialog_request r = {.method = str_from(method), .headers = str_from(headers)};
    a->request_status = 0;
    if (!agent_send(a, &d, &r, USE_OTHER, NULL))
        a->request_status = 503;
    dialog_fini(&d);
    agent_settle(a);
}
