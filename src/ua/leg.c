/* Legs: a dialog of a call with its session, from its first response to its end. */
#include <assert.h>

#include "ua/call_parts.h"

struct leg *leg_get(const struct ua *ua, uint64_t id)
{
    return pool_get(&ua->legs, id);
}

struct leg *leg_new(struct ua *ua, struct call *call, struct dialog *d)
{
    pool_id id;
    struct leg *leg = pool_alloc(&ua->legs, &id);
    if (!leg)
        return NULL;
    leg->id = id;
    leg->call = call;
    leg->number = ++call->n_legs;
    leg->dialog = d;
    d->user = id;
    list_init(&leg->infos);
    list_init(&leg->usages);
    alarm_init(&leg->repeat.alarm, ALARM_REPEAT);
    alarm_init(&leg->modify.alarm, ALARM_MODIFY);
    alarm_init(&leg->session.alarm, ALARM_SESSION);
    alarm_init(&leg->bye.alarm, ALARM_BYE);
    list_append(&call->legs, &leg->node);
    dialog_table_add(&ua->dialogs, d);
    return leg;
}

static void stop_asking(struct ua *ua, struct leg *leg)
{
    session_stop(ua, leg);
    ask_free(ua, leg->prack);
    leg->prack = NULL;
    LIST_EACH (&leg->infos, node, after)
        ask_free(ua, CONTAINER_OF(node, struct ask, node));
}

void leg_free(struct ua *ua, struct leg *leg)
{
    struct call *call = leg->call;
    struct dialog *d = leg->dialog;
    assert(list_is_empty(&leg->usages));
    modify_end(ua, leg);
    stop_asking(ua, leg);
    repeat_end(ua, leg);
    alarm_stop(ua, &leg->bye.alarm);
    ask_free(ua, leg->bye.ask);
    block_unref(ua->blocks, leg->bye.headers);
    block_unref(ua->blocks, leg->ack);
    media_fini(ua, &leg->media);
    dialog_table_remove(&ua->dialogs, d);
    list_remove(&leg->node);
    if (call->chosen == leg)
        call->chosen = NULL;
    pool_free(&ua->legs, leg->id);
    if (call->is_outgoing)
        early_drop(&call->early, d);
    else
        dialog_fini(d);
}

struct leg *leg_named(struct ua *ua, const struct dialog_id *id)
{
    struct dialog *d = dialog_table_find(&ua->dialogs, id);
    return d ? leg_get(ua, d->user) : NULL;
}

struct leg *leg_of(struct ua *ua, struct msg *m)
{
    struct dialog_id id;
    return dialog_id_of(m, &id) ? leg_named(ua, &id) : NULL;
}

void leg_close(struct leg *leg)
{
    if (list_is_empty(&leg->usages))
        dialog_terminate(leg->dialog);
}

void leg_settle(struct ua *ua, struct leg *leg)
{
    struct call *call = leg->call;
    if (call->state == CALL_ENDING && !bye_is_open(leg))
        leg_close(leg);
    call_settle(ua, call);
}

void leg_learn(struct leg *leg, struct msg *m)
{
    if (msg_header(m, HDR_ALLOW))
        leg->peer_updates = msg_has_token(m, HDR_ALLOW, STR("UPDATE"));
    leg->peer_times |= msg_has_token(m, HDR_SUPPORTED, STR("timer"));
    leg->peer_targets |= msg_has_token(m, HDR_SUPPORTED, STR("tdialog"));
}

void leg_end(struct ua *ua, struct leg *leg, enum call_end end, unsigned status, struct msg *m,
             struct str reason, time_ns now)
{
    struct call *call = leg->call;
    bool theirs = end == CALL_END_BYE;
    /* RFC 3261 15: no BYE of the callee's before the answer. Without memory for it the engine owes
     * one, and tells its end. */
    if (call->tx) {
        (void)!incoming_refuse(ua, call, end, 500, STR_NONE, now);
        return;
    }
    modify_give_up(ua, leg, now);
    stop_asking(ua, leg);
    if (call->chosen == leg || !call->is_outgoing)
        call_over(ua, call, end, status, m);
    if (theirs) {
        repeat_end(ua, leg);
        bye_drop(ua, leg);
        leg_close(leg);
    } else
        bye_send(ua, leg, reason, now);
    call_settle(ua, call);
}
