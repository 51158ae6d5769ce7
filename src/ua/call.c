/* Calls: made, looked at, ended, and forgotten once nothing of them can come any more. */
#include "ua/call_parts.h"

struct call *call_get(const struct ua *ua, ua_call id)
{
    return pool_get(&ua->calls, id);
}

int call_new(struct ua *ua, bool is_outgoing, ua_account account, struct call **out)
{
    pool_id id;
    if (!event_reserve(ua, CALL_EVENTS))
        return ERR_NOMEM;
    struct call *call = pool_alloc(&ua->calls, &id);
    if (!call) {
        event_release(ua, CALL_EVENTS);
        return ua->calls.live == ua->calls.max ? ERR_LIMIT : ERR_NOMEM;
    }
    call->id = id;
    call->is_outgoing = is_outgoing;
    call->account = account;
    list_init(&call->legs);
    list_init(&call->early.dialogs);
    alarm_init(&call->alarm, ALARM_CALL);
    alarm_init(&call->reliable.alarm, ALARM_RELIABLE);
    *out = call;
    return OK;
}

static void free_legs(struct ua *ua, struct call *call)
{
    LIST_EACH (&call->legs, node, after)
        leg_free(ua, CONTAINER_OF(node, struct leg, node));
}

void call_free(struct ua *ua, struct call *call)
{
    free_legs(ua, call);
    alarm_stop(ua, &call->alarm);
    reliable_end(ua, call);
    ask_free(ua, call->invite);
    early_fini(&call->early);
    media_fini(ua, &call->media);
    block_unref(ua->blocks, call->headers);
    msg_unref(ua->blocks, call->request);
    event_release(ua, CALL_EVENTS);
    pool_free(&ua->calls, call->id);
}

struct ua_event *call_tell(struct ua *ua, const struct call *call, const struct leg *leg,
                           enum ua_event_kind kind, struct msg *m)
{
    if (call->state == CALL_ENDING)
        return NULL;
    struct ua_event *ev = event_tell(ua, kind, m);
    if (!ev)
        return NULL;
    ev->account = call->account;
    ev->call = call->id;
    ev->leg = leg ? leg->number : 0;
    return ev;
}

void call_over(struct ua *ua, struct call *call, enum call_end end, unsigned status, struct msg *m)
{
    struct ua_event *ev = call_tell(ua, call, call->chosen, UA_CALL_ENDED, m);
    call->state = CALL_ENDING;
    if (!ev)
        return;
    ev->end = end;
    ev->status = status;
}

static bool is_asking(const struct call *call)
{
    LIST_EACH (&call->legs, node, after) {
        const struct leg *leg = CONTAINER_OF(node, struct leg, node);
        if (bye_is_open(leg) || leg->modify.cancels || !list_is_empty(&leg->usages))
            return true;
    }
    return call->is_outgoing ? !call->is_final : call->tx != 0;
}

bool call_is_done(const struct call *call)
{
    return call->state == CALL_ENDING && !is_asking(call) &&
           (!call->is_outgoing || early_count(&call->early, DIALOG_EARLY) == 0);
}

void call_settle(struct ua *ua, struct call *call)
{
    bool may_answer = call->is_outgoing && call->alarm.timer.at != TIME_NEVER;
    if (call->state == CALL_ENDING && !is_asking(call) && !may_answer)
        call_free(ua, call);
}

/* RFC 3261 13.2.2.4: 64*T1 after the first 2xx nobody else answers any more; nor does any come
 * again that there was no memory to acknowledge. */
void call_fire(struct ua *ua, struct call *call, time_ns now)
{
    early_time(&call->early, now);
    if (early_deadline(&call->early) != TIME_NEVER) {
        alarm_set(ua, &call->alarm, early_deadline(&call->early));
        return;
    }
    call->early.completed = call->is_final = true;
    if (!call->chosen)
        call_over(ua, call, CALL_END_FAILED, 0, NULL);
    LIST_EACH (&call->legs, node, after) {
        struct leg *leg = CONTAINER_OF(node, struct leg, node);
        if (leg != call->chosen && leg->dialog->state == DIALOG_TERMINATED && !bye_is_open(leg))
            leg_free(ua, leg);
    }
    call_settle(ua, call);
}

/* --- commands for both sides --- */
static struct call *live(const struct ua *ua, ua_call id)
{
    struct call *call = call_get(ua, id);
    return call && call->state != CALL_ENDING ? call : NULL;
}

int call_end(struct ua *ua, ua_call id, struct str reason, time_ns now)
{
    struct call *call = live(ua, id);
    if (!call)
        return ERR_STALE;
    if (call->chosen && (call->is_outgoing || call->tx == 0)) {
        leg_end(ua, call->chosen, CALL_END_HUNG_UP, 0, NULL, reason, now);
        return OK;
    }
    if (call->is_outgoing)
        return outgoing_end(ua, call, CALL_END_HUNG_UP, reason, now);
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    bye_put_reason(&b, reason);
    return b.over ? ERR_LIMIT : incoming_refuse(ua, call, CALL_END_HUNG_UP, 603, buf_str(&b), now);
}

static bool is_held_by(const struct leg *leg)
{
    bool any = false;
    for (unsigned i = 0; i < leg->media.n_agreed; i++) {
        const struct sdp_agreed *a = &leg->media.agreed[i];
        if (a->live && (a->direction & SDP_SENDONLY))
            return false;
        any |= a->live;
    }
    return any;
}

static void look_at_leg(const struct leg *leg, struct call_view *v)
{
    const struct dialog *d = leg->dialog;
    v->leg = leg->number;
    v->is_held = leg->media.settled && leg->media.settled->full;
    v->is_held_by = is_held_by(leg);
    v->call_id = d->id.call_id;
    v->local_tag = d->id.local_tag;
    v->remote_tag = d->id.remote_tag;
    v->local = d->local;
    v->remote = d->remote;
    v->remote_target = d->remote_target;
    v->agreed = leg->media.agreed;
    v->n_agreed = leg->media.n_agreed;
}

static void look_at_trying(const struct dialog *d, struct call_view *v)
{
    v->call_id = d->id.call_id;
    v->local_tag = d->id.local_tag;
    v->local = d->local;
    v->remote = d->remote;
    v->remote_target = d->remote_target;
}

int call_look(const struct ua *ua, ua_call id, struct call_view *v)
{
    const struct call *call = live(ua, id);
    *v = (struct call_view){0};
    if (!call)
        return ERR_STALE;
    v->state = call->state;
    v->is_outgoing = call->is_outgoing;
    v->account = call->account;
    v->user = call->user;
    if (call->chosen)
        look_at_leg(call->chosen, v);
    else
        look_at_trying(&call->early.trying, v);
    return OK;
}

int call_set_user(struct ua *ua, ua_call id, uint64_t user)
{
    struct call *call = live(ua, id);
    if (!call)
        return ERR_STALE;
    call->user = user;
    return OK;
}

ua_call call_next(const struct ua *ua, ua_call after)
{
    uint32_t cursor = (uint32_t)after;
    pool_id id;
    for (const struct call *call; (call = pool_each(&ua->calls, &cursor, &id)) != NULL;)
        if (call->state != CALL_ENDING)
            return id;
    return 0;
}

void call_show_media(const struct ua *ua, struct ua_event *ev)
{
    const struct call *call = call_get(ua, ev->call);
    if (!call)
        return;
    LIST_EACH (&call->legs, node, after) {
        const struct leg *leg = CONTAINER_OF(node, struct leg, node);
        if (leg->number != ev->leg)
            continue;
        ev->agreed = leg->media.agreed;
        ev->streams = leg->media.held ? leg->media.held->streams : NULL;
        ev->n_agreed = leg->media.n_agreed;
    }
}

struct str call_end_name(enum call_end end)
{
    static const struct str names[N_CALL_ENDS] = {
        [CALL_END_HUNG_UP] = STR_INIT("hung-up"),
        [CALL_END_BYE] = STR_INIT("bye"),
        [CALL_END_CANCELLED] = STR_INIT("cancelled"),
        [CALL_END_REFUSED] = STR_INIT("refused"),
        [CALL_END_REFUSED_BY_US] = STR_INIT("refused-by-us"),
        [CALL_END_NO_ACK] = STR_INIT("no-ack"),
        [CALL_END_NO_PRACK] = STR_INIT("no-prack"),
        [CALL_END_EXPIRED] = STR_INIT("expired"),
        [CALL_END_GONE] = STR_INIT("gone"),
        [CALL_END_NO_AGREEMENT] = STR_INIT("no-agreement"),
        [CALL_END_REPLACED] = STR_INIT("replaced"),
        [CALL_END_FAILED] = STR_INIT("failed"),
    };
    return names[end];
}
