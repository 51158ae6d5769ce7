/* The life of a REFER of theirs: taken, decided, reported of. */
#include "ua/referral.h"

#include "ua/account.h"
#include "ua/replaces.h"
#include "ua/sipfrag.h"

void referrals_init(struct ua *ua)
{
    pool_init(&ua->referrals, ua->mem, sizeof(struct referral), LIMIT_UA_REFERRALS);
}

struct referral *referral_get(const struct ua *ua, uint64_t id)
{
    return pool_get(&ua->referrals, id);
}

struct referral *referral_of(struct usage *u)
{
    return CONTAINER_OF(u, struct referral, usage);
}

static void clear(struct ua *ua, struct referral *r)
{
    alarm_stop(ua, &r->alarm);
    ask_free(ua, r->notify);
    msg_unref(ua->blocks, r->request);
}

static void forget(struct ua *ua, struct referral *r)
{
    clear(ua, r);
    usage_end(ua, &r->usage);
    pool_free(&ua->referrals, r->id);
}

void referrals_fini(struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (struct referral *r; (r = pool_each(&ua->referrals, &cursor, &id)) != NULL;) {
        clear(ua, r);
        usage_drop(ua, &r->usage);
        pool_free(&ua->referrals, id);
    }
    pool_fini(&ua->referrals);
}

static void refuse(struct ua *ua, tx_id tx, unsigned status, struct str reason, time_ns now)
{
    const struct reply reply = {.status = status, .reason = reason};
    (void)engine_reply(ua->engine, tx, &reply, now);
}

/* --- its coming --- */
static int init_dialog(struct ua *ua, struct referral *r, struct msg *m)
{
    char tag[TAG_LEN], contact[LIMIT_DIALOG_BYTES];
    struct buf tag_text, contact_text;
    buf_init(&tag_text, tag, sizeof tag);
    text_put_random(ua, &tag_text);
    buf_init(&contact_text, contact, sizeof contact);
    account_put_contact(ua, &contact_text, account_get(ua, r->account), NULL, &m->flow,
                        dialog_wants_sips(m));
    if (contact_text.over)
        return ERR_LIMIT;
    int err =
        dialog_init_uas(&r->usage.own, ua->mem, m, 200, buf_str(&tag_text), buf_str(&contact_text));
    if (!err)
        usage_stand(ua, &r->usage);
    return err;
}

/* RFC 4538 4: without the tags of a dialog of ours it means nothing. */
static struct leg *target_leg(struct ua *ua, struct msg *m)
{
    const struct callid *v = msg_single(m, HDR_TARGET_DIALOG);
    struct dialog_id id = {0};
    if (!v || !params_get(v->params, STR("local-tag"), &id.local_tag) ||
        !params_get(v->params, STR("remote-tag"), &id.remote_tag))
        return NULL;
    id.call_id = v->id;
    struct leg *leg = leg_named(ua, &id);
    return leg && leg->call->state != CALL_ENDING ? leg : NULL;
}

static int fill(struct ua *ua, struct referral *r, struct leg *leg, struct msg *m)
{
    struct leg *about = leg ? leg : target_leg(ua, m);
    const struct ua_identity *who = leg ? NULL : account_for(ua, m);
    const struct token *sub = msg_single(m, HDR_REFER_SUB);
    usage_init(&r->usage, USAGE_REFERRAL);
    alarm_init(&r->alarm, ALARM_REFERRAL);
    r->account = about ? about->call->account : who ? who->id : 0;
    r->call = about ? about->call->id : 0;
    r->depth = (about ? about->call->depth : 0) + 1;
    r->quiet = sub && str_equal_nocase(sub->name, STR("false"));
    if (!leg)
        return init_dialog(ua, r, m);
    r->event_id = msg_cseq(m)->number;
    usage_join(&r->usage, leg);
    return dialog_refresh(leg->dialog, m);
}

static bool tell(struct ua *ua, const struct referral *r)
{
    struct ua_event *ev = event_tell(ua, UA_REFERRED, r->request);
    if (!ev)
        return false;
    ev->referral = r->id;
    ev->call = r->call;
    ev->account = r->account;
    return true;
}

static int begin(struct ua *ua, struct leg *leg, const struct engine_event *ev,
                 const struct refer_to *to)
{
    pool_id id;
    struct referral *r = pool_alloc(&ua->referrals, &id);
    if (!r)
        return ERR_NOMEM;
    r->id = id;
    r->tx = ev->tx;
    r->request = msg_ref(ev->msg);
    r->to = *to;
    int err = fill(ua, r, leg, ev->msg);
    if (!err)
        err = engine_own(ua->engine, ev->tx, ua->config.owner, id);
    if (!err && !tell(ua, r))
        err = ERR_NOMEM;
    if (err) {
        clear(ua, r);
        usage_drop(ua, &r->usage);
        pool_free(&ua->referrals, id);
    }
    return err;
}

void referral_take(struct ua *ua, struct leg *leg, const struct engine_event *ev, time_ns now)
{
    struct refer_to to;
    refer_to_read(ev->msg, &to);
    if (!to.status && leg && leg->dialog->state != DIALOG_CONFIRMED)
        to.status = 403;
    if (!to.status && leg && leg->call->depth >= LIMIT_UA_REFERRAL_DEPTH)
        to.status = 482;
    if (to.status) {
        refuse(ua, ev->tx, to.status, to.reason, now);
        return;
    }
    int err = begin(ua, leg, ev, &to);
    if (err)
        refuse(ua, ev->tx, err == ERR_INVALID ? 400 : 503, STR_NONE, now);
}

void referral_lost(struct ua *ua, struct referral *r, tx_id tx)
{
    if (r->tx == tx)
        forget(ua, r);
}

/* --- reports --- */
static bool is_over(const struct referral *r)
{
    return r->ends || r->status >= 200;
}

static void put_lines(struct buf *b, const struct referral *r, time_ns now)
{
    buf_put_lit(b, "Event: refer");
    if (r->event_id > 0) {
        buf_put_lit(b, ";id=");
        buf_put_u64(b, r->event_id);
    }
    buf_put_lit(b, "\r\nSubscription-State: ");
    if (r->status >= 200) {
        buf_put_lit(b, "terminated;reason=noresource");
    } else if (r->ends) {
        buf_put_lit(b, "terminated;reason=timeout");
    } else {
        buf_put_lit(b, "active;expires=");
        buf_put_u64(b, r->expires > now ? (r->expires - now) / NS_PER_S : 0);
    }
    buf_put_lit(b, "\r\nContent-Type: message/sipfrag;version=2.0\r\n");
}

/* One at a time: what comes meanwhile is told with the next one. */
static void report(struct ua *ua, struct referral *r, time_ns now)
{
    char lines[UA_HEADERS_BYTES], body[128];
    struct buf l, b;
    if (r->notify)
        return;
    buf_init(&l, lines, sizeof lines);
    put_lines(&l, r, now);
    buf_init(&b, body, sizeof body);
    sipfrag_put(&b, r->status);
    const struct ask_start start = {.use = ASK_NOTIFY,
                                    .user = r->id,
                                    .account = r->account,
                                    .dialog = usage_dialog(&r->usage),
                                    .method = STR("NOTIFY"),
                                    .headers = buf_str(&l),
                                    .body = buf_str(&b)};
    int err = ask_new(ua, &start, now, &r->notify);
    if (err == ERR_NOMEM) {
        alarm_set(ua, &r->alarm, time_add(now, ua->config.timers.t1));
        return;
    }
    if (err) {
        forget(ua, r);
        return;
    }
    r->told = r->status;
    r->last = is_over(r);
    alarm_set(ua, &r->alarm, r->expires);
}

void referral_fire(struct ua *ua, struct referral *r, time_ns now)
{
    r->ends |= now >= r->expires;
    if (r->notify && r->ends)
        return; /* its answer brings the last one */
    report(ua, r, now);
}

void referral_answered(struct ua *ua, struct referral *r, enum ask_news news,
                       const struct ask_answer *answer, time_ns now)
{
    if (news != ASK_FINAL)
        return;
    ask_free(ua, r->notify);
    r->notify = NULL;
    /* RFC 6665 4.2.2: who does not want it has no subscription any more. */
    if (answer->status >= 300 || r->last)
        forget(ua, r);
    else if (is_over(r) || r->status != r->told)
        report(ua, r, now);
}

void referral_progress(struct ua *ua, const struct call *call, unsigned status, time_ns now)
{
    struct referral *r = referral_get(ua, call->referral);
    if (!r || r->tx || r->status >= 200)
        return;
    bool news = status != r->status;
    r->status = status;
    if (news)
        report(ua, r, now);
}

bool referral_is_named(const struct referral *r, struct msg *m)
{
    const struct token *event = msg_single(m, HDR_EVENT);
    struct str value;
    uint64_t id;
    if (!event || !str_equal_nocase(event->name, STR("refer")))
        return false;
    if (!params_get(event->params, STR("id"), &value))
        return true;
    return str_to_u64(value, UINT32_MAX, &id) && id == r->event_id;
}

/* RFC 3515 2.4.4: its sender may ask for longer, or for no more. */
void referral_subscribed(struct ua *ua, struct referral *r, const struct engine_event *ev,
                         time_ns now)
{
    char space[LIMIT_DIALOG_BYTES + 64];
    struct buf b;
    const struct number *asked = msg_single(ev->msg, HDR_EXPIRES);
    uint64_t s = asked ? asked->value : LIMIT_UA_REFERRAL_S;
    if (s > LIMIT_UA_REFERRAL_S)
        s = LIMIT_UA_REFERRAL_S;
    buf_init(&b, space, sizeof space);
    text_put_number(&b, STR("Expires"), s);
    buf_put_lit(&b, "Contact: <");
    buf_put(&b, usage_dialog(&r->usage)->contact);
    buf_put_lit(&b, ">\r\n");
    const struct reply reply = {.status = r->tx ? 500 : 200, .headers = buf_str(&b)};
    (void)engine_reply(ua->engine, ev->tx, &reply, now);
    if (r->tx)
        return;
    r->ends |= s == 0;
    r->expires = time_add(now, s * NS_PER_S);
    r->told = 0;
    report(ua, r, now);
}

/* --- decisions --- */
static struct referral *open_referral(const struct ua *ua, ua_referral id)
{
    struct referral *r = referral_get(ua, id);
    return r && r->tx ? r : NULL;
}

static struct str by_of(const struct referral *r)
{
    const struct hdr *h = msg_header(r->request, HDR_REFERRED_BY);
    return h ? str_trim(hdr_value(r->request, h)) : STR_NONE;
}

int referral_look(const struct ua *ua, ua_referral id, struct referral_view *v)
{
    const struct referral *r = open_referral(ua, id);
    *v = (struct referral_view){0};
    if (!r)
        return ERR_STALE;
    *v = (struct referral_view){.call = r->call,
                                .account = r->account,
                                .target = r->to.uri.text,
                                .replaces = r->to.replaces,
                                .by = by_of(r),
                                .depth = r->depth};
    return OK;
}

int referral_refuse(struct ua *ua, ua_referral id, unsigned status, time_ns now)
{
    struct referral *r = open_referral(ua, id);
    if (!r)
        return ERR_STALE;
    if (status < 300 || status > 699)
        return ERR_INVALID;
    refuse(ua, r->tx, status, STR_NONE, now);
    forget(ua, r);
    return OK;
}

/* RFC 3892 3: what it says of who refers is handed on; a token that it points to (cid) stays with
 * the REFER's body, which we do not keep, so the pointer goes, too. */
static void put_referred_by(struct buf *b, const struct referral *r)
{
    const struct nameaddr *by = msg_single(r->request, HDR_REFERRED_BY);
    if (!by)
        return;
    buf_put_lit(b, "Referred-By: ");
    if (by->display.len > 0) {
        buf_put(b, by->display);
        buf_put_char(b, ' ');
    }
    buf_put_char(b, '<');
    buf_put(b, by->uri_text);
    buf_put_lit(b, ">\r\n");
}

static int start_call(struct ua *ua, const struct referral *r, const struct sdp_local *media,
                      time_ns now, ua_call *out)
{
    char target[LIMIT_DIALOG_BYTES], lines[UA_HEADERS_BYTES];
    struct buf t, l;
    buf_init(&t, target, sizeof target);
    refer_to_put_target(&t, &r->to);
    buf_init(&l, lines, sizeof lines);
    refer_to_put_lines(&l, &r->to);
    put_referred_by(&l, r);
    if (t.over || l.over)
        return ERR_LIMIT;
    const struct call_start start = {
        .account = r->account, .target = buf_str(&t), .media = media, .headers = buf_str(&l)};
    int err = call_start(ua, &start, now, out);
    return err == ERR_STALE ? ERR_INVALID : err;
}

static void accept(struct ua *ua, struct referral *r, time_ns now)
{
    char space[LIMIT_DIALOG_BYTES + 64];
    struct buf b;
    const struct dialog *d = usage_dialog(&r->usage);
    buf_init(&b, space, sizeof space);
    buf_put_lit(&b, "Contact: <");
    buf_put(&b, d->contact);
    buf_put_lit(&b, ">\r\n");
    if (r->quiet)
        buf_put_lit(&b, "Refer-Sub: false\r\n");
    /* RFC 7647 5: 202 is not sent any more. */
    const struct reply reply = {
        .status = 200, .headers = buf_str(&b), .to_tag = d->id.local_tag, .record_route = true};
    (void)engine_reply(ua->engine, r->tx, &reply, now);
    r->tx = 0;
}

int referral_accept(struct ua *ua, ua_referral id, const struct sdp_local *media, time_ns now,
                    ua_call *out)
{
    struct referral *r = open_referral(ua, id);
    *out = 0;
    if (!r)
        return ERR_STALE;
    int err = start_call(ua, r, media, now, out);
    if (err)
        return err;
    struct call *call = call_get(ua, *out);
    call->referral = r->id;
    call->depth = r->depth;
    accept(ua, r, now);
    if (r->quiet) {
        forget(ua, r);
        return OK;
    }
    r->status = 100;
    r->expires = time_add(now, LIMIT_UA_REFERRAL_S * NS_PER_S);
    report(ua, r, now);
    return OK;
}
