/* Requests of ours: sent, sent again, and brought to their final answer. */
#include "ua/ask.h"

#include "dialog/route_set.h"
#include "ua/account.h"
#include "ua/capabilities.h"
#include "ua/mend.h"

#define URI_BYTES LIMIT_DIALOG_BYTES

struct ask *ask_get(const struct ua *ua, uint64_t id)
{
    return pool_get(&ua->asks, id);
}

static struct str part(const struct ask *a, uint32_t from, uint32_t len)
{
    return (struct str){a->text->bytes + from, len};
}

static struct str method_of_ask(const struct ask *a)
{
    return part(a, 0, a->method_len);
}

static struct str headers_of(const struct ask *a)
{
    return part(a, a->method_len, a->headers_len);
}

static struct str body_of(const struct ask *a)
{
    uint32_t at = a->method_len + a->headers_len;
    return part(a, at, a->text->len - at);
}

static struct block *keep(struct ua *ua, struct str method, struct str headers, struct str body)
{
    struct block *b = block_new(ua->blocks, method.len + headers.len + body.len);
    if (!b)
        return NULL;
    struct buf buf;
    buf_init(&buf, b->bytes, b->cap);
    buf_put(&buf, method);
    buf_put(&buf, headers);
    buf_put(&buf, body);
    b->len = (uint32_t)buf.len;
    return b;
}

/* RFC 3261 12.2.1.1: what the request line will have. */
static struct str request_uri(const struct ask *a, struct buf *b)
{
    struct route_plan plan;
    if (route_plan(a->dialog->routes, a->dialog->remote_target, &plan) == OK)
        route_print_request_uri(b, &plan.request_uri);
    return buf_str(b);
}

static int put_credentials(struct ua *ua, struct ask *a, struct proof *proof, struct buf *b)
{
    char space[URI_BYTES];
    struct buf uri;
    const struct ua_identity *who = account_get(ua, a->account);
    if (!who || !who->responder)
        return OK;
    buf_init(&uri, space, sizeof space);
    struct provable p = {method_of_ask(a), request_uri(a, &uri), body_of(a)};
    return responder_print(who->responder, b, &p, rand_u64(engine_rand(ua->engine)), proof);
}

static int send(struct ua *ua, struct ask *a, struct str headers, time_ns now)
{
    struct buf b;
    struct uri hop;
    struct dialog_request r = {method_of_ask(a), headers, body_of(a), 0};
    buf_init(&b, ua->scratch, sizeof ua->scratch);
    int err = dialog_print_request(a->dialog, &r, &b, &hop);
    if (err)
        return err;
    struct outgoing o = {
        .text = buf_str(&b), .hop = &hop, .owner = ua->config.owner, .user = a->id};
    return engine_request(ua->engine, &o, now, &a->tx);
}

/* All lines, ours and the credentials'; those alone are kept for an ACK (RFC 3261 13.2.2.4). */
static int print_and_send(struct ua *ua, struct ask *a, struct str own, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf lines;
    struct proof proof = a->proof;
    buf_init(&lines, space, sizeof space);
    buf_put(&lines, own);
    buf_put(&lines, a->unreliable ? STR(UA_SUPPORTED_BUT_100REL) : STR(UA_SUPPORTED));
    buf_put(&lines, (struct str){ua->software, ua->software_len});
    size_t at = lines.len;
    int err = put_credentials(ua, a, &proof, &lines);
    if (err || lines.over)
        return err ? err : ERR_LIMIT;
    struct block *credentials = text_keep(ua, str_slice(buf_str(&lines), at, lines.len - at));
    if (!credentials)
        return ERR_NOMEM;
    if ((err = send(ua, a, buf_str(&lines), now)) != OK) {
        block_unref(ua->blocks, credentials);
        return err;
    }
    block_unref(ua->blocks, a->credentials);
    a->credentials = credentials;
    a->proof = proof;
    return OK;
}

/* A number that was not sent is not taken. */
static int try(struct ua *ua, struct ask *a, struct str own, time_ns now)
{
    struct dialog *d = a->dialog;
    uint32_t local_seq = d->local_seq, invite_seq = d->invite_seq;
    bool has_local_seq = d->has_local_seq;
    int err = print_and_send(ua, a, own, now);
    if (err) {
        d->local_seq = local_seq;
        d->invite_seq = invite_seq;
        d->has_local_seq = has_local_seq;
        return err;
    }
    a->cseq = d->local_seq;
    return OK;
}

int ask_new(struct ua *ua, const struct ask_start *s, time_ns now, struct ask **out)
{
    pool_id id;
    *out = NULL;
    struct ask *a = pool_alloc(&ua->asks, &id);
    if (!a)
        return ua->asks.live == ua->asks.max ? ERR_LIMIT : ERR_NOMEM;
    a->id = id;
    a->use = s->use;
    a->user = s->user;
    a->account = s->account;
    a->dialog = s->dialog;
    a->follows = s->follows;
    a->unreliable = s->unreliable;
    a->method_len = (uint32_t)s->method.len;
    a->headers_len = (uint32_t)s->headers.len;
    alarm_init(&a->alarm, ALARM_ASK);
    list_init(&a->node);
    a->text = keep(ua, s->method, s->headers, s->body);
    int err = a->text ? try(ua, a, headers_of(a), now) : ERR_NOMEM;
    if (err)
        ask_free(ua, a);
    else
        *out = a;
    return err;
}

int ask_again(struct ua *ua, struct ask *a, struct str headers, time_ns now)
{
    struct block *text = keep(ua, method_of_ask(a), headers, body_of(a));
    if (!text)
        return ERR_NOMEM;
    int err = try(ua, a, headers, now);
    if (err) {
        block_unref(ua->blocks, text);
        return err;
    }
    block_unref(ua->blocks, a->text);
    a->text = text;
    a->headers_len = (uint32_t)headers.len;
    return OK;
}

void ask_free(struct ua *ua, struct ask *a)
{
    if (!a)
        return;
    alarm_stop(ua, &a->alarm);
    list_remove(&a->node);
    targets_fini(ua, &a->targets);
    block_unref(ua->blocks, a->text);
    block_unref(ua->blocks, a->credentials);
    pool_free(&ua->asks, a->id);
}

/* RFC 3261 22.2: the request again, with what its 401 or 407 asks for. */
static bool prove(struct ua *ua, struct ask *a, struct msg *m, time_ns now)
{
    char space[URI_BYTES];
    struct buf uri;
    enum respond_next next;
    const struct ua_identity *who = account_get(ua, a->account);
    if (!who || !who->responder)
        return false;
    buf_init(&uri, space, sizeof space);
    int err = responder_challenged(who->responder, m, request_uri(a, &uri), &a->proof, &next);
    return !err && next == RESPOND_AGAIN && try(ua, a, headers_of(a), now) == OK;
}

/* RFC 3261 8.1.3.4: To, From and Call-ID stay as they are. */
static bool go_elsewhere(struct ua *ua, struct ask *a, time_ns now)
{
    for (struct str uri; (uri = targets_next(&a->targets)).len > 0;)
        if (dialog_retarget(a->dialog, uri) == OK && try(ua, a, headers_of(a), now) == OK)
            return true;
    return false;
}

/* RFC 3261 8.1.3.5. Each try asks for less than the one before it. */
static bool mend(struct ua *ua, struct ask *a, struct msg *m, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    const struct ua_identity *who = account_get(ua, a->account);
    buf_init(&b, space, sizeof space);
    if (m->status == 420)
        return mend_headers(headers_of(a), m, &b) && ask_again(ua, a, buf_str(&b), now) == OK;
    return m->status == 416 && who && mend_target(who, a->dialog->remote_target, &b) &&
           dialog_retarget(a->dialog, buf_str(&b)) == OK && try(ua, a, headers_of(a), now) == OK;
}

/* RFC 3261 20.33, 21.4.11, 21.5.4 */
static bool wait_for(struct ua *ua, struct ask *a, struct msg *m, time_ns now)
{
    const struct number *after = msg_single(m, HDR_RETRY_AFTER);
    bool may_help = m->status == 413 || m->status == 500 || m->status == 503;
    if (!may_help || !after || a->waited || after->value > LIMIT_UA_RETRY_AFTER_S)
        return false;
    a->waited = true;
    a->tx = 0;
    alarm_set(ua, &a->alarm, time_add(now, after->value * NS_PER_S));
    return true;
}

static bool repeat(struct ua *ua, struct ask *a, struct msg *m, time_ns now)
{
    if ((m->status == 401 || m->status == 407) && prove(ua, a, m, now))
        return true;
    if (!a->follows || m->status >= 600)
        return false;
    if (m->status < 400)
        targets_add(ua, &a->targets, m, a->dialog->remote_target);
    return wait_for(ua, a, m, now) || mend(ua, a, m, now) || go_elsewhere(ua, a, now);
}

static enum ask_news final(struct ua *ua, struct ask *a, struct msg *m, time_ns now,
                           struct ask_answer *answer)
{
    enum respond_trust trust;
    char space[URI_BYTES];
    struct buf uri;
    const struct ua_identity *who = account_get(ua, a->account);
    buf_init(&uri, space, sizeof space);
    if (m->status >= 300 && repeat(ua, a, m, now))
        return ASK_REPEATED;
    /* RFC 7616 3.5: a nextnonce without memory is asked for once more later. */
    if (m->status < 300 && who && who->responder)
        (void)!responder_informed(who->responder, m, request_uri(a, &uri), &a->proof, &trust);
    answer->status = m->status;
    answer->msg = m;
    return ASK_FINAL;
}

/* RFC 3261 8.1.3.1 */
static enum ask_news lost(struct ua *ua, struct ask *a, unsigned status, time_ns now,
                          struct ask_answer *answer)
{
    if (a->follows && go_elsewhere(ua, a, now))
        return ASK_REPEATED;
    answer->status = status;
    return ASK_FINAL;
}

enum ask_news ask_take(struct ua *ua, struct ask *a, const struct engine_event *ev, time_ns now,
                       struct ask_answer *answer)
{
    *answer = (struct ask_answer){0};
    if (ev->tx != a->tx)
        return ASK_NOTHING;
    if (ev->kind == EVENT_TIMEOUT)
        return lost(ua, a, 408, now, answer);
    if (ev->kind == EVENT_TRANSPORT_ERROR)
        return lost(ua, a, 503, now, answer);
    if (ev->kind != EVENT_RESPONSE)
        return ASK_NOTHING;
    if (ev->msg->status >= 200)
        return final(ua, a, ev->msg, now, answer);
    answer->status = ev->msg->status;
    answer->msg = ev->msg;
    return ASK_PROVISIONAL;
}

void ask_fire(struct ua *ua, struct ask *a, time_ns now)
{
    int err = try(ua, a, headers_of(a), now);
    if (err == ERR_NOMEM)
        alarm_set(ua, &a->alarm, time_add(now, ua->config.timers.t1));
    else if (err)
        ask_lost(ua, a, now);
}
