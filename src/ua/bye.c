/* BYE (RFC 3261 15.1.1): sent once, or as soon as there is memory; its answer changes nothing. */
#include "ua/call_parts.h"

void bye_put_reason(struct buf *b, struct str reason)
{
    if (reason.len > 0)
        text_put_line(b, STR("Reason"), reason);
}

bool bye_is_open(const struct leg *leg)
{
    return leg->bye.owed || leg->bye.waits || leg->bye.ask;
}

static int try(struct ua *ua, struct leg *leg, time_ns now)
{
    const struct ask_start start = {.use = ASK_BYE,
                                    .user = leg->id,
                                    .account = leg->call->account,
                                    .dialog = leg->dialog,
                                    .method = STR("BYE"),
                                    .headers =
                                        leg->bye.headers ? block_str(leg->bye.headers) : STR_NONE};
    return ask_new(ua, &start, now, &leg->bye.ask);
}

static void send(struct ua *ua, struct leg *leg, time_ns now)
{
    int err = try(ua, leg, now);
    leg->bye.owed = err == ERR_NOMEM;
    if (leg->bye.owed)
        alarm_set(ua, &leg->bye.alarm, time_add(now, ua->config.timers.t1));
    else if (err)
        leg_close(leg);
}

void bye_send(struct ua *ua, struct leg *leg, struct str reason, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    if (bye_is_open(leg) || leg->dialog->state == DIALOG_TERMINATED)
        return;
    buf_init(&b, space, sizeof space);
    bye_put_reason(&b, reason);
    leg->bye.headers = b.len > 0 ? text_block(ua, &b) : NULL;
    leg->bye.waits = leg->repeat.tx != 0;
    if (!leg->bye.waits)
        send(ua, leg, now);
}

void bye_drop(struct ua *ua, struct leg *leg)
{
    leg->bye.waits = leg->bye.owed = false;
    alarm_stop(ua, &leg->bye.alarm);
}

void bye_go(struct ua *ua, struct leg *leg, time_ns now)
{
    leg->bye.waits = false;
    send(ua, leg, now);
}

void bye_fire(struct ua *ua, struct leg *leg, time_ns now)
{
    struct call *call = leg->call;
    send(ua, leg, now);
    call_settle(ua, call);
}

void bye_answered(struct ua *ua, struct leg *leg)
{
    ask_free(ua, leg->bye.ask);
    leg->bye.ask = NULL;
    leg_close(leg);
    call_settle(ua, leg->call);
}
