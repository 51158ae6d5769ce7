/* INFO of ours (RFC 6086, RFC 2976): sent, and forgotten when it is answered. */
#include "ua/call_parts.h"

static int send(struct ua *ua, struct leg *leg, struct str headers, struct str body, time_ns now)
{
    struct ask *ask;
    const struct ask_start start = {.use = ASK_INFO,
                                    .user = leg->id,
                                    .account = leg->call->account,
                                    .dialog = leg->dialog,
                                    .method = STR("INFO"),
                                    .headers = headers,
                                    .body = body};
    int err = ask_new(ua, &start, now, &ask);
    if (!err)
        list_append(&leg->infos, &ask->node);
    return err;
}

int call_info(struct ua *ua, ua_call id, struct str content_type, struct str headers,
              struct str body, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    struct call *call = call_get(ua, id);
    if (!call || call->state == CALL_ENDING)
        return ERR_STALE;
    if (!call->chosen || call->chosen->dialog->state != DIALOG_CONFIRMED)
        return ERR_INVALID;
    buf_init(&b, space, sizeof space);
    buf_put(&b, headers);
    if (body.len > 0)
        text_put_line(&b, STR("Content-Type"), content_type);
    return b.over ? ERR_LIMIT : send(ua, call->chosen, buf_str(&b), body, now);
}

void info_answered(struct ua *ua, struct leg *leg, struct ask *ask, enum ask_news news,
                   const struct ask_answer *answer, time_ns now)
{
    if (news != ASK_FINAL)
        return;
    ask_free(ua, ask);
    if (dialog_ends_on(answer->status))
        leg_end(ua, leg, CALL_END_GONE, answer->status, answer->msg, STR_NONE, now);
}
