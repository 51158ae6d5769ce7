/* Requests of theirs within a dialog of ours (RFC 3261 12.2.2). */
#include "ua/call_parts.h"
#include "ua/capabilities.h"
#include "ua/referral.h"

static void answer(struct ua *ua, tx_id tx, unsigned status, struct str headers, time_ns now)
{
    const struct reply reply = {.status = status, .headers = headers};
    (void)engine_reply(ua->engine, tx, &reply, now);
}

static void take_bye(struct ua *ua, struct leg *leg, const struct engine_event *ev, time_ns now)
{
    struct call *call = leg->call;
    answer(ua, ev->tx, 200, STR_NONE, now);
    /* RFC 3261 15.1.2: what of theirs is pending gets 487. */
    if (call->tx) {
        const struct reply reply = {.status = 487, .to_tag = leg->dialog->id.local_tag};
        (void)engine_reply(ua->engine, call->tx, &reply, now);
        call->tx = 0;
    }
    leg_end(ua, leg, CALL_END_BYE, 0, ev->msg, STR_NONE, now);
}

/* RFC 2976 2.2, RFC 6086 4.2.2: an Info-Package that was not asked for is 469. */
static void take_info(struct ua *ua, struct leg *leg, const struct engine_event *ev, time_ns now)
{
    const struct media_type *type = msg_single(ev->msg, HDR_CONTENT_TYPE);
    bool is_dtmf = type && str_equal_nocase(type->type, STR("application")) &&
                   (str_equal_nocase(type->subtype, STR("dtmf-relay")) ||
                    str_equal_nocase(type->subtype, STR("dtmf")));
    if (msg_header(ev->msg, HDR_INFO_PACKAGE)) {
        answer(ua, ev->tx, 469, STR("Recv-Info:\r\n"), now);
        return;
    }
    if (ev->msg->body.len > 0 && !is_dtmf) {
        answer(ua, ev->tx, 415, STR("Accept: application/dtmf-relay, application/dtmf\r\n"), now);
        return;
    }
    answer(ua, ev->tx, 200, STR_NONE, now);
    (void)call_tell(ua, leg->call, leg, UA_CALL_INFO, ev->msg);
}

static void dispatch(struct ua *ua, struct leg *leg, const struct engine_event *ev, time_ns now)
{
    switch (ev->msg->method) {
    case METHOD_BYE:
        take_bye(ua, leg, ev, now);
        break;
    case METHOD_INFO:
        take_info(ua, leg, ev, now);
        break;
    case METHOD_PRACK:
        reliable_take(ua, leg, ev, now);
        break;
    case METHOD_INVITE:
    case METHOD_UPDATE:
        modify_take(ua, leg, ev, now);
        break;
    case METHOD_REFER:
        referral_take(ua, leg, ev, now);
        break;
    case METHOD_NOTIFY:
    case METHOD_SUBSCRIBE:
        usage_take_within(ua, leg, ev, now);
        break;
    case METHOD_OPTIONS:
        capabilities_answer(ua, ev, now);
        break;
    default:
        take_request(ua, ev, leg->call->account, now);
        break;
    }
}

/* Of what is left of a dialog whose session has ended (RFC 5057 4) the rest is not there. */
static bool is_over(const struct leg *leg, enum method method)
{
    return leg->call->state == CALL_ENDING && method != METHOD_BYE && method != METHOD_NOTIFY &&
           method != METHOD_SUBSCRIBE;
}

void within_take(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct leg *leg = leg_of(ua, ev->msg);
    if (!leg) {
        usage_take(ua, ev, now);
        return;
    }
    unsigned status = dialog_receive(leg->dialog, ev->msg);
    if (!status && is_over(leg, ev->msg->method))
        status = 481;
    if (status)
        answer(ua, ev->tx, status, STR_NONE, now);
    else
        dispatch(ua, leg, ev, now);
}

bool within_ack(struct ua *ua, struct msg *m, time_ns now)
{
    struct leg *leg = leg_of(ua, m);
    const struct cseq *cseq = msg_cseq(m);
    struct body body;
    if (!leg)
        return false;
    if (!leg->repeat.tx || !cseq || cseq->number != leg->repeat.cseq)
        return true;
    repeat_end(ua, leg);
    if (leg->bye.waits) {
        bye_go(ua, leg, now);
        return true;
    }
    body_read(m, &body);
    enum heard heard = leg_hear(ua, leg, SDP_ACK, m, &body);
    struct call *call = leg->call;
    if (heard == HEARD_BAD || heard == HEARD_NO_MEMORY) {
        leg_disagree(ua, leg, heard, m, now);
        return true;
    }
    if (call->state == CALL_ANSWERED) {
        call->state = CALL_CONFIRMED;
        (void)call_tell(ua, call, leg, UA_CALL_CONFIRMED, m);
    }
    modify_advance(ua, leg, now);
    return true;
}
