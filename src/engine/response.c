/* Received responses: matched to their client transaction by branch and method (RFC 3261 17.1.3),
 * or stray. Knows no role. */
#include "engine/state.h"

static bool same_branch(const struct client *c, struct str branch)
{
    return str_equal_nocase((struct str){c->parcel.branch, c->parcel.branch_len}, branch);
}

static bool same_method(const struct client *c, const struct cseq *cseq)
{
    if ((int)c->method != cseq->method)
        return false;
    if (c->method != METHOD_OTHER || !c->parcel.bytes)
        return true;
    return str_starts(block_str(c->parcel.bytes), cseq->method_name);
}

/* Our branches carry the transaction's id behind the cookie; a CANCEL shares its INVITE's and is
 * found by the text. */
static struct client *match(const struct engine *e, struct str branch, const struct cseq *cseq)
{
    uint64_t id;
    if (cseq->method == METHOD_CANCEL)
        return cancel_find(e, branch);
    if (branch.len < 39 || !str_to_hex(str_slice(branch, 7, 16), &id))
        return NULL;
    struct client *c = client_get(e, id);
    if (c && same_branch(c, branch))
        return same_method(c, cseq) ? c : NULL;
    return cseq->method == METHOD_INVITE ? left_find(e, branch) : NULL;
}

static enum tx_event event_of(unsigned status)
{
    return status < 200 ? TX_RECV_1XX : status < 300 ? TX_RECV_2XX : TX_RECV_FINAL;
}

static int pass(struct engine *e, struct msg *m, const struct flow *to)
{
    struct engine_event *ev = event_push(e, EVENT_PASSING_RESPONSE, NULL);
    ev->msg = msg_ref(m);
    ev->to = *to;
    return OK;
}

static int stray(struct engine *e, struct msg *m, bool tell)
{
    e->stats.stray_responses++;
    if (tell)
        event_message(e, EVENT_STRAY_RESPONSE, NULL, m);
    return OK;
}

/* What is kept of the request is let go once nothing more can be made of it. */
static void release_request(struct engine *e, struct client *c)
{
    if (c->job.tx.state == TX_CALLING || c->job.tx.state == TX_TRYING ||
        c->job.tx.state == TX_PROCEEDING)
        return;
    block_unref(&e->blocks, c->parcel.bytes);
    block_unref(&e->blocks, c->cancel_headers);
    block_unref(&e->blocks, c->others);
    c->parcel.bytes = c->cancel_headers = c->others = NULL;
    c->cancel = false;
    c->job.owed_at = c->job.next_at = TIME_NEVER;
}

/* RFC 3261 9.1: whoever was given up has no more to do than to end what it has begun. */
static void hear_left(struct engine *e, struct client *c, struct msg *m, time_ns now)
{
    if (m->status < 200)
        c->cancel = c->cancel || !c->cancelled;
    else if (m->status < 300)
        left_answered(e, c, m, now);
}

static void hear(struct engine *e, struct client *c, struct msg *m, time_ns now)
{
    if (c->is_left)
        hear_left(e, c, m, now);
    else if (!c->is_cancel && !(c->answered && (m->status < 200 || m->status >= 300)))
        event_message(e, EVENT_RESPONSE, &c->job, m);
}

int response_take(struct engine *e, struct client *c, struct msg *m, time_ns now)
{
    enum tx_event event = event_of(m->status);
    unsigned wanted = tx_tables[c->job.tx.kind][c->job.tx.state][event].actions;
    if ((wanted & TX_ACK) && !c->ack) {
        c->ack = client_make_ack(e, c, m);
        if (!c->ack)
            return ERR_NOMEM;
    }
    unsigned actions = tx_step(&c->job.tx, event, &e->config.timers, now);
    c->waits = false;
    c->job.next_at = TIME_NEVER;
    if (m->status != 503)
        client_heard(e, c);
    if (actions & TX_ACK)
        (void)job_send(e, &c->job, c->ack, now);
    if (actions & TX_DELIVER)
        hear(e, c, m, now);
    if (!(actions & TX_DELIVER))
        e->stats.retransmissions_in++;
    if (c->cancel && c->job.tx.state == TX_PROCEEDING)
        client_send_cancel(e, c, now);
    release_request(e, c);
    client_after_step(e, c);
    return OK;
}

int engine_take_response(struct engine *e, struct msg *m, time_ns now)
{
    const struct via *via = msg_via(m);
    const struct cseq *cseq = msg_cseq(m);
    e->stats.responses++;
    if (!via || !cseq) {
        e->stats.bad_responses++;
        return OK;
    }
    /* RFC 3261 18.1.2: not our sent-by: silently discarded */
    if (!via_is_ours(e, via))
        return stray(e, m, false);
    struct client *c = match(e, via->branch, cseq);
    struct flow to;
    if (!c && passing_flow(e, m, &to))
        return pass(e, m, &to);
    if (!c)
        return stray(e, m, true);
    return client_refused(e, c, m, now) ? OK : response_take(e, c, m, now);
}
