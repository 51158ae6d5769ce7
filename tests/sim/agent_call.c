/* The calls that an agent makes: INVITE with its forks, ACK, CANCEL, BYE. */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

#define SDP                                                                   \
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n" \
    "m=audio 4000 RTP/AVP 0\r\n"

struct call *call_new(struct agent *a, enum call_side side)
{
    for (size_t i = 0; i < AGENT_CALLS; i++) {
        struct call *c = &a->calls[i];
        if (c->side != CALL_UNUSED)
            continue;
        *c = (struct call){.agent = a, .side = side, .serial = ++a->n_calls};
        return c;
    }
    return NULL;
}

void call_free(struct call *c)
{
    if (c->side == CALL_OUT)
        early_fini(&c->early);
    dialog_fini(&c->dialog);
    c->side = CALL_UNUSED;
}

struct call *agent_call(struct agent *a, const char *uri)
{
    struct world *w = a->node.w;
    struct call *c = call_new(a, CALL_OUT);
    if (!c)
        return NULL;
    char id[72];
    snprintf(id, sizeof(id), "%016llx%08llx@%s", (unsigned long long)rand_u64(&w->rand),
             (unsigned long long)rand_below(&w->rand, 1u << 31), a->node.name);
    struct dialog_start s = {.call_id = str_from(id),
                             .local_tag = str_slice(str_from(id), 16, 8),
                             .local = str_from(a->aor),
                             .remote = str_from(uri),
                             .target = str_from(uri),
                             .contact = str_from(a->contact),
                             .routes = str_from(a->route),
                             .cseq = 1};
    int err = early_init(&c->early, &w->heap.mem, &s, 64 * tx_timers_default().t1);
    assert(!err);
    struct dialog_request r = {.method = STR("INVITE"),
                               .headers = STR("Content-Type: application/sdp\r\n"),
                               .body = STR(SDP)};
    if (!agent_send(a, &c->early.trying, &r, USE_INVITE, c))
        call_out_failed(c, 503);
    agent_settle(a);
    return c;
}

void call_cancel(void *call)
{
    struct call *c = call;
    if (c->side != CALL_OUT || c->answers || c->failures || c->cancelled)
        return;
    c->cancelled = true;
    (void)engine_cancel(c->agent->node.engine, c->invite, STR_NONE, node_now(&c->agent->node));
    agent_settle(c->agent);
}

/* RFC 3261 15.1.1 */
void call_bye(struct call *c, struct dialog *d)
{
    struct dialog_request r = {.method = STR("BYE")};
    c->bye_sent = true;
    (void)agent_send(c->agent, d, &r, USE_BYE, c);
    dialog_terminate(d);
}

void call_bye_answered(struct call *c)
{
    c->ended = true;
}

void call_hang_up(void *call)
{
    struct call *c = call;
    if (c->side == CALL_OUT) {
        LIST_EACH (&c->early.dialogs, node, after) {
            struct dialog *d = CONTAINER_OF(node, struct dialog, node);
            if (d->state == DIALOG_CONFIRMED)
                call_bye(c, d);
        }
    } else if (c->dialog.state == DIALOG_CONFIRMED) {
        /* RFC 3261 15: not before the ACK */
        c->wants_end = true;
        if (c->acked)
            call_bye(c, &c->dialog);
    }
    agent_settle(c->agent);
}

/* RFC 3261 13.2.2.4: an ACK for each 2xx that arrives */
static void acknowledge(struct call *c, struct dialog *d)
{
    struct dialog_request r = {.method = STR("ACK")};
    c->oks_received++;
    if (agent_send(c->agent, d, &r, 0, c))
        c->acks_sent++;
}

static void confirmed(struct call *c, struct dialog *d)
{
    c->answers++;
    if (c->answers > 1 || c->cancelled) {
        /* RFC 3261 13.2.2.4, 9.1: nobody wants this one */
        call_bye(c, d);
        return;
    }
    c->status = 200;
    if (c->agent->plan.hang_up_after != TIME_NEVER)
        world_do(c->agent->node.w, c->agent->plan.hang_up_after, call_hang_up, c);
}

void call_out_response(struct call *c, struct msg *m)
{
    struct dialog *d;
    c->rings += m->status == 180;
    switch (early_response(&c->early, m, node_now(&c->agent->node), &d)) {
    case EARLY_CONFIRMED:
        acknowledge(c, d);
        confirmed(c, d);
        break;
    case EARLY_AGAIN:
        acknowledge(c, d);
        break;
    case EARLY_FAILED:
        call_out_failed(c, m->status);
        break;
    default:
        break;
    }
}

void call_out_failed(struct call *c, unsigned status)
{
    early_timeout(&c->early);
    if (c->answers)
        return;
    c->failures++;
    c->status = status;
    c->ended = true;
}
