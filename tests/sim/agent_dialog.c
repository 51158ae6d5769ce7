/* Requests within a dialog, from either side: the re-INVITE with its glare, and the others (RFC
 * 3261 12.2, 14). */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

#define SDP                                                                   \
    "v=0\r\no=- 1 2 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n" \
    "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"
#define PATIENCE (40 * NS_PER_S) /* with a re-INVITE that is not answered finally */
#define UNIT (10 * NS_PER_MS)

/* --- ours --- */

/* A re-INVITE may get a 1xx and nothing more: its user does not wait without end. */
static void lose_patience(void *asked)
{
    struct asked *q = asked;
    if (q->call->reinvite != q || q->lost)
        return;
    (void)engine_cancel(q->agent->node.engine, q->tx, STR_NONE, node_now(&q->agent->node));
    agent_settle(q->agent);
}

/* RFC 3261 14.1: not while another INVITE is under way in either direction */
static bool is_busy(const struct call *c)
{
    return c->reinvite || call_is_invited(c);
}

void call_reinvite(void *call)
{
    struct call *c = call;
    struct agent *a = c->agent;
    struct dialog *d = c->lost ? NULL : call_dialog(c);
    c->wants_reinvite = d && is_busy(c);
    if (!d || c->wants_reinvite)
        return;
    char headers[256];
    struct dialog_request r = {.method = STR("INVITE")};
    size_t n = session_ask(a, headers, sizeof headers);
    c->offerless = a->plan.offerless;
    if (!c->offerless) {
        n += (size_t)snprintf(headers + n, sizeof headers - n, "Content-Type: application/sdp\r\n");
        r.body = STR(SDP);
    }
    r.headers = (struct str){headers, n};
    c->reinvite = agent_ask(a, d, &r, USE_REINVITE, c);
    if (c->reinvite) {
        c->reinvites++;
        world_do(a->node.w, PATIENCE, lose_patience, c->reinvite);
    }
    agent_settle(a);
}

/* RFC 3261 14.1: the owner of the Call-ID waits longer than the other */
static void try_again(struct call *c)
{
    struct world *w = c->agent->node.w;
    time_ns wait = c->side == CALL_OUT ? 2100 * NS_PER_MS + world_below(w, 191) * UNIT
                                       : world_below(w, 201) * UNIT;
    c->glares++;
    world_do(w, wait, call_reinvite, c);
}

/* RFC 3261 12.2.1.2: the other side knows the dialog no more, or is gone. */
static void on_failure(struct asked *q, unsigned status)
{
    if (dialog_ends_on(status)) {
        call_bye(q->call, q->dialog);
        q->call->ended = true;
    } else if (status == 491 && q->use == USE_REINVITE) {
        try_again(q->call);
    }
}

/* RFC 3261 12.2.1.2; where the other side's Contact is unusable the target stays. */
static void move_target(struct asked *q, struct msg *m)
{
    int err = dialog_answered(q->dialog, m);
    assert(err != ERR_NOMEM);
    (void)err;
}

static void on_reinvite_ok(struct asked *q, struct msg *m)
{
    struct call *c = q->call;
    c->oks_received++;
    if (agent_ack(q->agent, q->dialog, q->cseq, c->offerless))
        c->acks_sent++;
    if (c->reinvite == q)
        c->reinvited++;
    session_answered(c, m);
    move_target(q, m);
}

void call_within_answered(struct asked *q, struct msg *m, unsigned status)
{
    struct call *c = q->call;
    if (status < 200)
        return;
    if (status < 300 && q->use == USE_REINVITE)
        on_reinvite_ok(q, m);
    else if (status < 300)
        move_target(q, m);
    if (c->reinvite == q)
        c->reinvite = NULL;
    if (status >= 300)
        on_failure(q, status);
    if (c->wants_reinvite)
        call_reinvite(c);
}

void call_request(void *call, const char *method)
{
    struct call *c = call;
    struct dialog *d = c->lost ? NULL : call_dialog(c);
    struct dialog_request r = {.method = str_from(method)};
    /* A failure may end the dialog, which is not the callee's to do before the ACK (15). */
    if (!d || (c->side == CALL_IN && !c->acked))
        return;
    (void)agent_ask(c->agent, d, &r, USE_WITHIN, c);
    agent_settle(c->agent);
}

/* --- theirs --- */

static void agree(void *invited)
{
    struct invited *i = invited;
    if (i->call->lost || i->status)
        return;
    unsigned status = i->call->agent->plan.agree_status;
    struct msg *request = engine_tx_request(i->call->agent->node.engine, i->tx);
    if (status < 300 && (!request || dialog_refresh(i->dialog, request)))
        status = 400;
    invited_answer(i, status);
    agent_settle(i->call->agent);
}

static bool is_unanswered(const struct call *c)
{
    for (unsigned n = 0; n < c->n_invited; n++)
        if (c->invited[n].status == 0)
            return true;
    return false;
}

void call_in_reinvite(struct call *c, struct dialog *d, const struct engine_event *ev)
{
    struct agent *a = c->agent;
    struct invited *i = NULL;
    /* RFC 3261 14.2: 500 for one before the first is answered, 491 where ours is under way */
    if (is_unanswered(c))
        agent_reply(a, ev->tx, 500, NULL);
    else if (d->state != DIALOG_CONFIRMED || (c->reinvite && c->reinvite->dialog == d))
        agent_reply(a, ev->tx, 491, NULL);
    else if (!(i = call_invited(c, d, ev)))
        agent_reply(a, ev->tx, 488, NULL);
    if (!i)
        return;
    session_invited(c, ev->msg);
    world_do(a->node.w, a->plan.agree_after, agree, i);
}

void call_end_pending(struct call *c, struct dialog *d)
{
    for (unsigned n = 0; n < c->n_invited; n++)
        if (c->invited[n].dialog == d)
            invited_answer(&c->invited[n], 487);
}
