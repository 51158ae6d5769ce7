/* The INVITEs that reach a call and their final answers: a 2xx again until its ACK comes, for the
 * first of a call and those within its dialogs alike. */
#include "sim/agent.h"

#define T1 (500 * NS_PER_MS)
#define T2 (4 * NS_PER_S)

struct invited *call_invited(struct call *c, struct dialog *d, const struct engine_event *ev)
{
    if (c->n_invited == CALL_INVITES)
        return NULL;
    struct invited *i = &c->invited[c->n_invited++];
    const struct cseq *cseq = msg_cseq(ev->msg);
    *i = (struct invited){.call = c, .dialog = d, .tx = ev->tx, .cseq = cseq ? cseq->number : 0};
    uint64_t slot = (uint64_t)(c - c->agent->calls);
    uint64_t user = 1 + slot * CALL_INVITES + (uint64_t)(i - c->invited);
    (void)engine_own(c->agent->node.engine, ev->tx, 0, user);
    return i;
}

struct invited *agent_invited(struct agent *a, uint64_t user)
{
    if (user == 0 || user > AGENT_CALLS * CALL_INVITES)
        return NULL;
    struct invited *i = &a->calls[(user - 1) / CALL_INVITES].invited[(user - 1) % CALL_INVITES];
    return i->call && !i->call->lost ? i : NULL;
}

static bool is_repeated(const struct invited *i)
{
    return !i->call->lost && !i->acked && !i->gave_up && i->dialog->state == DIALOG_CONFIRMED;
}

static void give_up(struct invited *i)
{
    i->gave_up = true;
    if (i->call->side == CALL_IN && i == i->call->invited)
        i->call->gave_up = true;
    call_bye(i->call, i->dialog);
}

/* RFC 3261 13.3.1.4: T1, doubling to T2, for 64*T1, whatever the transport; then a BYE */
static void repeat_ok(void *invited)
{
    struct invited *i = invited;
    if (!is_repeated(i))
        return;
    struct world *w = i->call->agent->node.w;
    if (w->now >= i->answered_at + 64 * T1) {
        give_up(i);
    } else {
        agent_reply(i->call->agent, i->tx, i->status, i->call);
        i->interval = 2 * i->interval < T2 ? 2 * i->interval : T2;
        time_ns left = i->answered_at + 64 * T1 - w->now;
        world_do(w, time_min(i->interval, left), repeat_ok, i);
    }
    agent_settle(i->call->agent);
}

/* What the user wanted while this one was under way. */
static void go_on(struct call *c)
{
    if (c->wants_end)
        call_hang_up(c);
    else if (c->wants_reinvite)
        call_reinvite(c);
}

void invited_answer(struct invited *i, unsigned status)
{
    if (i->status)
        return;
    struct world *w = i->call->agent->node.w;
    i->status = status;
    agent_reply(i->call->agent, i->tx, status, i->call);
    if (status < 300) {
        i->answered_at = w->now;
        i->interval = T1;
        session_begin(i->call);
        world_do(w, T1, repeat_ok, i);
    } else {
        go_on(i->call);
    }
}

bool invited_is_pending(const struct invited *i)
{
    return i->status == 0 || (i->status < 300 && is_repeated(i));
}

bool call_is_invited(const struct call *c)
{
    for (unsigned n = 0; n < c->n_invited; n++)
        if (invited_is_pending(&c->invited[n]))
            return true;
    return false;
}

void call_acknowledged(struct call *c, struct dialog *d, uint32_t cseq)
{
    for (unsigned n = 0; n < c->n_invited; n++) {
        struct invited *i = &c->invited[n];
        bool is_meant = i->dialog == d && i->cseq == cseq && i->status >= 200 && i->status < 300;
        if (!is_meant || i->acked)
            continue;
        i->acked = true;
        if (n == 0 && c->side == CALL_IN)
            c->acked = true;
        go_on(c);
    }
}
