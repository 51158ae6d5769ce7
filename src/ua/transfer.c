/* REFER of ours: sent, and what is reported of it (RFC 3515 2.4.1, 2.4.5; RFC 5589). */
#include "ua/account.h"
#include "ua/refer_to.h"
#include "ua/sipfrag.h"
#include "ua/watch.h"

static struct leg *answered_leg(const struct ua *ua, ua_call id)
{
    struct call *call = call_get(ua, id);
    bool stands = call && call->state != CALL_ENDING && call->chosen &&
                  call->chosen->dialog->state == DIALOG_CONFIRMED;
    return stands ? call->chosen : NULL;
}

static int put_target(struct ua *ua, struct buf *b, const struct transfer_start *s)
{
    struct leg *other = answered_leg(ua, s->consulted);
    struct uri uri;
    struct msg_error err;
    if (s->target.len == 0 && !other)
        return call_get(ua, s->consulted) ? ERR_INVALID : ERR_STALE;
    if (s->target.len > 0 && !uri_parse(s->target, &uri, &err))
        return ERR_INVALID;
    buf_put_lit(b, "Refer-To: <");
    if (s->target.len > 0)
        buf_put(b, s->target);
    else
        refer_to_put_replacing(b, other->dialog);
    buf_put_lit(b, ">\r\n");
    return OK;
}

static void put_lines(struct buf *b, const struct ua_identity *who, const struct transfer_start *s)
{
    if (who)
        text_put_line(b, STR("Referred-By"), who->address);
    if (s->quiet)
        buf_put_lit(b, "Refer-Sub: false\r\nSupported: norefersub\r\n");
}

/* RFC 4538 3: the dialog as its recipient sees it. */
static void put_target_dialog(struct buf *b, const struct dialog *d)
{
    buf_put_lit(b, "Require: tdialog\r\nTarget-Dialog: ");
    buf_put(b, d->id.call_id);
    buf_put_lit(b, ";local-tag=");
    buf_put(b, d->id.remote_tag);
    buf_put_lit(b, ";remote-tag=");
    buf_put(b, d->id.local_tag);
    buf_put_lit(b, "\r\n");
}

/* RFC 7647 4: a dialog whose far end has a GRUU bears no REFER. RFC 5589 5: it does where they do
 * not know Target-Dialog: they would decline a REFER that seems to come from a stranger. */
static bool is_referred_outside(const struct leg *leg)
{
    struct uri uri;
    struct msg_error err;
    return leg->peer_targets && uri_parse(leg->dialog->remote_target, &uri, &err) &&
           uri_has_param(&uri, STR("gr"));
}

static int send_within(struct ua *ua, struct watch *w, struct leg *leg, struct str headers,
                       time_ns now)
{
    const struct ask_start start = {.use = ASK_WATCH,
                                    .user = w->id,
                                    .account = w->account,
                                    .dialog = leg->dialog,
                                    .method = STR("REFER"),
                                    .headers = headers};
    int err = ask_new(ua, &start, now, &w->ask);
    if (err)
        return err;
    usage_join(&w->usage, leg);
    w->refer_seq = w->ask->cseq;
    watch_expect(ua, w, now);
    return OK;
}

static int send(struct ua *ua, struct watch *w, struct leg *leg, const struct transfer_start *s,
                time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    int err = put_target(ua, &b, s);
    put_lines(&b, account_get(ua, w->account), s);
    bool outside = !leg || is_referred_outside(leg);
    if (leg && outside)
        put_target_dialog(&b, leg->dialog);
    if (err || b.over)
        return err ? err : ERR_LIMIT;
    if (!outside)
        return send_within(ua, w, leg, buf_str(&b), now);
    struct str asked = leg ? leg->dialog->remote_target : s->asked;
    return watch_open(ua, w, STR("REFER"), asked, buf_str(&b), now);
}

int transfer_start(struct ua *ua, const struct transfer_start *s, time_ns now, ua_transfer *out)
{
    struct watch *w;
    struct leg *leg = answered_leg(ua, s->call);
    *out = 0;
    if (s->call && !leg)
        return call_get(ua, s->call) ? ERR_INVALID : ERR_STALE;
    int err = watch_new(ua, leg ? leg->call->account : s->account, &w);
    if (err)
        return err;
    w->refers = true;
    w->call = s->call;
    err = send(ua, w, leg, s, now);
    if (err)
        watch_free(ua, w);
    else
        *out = w->id;
    return err;
}

/* --- what becomes of it --- */
static struct ua_event *tell(struct ua *ua, const struct watch *w, enum ua_event_kind kind,
                             unsigned status, struct msg *m)
{
    struct ua_event *ev = event_tell(ua, kind, m);
    if (!ev)
        return NULL;
    ev->account = w->account;
    ev->transfer = w->id;
    ev->call = w->call;
    ev->status = status;
    return ev;
}

void transfer_over(struct ua *ua, struct watch *w, unsigned status, struct msg *m)
{
    (void)tell(ua, w, UA_TRANSFER_ENDED, status, m);
    watch_free(ua, w);
}

/* A final report is told with the end of the subscription, which is near. */
bool transfer_notified(struct ua *ua, struct watch *w, struct msg *m)
{
    unsigned status = sipfrag_status(m->body);
    if (status >= 100 && status < 200 && !tell(ua, w, UA_TRANSFER_PROGRESS, status, m))
        return false;
    if (status > 0)
        w->status = status;
    return true;
}

static bool is_quiet(struct msg *m)
{
    const struct token *t = m ? msg_single(m, HDR_REFER_SUB) : NULL;
    return t && str_equal_nocase(t->name, STR("false"));
}

void transfer_answered(struct ua *ua, struct watch *w, const struct ask_answer *answer, time_ns now)
{
    struct leg *leg = w->usage.leg;
    bool first = w->state == SUBSCRIPTION_ASKED;
    if (answer->status < 300) {
        if (is_quiet(answer->msg)) /* RFC 4488 4: there is no subscription */
            transfer_over(ua, w, 0, answer->msg);
        return;
    }
    alarm_stop(ua, &w->timer_n);
    if (!first)
        return; /* a refresh: what was granted lasts */
    pool_id id = leg ? leg->id : 0;
    transfer_over(ua, w, answer->status, answer->msg);
    if (dialog_ends_on(answer->status) && (leg = leg_get(ua, id)) != NULL &&
        leg->call->state != CALL_ENDING)
        leg_end(ua, leg, CALL_END_GONE, answer->status, answer->msg, STR_NONE, now);
}
