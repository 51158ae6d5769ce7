/* The passing of time: due alarms, in order. Reads no clock. */
#include "engine/state.h"

static void fire(struct engine *e, struct alarm *a, time_ns now)
{
    switch (a->kind) {
    case ALARM_CLIENT:
        client_fire(e, CONTAINER_OF(a, struct client, job.alarm), now);
        break;
    case ALARM_SERVER:
        server_fire(e, CONTAINER_OF(a, struct server, job.alarm), now);
        break;
    case ALARM_CONN:
        conn_fire(e, CONTAINER_OF(a, struct conn, alarm), now);
        break;
    case ALARM_SWEEP:
        unreachable_sweep(e, now);
        break;
    case ALARM_NAMES:
        names_fire(e, now);
        break;
    }
}

int engine_time(struct engine *e, time_ns now)
{
    struct timer *t;
    while ((t = wheel_pop(&e->wheel, now)) != NULL) {
        if (!engine_room(e, 4, 8)) {
            wheel_set(&e->wheel, t, time_add(now, NS_PER_MS));
            return ERR_NOMEM;
        }
        fire(e, CONTAINER_OF(t, struct alarm, timer), now);
    }
    return OK;
}

time_ns engine_deadline(const struct engine *e)
{
    return wheel_deadline(&e->wheel);
}
