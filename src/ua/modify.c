/* Offers and refreshes of ours within a dialog: re-INVITE and UPDATE (RFC 3261 14.1, RFC 3311,
 * RFC 4028 7.4, RFC 6141). */
#include "ua/call_parts.h"
#include "ua/capabilities.h"

/* The request is answered, or of no interest any more. */
static void forget(struct ua *ua, struct modify *m)
{
    ask_free(ua, m->ask);
    alarm_stop(ua, &m->alarm);
    m->ask = NULL;
}

void modify_end(struct ua *ua, struct leg *leg)
{
    struct modify *m = &leg->modify;
    forget(ua, m);
    m->offer = m->refresh = m->waits = m->cancels = false;
}

/* RFC 3261 9.1, 17.1.1.2: one that rings on without an answer would never end by itself. False: no
 * memory, the alarm tries it again. */
static bool cancel(struct ua *ua, struct modify *m, time_ns now)
{
    if (!m->ask || !m->is_invite ||
        engine_cancel(ua->engine, m->ask->tx, STR_NONE, now) != ERR_NOMEM)
        return true;
    alarm_set(ua, &m->alarm, time_add(now, ua->config.timers.t1));
    return false;
}

void modify_give_up(struct ua *ua, struct leg *leg, time_ns now)
{
    struct modify *m = &leg->modify;
    m->cancels = !cancel(ua, m, now);
    if (!m->cancels)
        modify_end(ua, leg);
}

/* RFC 3311 5.1, RFC 3261 14.1: may an offer go now? No UPDATE overtakes a PRACK. */
static bool may_go(const struct leg *leg)
{
    const struct modify *m = &leg->modify;
    if (m->ask || m->waits || !(m->offer || m->refresh) || leg->exchange.turn != SDP_FREE)
        return false;
    if (leg->dialog->state == DIALOG_CONFIRMED)
        return leg->repeat.tx == 0;
    return leg->dialog->state == DIALOG_EARLY && leg->peer_updates && leg->firm && !leg->prack;
}

static void wait(struct ua *ua, struct leg *leg, time_ns span, time_ns now)
{
    leg->modify.waits = true;
    alarm_set(ua, &leg->modify.alarm, time_add(now, span));
}

static int send(struct ua *ua, struct leg *leg, const struct draft *draft, time_ns now)
{
    struct modify *m = &leg->modify;
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    buf_put_lit(&b, UA_ALLOW);
    session_put_refresh(&b, leg);
    if (draft->text)
        precondition_put(&b, &leg->media);
    if (draft->text)
        buf_put_lit(&b, "Content-Type: application/sdp\r\n");
    const struct ask_start start = {.use = ASK_MODIFY,
                                    .user = leg->id,
                                    .account = leg->call->account,
                                    .dialog = leg->dialog,
                                    .method = m->is_invite ? STR("INVITE") : STR("UPDATE"),
                                    .headers = buf_str(&b),
                                    .body = draft->text ? block_str(draft->text) : STR_NONE,
                                    .unreliable = leg->call->reliability == CALL_RELIABLE_NEVER};
    return ask_new(ua, &start, now, &m->ask);
}

/* RFC 3264 4: an offer goes behind the answer to that of the peer, which may be in the ACK. */
static int try(struct ua *ua, struct leg *leg, time_ns now)
{
    struct modify *m = &leg->modify;
    struct draft draft = {0};
    bool confirmed = leg->dialog->state == DIALOG_CONFIRMED;
    m->is_invite = confirmed && (m->offer || !leg->peer_updates);
    m->offers = m->offer || m->is_invite;
    int err = ack_settle(ua, leg, now);
    if (!err && m->offers)
        err = draft_offer(ua, &leg->media, !m->offer, &draft);
    if (err)
        return err;
    err = send(ua, leg, &draft, now);
    if (err) {
        draft_drop(ua, &draft);
        return err;
    }
    (void)sdp_exchange_sent(&leg->exchange, m->is_invite ? SDP_INVITE : SDP_UPDATE, m->offers);
    if (m->offers)
        media_offered(ua, &leg->media, &draft);
    m->changes = m->offer;
    m->offer = m->refresh = false;
    if (m->is_invite)
        alarm_set(ua, &m->alarm, time_add(now, LIMIT_UA_REINVITE_S * NS_PER_S));
    return OK;
}

static void tell_failed(struct ua *ua, struct leg *leg, unsigned status, struct msg *m)
{
    struct ua_event *ev = call_tell(ua, leg->call, leg, UA_CALL_CHANGE_FAILED, m);
    if (ev)
        ev->status = status;
}

void modify_advance(struct ua *ua, struct leg *leg, time_ns now)
{
    const struct call *call = leg->call;
    bool is_lost = call->chosen && call->chosen != leg;
    if (call->state == CALL_ENDING || is_lost || !may_go(leg))
        return;
    int err = try(ua, leg, now);
    if (err == ERR_NOMEM) {
        wait(ua, leg, ua->config.timers.t1, now);
        return;
    }
    if (!err)
        return;
    if (leg->modify.offer)
        tell_failed(ua, leg, 503, NULL);
    leg->modify.offer = leg->modify.refresh = false;
}

void modify_fire(struct ua *ua, struct leg *leg, time_ns now)
{
    if (leg->call->state == CALL_ENDING) {
        modify_give_up(ua, leg, now);
        leg_settle(ua, leg);
    } else if (leg->modify.ask) {
        leg->modify.ask->account = 0; /* what comes now is final */
        (void)cancel(ua, &leg->modify, now);
    } else {
        leg->modify.waits = false;
        modify_advance(ua, leg, now);
    }
}

/* --- answers --- */
/* RFC 3261 14.1: in units of 10 ms; who made the Call-ID waits longer. */
static time_ns glare_wait(struct ua *ua, const struct leg *leg)
{
    struct rand *r = engine_rand(ua->engine);
    uint64_t tens = leg->dialog->is_uac ? 210 + rand_below(r, 191) : rand_below(r, 201);
    return tens * 10 * NS_PER_MS;
}

static void take_back(struct ua *ua, struct leg *leg)
{
    if (!leg->modify.offers)
        return;
    sdp_exchange_failed(&leg->exchange);
    media_withdraw(ua, &leg->media);
}

/* The same is wanted again, a little later. */
static void again(struct ua *ua, struct leg *leg, time_ns span, time_ns now)
{
    struct modify *m = &leg->modify;
    take_back(ua, leg);
    m->tries++;
    m->offer |= m->changes;
    m->refresh |= !m->changes;
    wait(ua, leg, span, now);
}

static bool has_no_update(const struct leg *leg, unsigned status)
{
    return !leg->modify.is_invite && (status == 405 || status == 501);
}

/* RFC 3261 20.33, RFC 3311 5.2 */
static bool retry_after(const struct ask_answer *answer, time_ns *span)
{
    const struct number *n = answer->msg ? msg_single(answer->msg, HDR_RETRY_AFTER) : NULL;
    if (answer->status != 500 || !n || n->value > LIMIT_UA_RETRY_AFTER_S)
        return false;
    *span = n->value * NS_PER_S;
    return true;
}

static bool is_tried_again(struct ua *ua, struct leg *leg, const struct ask_answer *answer,
                           time_ns now)
{
    time_ns span = 0;
    if (leg->modify.tries == LIMIT_UA_CHANGE_TRIES)
        return false;
    if (answer->status == 491)
        span = glare_wait(ua, leg);
    else if (has_no_update(leg, answer->status))
        leg->peer_updates = false;
    else if (!retry_after(answer, &span) &&
             !(answer->status == 422 && session_raise(leg, answer->msg)))
        return false;
    again(ua, leg, span, now);
    return true;
}

/* RFC 3261 14.1, RFC 6141 3.4: what was agreed before goes on. */
static void refused(struct ua *ua, struct leg *leg, const struct ask_answer *answer, time_ns now)
{
    bool changes = leg->modify.changes;
    forget(ua, &leg->modify);
    if (dialog_ends_on(answer->status)) {
        leg_end(ua, leg, CALL_END_GONE, answer->status, answer->msg, STR_NONE, now);
        return;
    }
    if (is_tried_again(ua, leg, answer, now))
        return;
    if (leg->modify.offers) {
        sdp_exchange_failed(&leg->exchange);
        media_failed(ua, &leg->media);
    }
    if (changes)
        tell_failed(ua, leg, answer->status, answer->msg);
    modify_advance(ua, leg, now);
}

static void accepted(struct ua *ua, struct leg *leg, struct msg *m, time_ns now)
{
    struct body body;
    bool is_invite = leg->modify.is_invite;
    body_read(m, &body);
    leg_learn(leg, m);
    enum heard heard = leg_hear(ua, leg, is_invite ? SDP_SUCCESS : SDP_UPDATE_SUCCESS, m, &body);
    /* A 2xx to INVITE comes again. */
    if (is_invite &&
        (heard == HEARD_NO_MEMORY ||
         ack_send(ua, leg, m, STR_NONE, leg->modify.ask->credentials, now) == ERR_NOMEM))
        return;
    forget(ua, &leg->modify);
    if (heard == HEARD_BAD || heard == HEARD_NO_MEMORY) {
        leg_disagree(ua, leg, heard, m, now);
        return;
    }
    leg->modify.tries = 0;
    (void)!dialog_answered(leg->dialog, m);
    session_begin_uac(ua, leg, m, now);
    modify_advance(ua, leg, now);
}

/* It came before the CANCEL went. */
static void ended(struct ua *ua, struct leg *leg, const struct ask_answer *answer, time_ns now)
{
    if (answer->status < 300)
        ack_again(ua, leg, answer->msg, now);
    modify_end(ua, leg);
    leg_settle(ua, leg);
}

void modify_answered(struct ua *ua, struct leg *leg, enum ask_news news,
                     const struct ask_answer *answer, time_ns now)
{
    struct body body;
    if (leg->modify.cancels) {
        if (news == ASK_FINAL)
            ended(ua, leg, answer, now);
    } else if (news == ASK_PROVISIONAL && leg->modify.is_invite && answer->status > 100) {
        body_read(answer->msg, &body);
        (void)prack_hear(ua, leg, answer->msg, &body, now);
    } else if (news == ASK_FINAL && answer->status < 300)
        accepted(ua, leg, answer->msg, now);
    else if (news == ASK_FINAL)
        refused(ua, leg, answer, now);
}

/* --- commands --- */
static struct plan *wish_of(const struct call *call)
{
    return call->chosen ? call->chosen->media.wish : call->media.wish;
}

static struct call *call_to_change(const struct ua *ua, ua_call id, int *err)
{
    struct call *call = call_get(ua, id);
    *err = !call || call->state == CALL_ENDING ? ERR_STALE : wish_of(call) ? OK : ERR_INVALID;
    return call;
}

/* What has offered nothing yet will say it in its first offer or answer. */
static void want_in(struct ua *ua, struct leg *leg, struct plan *plan, time_ns now)
{
    media_want(ua, &leg->media, plan_ref(plan));
    leg->modify.tries = 0;
    leg->modify.offer |= leg->media.offered || leg->media.held;
    modify_advance(ua, leg, now);
}

/* Until one of them answers each leg takes it up, and those that come (media_copy). */
static int want(struct ua *ua, struct call *call, struct plan *plan, time_ns now)
{
    if (!plan)
        return ERR_NOMEM;
    if (call->chosen)
        want_in(ua, call->chosen, plan, now);
    else {
        media_want(ua, &call->media, plan_ref(plan));
        LIST_EACH (&call->legs, node, after)
            want_in(ua, CONTAINER_OF(node, struct leg, node), plan, now);
    }
    plan_unref(ua, plan);
    return OK;
}

/* Takes the reference. */
static struct plan *held(struct ua *ua, struct plan *full)
{
    struct plan *plan = full ? plan_hold(ua, full) : NULL;
    plan_unref(ua, full);
    return plan;
}

int call_change(struct ua *ua, ua_call id, const struct sdp_local *media, time_ns now)
{
    int err;
    struct call *call = call_to_change(ua, id, &err);
    if (err)
        return err;
    if (media->n_streams > LIMIT_SDP_MEDIA)
        return ERR_LIMIT;
    struct plan *plan = plan_new(ua, media);
    return want(ua, call, wish_of(call)->full ? held(ua, plan) : plan, now);
}

int call_hold(struct ua *ua, ua_call id, bool held, time_ns now)
{
    int err;
    struct call *call = call_to_change(ua, id, &err);
    if (err)
        return err;
    struct plan *wish = wish_of(call), *full = wish->full ? wish->full : wish;
    return want(ua, call, held ? plan_hold(ua, full) : plan_ref(full), now);
}
