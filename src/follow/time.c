/* What time makes of calls: the longest age, the end of a session, silence, and how long one that
 * was ended is remembered. */
#include "follow/table.h"

static time_ns age_end(const struct follow_table *t, const struct followed *c)
{
    return t->rules.call_time > 0 ? time_add(c->since, t->rules.call_time) : TIME_NEVER;
}

static time_ns silence_end(const struct followed *c)
{
    return time_add(c->heard, LIMIT_CALL_SILENT_S * NS_PER_S);
}

/* A doomed call whose ACK does not come is not waited for longer than its 2xx is repeated. */
void follow_set_timer(struct follow_table *t, struct followed *c)
{
    time_ns at = silence_end(c);
    if (c->state == FOLLOW_ENDED || c->state == FOLLOW_PAST)
        return;
    if (c->state == FOLLOW_ANSWERED)
        at = time_min(at, time_min(age_end(t, c), c->session_end));
    if (c->doomed)
        at = time_min(at, time_add(c->since, t->rules.linger));
    wheel_set(&t->wheel, &c->timer, at);
}

/* One whose BYEs found no memory is tried again, as long as it is remembered. */
static void fired_ended(struct follow_table *t, struct followed *c, time_ns now)
{
    if (c->bye_due && list_is_empty(&c->due)) {
        list_append(&t->ending, &c->due);
        wheel_set(&t->wheel, &c->timer, time_add(now, t->rules.linger));
    } else {
        follow_finish(t, c, (enum follow_cause)c->cause);
    }
}

static void fired(struct follow_table *t, struct followed *c, time_ns now)
{
    bool answered = c->state == FOLLOW_ANSWERED;
    if (c->state == FOLLOW_ENDED)
        fired_ended(t, c, now);
    else if (answered && c->doomed && time_add(c->since, t->rules.linger) <= now)
        (void)follow_end(t, c->id, (enum follow_cause)c->cause, now);
    else if (answered && age_end(t, c) <= now)
        (void)follow_end(t, c->id, FOLLOW_TOO_OLD, now);
    else if (answered && c->session_end <= now && t->rules.end_expired)
        (void)follow_end(t, c->id, FOLLOW_EXPIRED, now);
    else if (answered && c->session_end <= now) /* RFC 4028 8.3: no BYE */
        follow_finish(t, c, FOLLOW_EXPIRED);
    else if (silence_end(c) <= now)
        follow_finish(t, c, FOLLOW_FORGOTTEN);
    else
        follow_set_timer(t, c);
}

void follow_time(struct follow_table *t, time_ns now)
{
    for (struct timer *timer; (timer = wheel_pop(&t->wheel, now));)
        fired(t, CONTAINER_OF(timer, struct followed, timer), now);
}

/* A BYE that waits to be taken is due at once. */
time_ns follow_deadline(const struct follow_table *t)
{
    return wheel_deadline(&t->wheel);
}
