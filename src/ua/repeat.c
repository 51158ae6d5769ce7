/* The 2xx to an INVITE of theirs, sent again until its ACK comes (RFC 3261 13.3.1.4). */
#include "ua/call_parts.h"

void repeat_begin(struct ua *ua, struct leg *leg, tx_id tx, uint32_t cseq, time_ns now)
{
    const struct tx_timers *t = &ua->config.timers;
    leg->repeat.tx = tx;
    leg->repeat.cseq = cseq;
    leg->repeat.interval = t->t1;
    leg->repeat.until = time_add(now, 64 * t->t1);
    alarm_set(ua, &leg->repeat.alarm, time_add(now, t->t1));
}

void repeat_end(struct ua *ua, struct leg *leg)
{
    leg->repeat.tx = 0;
    alarm_stop(ua, &leg->repeat.alarm);
}

void repeat_fire(struct ua *ua, struct leg *leg, time_ns now)
{
    struct repeat *r = &leg->repeat;
    const struct reply again = {.status = 200};
    if (now >= r->until) {
        repeat_end(ua, leg);
        if (leg->bye.waits) {
            bye_go(ua, leg, now);
            return;
        }
        leg_end(ua, leg, CALL_END_NO_ACK, 0, NULL, STR("SIP;cause=408;text=\"No ACK\""), now);
        return;
    }
    (void)engine_reply(ua->engine, r->tx, &again, now);
    r->interval = r->interval * 2 < ua->config.timers.t2 ? r->interval * 2 : ua->config.timers.t2;
    alarm_set(ua, &r->alarm, time_min(r->until, time_add(now, r->interval)));
}
