/* The INVITE of a call of ours, from call_start to its final response: its forks, what they
 * answer, its end (RFC 3261 13.2, 9.1). */
#include "ua/call_parts.h"
#include "ua/capabilities.h"
#include "ua/opening.h"
#include "ua/referral.h"

/* --- the request --- */
static void put_lines(struct buf *b, const struct call *call, bool described)
{
    buf_put_lit(b, UA_ALLOW);
    if (call->reliability == CALL_RELIABLE_REQUIRED)
        buf_put_lit(b, "Require: 100rel\r\n");
    session_put_wish(b, call);
    if (described)
        precondition_put(b, &call->media);
    if (call->headers)
        buf_put(b, block_str(call->headers));
    if (described)
        buf_put_lit(b, "Content-Type: application/sdp\r\n");
}

static int init_dialog(struct ua *ua, struct call *call, const struct ua_identity *who,
                       const struct call_start *s)
{
    struct opening opening;
    int err = opening_make_dialog(ua, who, s->target, s->to, &opening);
    return err ? err : early_init(&call->early, ua->mem, &opening.start, 64 * ua->config.timers.t1);
}

static int send(struct ua *ua, struct call *call, const struct call_start *s, time_ns now)
{
    struct draft draft = {0};
    char space[UA_HEADERS_BYTES];
    struct buf lines;
    int err = s->offer_later ? OK : draft_offer(ua, &call->media, false, &draft);
    if (err)
        return err;
    buf_init(&lines, space, sizeof space);
    put_lines(&lines, call, draft.text != NULL);
    const struct ask_start start = {.use = ASK_INVITE,
                                    .user = call->id,
                                    .account = s->account,
                                    .dialog = &call->early.trying,
                                    .method = STR("INVITE"),
                                    .headers = buf_str(&lines),
                                    .body = draft.text ? block_str(draft.text) : STR_NONE,
                                    .follows = true,
                                    .unreliable = call->reliability == CALL_RELIABLE_NEVER};
    err = lines.over ? ERR_LIMIT : ask_new(ua, &start, now, &call->invite);
    if (err) {
        draft_drop(ua, &draft);
        return err;
    }
    (void)sdp_exchange_sent(&call->exchange, SDP_INVITE, !s->offer_later);
    if (!s->offer_later)
        media_offered(ua, &call->media, &draft);
    return OK;
}

static int begin(struct ua *ua, struct call *call, const struct ua_identity *who,
                 const struct call_start *s, time_ns now)
{
    media_init(ua, &call->media);
    media_want(ua, &call->media, plan_new(ua, s->media));
    call->reliability = s->reliability;
    call->session_s = ua->config.session_s;
    call->min_session_s = ua->config.min_session_s;
    call->headers = text_keep(ua, s->headers);
    if (!call->media.wish || !call->headers)
        return ERR_NOMEM;
    int err = init_dialog(ua, call, who, s);
    return err ? err : send(ua, call, s, now);
}

/* RFC 3312 11: preconditions need 100rel. */
static bool may_be_offered(const struct call_start *s)
{
    if (!s->media || s->media->n_streams == 0 || s->media->n_streams > LIMIT_SDP_MEDIA)
        return false;
    for (unsigned i = 0; i < s->media->n_streams; i++)
        if (s->media->streams[i].demands_qos && s->reliability == CALL_RELIABLE_NEVER)
            return false;
    return true;
}

int call_start(struct ua *ua, const struct call_start *s, time_ns now, ua_call *out)
{
    struct call *call;
    *out = 0;
    const struct ua_identity *who = account_get(ua, s->account);
    if (!who)
        return ERR_STALE;
    if (!may_be_offered(s))
        return ERR_INVALID;
    int err = call_new(ua, true, s->account, &call);
    if (err)
        return err;
    if ((err = begin(ua, call, who, s, now)) != OK) {
        call_free(ua, call);
        return err;
    }
    *out = call->id;
    return OK;
}

/* --- its responses --- */
static void drop_legs(struct ua *ua, struct call *call)
{
    LIST_EACH (&call->legs, node, after)
        leg_free(ua, CONTAINER_OF(node, struct leg, node));
}

static struct leg *begin_leg(struct ua *ua, struct call *call, struct dialog *d)
{
    struct leg *leg = leg_new(ua, call, d);
    if (!leg)
        return NULL;
    leg->exchange = call->exchange;
    media_copy(&leg->media, &call->media);
    leg->modify.offer = call->media.tried && call->media.wish != call->media.tried;
    return leg;
}

/* The leg that a response belongs to; a dialog without one is forgotten: its 2xx comes again. */
static struct leg *leg_for(struct ua *ua, struct call *call, struct dialog *d)
{
    struct leg *leg = d->user ? leg_get(ua, d->user) : begin_leg(ua, call, d);
    if (!leg)
        early_drop(&call->early, d);
    return leg;
}

int outgoing_end(struct ua *ua, struct call *call, enum call_end end, struct str reason,
                 time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    bye_put_reason(&b, reason);
    int err = call->invite->tx ? engine_cancel(ua->engine, call->invite->tx, buf_str(&b), now)
                               : ERR_STALE;
    if (err == ERR_NOMEM || b.over)
        return err ? err : ERR_LIMIT;
    /* What comes now is final. */
    call->invite->follows = false;
    call->invite->account = 0;
    call->is_final = call->invite->tx == 0;
    alarm_stop(ua, &call->invite->alarm);
    call_over(ua, call, end, end == CALL_END_NO_AGREEMENT ? 488 : 0, NULL);
    referral_progress(ua, call, 487, now);
    call_settle(ua, call);
    return OK;
}

static void provisional(struct ua *ua, struct call *call, struct msg *m, time_ns now)
{
    struct dialog *d;
    struct body body;
    if (call->state == CALL_ENDING || call->chosen)
        return;
    int result = early_response(&call->early, m, now, &d);
    struct leg *leg = result == EARLY_NEW || result == EARLY_KNOWN ? leg_for(ua, call, d) : NULL;
    if (!leg || d->state != DIALOG_EARLY)
        return;
    leg_learn(leg, m);
    body_read(m, &body);
    enum heard heard = prack_hear(ua, leg, m, &body, now);
    if (heard == HEARD_BAD) {
        (void)!outgoing_end(ua, call, CALL_END_NO_AGREEMENT, STR_NONE, now);
        return;
    }
    if (call->state == CALL_TRYING)
        call->state = CALL_RINGING;
    if (m->status == 180)
        leg_resume(ua, leg);
    struct ua_event *ev =
        heard == HEARD_AGAIN ? NULL : call_tell(ua, call, leg, UA_CALL_PROGRESS, m);
    if (ev)
        ev->status = m->status;
    referral_progress(ua, call, m->status, now);
}

/* RFC 3261 13.2.2.4: also what nobody wants is acknowledged, with an answer where it offers. */
static int acknowledge(struct ua *ua, struct leg *leg, struct msg *m, const struct body *body,
                       enum heard heard, time_ns now)
{
    struct draft draft = {0};
    int err = OK;
    if (heard == HEARD_OFFER)
        err = draft_answer(ua, &leg->media, m, body->sdp, true, &draft);
    if (err == ERR_NOMEM)
        return err;
    err = ack_send(ua, leg, m, draft.text ? block_str(draft.text) : STR_NONE,
                   leg->call->invite->credentials, now);
    if (draft.text && !err && draft_is_live(&draft))
        leg_agreed(ua, leg, SDP_ACK, &draft);
    draft_drop(ua, &draft);
    return err;
}

static void choose(struct ua *ua, struct leg *leg, struct msg *m, time_ns now)
{
    struct call *call = leg->call;
    call->chosen = leg;
    call->state = CALL_CONFIRMED;
    leg->session.min_s = call->min_session_s;
    session_begin_uac(ua, leg, m, now);
    leg_resume(ua, leg);
    (void)call_tell(ua, call, leg, UA_CALL_ANSWERED, m);
    referral_progress(ua, call, m->status, now);
    modify_advance(ua, leg, now);
}

static void confirmed(struct ua *ua, struct leg *leg, struct msg *m, time_ns now)
{
    struct call *call = leg->call;
    struct body body;
    struct sdp_exchange before = leg->exchange;
    bool wanted = call->state != CALL_ENDING && !call->chosen;
    body_read(m, &body);
    leg_learn(leg, m);
    enum heard heard = leg_hear(ua, leg, SDP_SUCCESS, m, &body);
    if (heard == HEARD_NO_MEMORY || acknowledge(ua, leg, m, &body, heard, now) == ERR_NOMEM) {
        if (heard == HEARD_OFFER) /* it comes again with the 2xx */
            leg->exchange = before;
        return;
    }
    call->is_final = true;
    if (!wanted) {
        bye_send(ua, leg, STR("SIP;cause=200;text=\"Call completed elsewhere\""), now);
        return;
    }
    if (leg->dialog->state == DIALOG_TERMINATED) { /* its BYE overtook it */
        call->chosen = leg;
        referral_progress(ua, call, m->status, now);
        call_over(ua, call, CALL_END_BYE, 0, NULL);
        call_settle(ua, call);
        return;
    }
    if (heard == HEARD_BAD || !leg->media.held || media_readiness(&leg->media) == SDP_IMPOSSIBLE) {
        call->chosen = leg;
        referral_progress(ua, call, 488, now);
        leg_disagree(ua, leg, heard, m, now);
        return;
    }
    choose(ua, leg, m, now);
}

static void success(struct ua *ua, struct call *call, struct msg *m, time_ns now)
{
    struct dialog *d;
    int result = early_response(&call->early, m, now, &d);
    /* from the first 2xx on, whether there was memory for it or not */
    if (!timer_is_set(&call->alarm.timer) && !call->early.completed)
        alarm_set(ua, &call->alarm, time_add(now, call->early.linger));
    struct leg *leg =
        result == EARLY_CONFIRMED || result == EARLY_AGAIN ? leg_for(ua, call, d) : NULL;
    if (!leg)
        return;
    if (leg->ack)
        ack_again(ua, leg, m, now);
    else
        confirmed(ua, leg, m, now);
}

/* RFC 4028 7.3: once more with a longer timer. */
static bool try_longer(struct ua *ua, struct call *call, struct msg *m, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf lines;
    if (!session_is_too_small(call, m))
        return false;
    buf_init(&lines, space, sizeof space);
    put_lines(&lines, call, !call->exchange.empty_invite);
    if (lines.over || ask_again(ua, call->invite, buf_str(&lines), now))
        return false;
    drop_legs(ua, call);
    early_restart(&call->early);
    return true;
}

static void failed(struct ua *ua, struct call *call, const struct ask_answer *answer, time_ns now)
{
    if (call->state != CALL_ENDING && answer->status == 422 &&
        try_longer(ua, call, answer->msg, now))
        return;
    if (call->chosen)
        return;
    if (!call->early.any_2xx)
        drop_legs(ua, call);
    call->is_final = true;
    call_over(ua, call, CALL_END_REFUSED, answer->status, answer->msg);
    referral_progress(ua, call, answer->status, now);
    call_settle(ua, call);
}

void outgoing_take(struct ua *ua, struct call *call, enum ask_news news,
                   const struct ask_answer *answer, time_ns now)
{
    switch (news) {
    case ASK_NOTHING:
        break;
    case ASK_PROVISIONAL:
        provisional(ua, call, answer->msg, now);
        break;
    case ASK_REPEATED:
        drop_legs(ua, call);
        early_restart(&call->early);
        break;
    case ASK_FINAL:
        if (answer->status < 300)
            success(ua, call, answer->msg, now);
        else
            failed(ua, call, answer, now);
        break;
    }
}
