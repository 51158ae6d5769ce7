/* The calls that an agent gets: ringing, the final answer, its 2xx again until the ACK comes. */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

#define T1 (500 * NS_PER_MS)
#define T2 (4 * NS_PER_S)
#define RING_MAX (210 * NS_PER_S) /* beyond a proxy's Timer C */

struct call *agent_find(struct agent *a, struct msg *m, struct dialog **d)
{
    struct dialog_id id;
    if (!dialog_id_of(m, &id))
        return NULL;
    for (size_t i = 0; i < AGENT_CALLS; i++) {
        struct call *c = &a->calls[i];
        *d = NULL;
        if (c->side == CALL_IN && c->dialog.text)
            *d = &c->dialog;
        else if (c->side == CALL_OUT)
            *d = early_find(&c->early, id.remote_tag);
        if (*d && dialog_id_equal(&(*d)->id, &id))
            return c;
    }
    return NULL;
}

void agent_reply(struct agent *a, tx_id tx, unsigned status, const struct call *c)
{
    char contact[128] = "";
    bool in_dialog = c && status > 100 && status < 300;
    if (in_dialog && !(status < 200 && a->plan.no_dialog_on_180))
        snprintf(contact, sizeof(contact), "Contact: <%s>\r\n", a->contact);
    struct reply r = {.status = status,
                      .headers = str_from(contact),
                      .to_tag = c ? str_from(c->tag) : STR_NONE,
                      .record_route = in_dialog};
    (void)engine_reply(a->node.engine, tx, &r, node_now(&a->node));
}

static struct agent_plan *plan_of(struct call *c)
{
    return &c->agent->plan;
}

static void ring(void *call)
{
    struct call *c = call;
    if (c->side != CALL_IN || c->has_final)
        return;
    agent_reply(c->agent, c->invite, 180, c);
    agent_settle(c->agent);
}

/* RFC 3261 13.3.1.4: T1, doubling to T2, for 64*T1, whatever the transport; then a BYE */
static void repeat_ok(void *call)
{
    struct call *c = call;
    if (c->side != CALL_IN || c->acked || c->dialog.state != DIALOG_CONFIRMED)
        return;
    struct world *w = c->agent->node.w;
    if (w->now >= c->answered_at + 64 * T1) {
        c->gave_up = true;
        call_bye(c, &c->dialog);
    } else {
        agent_reply(c->agent, c->invite, 200, c);
        c->interval = 2 * c->interval < T2 ? 2 * c->interval : T2;
        time_ns left = c->answered_at + 64 * T1 - w->now;
        world_do(w, time_min(c->interval, left), repeat_ok, c);
    }
    agent_settle(c->agent);
}

static void accept_call(struct call *c)
{
    struct world *w = c->agent->node.w;
    dialog_confirm(&c->dialog);
    c->answered_at = w->now;
    c->interval = T1;
    world_do(w, T1, repeat_ok, c);
    if (plan_of(c)->hang_up_after != TIME_NEVER)
        world_do(w, plan_of(c)->hang_up_after, call_hang_up, c);
}

static void answer_with(struct call *c, unsigned status)
{
    if (c->side != CALL_IN || c->has_final)
        return;
    c->has_final = true;
    c->final_status = status;
    agent_reply(c->agent, c->invite, c->final_status, c);
    if (c->final_status < 300) {
        accept_call(c);
    } else {
        dialog_terminate(&c->dialog);
        c->ended = true;
    }
    agent_settle(c->agent);
}

static void answer(void *call)
{
    struct call *c = call;
    answer_with(c, plan_of(c)->status);
}

/* A phone does not ring for ever, even where no CANCEL can reach it any more. */
static void stop_ringing(void *call)
{
    answer_with(call, 480);
}

void call_in_request(struct agent *a, const struct engine_event *ev)
{
    struct world *w = a->node.w;
    struct call *c = call_new(a, CALL_IN);
    if (!c) {
        agent_reply(a, ev->tx, 486, NULL);
        return;
    }
    snprintf(c->tag, sizeof(c->tag), "%s-%08x", a->node.name,
             (unsigned)rand_below(&w->rand, UINT32_MAX));
    c->invite = ev->tx;
    int err = dialog_init_uas(&c->dialog, &w->heap.mem, ev->msg, 180, str_from(c->tag),
                              str_from(a->contact));
    if (err) {
        agent_reply(a, ev->tx, err == ERR_INVALID ? 400 : 503, NULL);
        c->side = CALL_UNUSED;
        return;
    }
    uint64_t slot = (uint64_t)(c - a->calls);
    (void)engine_own(a->node.engine, ev->tx, 0, USE_ANSWER | slot << 8 | (uint64_t)c->serial << 16);
    if (!a->plan.silent)
        world_do(w, a->plan.ring_after, ring, c);
    if (a->plan.answer_after != TIME_NEVER)
        world_do(w, a->plan.answer_after, answer, c);
    else
        world_do(w, RING_MAX, stop_ringing, c);
}

void call_in_ack(struct call *c)
{
    c->acked = true;
    if (c->wants_end && c->dialog.state == DIALOG_CONFIRMED)
        call_bye(c, &c->dialog);
}

/* RFC 3261 9.2 */
void call_in_cancel(struct call *c)
{
    if (c->has_final)
        return;
    c->has_final = c->cancelled = c->ended = true;
    c->final_status = 487;
    agent_reply(c->agent, c->invite, 487, c);
    dialog_terminate(&c->dialog);
}
