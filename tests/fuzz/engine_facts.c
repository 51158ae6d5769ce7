/* The events of an engine, one after the other, checked against those before. */
#include "engine_facts.h"

#include <assert.h>

static struct user_client *find_client(struct user *u, tx_id tx)
{
    for (unsigned i = u->n_clients; i-- > 0;)
        if (u->clients[i].tx == tx)
            return &u->clients[i];
    return NULL;
}

static struct user_server *find_server(struct user *u, tx_id tx)
{
    for (unsigned i = u->n_servers; i-- > 0;)
        if (u->servers[i].tx == tx)
            return &u->servers[i];
    return NULL;
}

void facts_add_client(struct user *u, tx_id tx, bool invite)
{
    assert(u->n_clients < USER_CLIENTS && !find_client(u, tx));
    u->clients[u->n_clients++] = (struct user_client){.tx = tx, .invite = invite};
}

void facts_check_gone(const struct user *u, tx_id tx)
{
    for (unsigned i = 0; i < u->n_servers; i++)
        assert(u->servers[i].tx != tx || u->servers[i].ended);
}

static void hold(struct user *u, struct msg **at, unsigned *n, struct msg *m)
{
    struct msg **place = &at[(*n)++ % USER_HELD];
    msg_unref(engine_blocks(engine_of(u)), *place);
    *place = msg_ref(m);
}

static void on_request(struct user *u, const struct engine_event *ev)
{
    assert(ev->tx && ev->msg->is_request && !find_server(u, ev->tx));
    assert(ev->msg->method != METHOD_ACK && ev->msg->method != METHOD_CANCEL);
    assert(u->n_servers < USER_SERVERS);
    u->servers[u->n_servers++] = (struct user_server){.tx = ev->tx};
    hold(u, u->requests, &u->n_requests, ev->msg);
}

static void on_ack(struct user *u, const struct engine_event *ev)
{
    const struct user_server *s = find_server(u, ev->tx);
    assert(ev->msg->method == METHOD_ACK);
    assert(!ev->tx || (s && !s->ended));
    hold(u, u->requests, &u->n_requests, ev->msg);
}

static void on_cancel(struct user *u, const struct engine_event *ev)
{
    const struct user_server *other = find_server(u, ev->other);
    assert(ev->msg->method == METHOD_CANCEL && ev->tx && !find_server(u, ev->tx));
    assert(!ev->other || (other && !other->ended));
    if (!ev->other && (u->n_servers % 2 || engine_give_up(engine_of(u), ev->tx) != OK))
        (void)engine_reply(engine_of(u), ev->tx, &(struct reply){.status = 481}, u->stage.now);
}

static void on_passing(struct user *u, const struct engine_event *ev)
{
    assert(!ev->msg->is_request && ev->tx == 0 && ev->to.transport != TRANSPORT_NONE);
    (void)engine_pass_response(engine_of(u), ev, NULL, u->stage.now);
}

static struct user_client *living_client(struct user *u, const struct engine_event *ev)
{
    struct user_client *c = find_client(u, ev->tx);
    assert(c && !c->ended);
    assert(ev->owner == USER_OWNER && ev->user == (uint64_t)(c - u->clients));
    return c;
}

/* RFC 6026: after a 2xx to INVITE further ones come, and nothing else. */
static void on_response(struct user *u, const struct engine_event *ev)
{
    struct user_client *c = living_client(u, ev);
    unsigned status = ev->msg->status;
    assert(!ev->msg->is_request && status >= 100 && status <= 699);
    assert(!c->accepted || (status >= 200 && status < 300));
    hold(u, u->responses, &u->n_responses, ev->msg);
    if (status < 200)
        c->provisional = true;
    else if (c->invite && status < 300)
        c->accepted = true;
    else
        c->ended = true;
}

static void on_timeout(struct user *u, const struct engine_event *ev)
{
    struct user_client *c = living_client(u, ev);
    assert(!c->accepted);
    c->ended = true;
}

static void on_transport_error(struct user *u, const struct engine_event *ev)
{
    struct user_client *c = living_client(u, ev);
    assert(!c->accepted);
    c->ended = !(c->invite && c->provisional);
}

static void on_server_timeout(struct user *u, const struct engine_event *ev)
{
    const struct user_server *s = find_server(u, ev->tx);
    assert(s && !s->ended);
}

static void on_server_end(struct user *u, const struct engine_event *ev)
{
    struct user_server *s = find_server(u, ev->tx);
    assert(s && !s->ended);
    s->ended = true;
}

static void on_event(struct user *u, const struct engine_event *ev)
{
    switch (ev->kind) {
    case EVENT_REQUEST:
        on_request(u, ev);
        break;
    case EVENT_ACK:
        on_ack(u, ev);
        break;
    case EVENT_CANCEL:
        on_cancel(u, ev);
        break;
    case EVENT_RESPONSE:
        on_response(u, ev);
        break;
    case EVENT_STRAY_RESPONSE:
        assert(!ev->msg->is_request && ev->tx == 0);
        break;
    case EVENT_PASSING_RESPONSE:
        on_passing(u, ev);
        break;
    case EVENT_TIMEOUT:
        on_timeout(u, ev);
        break;
    case EVENT_TRANSPORT_ERROR:
        on_transport_error(u, ev);
        break;
    case EVENT_SERVER_TIMEOUT:
        on_server_timeout(u, ev);
        break;
    case EVENT_STORE:
    case EVENT_NUMBER:
        assert(ev->owner == USER_OWNER && ev->user == 1);
        break;
    case EVENT_SERVER_END:
        on_server_end(u, ev);
        break;
    }
}

void user_take_events(void *user)
{
    struct user *u = user;
    struct engine_event ev;
    while (engine_event(u->stage.engine, &ev))
        on_event(u, &ev);
}

void facts_check_end(const struct user *u)
{
    for (unsigned i = 0; i < u->n_clients; i++)
        assert(u->clients[i].ended || u->clients[i].accepted);
    for (unsigned i = 0; i < u->n_servers; i++)
        assert(u->servers[i].ended);
}

void facts_release(struct user *u)
{
    for (unsigned i = 0; i < USER_HELD; i++) {
        msg_unref(engine_blocks(engine_of(u)), u->requests[i]);
        msg_unref(engine_blocks(engine_of(u)), u->responses[i]);
    }
}
