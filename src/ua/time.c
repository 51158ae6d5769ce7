/* The passing of time: due alarms, in order. Reads no clock. */
#include "ua/referral.h"
#include "ua/requests.h"
#include "ua/watch.h"

void alarm_init(struct alarm *a, enum alarm_kind kind)
{
    timer_init(&a->timer);
    a->kind = kind;
}

void alarm_set(struct ua *ua, struct alarm *a, time_ns at)
{
    wheel_set(&ua->wheel, &a->timer, at);
}

void alarm_stop(struct ua *ua, struct alarm *a)
{
    wheel_stop(&ua->wheel, &a->timer);
}

static void fire(struct ua *ua, struct alarm *a, time_ns now)
{
    switch (a->kind) {
    case ALARM_ASK:
        ask_fire(ua, CONTAINER_OF(a, struct ask, alarm), now);
        break;
    case ALARM_CALL:
        call_fire(ua, CONTAINER_OF(a, struct call, alarm), now);
        break;
    case ALARM_RELIABLE:
        reliable_fire(ua, CONTAINER_OF(a, struct call, reliable.alarm), now);
        break;
    case ALARM_REPEAT:
        repeat_fire(ua, CONTAINER_OF(a, struct leg, repeat.alarm), now);
        break;
    case ALARM_MODIFY:
        modify_fire(ua, CONTAINER_OF(a, struct leg, modify.alarm), now);
        break;
    case ALARM_SESSION:
        session_fire(ua, CONTAINER_OF(a, struct leg, session.alarm), now);
        break;
    case ALARM_BYE:
        bye_fire(ua, CONTAINER_OF(a, struct leg, bye.alarm), now);
        break;
    case ALARM_REGISTRATION:
        registration_fire(ua, a, now);
        break;
    case ALARM_TIMER_N:
        watch_fire_n(ua, CONTAINER_OF(a, struct watch, timer_n), now);
        break;
    case ALARM_WATCH:
        watch_fire(ua, CONTAINER_OF(a, struct watch, alarm), now);
        break;
    case ALARM_REFERRAL:
        referral_fire(ua, CONTAINER_OF(a, struct referral, alarm), now);
        break;
    }
}

int ua_time(struct ua *ua, time_ns now)
{
    for (struct timer *t; (t = wheel_pop(&ua->wheel, now)) != NULL;)
        fire(ua, CONTAINER_OF(t, struct alarm, timer), now);
    return OK;
}

time_ns ua_deadline(const struct ua *ua)
{
    return wheel_deadline(&ua->wheel);
}
