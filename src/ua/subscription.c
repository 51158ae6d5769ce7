/* SUBSCRIBE: what is asked for, and what becomes of it when it is lost (RFC 6665 4.1.2, 4.1.3). */
#include "ua/watch.h"

/* The pauses between tries: these, doubled with each failure in a row. */
#define PAUSE_LEAST_S 10
#define PAUSE_BASE_S 30
#define PAUSE_MOST_S 1800

struct str subscription_state_name(enum subscription_state state)
{
    static const struct str names[] = {
        [SUBSCRIPTION_ASKED] = STR_INIT("asked"),
        [SUBSCRIPTION_PENDING] = STR_INIT("pending"),
        [SUBSCRIPTION_ACTIVE] = STR_INIT("active"),
        [SUBSCRIPTION_WAITING] = STR_INIT("waiting"),
    };
    return names[state];
}

static struct str target_of(const struct watch *w)
{
    return str_slice(block_str(w->texts), 0, w->target_len);
}

static struct str event_of(const struct watch *w)
{
    return str_slice(block_str(w->texts), w->target_len, w->event_len);
}

static struct str lines_of(const struct watch *w)
{
    return str_slice(block_str(w->texts), w->target_len + w->event_len, w->texts->len);
}

void subscription_put_event(struct buf *b, const struct watch *w)
{
    if (!w->refers) {
        text_put_line(b, STR("Event"), event_of(w));
        buf_put(b, lines_of(w));
        return;
    }
    buf_put_lit(b, "Event: refer");
    if (w->refer_seq > 0) {
        buf_put_lit(b, ";id=");
        buf_put_u64(b, w->refer_seq);
    }
    buf_put_lit(b, "\r\n");
}

static int open_anew(struct ua *ua, struct watch *w, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    subscription_put_event(&b, w);
    text_put_number(&b, STR("Expires"), w->expires_s);
    return b.over ? ERR_LIMIT : watch_open(ua, w, STR("SUBSCRIBE"), target_of(w), buf_str(&b), now);
}

static bool keep_texts(struct ua *ua, struct watch *w, const struct subscription_start *s)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    buf_put(&b, s->target);
    buf_put(&b, s->event);
    buf_put(&b, s->headers);
    w->texts = text_block(ua, &b);
    w->target_len = (uint32_t)s->target.len;
    w->event_len = (uint32_t)s->event.len;
    w->expires_s = s->expires_s;
    w->forks = s->every_notifier;
    w->group = w->id;
    return w->texts != NULL;
}

void subscription_inherit(struct watch *w, const struct watch *asked)
{
    w->texts = block_ref(asked->texts);
    w->target_len = asked->target_len;
    w->event_len = asked->event_len;
    w->expires_s = asked->expires_s;
    w->forks = true;
    w->group = asked->group;
    w->began = asked->began;
}

int subscription_start(struct ua *ua, const struct subscription_start *s, time_ns now,
                       ua_subscription *out)
{
    struct watch *w;
    *out = 0;
    if (s->event.len == 0 || s->expires_s == 0 || s->expires_s > INT32_MAX)
        return ERR_INVALID;
    int err = watch_new(ua, s->account, &w);
    if (err)
        return err;
    err = keep_texts(ua, w, s) ? open_anew(ua, w, now) : ERR_NOMEM;
    if (err)
        watch_free(ua, w);
    else
        *out = w->id;
    return err;
}

static struct watch *live(const struct ua *ua, ua_subscription id)
{
    struct watch *w = watch_get(ua, id);
    return w && !w->refers && !w->leaves ? w : NULL;
}

int subscription_end(struct ua *ua, ua_subscription id, time_ns now)
{
    struct watch *w = live(ua, id);
    if (!w)
        return ERR_STALE;
    alarm_stop(ua, &w->alarm);
    w->leaves = usage_dialog(&w->usage) && watch_refresh(ua, w, 0, now) == OK;
    if (!w->leaves)
        watch_free(ua, w);
    return OK;
}

int subscription_look(const struct ua *ua, ua_subscription id, struct subscription_view *v)
{
    const struct watch *w = live(ua, id);
    *v = (struct subscription_view){0};
    if (!w)
        return ERR_STALE;
    *v = (struct subscription_view){.state = w->state,
                                    .account = w->account,
                                    .event = event_of(w),
                                    .expires = w->expires,
                                    .next = w->ask ? TIME_NEVER : w->alarm.timer.at};
    return OK;
}

/* --- what is told --- */
static struct ua_event *tell(struct ua *ua, const struct watch *w, enum ua_event_kind kind,
                             unsigned status, struct msg *m)
{
    struct ua_event *ev = event_tell(ua, kind, m);
    if (!ev)
        return NULL;
    ev->account = w->account;
    ev->subscription = w->id;
    ev->status = status;
    return ev;
}

bool subscription_notified(struct ua *ua, struct watch *w, struct msg *m)
{
    return tell(ua, w, UA_SUBSCRIPTION_NOTIFIED, 0, m) != NULL;
}

bool subscription_forked(struct ua *ua, const struct watch *w)
{
    struct ua_event *ev = tell(ua, w, UA_SUBSCRIPTION_FORKED, 0, NULL);
    if (ev)
        ev->group = w->group;
    return ev != NULL;
}

/* --- its ends --- */
void subscription_over(struct ua *ua, struct watch *w, unsigned status, struct msg *m)
{
    (void)tell(ua, w, UA_SUBSCRIPTION_ENDED, status, m);
    watch_free(ua, w);
}

static time_ns pause_of(struct ua *ua, const struct watch *w)
{
    unsigned doublings = w->failures > 7 ? 6 : w->failures > 0 ? w->failures - 1 : 0;
    uint64_t most_s = (uint64_t)PAUSE_BASE_S << doublings;
    if (w->failures == 0)
        return 0;
    if (most_s > PAUSE_MOST_S)
        most_s = PAUSE_MOST_S;
    return most_s * NS_PER_S / 2 + rand_below(engine_rand(ua->engine), most_s * NS_PER_S / 2);
}

/* Nothing may make us ask without a pause for ever. */
static time_ns next_try(struct ua *ua, const struct watch *w, time_ns pause, time_ns now)
{
    time_ns least = time_add(w->began, PAUSE_LEAST_S * NS_PER_S);
    time_ns at = time_add(now, pause), own = time_add(now, pause_of(ua, w));
    at = at > own ? at : own;
    return at > least ? at : least;
}

/* Another notifier of the same fork tells on. */
static bool has_siblings(const struct ua *ua, const struct watch *w)
{
    uint32_t cursor = 0;
    pool_id id;
    if (!w->forks)
        return false;
    for (struct watch *other; (other = pool_each(&ua->watches, &cursor, &id)) != NULL;)
        if (other != w && other->group == w->group && !other->leaves)
            return true;
    return false;
}

void subscription_lost(struct ua *ua, struct watch *w, unsigned status, struct msg *m,
                       time_ns pause, time_ns now)
{
    if (has_siblings(ua, w)) {
        subscription_over(ua, w, status, m);
        return;
    }
    bool stood = w->state == SUBSCRIPTION_ACTIVE || w->state == SUBSCRIPTION_PENDING;
    w->failures = stood ? 0 : w->failures + 1;
    w->state = SUBSCRIPTION_WAITING;
    watch_close(ua, w);
    alarm_set(ua, &w->alarm, next_try(ua, w, pause, now));
    (void)tell(ua, w, UA_SUBSCRIPTION_LOST, status, m);
}

void subscription_fire(struct ua *ua, struct watch *w, time_ns now)
{
    if (w->state != SUBSCRIPTION_WAITING) { /* it expired, though it was refreshed */
        subscription_lost(ua, w, 0, NULL, 0, now);
        return;
    }
    int err = open_anew(ua, w, now);
    if (err == ERR_NOMEM || err == ERR_LIMIT)
        alarm_set(ua, &w->alarm, time_add(now, ua->config.timers.t1));
    else if (err)
        subscription_over(ua, w, 503, NULL);
}

static bool is_named_by_rfc(struct str state)
{
    static const struct str names[] = {STR_INIT("pending"), STR_INIT("active"),
                                       STR_INIT("terminated")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_nocase(state, names[i]))
            return true;
    return false;
}

/* linphone 5.1 writes "terminated;reason=reason=noresource". */
bool subscription_told(struct msg *m, struct token *state)
{
    const struct hdr *h = msg_header(m, HDR_SUBSCRIPTION_STATE);
    const struct token *whole = msg_single(m, HDR_SUBSCRIPTION_STATE);
    struct str value = h ? hdr_value(m, h) : STR_NONE;
    struct str name = str_trim(str_slice(value, 0, str_find(value, ';')));
    *state = whole ? *whole : (struct token){.text = name, .name = name};
    return whole || is_named_by_rfc(name);
}

static time_ns retry_after(struct str text)
{
    uint64_t s;
    return str_to_u64(text, UINT32_MAX, &s) ? s * NS_PER_S : 0;
}

/* RFC 6665 4.1.3: by the reason. */
void subscription_terminated(struct ua *ua, struct watch *w, struct msg *m, time_ns now)
{
    struct token state;
    static const struct str final[] = {STR_INIT("rejected"), STR_INIT("noresource"),
                                       STR_INIT("invariant")};
    static const struct str prompt[] = {STR_INIT("deactivated"), STR_INIT("timeout")};
    struct str reason = STR_NONE, after = STR_NONE;
    if (!subscription_told(m, &state))
        return;
    (void)params_get(state.params, STR("reason"), &reason);
    for (size_t i = 0; i < sizeof final / sizeof *final; i++)
        if (str_equal_nocase(reason, final[i])) {
            subscription_over(ua, w, 0, m);
            return;
        }
    (void)params_get(state.params, STR("retry-after"), &after);
    for (size_t i = 0; i < sizeof prompt / sizeof *prompt; i++)
        if (str_equal_nocase(reason, prompt[i]))
            after = STR_NONE; /* it has no meaning there */
    subscription_lost(ua, w, 0, m, retry_after(after), now);
}

/* --- answers --- */
static bool comes_back(unsigned status)
{
    return status == 408 || status == 480 || status == 500 || status == 503 || status == 504;
}

/* RFC 6665 4.1.2.2, RFC 5057 5.1: these end a subscription that stands. */
static bool ends(unsigned status)
{
    static const unsigned list[] = {404, 405, 410, 416, 489, 501, 604};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (status == list[i])
            return true;
    return status >= 480 && status <= 485;
}

/* RFC 3261 21.4.17 */
static bool ask_for_longer(struct ua *ua, struct watch *w, struct msg *m, time_ns now)
{
    const struct number *least = m ? msg_single(m, HDR_MIN_EXPIRES) : NULL;
    if (!least || least->value <= w->expires_s || least->value > INT32_MAX)
        return false;
    w->expires_s = (unsigned)least->value;
    return (usage_dialog(&w->usage) ? watch_refresh(ua, w, w->expires_s, now)
                                    : open_anew(ua, w, now)) == OK;
}

static void refused(struct ua *ua, struct watch *w, const struct ask_answer *answer, time_ns now)
{
    const struct number *after = answer->msg ? msg_single(answer->msg, HDR_RETRY_AFTER) : NULL;
    bool stands = usage_dialog(&w->usage) != NULL;
    time_ns pause = after ? after->value * NS_PER_S : 0;
    if (stands && answer->status != 481 && !ends(answer->status)) {
        /* it lasts as long as it was granted for */
        alarm_stop(ua, &w->timer_n);
        return;
    }
    if (answer->status == 481 || comes_back(answer->status))
        subscription_lost(ua, w, answer->status, answer->msg, pause, now);
    else
        subscription_over(ua, w, answer->status, answer->msg);
}

void subscription_answered(struct ua *ua, struct watch *w, const struct ask_answer *answer,
                           time_ns now)
{
    if (answer->status < 300)
        return; /* the NOTIFY tells */
    if (answer->status == 423 && ask_for_longer(ua, w, answer->msg, now))
        return;
    refused(ua, w, answer, now);
}
