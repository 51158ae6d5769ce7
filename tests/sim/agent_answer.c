/* The calls that an agent gets: ringing, and what the user says to them. */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

#define RING_MAX (210 * NS_PER_S) /* beyond a proxy's Timer C */
#define STILL_RINGING (60 * NS_PER_S)
#define SDP                                                                   \
    "v=0\r\no=- 2 2 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\n" \
    "m=audio 4002 RTP/AVP 0\r\n"

struct call *agent_find(struct agent *a, struct msg *m, struct dialog **d)
{
    struct dialog_id id;
    if (!dialog_id_of(m, &id))
        return NULL;
    for (size_t i = 0; i < AGENT_CALLS; i++) {
        struct call *c = &a->calls[i];
        *d = NULL;
        if (c->lost)
            continue;
        if (c->side == CALL_IN && c->dialog.text)
            *d = &c->dialog;
        else if (c->side == CALL_OUT)
            *d = early_find(&c->early, id.remote_tag);
        if (*d && dialog_id_equal(&(*d)->id, &id))
            return c;
    }
    return NULL;
}

/* Contact and, in a 2xx, the answer or the offer. */
static void describe(struct agent *a, struct reply *r, const struct call *c, char *headers,
                     size_t size)
{
    bool is_final = r->status >= 200;
    int n = snprintf(headers, size, "Contact: <%s>\r\n%s", a->contact,
                     is_final ? "Content-Type: application/sdp\r\n" : "");
    if (is_final)
        (void)session_agree(c, headers + n, size - (size_t)n);
    r->headers = str_from(headers);
    if (is_final)
        r->body = STR(SDP);
    r->record_route = true;
}

void agent_reply(struct agent *a, tx_id tx, unsigned status, const struct call *c)
{
    char headers[320];
    struct reply r = {.status = status};
    if (c && c->side == CALL_IN)
        r.to_tag = str_from(c->tag);
    if (c && status > 100 && status < 300 && !(status < 200 && a->plan.no_dialog_on_180))
        describe(a, &r, c, headers, sizeof(headers));
    else if (status == 500)
        snprintf(headers, sizeof(headers), "Retry-After: %u\r\n",
                 (unsigned)world_below(a->node.w, 11));
    if (status == 500)
        r.headers = str_from(headers);
    r.record_route = c && status > 100 && status < 300;
    (void)engine_reply(a->node.engine, tx, &r, node_now(&a->node));
}

static struct agent_plan *plan_of(struct call *c)
{
    return &c->agent->plan;
}

static bool is_ringing(const struct call *c)
{
    return c->side == CALL_IN && !c->has_final && !c->lost;
}

/* RFC 3261 13.3.1.1: a provisional response every minute keeps a proxy from giving up */
static void still_ringing(void *call)
{
    struct call *c = call;
    if (!is_ringing(c) || c->provisionals >= plan_of(c)->provisionals)
        return;
    c->provisionals++;
    agent_reply(c->agent, c->invited[0].tx, 183, c);
    world_do(c->agent->node.w, STILL_RINGING, still_ringing, c);
    agent_settle(c->agent);
}

static void ring(void *call)
{
    struct call *c = call;
    if (!is_ringing(c))
        return;
    agent_reply(c->agent, c->invited[0].tx, 180, c);
    if (plan_of(c)->provisionals)
        world_do(c->agent->node.w, STILL_RINGING, still_ringing, c);
    agent_settle(c->agent);
}

static void talk(struct call *c)
{
    struct world *w = c->agent->node.w;
    if (plan_of(c)->hang_up_after != TIME_NEVER)
        world_do(w, plan_of(c)->hang_up_after, call_hang_up, c);
    if (plan_of(c)->reinvite_after != TIME_NEVER)
        world_do(w, plan_of(c)->reinvite_after, call_reinvite, c);
}

static void answer_with(struct call *c, unsigned status)
{
    if (!is_ringing(c))
        return;
    c->has_final = true;
    c->final_status = status;
    c->final_at = c->agent->node.w->now;
    if (status < 300) {
        dialog_confirm(&c->dialog);
        talk(c);
    } else {
        dialog_terminate(&c->dialog);
        c->ended = true;
    }
    invited_answer(&c->invited[0], status);
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
    struct call *c = call;
    c->stopped_ringing = is_ringing(c);
    answer_with(c, 480);
}

static void alert(struct call *c)
{
    struct world *w = c->agent->node.w;
    const struct agent_plan *p = plan_of(c);
    if (!p->silent)
        world_do(w, p->ring_after, ring, c);
    if (p->answer_after != TIME_NEVER)
        world_do(w, p->answer_after, answer, c);
    else
        world_do(w, RING_MAX + p->provisionals * STILL_RINGING, stop_ringing, c);
}

/* RFC 4028 9 */
static bool refuse_short(struct agent *a, const struct engine_event *ev)
{
    char headers[32];
    unsigned least = session_too_short(a, ev->msg);
    if (least == 0)
        return false;
    snprintf(headers, sizeof headers, "Min-SE: %u\r\n", least);
    const struct reply r = {.status = 422, .headers = str_from(headers)};
    (void)engine_reply(a->node.engine, ev->tx, &r, node_now(&a->node));
    return true;
}

void call_in_request(struct agent *a, const struct engine_event *ev)
{
    struct world *w = a->node.w;
    if (refuse_short(a, ev))
        return;
    struct call *c = call_open(a, CALL_IN);
    if (!c) {
        agent_reply(a, ev->tx, 486, NULL);
        return;
    }
    snprintf(c->tag, sizeof(c->tag), "%s-%08x", a->node.name,
             (unsigned)rand_below(&w->rand, UINT32_MAX));
    int err = dialog_init_uas(&c->dialog, &w->heap.mem, ev->msg, 180, str_from(c->tag),
                              str_from(a->contact));
    if (err) {
        agent_reply(a, ev->tx, err == ERR_INVALID ? 400 : 503, NULL);
        c->side = CALL_UNUSED;
        return;
    }
    (void)call_invited(c, &c->dialog, ev);
    session_invited(c, ev->msg);
    alert(c);
}

/* RFC 3261 9.2 */
void call_in_cancel(struct call *c)
{
    if (c->has_final)
        return;
    c->has_final = c->cancelled = c->ended = true;
    c->final_status = 487;
    c->final_at = c->agent->node.w->now;
    dialog_terminate(&c->dialog);
    invited_answer(&c->invited[0], 487);
}
