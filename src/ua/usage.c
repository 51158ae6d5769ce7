/* Dialogs as subscriptions use them: joined, found, left. */
#include "ua/usage.h"

#include <assert.h>

#include "ua/referral.h"
#include "ua/watch.h"

void usage_init(struct usage *u, enum usage_kind kind)
{
    u->kind = kind;
    list_init(&u->node);
}

void usage_join(struct usage *u, struct leg *leg)
{
    u->leg = leg;
    list_append(&leg->usages, &u->node);
}

void usage_stand(struct ua *ua, struct usage *u)
{
    u->stands = true;
    dialog_table_add(&ua->usages, &u->own);
}

struct dialog *usage_dialog(struct usage *u)
{
    if (u->leg)
        return u->leg->dialog;
    return u->stands ? &u->own : NULL;
}

void usage_drop(struct ua *ua, struct usage *u)
{
    list_remove(&u->node);
    u->leg = NULL;
    if (!u->stands)
        return;
    u->stands = false;
    dialog_table_remove(&ua->usages, &u->own);
    dialog_fini(&u->own);
}

void usage_end(struct ua *ua, struct usage *u)
{
    struct leg *leg = u->leg;
    usage_drop(ua, u);
    if (leg)
        leg_settle(ua, leg);
}

struct usage *usage_of(struct ua *ua, struct msg *m)
{
    struct dialog_id id;
    if (!dialog_id_of(m, &id) || id.remote_tag.len == 0)
        return NULL;
    struct dialog *d = dialog_table_find(&ua->usages, &id);
    return d ? CONTAINER_OF(d, struct usage, own) : NULL;
}

static bool is_meant(struct usage *u, struct msg *m)
{
    switch (u->kind) {
    case USAGE_WATCH:
        return m->method == METHOD_NOTIFY && watch_is_named(watch_of(u), m);
    case USAGE_REFERRAL:
        return m->method == METHOD_SUBSCRIBE && referral_is_named(referral_of(u), m);
    }
    return false;
}

static bool is_event(const struct msg *m)
{
    return m->method == METHOD_NOTIFY || m->method == METHOD_SUBSCRIBE;
}

static void refuse(struct ua *ua, tx_id tx, unsigned status, time_ns now)
{
    const struct reply reply = {
        .status = status, .headers = status == 489 ? STR("Allow-Events: refer\r\n") : STR_NONE};
    (void)engine_reply(ua->engine, tx, &reply, now);
}

static void bring(struct ua *ua, struct usage *u, const struct engine_event *ev, time_ns now)
{
    switch (u->kind) {
    case USAGE_WATCH:
        watch_take(ua, watch_of(u), ev, now);
        break;
    case USAGE_REFERRAL:
        referral_subscribed(ua, referral_of(u), ev, now);
        break;
    }
}

void usage_refuse(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    const struct token *event = msg_single(ev->msg, HDR_EVENT);
    bool refers = event && str_equal_nocase(event->name, STR("refer"));
    if (ev->msg->method == METHOD_NOTIFY)
        refuse(ua, ev->tx, 481, now);
    else
        refuse(ua, ev->tx, refers ? 403 : 489, now);
}

/* By its Event (RFC 3515 2.4.6). */
void usage_take_within(struct ua *ua, struct leg *leg, const struct engine_event *ev, time_ns now)
{
    LIST_EACH (&leg->usages, node, after) {
        struct usage *u = CONTAINER_OF(node, struct usage, node);
        if (is_meant(u, ev->msg)) {
            bring(ua, u, ev, now);
            return;
        }
    }
    usage_refuse(ua, ev, now);
}

void usage_take(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct usage *u = usage_of(ua, ev->msg);
    if (!u && ev->msg->method == METHOD_NOTIFY && watch_take_first(ua, ev, now))
        return;
    unsigned status = u ? dialog_receive(&u->own, ev->msg) : 481;
    if (!status && !is_meant(u, ev->msg))
        status = is_event(ev->msg) ? 489 : 403;
    if (status)
        refuse(ua, ev->tx, status, now);
    else
        bring(ua, u, ev, now);
}
