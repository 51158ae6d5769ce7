/* The calls that an agent makes: INVITE with its forks, ACK, CANCEL; and how either side hangs up.
 */
#include <assert.h>
#include <stdio.h>

#include "sim/agent.h"

#define SDP                                                                   \
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n" \
    "m=audio 4000 RTP/AVP 0\r\n"

struct call *call_open(struct agent *a, enum call_side side)
{
    for (size_t i = 0; i < AGENT_CALLS; i++) {
        struct call *c = &a->calls[i];
        if (c->side != CALL_UNUSED)
            continue;
        *c = (struct call){.agent = a, .side = side};
        a->n_calls++;
        return c;
    }
    return NULL;
}

void call_fini(struct call *c)
{
    if (c->side == CALL_OUT)
        early_fini(&c->early);
    dialog_fini(&c->dialog);
    c->side = CALL_UNUSED;
}

/* RFC 3325 9: what only who is trusted may say, and what anybody may wish. */
static struct str headers_of(const struct agent *a)
{
    static const struct str kinds[] = {
        STR_INIT("Content-Type: application/sdp\r\n"),
        STR_INIT("Content-Type: application/sdp\r\nPrivacy: id\r\n"),
        STR_INIT("P-Asserted-Identity: <sip:forged@atlanta.example>\r\n"
                 "P-Preferred-Identity: <sip:forged@atlanta.example>\r\n"
                 "Content-Type: application/sdp\r\n"),
        STR_INIT("Content-Type: application/sdp\r\nPrivacy: id\r\n"
                 "P-Asserted-Identity: <sip:forged@atlanta.example>\r\n")};
    return kinds[(a->plan.claims ? 2 : 0) + (a->plan.is_private ? 1 : 0)];
}

struct call *agent_call(struct agent *a, const char *uri)
{
    struct world *w = a->node.w;
    struct call *c = agent_is_down(a) ? NULL : call_open(a, CALL_OUT);
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
    char headers[512];
    int n = snprintf(headers, sizeof headers, "%.*s", STR_ARG(headers_of(a)));
    (void)session_ask(a, headers + n, sizeof headers - (size_t)n);
    struct dialog_request r = {
        .method = STR("INVITE"), .headers = str_from(headers), .body = STR(SDP)};
    c->invite = agent_ask(a, &c->early.trying, &r, USE_INVITE, c);
    if (!c->invite)
        call_out_failed(c, 503);
    agent_settle(a);
    return c;
}

void call_cancel(void *call)
{
    struct call *c = call;
    if (c->side != CALL_OUT || c->answers || c->failures || c->cancelled || c->lost)
        return;
    c->cancelled = true;
    (void)engine_cancel(c->agent->node.engine, c->invite->tx, STR_NONE, node_now(&c->agent->node));
    agent_settle(c->agent);
}

/* --- the end --- */

/* RFC 3261 15.1.1 */
void call_bye(struct call *c, struct dialog *d)
{
    struct dialog_request r = {.method = STR("BYE")};
    if (d->state != DIALOG_CONFIRMED)
        return;
    c->bye_sent = true;
    if (!agent_ask(c->agent, d, &r, USE_BYE, c))
        c->ended = true;
    dialog_terminate(d);
    call_end_pending(c, d);
}

struct dialog *call_dialog(struct call *c)
{
    if (c->side == CALL_IN)
        return c->dialog.state == DIALOG_CONFIRMED ? &c->dialog : NULL;
    if (c->side == CALL_UNUSED)
        return NULL;
    LIST_EACH (&c->early.dialogs, node, after) {
        struct dialog *d = CONTAINER_OF(node, struct dialog, node);
        if (d->state == DIALOG_CONFIRMED)
            return d;
    }
    return NULL;
}

void call_hang_up(void *call)
{
    struct call *c = call;
    struct dialog *d = c->lost ? NULL : call_dialog(c);
    if (!d)
        return;
    /* RFC 3261 15: the callee's not before the ACK */
    c->wants_end = true;
    if (c->side == CALL_OUT || c->acked)
        call_bye(c, d);
    agent_settle(c->agent);
}

/* --- answers --- */

/* RFC 3261 13.2.2.4: an ACK for each 2xx that arrives */
static void acknowledge(struct call *c, struct dialog *d)
{
    c->oks_received++;
    if (agent_ack(c->agent, d, c->invite->cseq, false))
        c->acks_sent++;
}

static void confirmed(struct call *c, struct dialog *d)
{
    const struct agent_plan *p = &c->agent->plan;
    c->answers++;
    if (c->answers > 1 || c->cancelled) {
        /* RFC 3261 13.2.2.4, 9.1: nobody wants this one */
        call_bye(c, d);
        return;
    }
    c->status = 200;
    if (p->hang_up_after != TIME_NEVER)
        world_do(c->agent->node.w, p->hang_up_after, call_hang_up, c);
    if (p->reinvite_after != TIME_NEVER)
        world_do(c->agent->node.w, p->reinvite_after, call_reinvite, c);
}

void call_out_response(struct call *c, struct msg *m)
{
    struct dialog *d;
    c->rings += m->status == 180;
    if (m->status >= 200 && c->final_at == 0)
        c->final_at = c->agent->node.w->now;
    switch (early_response(&c->early, m, node_now(&c->agent->node), &d)) {
    case EARLY_CONFIRMED:
        d->user++;
        acknowledge(c, d);
        session_answered(c, m);
        confirmed(c, d);
        break;
    case EARLY_AGAIN:
        acknowledge(c, d);
        break;
    case EARLY_FAILED:
        call_out_failed(c, m->status);
        break;
    case ERR_INVALID: /* a 2xx of no dialog, which somebody made up: nothing else is going to come
                       */
        if (m->status >= 200)
            call_out_failed(c, m->status);
        break;
    default:
        break;
    }
}

void call_out_failed(struct call *c, unsigned status)
{
    early_timeout(&c->early);
    if (c->final_at == 0)
        c->final_at = c->agent->node.w->now;
    if (c->answers)
        return;
    c->failures++;
    c->status = status;
    c->ended = true;
}
