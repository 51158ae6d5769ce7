/* The life of a subscription of ours: what it sends, the dialog that its first NOTIFY makes, its
 * timers. */
#include "ua/watch.h"

#include "ua/opening.h"

#define EVENTS 2       /* that must be told: lost, ended */
#define MARGIN_S 64    /* of a refresh before the end: two times Timer F */
#define MOST_S 5184000 /* an expiry beyond 60 days is read as that */

void watches_init(struct ua *ua)
{
    pool_init(&ua->watches, ua->mem, sizeof(struct watch), LIMIT_UA_SUBSCRIPTIONS);
}

struct watch *watch_get(const struct ua *ua, uint64_t id)
{
    return pool_get(&ua->watches, id);
}

struct watch *watch_of(struct usage *u)
{
    return CONTAINER_OF(u, struct watch, usage);
}

int watch_new(struct ua *ua, ua_account account, struct watch **out)
{
    pool_id id;
    if (!event_reserve(ua, EVENTS))
        return ERR_NOMEM;
    struct watch *w = pool_alloc(&ua->watches, &id);
    if (!w) {
        event_release(ua, EVENTS);
        return ua->watches.live == ua->watches.max ? ERR_LIMIT : ERR_NOMEM;
    }
    w->id = id;
    w->account = account;
    w->expires = TIME_NEVER;
    usage_init(&w->usage, USAGE_WATCH);
    alarm_init(&w->timer_n, ALARM_TIMER_N);
    alarm_init(&w->alarm, ALARM_WATCH);
    *out = w;
    return OK;
}

static void close_first(struct ua *ua, struct watch *w)
{
    if (w->is_open)
        dialog_table_remove(&ua->usages, &w->trying);
    w->is_open = false;
}

void watch_close(struct ua *ua, struct watch *w)
{
    alarm_stop(ua, &w->timer_n);
    alarm_stop(ua, &w->alarm);
    ask_free(ua, w->ask);
    w->ask = NULL;
    close_first(ua, w);
    dialog_fini(&w->trying);
    usage_drop(ua, &w->usage);
    w->expires = TIME_NEVER;
}

static void give_back(struct ua *ua, struct watch *w)
{
    block_unref(ua->blocks, w->texts);
    event_release(ua, EVENTS);
    pool_free(&ua->watches, w->id);
}

void watch_free(struct ua *ua, struct watch *w)
{
    struct leg *leg = w->usage.leg;
    watch_close(ua, w);
    give_back(ua, w);
    if (leg)
        leg_settle(ua, leg);
}

void watches_fini(struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (struct watch *w; (w = pool_each(&ua->watches, &cursor, &id)) != NULL;) {
        watch_close(ua, w);
        give_back(ua, w);
    }
    pool_fini(&ua->watches);
}

/* --- asking --- */
void watch_expect(struct ua *ua, struct watch *w, time_ns now)
{
    alarm_set(ua, &w->timer_n, time_add(now, 64 * ua->config.timers.t1));
}

int watch_open(struct ua *ua, struct watch *w, struct str method, struct str target,
               struct str headers, time_ns now)
{
    struct opening opening;
    const struct ua_identity *who = account_get(ua, w->account);
    if (!who)
        return ERR_STALE;
    watch_close(ua, w);
    int err = opening_make_dialog(ua, who, target, STR_NONE, &opening);
    if (!err)
        err = dialog_init_trying(&w->trying, ua->mem, &opening.start);
    if (err)
        return err;
    const struct ask_start start = {.use = ASK_WATCH,
                                    .user = w->id,
                                    .account = w->account,
                                    .dialog = &w->trying,
                                    .method = method,
                                    .headers = headers,
                                    .follows = true};
    err = ask_new(ua, &start, now, &w->ask);
    if (err) {
        dialog_fini(&w->trying);
        return err;
    }
    dialog_table_add(&ua->usages, &w->trying);
    w->is_open = true;
    w->state = SUBSCRIPTION_ASKED;
    w->began = now;
    w->forks_until = time_add(now, 64 * ua->config.timers.t1);
    watch_expect(ua, w, now);
    return OK;
}

int watch_refresh(struct ua *ua, struct watch *w, unsigned expires_s, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    struct ask *ask;
    struct dialog *d = usage_dialog(&w->usage);
    buf_init(&b, space, sizeof space);
    subscription_put_event(&b, w);
    text_put_number(&b, STR("Expires"), expires_s);
    if (!d || b.over)
        return ERR_INVALID;
    const struct ask_start start = {.use = ASK_WATCH,
                                    .user = w->id,
                                    .account = w->account,
                                    .dialog = d,
                                    .method = STR("SUBSCRIBE"),
                                    .headers = buf_str(&b)};
    int err = ask_new(ua, &start, now, &ask);
    if (err)
        return err;
    ask_free(ua, w->ask);
    w->ask = ask;
    watch_expect(ua, w, now);
    return OK;
}

/* --- expiry --- */
static void grant(struct ua *ua, struct watch *w, uint64_t expires_s, time_ns now)
{
    uint64_t s = expires_s < MOST_S ? expires_s : MOST_S;
    uint64_t margin_s = s > 2 * MARGIN_S ? MARGIN_S : (s + 1) / 2;
    w->expires = time_add(now, s * NS_PER_S);
    alarm_set(ua, &w->alarm, time_add(now, (s - margin_s) * NS_PER_S));
}

void watch_fire(struct ua *ua, struct watch *w, time_ns now)
{
    bool stands = usage_dialog(&w->usage) != NULL;
    if (stands && now < w->expires) {
        /* what cannot be sent, or is refused, waits for the end */
        alarm_set(ua, &w->alarm, w->expires);
        if (!w->ask)
            (void)!watch_refresh(ua, w, w->refers ? LIMIT_UA_REFERRAL_S : w->expires_s, now);
    } else if (w->refers) {
        transfer_over(ua, w, 0, NULL);
    } else {
        subscription_fire(ua, w, now);
    }
}

/* RFC 6665 4.1.2.2, 4.1.2.4 */
void watch_fire_n(struct ua *ua, struct watch *w, time_ns now)
{
    if (w->leaves)
        watch_free(ua, w);
    else if (w->refers)
        transfer_over(ua, w, w->status < 200 ? 408 : w->status, NULL);
    else
        subscription_lost(ua, w, 408, NULL, 0, now);
}

/* --- answers --- */
void watch_answered(struct ua *ua, struct watch *w, enum ask_news news,
                    const struct ask_answer *answer, time_ns now)
{
    struct dialog *d = usage_dialog(&w->usage);
    if (w->refer_seq > 0 && w->state == SUBSCRIPTION_ASKED)
        w->refer_seq = w->ask->cseq; /* another one after a challenge */
    if (news != ASK_FINAL)
        return;
    bool refreshes = d && w->ask->dialog == d;
    ask_free(ua, w->ask);
    w->ask = NULL;
    if (refreshes && answer->msg)
        (void)!dialog_answered(d, answer->msg); /* else the target stays */
    const struct number *expires =
        answer->status < 300 && answer->msg ? msg_single(answer->msg, HDR_EXPIRES) : NULL;
    if (w->leaves && answer->status >= 300)
        watch_free(ua, w);
    else if (w->refers)
        transfer_answered(ua, w, answer, now);
    else if (expires && refreshes && !w->leaves)
        grant(ua, w, expires->value, now);
    else if (!w->leaves)
        subscription_answered(ua, w, answer, now);
}

/* --- NOTIFY --- */
static bool has_id(const struct token *event, uint32_t wanted)
{
    struct str value;
    uint64_t id;
    if (!params_get(event->params, STR("id"), &value))
        return true;
    return str_to_u64(value, UINT32_MAX, &id) && (wanted == 0 || id == wanted);
}

bool watch_is_named(const struct watch *w, struct msg *m)
{
    const struct token *event = msg_single(m, HDR_EVENT);
    if (!event)
        return false;
    if (w->refers)
        return str_equal_nocase(event->name, STR("refer")) && has_id(event, w->refer_seq);
    struct str wanted = {w->texts->bytes + w->target_len, w->event_len};
    return str_equal_nocase(event->name, str_trim(str_slice(wanted, 0, str_find(wanted, ';'))));
}

static void reply(struct ua *ua, tx_id tx, unsigned status, time_ns now)
{
    const struct reply r = {.status = status};
    (void)engine_reply(ua->engine, tx, &r, now);
}

static void go_on(struct ua *ua, struct watch *w, const struct token *state, time_ns now)
{
    struct str value;
    uint64_t expires_s;
    w->state =
        str_equal_nocase(state->name, STR("pending")) ? SUBSCRIPTION_PENDING : SUBSCRIPTION_ACTIVE;
    w->failures = 0;
    if (params_get(state->params, STR("expires"), &value) &&
        str_to_u64(value, UINT32_MAX, &expires_s))
        grant(ua, w, expires_s, now);
    else if (w->expires == TIME_NEVER)
        grant(ua, w, w->refers ? LIMIT_UA_REFERRAL_S : w->expires_s, now);
}

static void terminated(struct ua *ua, struct watch *w, struct msg *m, time_ns now)
{
    if (w->leaves)
        watch_free(ua, w);
    else if (w->refers)
        transfer_over(ua, w, w->status < 200 ? 0 : w->status, m);
    else
        subscription_terminated(ua, w, m, now);
}

/* RFC 6665 4.1.3: answered at once, then read. */
void watch_take(struct ua *ua, struct watch *w, const struct engine_event *ev, time_ns now)
{
    struct token state;
    int err = subscription_told(ev->msg, &state) ? dialog_refresh(usage_dialog(&w->usage), ev->msg)
                                                 : ERR_INVALID;
    bool told = !err && (w->leaves || (w->refers ? transfer_notified(ua, w, ev->msg)
                                                 : subscription_notified(ua, w, ev->msg)));
    if (!told) {
        reply(ua, ev->tx, err == ERR_INVALID ? 400 : 503, now);
        return;
    }
    reply(ua, ev->tx, 200, now);
    alarm_stop(ua, &w->timer_n);
    if (str_equal_nocase(state.name, STR("terminated")))
        terminated(ua, w, ev->msg, now);
    else if (w->leaves)
        watch_expect(ua, w, now);
    else
        go_on(ua, w, &state, now);
}

static struct watch *first_of(struct ua *ua, struct msg *m)
{
    struct dialog_id id;
    if (!dialog_id_of(m, &id) || id.remote_tag.len == 0)
        return NULL;
    id.remote_tag = STR_NONE;
    struct dialog *d = dialog_table_find(&ua->usages, &id);
    struct watch *w = d ? CONTAINER_OF(d, struct watch, trying) : NULL;
    return w && watch_is_named(w, m) ? w : NULL;
}

/* RFC 6665 4.4.1: the NOTIFY makes the dialog, whether the 2xx has come or not. `trying`: the
 * request that it answers. */
static int stand(struct ua *ua, struct watch *w, const struct dialog *trying, struct msg *m)
{
    struct dialog *d = &w->usage.own;
    int err = dialog_init_uas(d, ua->mem, m, 200, trying->id.local_tag, trying->contact);
    if (err)
        return err;
    d->has_local_seq = true;
    d->local_seq = trying->local_seq;
    usage_stand(ua, &w->usage);
    return OK;
}

/* A watch of its own for another notifier that the request has reached. */
static int fork_off(struct ua *ua, const struct watch *asked, struct msg *m, struct watch **out,
                    time_ns now)
{
    int err = watch_new(ua, asked->account, out);
    if (err)
        return err;
    subscription_inherit(*out, asked);
    watch_expect(ua, *out, now);
    err = stand(ua, *out, &asked->trying, m);
    if (!err && !subscription_forked(ua, *out))
        err = ERR_NOMEM;
    if (err)
        watch_free(ua, *out);
    return err;
}

bool watch_take_first(struct ua *ua, const struct engine_event *ev, time_ns now)
{
    struct watch *asked = first_of(ua, ev->msg), *w = asked;
    if (!asked || (asked->usage.stands && (asked->leaves || now > asked->forks_until)))
        return false;
    int err = asked->usage.stands ? fork_off(ua, asked, ev->msg, &w, now)
                                  : stand(ua, asked, &asked->trying, ev->msg);
    if (!err && !asked->forks)
        close_first(ua, asked);
    if (err)
        reply(ua, ev->tx, err == ERR_INVALID ? 400 : 503, now);
    else
        watch_take(ua, w, ev, now);
    return true;
}
