/* The INVITE of a call of theirs, from its coming to our final response (RFC 3261 13.3). */
#include "ua/account.h"
#include "ua/call_parts.h"
#include "ua/capabilities.h"
#include "ua/replaces.h"

static void refuse(struct ua *ua, tx_id tx, unsigned status, struct str headers, time_ns now)
{
    const struct reply reply = {.status = status, .headers = headers};
    (void)engine_reply(ua->engine, tx, &reply, now);
}

static int init_dialog(struct ua *ua, struct call *call, const struct ua_identity *who, tx_id tx,
                       struct msg *m)
{
    char space[TAG_LEN], contact[LIMIT_DIALOG_BYTES];
    struct str tag = engine_tx_tag(ua->engine, tx, space);
    struct buf contact_text;
    buf_init(&contact_text, contact, sizeof contact);
    account_put_contact(ua, &contact_text, who, NULL, &m->flow, dialog_wants_sips(m));
    if (tag.len == 0)
        return ERR_STALE;
    if (contact_text.over)
        return ERR_LIMIT;
    return dialog_init_uas(&call->own, ua->mem, m, 180, tag, buf_str(&contact_text));
}

static int begin(struct ua *ua, struct call *call, const struct ua_identity *who,
                 const struct engine_event *ev)
{
    int err = init_dialog(ua, call, who, ev->tx, ev->msg);
    if (err)
        return err;
    struct leg *leg = leg_new(ua, call, &call->own);
    if (!leg) {
        dialog_fini(&call->own);
        return ERR_NOMEM;
    }
    call->chosen = leg;
    call->tx = ev->tx;
    call->request = msg_ref(ev->msg);
    /* RFC 3262 3: the first one is this and 1. */
    call->reliable.rseq = (uint32_t)rand_below(engine_rand(ua->engine), INT32_MAX / 2);
    leg_learn(leg, ev->msg);
    media_init(ua, &leg->media);
    (void)sdp_exchange_received(&leg->exchange, SDP_INVITE, call->offer.sdp.len > 0);
    return engine_own(ua->engine, ev->tx, ua->config.owner, call->id);
}

static void learn(struct call *call, struct msg *m)
{
    call->needs_reliable = msg_has_token(m, HDR_REQUIRE, STR("100rel"));
    call->peer_reliable = call->needs_reliable || msg_has_token(m, HDR_SUPPORTED, STR("100rel"));
}

static void tell(struct ua *ua, const struct call *call, struct msg *m,
                 const struct replaces *about)
{
    struct ua_event *ev = call_tell(ua, call, NULL, UA_CALL_INCOMING, m);
    if (!ev)
        return;
    ev->replaced = about->replaced;
    ev->joined = about->joined;
    ev->suspended = call->chosen->suspended;
}

void incoming_take(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct call *call;
    struct body body;
    struct replaces about;
    bool suspended;
    const struct ua_identity *who = account_for(ua, ev->msg);
    body_read(ev->msg, &body);
    if (body.status) {
        refuse(ua, ev->tx, body.status,
               body.status == 415 ? STR(UA_ACCEPT "Accept-Encoding: identity\r\n") : STR_NONE, now);
        return;
    }
    if (session_refuses(ua, ev, now))
        return;
    replaces_read(ua, ev->msg, &about);
    if (about.status) {
        refuse(ua, ev->tx, about.status, STR_NONE, now);
        return;
    }
    if (precondition_refuses(ua, ev, &body, &suspended, now))
        return;
    int err = call_new(ua, false, who ? who->id : 0, &call);
    if (!err) {
        call->offer = body;
        call->replaces = about.replaced;
        learn(call, ev->msg);
        err = begin(ua, call, who, ev);
        if (err)
            call_free(ua, call);
        else
            call->chosen->suspended = suspended;
    }
    if (err)
        refuse(ua, ev->tx, err == ERR_INVALID ? 400 : err == ERR_LIMIT ? 486 : 503, STR_NONE, now);
    else
        tell(ua, call, ev->msg, &about);
}

void incoming_put_lines(struct buf *b, const struct leg *leg)
{
    buf_put_lit(b, "Contact: <");
    buf_put(b, leg->dialog->contact);
    buf_put_lit(b, ">\r\n" UA_ALLOW UA_SUPPORTED);
}

struct call *incoming_unanswered(const struct ua *ua, ua_call id)
{
    struct call *call = call_get(ua, id);
    return call && !call->is_outgoing && call->tx && call->state != CALL_ENDING ? call : NULL;
}

/* --- the final response --- */
int incoming_refuse(struct ua *ua, struct call *call, enum call_end end, unsigned status,
                    struct str headers, time_ns now)
{
    const struct reply reply = {
        .status = status, .headers = headers, .to_tag = call->own.id.local_tag};
    int err = engine_reply(ua->engine, call->tx, &reply, now);
    /* Else it is gone, or the engine has paid what it owed since the last try. */
    if (err == ERR_NOMEM || err == ERR_LIMIT)
        return err;
    call->tx = 0;
    dialog_terminate(&call->own);
    call_over(ua, call, end, status, NULL);
    call_settle(ua, call);
    return OK;
}

int call_refuse(struct ua *ua, ua_call id, unsigned status, struct str headers, time_ns now)
{
    struct call *call = incoming_unanswered(ua, id);
    if (!call)
        return call_get(ua, id) ? ERR_INVALID : ERR_STALE;
    if (status < 300 || status > 699)
        return ERR_INVALID;
    return incoming_refuse(ua, call, CALL_END_REFUSED_BY_US, status, headers, now);
}

int call_redirect(struct ua *ua, ua_call id, unsigned status, const struct str *uris, size_t n,
                  time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    if (status < 300 || status > 399 || n == 0)
        return ERR_INVALID;
    buf_init(&b, space, sizeof space);
    for (size_t i = 0; i < n; i++) {
        buf_put_lit(&b, "Contact: <");
        buf_put(&b, uris[i]);
        buf_put_lit(&b, ">;q=");
        buf_put(&b, i == 0 ? STR("1") : STR("0."));
        if (i > 0)
            buf_put_u64(&b, i < 9 ? 10 - i : 1);
        buf_put_lit(&b, "\r\n");
    }
    return b.over ? ERR_LIMIT : call_refuse(ua, id, status, buf_str(&b), now);
}

/* The description that a 2xx bears: an answer, our offer, or what the last reliable 1xx said. */
static int draft_final(struct ua *ua, struct call *call, struct draft *d)
{
    struct leg *leg = call->chosen;
    *d = (struct draft){0};
    if (leg->exchange.turn == SDP_THEIRS)
        return draft_answer(ua, &leg->media, call->request, call->offer.sdp, false, d);
    if (leg->exchange.empty_invite)
        return draft_offer(ua, &leg->media, false, d);
    return OK;
}

static int send_final(struct ua *ua, struct call *call, const struct draft *d, time_ns now)
{
    struct leg *leg = call->chosen;
    char space[UA_HEADERS_BYTES];
    struct buf lines;
    buf_init(&lines, space, sizeof space);
    incoming_put_lines(&lines, leg);
    session_put_agreed(ua, &lines, call->request);
    if (d->text)
        buf_put_lit(&lines, "Content-Type: application/sdp\r\n");
    if (lines.over)
        return ERR_LIMIT;
    const struct reply reply = {.status = 200,
                                .headers = buf_str(&lines),
                                .body = d->text ? block_str(d->text) : STR_NONE,
                                .to_tag = leg->dialog->id.local_tag,
                                .record_route = true};
    return engine_reply(ua->engine, call->tx, &reply, now);
}

static void note_final(struct ua *ua, struct leg *leg, struct draft *d)
{
    if (!d->text)
        return;
    if (leg->exchange.turn == SDP_THEIRS) {
        leg_agreed(ua, leg, SDP_SUCCESS, d);
        return;
    }
    (void)sdp_exchange_sent(&leg->exchange, SDP_SUCCESS, true);
    media_offered(ua, &leg->media, d);
}

int incoming_answer(struct ua *ua, struct call *call, time_ns now)
{
    struct leg *leg = call->chosen;
    struct draft draft;
    int err = draft_final(ua, call, &draft);
    if (err)
        return err;
    err = send_final(ua, call, &draft, now);
    if (err) {
        draft_drop(ua, &draft);
        return err;
    }
    dialog_confirm(leg->dialog);
    note_final(ua, leg, &draft);
    repeat_begin(ua, leg, call->tx, msg_cseq(call->request)->number, now);
    session_begin_uas(ua, leg, call->request, now);
    call->tx = 0;
    call->state = CALL_ANSWERED;
    reliable_end(ua, call);
    replaces_done(ua, call, now);
    return OK;
}

static int answer_or_wait(struct ua *ua, struct call *call, time_ns now)
{
    struct leg *leg = call->chosen;
    int err = precondition_demand(call, leg->media.wish);
    if (err || reliable_blocks(call))
        return err;
    return leg->suspended ? reliable_prepare(ua, call, NULL, now) : incoming_answer(ua, call, now);
}

int call_answer(struct ua *ua, ua_call id, const struct sdp_local *media, time_ns now)
{
    struct call *call = incoming_unanswered(ua, id);
    if (!call)
        return call_get(ua, id) ? ERR_INVALID : ERR_STALE;
    struct leg *leg = call->chosen;
    struct plan *plan = media ? plan_new(ua, media) : plan_ref(leg->media.wish);
    if (!plan)
        return media ? ERR_NOMEM : ERR_INVALID;
    struct plan *before = plan_ref(leg->media.wish);
    bool was_suspended = leg->suspended;
    media_want(ua, &leg->media, plan);
    int err = answer_or_wait(ua, call, now);
    if (err) {
        media_want(ua, &leg->media, before);
        leg->suspended = was_suspended;
    } else
        plan_unref(ua, before);
    call->answers = !err && call->tx != 0;
    return err;
}

void incoming_cancelled(struct ua *ua, struct call *call, struct msg *m, time_ns now)
{
    const struct reply reply = {.status = 487, .to_tag = call->own.id.local_tag};
    if (!call->tx)
        return;
    (void)engine_reply(ua->engine, call->tx, &reply, now);
    call->tx = 0;
    dialog_terminate(&call->own);
    call_over(ua, call, CALL_END_CANCELLED, 487, m);
    call_settle(ua, call);
}

/* The transaction has ended without a final response of the application's. */
void incoming_lost(struct ua *ua, struct call *call)
{
    if (!call->tx)
        return;
    call->tx = 0;
    dialog_terminate(&call->own);
    call_over(ua, call, CALL_END_FAILED, 500, NULL);
    call_settle(ua, call);
}

unsigned call_would_refuse(struct ua *ua, ua_call id, const struct sdp_local *media)
{
    struct call *call = incoming_unanswered(ua, id);
    struct draft draft;
    if (!call || call->chosen->exchange.turn != SDP_THEIRS)
        return 0;
    struct media trial = {.version = 1, .wish = plan_new(ua, media)};
    int err = trial.wish ? draft_answer(ua, &trial, call->request, call->offer.sdp, false, &draft)
                         : ERR_NOMEM;
    if (!err)
        draft_drop(ua, &draft);
    media_fini(ua, &trial);
    return err == ERR_INVALID ? 488 : 0;
}
