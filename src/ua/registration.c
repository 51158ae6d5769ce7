/* Owns a registration's life: when it is asked for, for how long, and what a failure leads to. */
#include "ua/registration.h"

#include "dialog/route_set.h"
#include "ua/binding.h"
#include "ua/opening.h"
#include "ua/requests.h"

#define MARGIN_S 64 /* of a refresh before the end: two times Timer F */

/* RFC 5626 4.5 */
#define PAUSE_BASE_S 30
#define PAUSE_MOST_S 1800

enum state {
    TRYING,  /* a REGISTER is under way */
    BOUND,   /* the binding stands; the alarm is for its refresh or the flow */
    WAITING, /* it failed; the alarm is for the next try */
    LEAVING, /* to be taken back, by a REGISTER under way or when that before it is answered */
};

struct registration {
    pool_id id;
    enum state state;
    bool once;
    bool may_be_bound; /* a REGISTER for it went out */
    bool removes;      /* the one under way takes the binding back */
    uint64_t user;
    ua_account account;
    struct dialog dialog; /* in TRYING, for as long as it lives: Call-ID and numbers stay */
    struct ask *ask;      /* NULL: none is under way */
    struct block *contact, *instance;
    unsigned reg_id, expires_s, keep_s, failures;
    time_ns expires, refresh, keep; /* TIME_NEVER: not */
    struct binding binding;         /* what the registrar said */
    struct alarm alarm;
};

void registrations_init(struct ua *ua)
{
    pool_init(&ua->registrations, ua->mem, sizeof(struct registration), LIMIT_UA_ACCOUNTS);
}

static void forget(struct ua *ua, struct registration *r)
{
    alarm_stop(ua, &r->alarm);
    ask_free(ua, r->ask);
    dialog_fini(&r->dialog);
    block_unref(ua->blocks, r->contact);
    block_unref(ua->blocks, r->instance);
    binding_fini(ua, &r->binding);
    event_release(ua, 1);
    pool_free(&ua->registrations, r->id);
}

void registrations_fini(struct ua *ua)
{
    uint32_t cursor = 0;
    pool_id id;
    for (struct registration *r; (r = pool_each(&ua->registrations, &cursor, &id)) != NULL;)
        forget(ua, r);
    pool_fini(&ua->registrations);
}

static struct ua_event *tell(struct ua *ua, struct registration *r, enum ua_event_kind kind,
                             const struct ask_answer *answer)
{
    struct ua_event *e = event_tell(ua, kind, answer->msg);
    if (!e)
        return NULL;
    e->account = r->account;
    e->registration = r->id;
    e->user = r->user;
    e->status = answer->status;
    return e;
}

/* --- a REGISTER --- */

static bool asks_for_outbound(const struct registration *r)
{
    return r->instance->len > 0 && r->reg_id > 0;
}

/* RFC 3261 10.2, RFC 5626 4.2.1, RFC 5627 4.1 */
static void put_headers(struct buf *b, const struct registration *r, unsigned expires_s)
{
    buf_put_lit(b, "Contact: <");
    buf_put(b, block_str(r->contact));
    buf_put_char(b, '>');
    if (r->instance->len > 0) {
        buf_put_lit(b, ";+sip.instance=\"<");
        buf_put(b, block_str(r->instance));
        buf_put_lit(b, ">\"");
    }
    if (asks_for_outbound(r)) {
        buf_put_lit(b, ";reg-id=");
        buf_put_u64(b, r->reg_id);
    }
    buf_put_lit(b, "\r\n");
    text_put_number(b, STR("Expires"), expires_s);
    buf_put(b, asks_for_outbound(r)   ? STR("Supported: path, gruu, outbound\r\n")
               : r->instance->len > 0 ? STR("Supported: path, gruu\r\n")
                                      : STR("Supported: path\r\n"));
}

static int send_register(struct ua *ua, struct registration *r, unsigned expires_s, time_ns now)
{
    char space[UA_HEADERS_BYTES];
    struct buf b;
    buf_init(&b, space, sizeof space);
    put_headers(&b, r, expires_s);
    if (b.over)
        return ERR_LIMIT;
    const struct ask_start s = {.use = ASK_REGISTER,
                                .user = r->id,
                                .account = r->account,
                                .dialog = &r->dialog,
                                .method = STR("REGISTER"),
                                .headers = buf_str(&b),
                                .follows = true};
    int err = ask_new(ua, &s, now, &r->ask);
    if (err)
        return err;
    r->removes = expires_s == 0;
    r->may_be_bound |= expires_s > 0;
    return OK;
}

/* --- time --- */

static void set_alarm(struct ua *ua, struct registration *r)
{
    time_ns at = time_min(r->refresh, r->state == BOUND ? r->keep : TIME_NEVER);
    if (at == TIME_NEVER)
        alarm_stop(ua, &r->alarm);
    else
        alarm_set(ua, &r->alarm, at);
}

/* RFC 5626 4.4.1: not all phones at once. */
static void plan_keep_alive(struct ua *ua, struct registration *r, time_ns now)
{
    unsigned every_s = r->binding.flow_timer_s > 0 ? r->binding.flow_timer_s : r->keep_s;
    r->keep = TIME_NEVER;
    if (every_s == 0)
        return;
    uint64_t every_ms = (uint64_t)every_s * 1000;
    uint64_t ms = every_ms * 4 / 5 + rand_below(engine_rand(ua->engine), every_ms / 5 + 1);
    r->keep = time_add(now, ms * NS_PER_MS);
}

/* RFC 5626 4.5: half to all of a pause that doubles with each failure. */
static time_ns pause_of(struct ua *ua, const struct registration *r)
{
    unsigned doublings = r->failures > 7 ? 6 : r->failures - 1;
    uint64_t most_ms = (uint64_t)PAUSE_BASE_S * 1000 << doublings;
    if (most_ms > PAUSE_MOST_S * 1000)
        most_ms = PAUSE_MOST_S * 1000;
    return (most_ms / 2 + rand_below(engine_rand(ua->engine), most_ms / 2 + 1)) * NS_PER_MS;
}

static void wait_for_next_try(struct ua *ua, struct registration *r, struct msg *m, time_ns now)
{
    const struct number *after = m ? msg_single(m, HDR_RETRY_AFTER) : NULL;
    time_ns pause = pause_of(ua, r);
    if (after && after->value * NS_PER_S > pause)
        pause = after->value * NS_PER_S;
    r->state = WAITING;
    r->refresh = time_add(now, pause);
    set_alarm(ua, r);
}

/* --- answers --- */

static void end(struct ua *ua, struct registration *r, const struct ask_answer *answer)
{
    (void)tell(ua, r, UA_UNREGISTERED, answer);
    forget(ua, r);
}

static void fail(struct ua *ua, struct registration *r, const struct ask_answer *answer,
                 time_ns now)
{
    r->failures++;
    r->keep = r->refresh = TIME_NEVER;
    r->state = WAITING;
    if (r->expires <= now)
        r->expires = TIME_NEVER;
    if (!r->once)
        wait_for_next_try(ua, r, answer->msg, now);
    (void)tell(ua, r, UA_REGISTRATION_FAILED, answer);
}

/* RFC 3261 10.2.4: before the end; a short one at its half. */
static void bind(struct ua *ua, struct registration *r, const struct ask_answer *answer,
                 time_ns now)
{
    if (binding_read(ua, &r->binding, answer->msg, block_str(r->contact), r->expires_s) != OK) {
        fail(ua, r, answer, now);
        return;
    }
    unsigned expires_s = r->binding.expires_s;
    unsigned margin_s = expires_s > 2 * MARGIN_S ? MARGIN_S : (expires_s + 1) / 2;
    account_route(ua, r->account, block_str(r->binding.service_route));
    r->state = BOUND;
    r->failures = 0;
    r->expires = time_add(now, expires_s * NS_PER_S);
    r->refresh = r->once ? TIME_NEVER : time_add(now, (expires_s - margin_s) * NS_PER_S);
    plan_keep_alive(ua, r, now);
    set_alarm(ua, r);
    (void)tell(ua, r, UA_REGISTERED, answer);
}

/* RFC 3261 10.2.8. False: that is no help. */
static bool ask_for_longer(struct ua *ua, struct registration *r, struct msg *m, time_ns now)
{
    const struct number *least = m ? msg_single(m, HDR_MIN_EXPIRES) : NULL;
    if (!least || least->value <= r->expires_s || least->value > INT32_MAX)
        return false;
    r->expires_s = (unsigned)least->value;
    return send_register(ua, r, r->expires_s, now) == OK;
}

/* Another one, once the binding may stand; else there is nothing to take back. */
static void leave(struct ua *ua, struct registration *r, const struct ask_answer *answer,
                  time_ns now)
{
    r->state = LEAVING;
    alarm_stop(ua, &r->alarm);
    if (r->removes || !r->may_be_bound || send_register(ua, r, 0, now) != OK)
        end(ua, r, answer);
}

void registration_answered(struct ua *ua, uint64_t id, const struct ask_answer *answer, time_ns now)
{
    struct registration *r = pool_get(&ua->registrations, id);
    ask_free(ua, r->ask);
    r->ask = NULL;
    if (r->state == LEAVING)
        leave(ua, r, answer, now);
    else if (answer->status / 100 == 2)
        bind(ua, r, answer, now);
    else if (answer->status != 423 || !ask_for_longer(ua, r, answer->msg, now))
        fail(ua, r, answer, now);
}

static void try_now(struct ua *ua, struct registration *r, time_ns now)
{
    alarm_stop(ua, &r->alarm);
    int err = send_register(ua, r, r->expires_s, now);
    r->state = TRYING;
    if (err)
        fail(ua, r, &(struct ask_answer){.status = 503}, now);
}

/* A flow that is gone takes calls no more: its registration is made anew (RFC 5626 4.4.1). */
static void keep_flow(struct ua *ua, struct registration *r, time_ns now)
{
    struct flow *f = &r->binding.flow, now_is;
    bool stands = f->transport == TRANSPORT_UDP || engine_conn_flow(ua->engine, f->conn, &now_is);
    if (!stands) {
        try_now(ua, r, now);
        return;
    }
    (void)!engine_keep_alive(ua->engine, f); /* one that finds no memory is lost like a packet */
    plan_keep_alive(ua, r, now);
    set_alarm(ua, r);
}

void registration_fire(struct ua *ua, struct alarm *a, time_ns now)
{
    struct registration *r = CONTAINER_OF(a, struct registration, alarm);
    if (r->refresh <= now)
        try_now(ua, r, now);
    else
        keep_flow(ua, r, now);
}

/* --- commands --- */

static int keep_texts(struct ua *ua, struct registration *r, const struct ua_identity *who,
                      const struct registration_start *s, struct str registrar)
{
    char contact[LIMIT_DIALOG_BYTES];
    struct buf b;
    struct route_plan plan;
    int err = route_plan(who->routes, registrar, &plan);
    if (err)
        return err;
    buf_init(&b, contact, sizeof contact);
    account_put_contact(ua, &b, who, &plan.hop, NULL, who->uri.scheme == URI_SIPS);
    r->contact = text_block(ua, &b);
    r->instance = text_keep(ua, s->instance);
    return r->contact && r->instance ? OK : ERR_NOMEM;
}

static int begin(struct ua *ua, struct registration *r, const struct ua_identity *who,
                 const struct registration_start *s, time_ns now)
{
    char own[LIMIT_AOR_BYTES + 8];
    struct opening opening;
    struct buf b;
    buf_init(&b, own, sizeof own);
    buf_put(&b, who->uri.scheme == URI_SIPS ? STR("sips:") : STR("sip:"));
    buf_put(&b, who->uri.host);
    if (who->uri.port) {
        buf_put_char(&b, ':');
        buf_put_u64(&b, who->uri.port);
    }
    if (b.over)
        return ERR_LIMIT;
    struct str registrar = s->registrar.len > 0 ? s->registrar : buf_str(&b);
    int err = keep_texts(ua, r, who, s, registrar);
    opening_make(ua, who, who->routes, registrar, who->address, &opening);
    if (!err)
        err = dialog_init_trying(&r->dialog, ua->mem, &opening.start);
    return err ? err : send_register(ua, r, r->expires_s, now);
}

int registration_start(struct ua *ua, const struct registration_start *s, time_ns now,
                       ua_registration *out)
{
    pool_id id;
    const struct ua_identity *who = account_get(ua, s->account);
    *out = 0;
    if (!who)
        return ERR_STALE;
    if (!event_reserve(ua, 1))
        return ERR_NOMEM;
    struct registration *r = pool_alloc(&ua->registrations, &id);
    if (!r) {
        event_release(ua, 1);
        return ua->registrations.live == ua->registrations.max ? ERR_LIMIT : ERR_NOMEM;
    }
    *r = (struct registration){.id = id,
                               .once = s->once,
                               .user = s->user,
                               .account = s->account,
                               .reg_id = s->reg_id,
                               .expires_s = s->expires_s,
                               .keep_s = s->keep_s,
                               .expires = TIME_NEVER,
                               .refresh = TIME_NEVER,
                               .keep = TIME_NEVER};
    alarm_init(&r->alarm, ALARM_REGISTRATION);
    int err = begin(ua, r, who, s, now);
    if (err)
        forget(ua, r);
    else
        *out = id;
    return err;
}

int registration_end(struct ua *ua, ua_registration id, time_ns now)
{
    struct registration *r = pool_get(&ua->registrations, id);
    if (!r)
        return ERR_STALE;
    if (r->state == LEAVING)
        return OK;
    if (r->ask)
        r->state = LEAVING;
    else
        leave(ua, r, &(struct ask_answer){.status = r->may_be_bound ? 503 : 200}, now);
    return OK;
}

int registration_refresh(struct ua *ua, ua_registration id, time_ns now)
{
    struct registration *r = pool_get(&ua->registrations, id);
    if (!r)
        return ERR_STALE;
    if (!r->ask)
        try_now(ua, r, now);
    return OK;
}

int registration_look(const struct ua *ua, ua_registration id, struct registration_view *out)
{
    const struct registration *r = pool_get(&ua->registrations, id);
    if (!r)
        return ERR_STALE;
    *out = (struct registration_view){.is_registered = r->expires != TIME_NEVER,
                                      .account = r->account,
                                      .user = r->user,
                                      .expires = r->expires,
                                      .next = r->ask ? TIME_NEVER : r->refresh,
                                      .failures = r->failures,
                                      .contact = block_str(r->contact)};
    binding_show(&r->binding, out);
    return OK;
}
