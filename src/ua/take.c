/* The engine's events, brought to what they are about. */
#include "ua/account.h"
#include "ua/call_parts.h"
#include "ua/capabilities.h"
#include "ua/referral.h"
#include "ua/replaces.h"
#include "ua/requests.h"
#include "ua/watch.h"

void take_request(struct ua *ua, const struct engine_event *ev, ua_account account, time_ns now)
{
    struct ua_event *told = event_tell(ua, UA_REQUEST, ev->msg);
    const struct reply failed = {.status = 503};
    if (!told) {
        (void)engine_reply(ua->engine, ev->tx, &failed, now);
        return;
    }
    told->tx = ev->tx;
    told->account = account;
}

static void take_outside(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    const struct ua_identity *who;
    switch (ev->msg->method) {
    case METHOD_INVITE:
        incoming_take(ua, ev, now);
        break;
    case METHOD_OPTIONS:
        capabilities_answer(ua, ev, now);
        break;
    case METHOD_MESSAGE:
        who = account_for(ua, ev->msg);
        take_request(ua, ev, who ? who->id : 0, now);
        break;
    case METHOD_REFER:
        referral_take(ua, NULL, ev, now);
        break;
    case METHOD_SUBSCRIBE:
        usage_refuse(ua, ev, now);
        break;
    default: /* RFC 3261 12.2.2: it belongs into a dialog */
        within_take(ua, ev, now);
        break;
    }
}

/* RFC 3891 3, RFC 3911 4 */
static bool is_misplaced(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct replaces about;
    const struct reply bad = {.status = 400};
    if (ev->msg->method == METHOD_INVITE)
        return false;
    replaces_read(ua, ev->msg, &about);
    if (about.status)
        (void)engine_reply(ua->engine, ev->tx, &bad, now);
    return about.status != 0;
}

static void take_new(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    const struct nameaddr *to = msg_to(ev->msg);
    (void)engine_own(ua->engine, ev->tx, ua->config.owner, 0);
    if (capabilities_refuse(ua, ev, now) || is_misplaced(ua, ev, now))
        return;
    if (to && to->tag.len > 0)
        within_take(ua, ev, now);
    else
        take_outside(ua, ev, now);
}

/* RFC 3261 9.2 */
static bool take_cancel(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    const struct reply unknown = {.status = 481};
    if (ev->other == 0) {
        (void)engine_reply(ua->engine, ev->tx, &unknown, now);
        return true;
    }
    if (ev->other_owner != ua->config.owner)
        return false;
    struct call *call = call_get(ua, ev->other_user);
    if (call)
        incoming_cancelled(ua, call, ev->msg, now);
    return true;
}

/* A 2xx to a re-INVITE that nobody waits for any more. */
static void take_late(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct msg *m = ev->kind == EVENT_RESPONSE ? ev->msg : NULL;
    if (!m || m->status < 200 || m->status > 299)
        return;
    struct leg *leg = m->method == METHOD_INVITE ? leg_of(ua, m) : NULL;
    if (leg)
        ack_again(ua, leg, m, now);
}

static void outside_answered(struct ua *ua, struct ask *a, const struct ask_answer *answer,
                             time_ns now)
{
    if (a->use == ASK_REQUEST)
        request_answered(ua, a->user, answer);
    else
        registration_answered(ua, a->user, answer, now);
}

static void bring_usage(struct ua *ua, struct ask *a, enum ask_news news,
                        const struct ask_answer *answer, time_ns now)
{
    struct watch *w = a->use == ASK_WATCH ? watch_get(ua, a->user) : NULL;
    struct referral *r = a->use == ASK_NOTIFY ? referral_get(ua, a->user) : NULL;
    if (w)
        watch_answered(ua, w, news, answer, now);
    if (r)
        referral_answered(ua, r, news, answer, now);
}

static void bring(struct ua *ua, struct ask *a, enum ask_news news, const struct ask_answer *answer,
                  time_ns now)
{
    struct call *call;
    struct leg *leg;
    if (a->use == ASK_INVITE) {
        if ((call = call_get(ua, a->user)) != NULL)
            outgoing_take(ua, call, news, answer, now);
        return;
    }
    if (a->use == ASK_REQUEST || a->use == ASK_REGISTER) {
        if (news == ASK_FINAL)
            outside_answered(ua, a, answer, now);
        return;
    }
    if (a->use == ASK_WATCH || a->use == ASK_NOTIFY) {
        bring_usage(ua, a, news, answer, now);
        return;
    }
    if ((leg = leg_get(ua, a->user)) == NULL)
        return;
    switch (a->use) {
    case ASK_INVITE:
    case ASK_REQUEST:
    case ASK_REGISTER:
    case ASK_WATCH:
    case ASK_NOTIFY:
        break;
    case ASK_MODIFY:
        modify_answered(ua, leg, news, answer, now);
        break;
    case ASK_PRACK:
        prack_answered(ua, leg, news, answer, now);
        break;
    case ASK_INFO:
        info_answered(ua, leg, a, news, answer, now);
        break;
    case ASK_BYE:
        if (news == ASK_FINAL)
            bye_answered(ua, leg);
        break;
    }
}

static void take_answer(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct ask_answer answer;
    struct ask *a = ask_get(ua, ev->user);
    if (!a) {
        take_late(ua, ev, now);
        return;
    }
    enum ask_news news = ask_take(ua, a, ev, now, &answer);
    if (news != ASK_NOTHING)
        bring(ua, a, news, &answer, now);
}

void ask_lost(struct ua *ua, struct ask *a, time_ns now)
{
    const struct ask_answer answer = {.status = 503};
    bring(ua, a, ASK_FINAL, &answer, now);
}

static void take_end(struct ua *ua, const struct engine_event *ev)
{
    struct call *call = call_get(ua, ev->user);
    struct referral *r = referral_get(ua, ev->user);
    if (call && call->tx == ev->tx)
        incoming_lost(ua, call);
    if (r)
        referral_lost(ua, r, ev->tx);
}

bool ua_take(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    bool is_ours = ev->owner == ua->config.owner;
    switch (ev->kind) {
    case EVENT_REQUEST:
        take_new(ua, ev, now);
        return true;
    case EVENT_ACK:
        return within_ack(ua, ev->msg, now);
    case EVENT_CANCEL:
        return take_cancel(ua, ev, now);
    case EVENT_RESPONSE:
    case EVENT_TIMEOUT:
    case EVENT_TRANSPORT_ERROR:
        if (is_ours)
            take_answer(ua, ev, now);
        return is_ours;
    case EVENT_SERVER_END:
        if (is_ours)
            take_end(ua, ev);
        return is_ours;
    case EVENT_SERVER_TIMEOUT:
        return is_ours;
    case EVENT_STRAY_RESPONSE:
    case EVENT_PASSING_RESPONSE:
    case EVENT_STORE:
    case EVENT_NUMBER:
        return false;
    }
    return false;
}
