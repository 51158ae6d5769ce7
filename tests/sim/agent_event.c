/* An agent's events: to whom each belongs; decides nothing about a call. */
#include <assert.h>

#include "sim/agent.h"

/* --- answers to what we asked --- */

static void note_final(struct asked *q, const struct engine_event *ev, unsigned status)
{
    if (status < 200)
        return;
    if (q->status == 0) {
        q->status = status;
        q->ended_at = q->agent->node.w->now;
        q->unanswered = !ev->msg;
    }
    if (status < 300)
        q->oks++;
    else
        q->failures++;
}

/* A timeout is a 408, a transport error a 503 (RFC 3261 8.1.3.1). */
static void on_answer(struct agent *a, const struct engine_event *ev, unsigned status)
{
    struct asked *q = agent_asked(a, ev->user);
    assert(q);
    if (q->tx != ev->tx) /* that was challenged, and is over */
        return;
    if (ev->msg && agent_asked_to_prove(q, ev->msg))
        return;
    note_final(q, ev, status);
    switch (q->use) {
    case USE_INVITE:
        if (ev->msg)
            call_out_response(q->call, ev->msg);
        else
            call_out_failed(q->call, status);
        break;
    case USE_REINVITE:
    case USE_WITHIN:
        call_within_answered(q, ev->msg, status);
        break;
    case USE_BYE:
        q->call->ended |= status >= 200;
        break;
    case USE_REGISTER:
        if (status >= 200)
            agent_registered(a, q, ev->msg);
        break;
    case USE_FLOW:
        if (status >= 200)
            agent_flow_told(a, agent_flow_of(a, q), q, agent_flow_of(a, q)->wished);
        break;
    case USE_OTHER:
        a->request_status = status;
        break;
    }
}

/* --- requests --- */

/* RFC 3261 15.1.2: the dialog is over, and what is pending is answered 487. */
static void on_bye(struct agent *a, const struct engine_event *ev, struct call *c, struct dialog *d)
{
    agent_reply(a, ev->tx, 200, NULL);
    if (c->side == CALL_IN)
        call_in_cancel(c);
    c->bye_received = c->ended = true;
    dialog_terminate(d);
    call_end_pending(c, d);
}

static void on_request_within(struct agent *a, const struct engine_event *ev, struct call *c,
                              struct dialog *d)
{
    unsigned refusal = dialog_receive(d, ev->msg);
    if (refusal)
        agent_reply(a, ev->tx, refusal, NULL);
    else if (ev->msg->method == METHOD_BYE)
        on_bye(a, ev, c, d);
    else if (ev->msg->method == METHOD_INVITE)
        call_in_reinvite(c, d, ev);
    else
        agent_reply(a, ev->tx, dialog_refresh(d, ev->msg) ? 400 : 200, NULL);
}

static void answer(struct agent *a, const struct engine_event *ev)
{
    for (unsigned i = 0; i < a->plan.tryings; i++)
        agent_reply(a, ev->tx, 100, NULL);
    agent_reply(a, ev->tx, 200, NULL);
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
        answer(a, ev);
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
    const struct cseq *cseq = msg_cseq(ev->msg);
    if (c && cseq)
        call_acknowledged(c, d, cseq->number);
}

/* RFC 3261 9.2 */
static void on_cancel(struct agent *a, const struct engine_event *ev)
{
    if (!ev->other) {
        agent_reply(a, ev->tx, 481, NULL);
        return;
    }
    struct invited *i = ev->other ? agent_invited(a, ev->other_user) : NULL;
    if (!i)
        return;
    if (i == &i->call->invited[0] && i->call->side == CALL_IN)
        call_in_cancel(i->call);
    else
        invited_answer(i, 487);
}

static void on_server_end(struct agent *a, uint64_t user)
{
    struct invited *i = agent_invited(a, user);
    if (i)
        i->tx = 0;
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
        on_cancel(a, ev);
        break;
    case EVENT_RESPONSE:
        on_answer(a, ev, ev->msg->status);
        break;
    case EVENT_TIMEOUT:
        on_answer(a, ev, 408);
        break;
    case EVENT_TRANSPORT_ERROR:
        on_answer(a, ev, 503);
        break;
    case EVENT_STRAY_RESPONSE:
        a->strays++;
        break;
    case EVENT_PASSING_RESPONSE:
        assert(false && "an agent passes nothing on");
        break;
    case EVENT_SERVER_TIMEOUT: /* RFC 6026 8.7: the transaction goes on */
        break;
    case EVENT_SERVER_END:
        on_server_end(a, ev->user);
        break;
    case EVENT_STORE:
    case EVENT_NUMBER:
        assert(false && "an agent asks no store");
        break;
    }
}

void agent_drain(struct agent *a)
{
    struct engine_event ev;
    while (engine_event(a->node.engine, &ev))
        on_event(a, &ev);
}
