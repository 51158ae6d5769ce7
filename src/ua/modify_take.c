/* Offers and refreshes of theirs within a dialog (RFC 3261 14.2, RFC 3311 5.2, RFC 6141). */
#include "ua/call_parts.h"
#include "ua/capabilities.h"

static void refuse(struct ua *ua, tx_id tx, unsigned status, struct str headers, time_ns now)
{
    const struct reply reply = {.status = status, .headers = headers};
    (void)engine_reply(ua->engine, tx, &reply, now);
}

/* RFC 3261 14.2: 0 to 10 seconds */
static void refuse_for_now(struct ua *ua, tx_id tx, time_ns now)
{
    char space[32];
    struct buf b;
    buf_init(&b, space, sizeof space);
    text_put_number(&b, STR("Retry-After"), rand_below(engine_rand(ua->engine), 11));
    refuse(ua, tx, 500, buf_str(&b), now);
}

/* RFC 3261 14.2: two INVITEs in one direction, or in both. True: it is answered. */
static bool is_out_of_turn(struct ua *ua, struct leg *leg, const struct engine_event *ev,
                           time_ns now)
{
    if (ev->msg->method != METHOD_INVITE)
        return false;
    if (leg->modify.ask && leg->modify.is_invite)
        refuse(ua, ev->tx, 491, STR_NONE, now);
    else if (leg->repeat.tx || leg->dialog->state != DIALOG_CONFIRMED)
        refuse_for_now(ua, ev->tx, now);
    else
        return false;
    return true;
}

/* What the 2xx says: an answer, or an offer where the INVITE has none. */
static int draft_reply(struct ua *ua, struct leg *leg, struct msg *m, const struct body *body,
                       enum heard heard, struct draft *d)
{
    *d = (struct draft){0};
    if (heard == HEARD_OFFER)
        return draft_answer(ua, &leg->media, m, body->sdp, false, d);
    if (leg->exchange.empty_invite)
        return draft_offer(ua, &leg->media, false, d);
    return OK;
}

static int send(struct ua *ua, struct leg *leg, const struct engine_event *ev,
                const struct draft *d, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    incoming_put_lines(&b, leg);
    session_put_agreed(ua, &b, ev->msg);
    if (d->text)
        buf_put_lit(&b, "Content-Type: application/sdp\r\n");
    if (b.over)
        return ERR_LIMIT;
    int err = dialog_refresh(leg->dialog, ev->msg);
    if (err)
        return err;
    const struct reply reply = {
        .status = 200, .headers = buf_str(&b), .body = d->text ? block_str(d->text) : STR_NONE};
    return engine_reply(ua->engine, ev->tx, &reply, now);
}

static void accept(struct ua *ua, struct leg *leg, const struct engine_event *ev, enum heard heard,
                   struct draft *d, time_ns now)
{
    bool is_invite = ev->msg->method == METHOD_INVITE;
    if (is_invite)
        repeat_begin(ua, leg, ev->tx, msg_cseq(ev->msg)->number, now);
    session_begin_uas(ua, leg, ev->msg, now);
    if (heard == HEARD_OFFER)
        leg_agreed(ua, leg, is_invite ? SDP_SUCCESS : SDP_UPDATE_SUCCESS, d);
    else if (d->text) {
        (void)sdp_exchange_sent(&leg->exchange, SDP_SUCCESS, true);
        media_offered(ua, &leg->media, d);
    }
    modify_advance(ua, leg, now);
    if (leg->call->tx)
        reliable_advance(ua, leg->call, now);
}

static void answer(struct ua *ua, struct leg *leg, const struct engine_event *ev,
                   const struct body *body, enum heard heard, time_ns now)
{
    struct sdp_exchange *x = &leg->exchange;
    struct draft draft;
    int err = draft_reply(ua, leg, ev->msg, body, heard, &draft);
    bool unfit = err == ERR_INVALID;
    if (!err && (err = send(ua, leg, ev, &draft, now)) != OK)
        draft_drop(ua, &draft);
    if (!err) {
        accept(ua, leg, ev, heard, &draft, now);
        return;
    }
    if (heard == HEARD_OFFER || x->empty_invite)
        sdp_exchange_failed(x);
    if (unfit)
        refuse(ua, ev->tx, 488, STR("Warning: 305 tandem \"Incompatible media format\"\r\n"), now);
    else
        refuse(ua, ev->tx, err == ERR_INVALID ? 400 : 503, STR_NONE, now);
}

void modify_take(struct ua *ua, struct leg *leg, const struct engine_event *ev, time_ns now)
{
    struct body body;
    bool suspended;
    if (is_out_of_turn(ua, leg, ev, now))
        return;
    body_read(ev->msg, &body);
    if (body.status) {
        refuse(ua, ev->tx, body.status, STR(UA_ACCEPT), now);
        return;
    }
    if (session_refuses(ua, ev, now) || precondition_refuses(ua, ev, &body, &suspended, now))
        return;
    leg_learn(leg, ev->msg);
    bool is_invite = ev->msg->method == METHOD_INVITE;
    enum heard heard = leg_hear(ua, leg, is_invite ? SDP_INVITE : SDP_UPDATE, ev->msg, &body);
    if (heard == HEARD_GLARE)
        refuse(ua, ev->tx, 491, STR_NONE, now);
    else if (heard == HEARD_TOO_SOON)
        refuse_for_now(ua, ev->tx, now);
    else
        answer(ua, leg, ev, &body, heard, now);
}
