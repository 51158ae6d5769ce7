/* Server transactions: made for a request, answered by the TU, run by their timers. RFC 3261 17.2,
 * RFC 6026, RFC 4320. Knows no role. */
#include "engine/state.h"

#include <assert.h>

static int keep_key(struct engine *e, struct server *s, const struct tx_key *key)
{
    size_t size = tx_key_size(key);
    if (key->cookie && size <= sizeof s->key_text) {
        tx_key_copy(&s->key, key, s->key_text);
        return OK;
    }
    s->key_block = block_new(&e->blocks, size + REPLY_TAG_MAX);
    if (!s->key_block)
        return ERR_NOMEM;
    tx_key_copy(&s->key, key, s->key_block->bytes);
    s->key_block->len = (uint32_t)size;
    return OK;
}

static int take_conn(struct engine *e, struct server *s)
{
    if (!transport_is_reliable(s->job.flow.transport))
        return OK;
    struct conn *c = conn_of_flow(e, &s->job.flow);
    if (!c && s->job.flow.conn >> 56 != e->config.worker)
        return ERR_NOMEM;
    if (!c)
        s->job.flow.remote.port = s->sent_by_port;
    job_attach(&s->job, c);
    return OK;
}

static void server_free(struct engine *e, struct server *s)
{
    wheel_stop(&e->wheel, &s->job.alarm.timer);
    job_detach(&s->job);
    msg_unref(&e->blocks, s->request);
    block_unref(&e->blocks, s->last);
    block_unref(&e->blocks, s->key_block);
    pool_free(&e->servers, s->job.id & ~SERVER_BIT);
}

int server_new(struct engine *e, struct msg *m, const struct tx_key *key, uint64_t hash,
               time_ns now, struct server **out)
{
    pool_id id;
    struct server *s = pool_alloc(&e->servers, &id);
    if (!s)
        return ERR_NOMEM;
    assert(!(id & SERVER_BIT));
    job_init(&s->job, ALARM_SERVER);
    s->job.id = id | SERVER_BIT;
    s->sent_by_port = via_sent_by_port(m);
    s->has_rport = via_has_rport(m);
    s->opens = msg_to(m)->tag.len == 0;
    via_reply_flow(m, &s->job.flow);
    if (keep_key(e, s, key) || take_conn(e, s)) {
        server_free(e, s);
        return ERR_NOMEM;
    }
    s->since = now;
    s->request = msg_ref(m);
    map_insert(&e->by_key, &s->by_key, hash);
    tx_start(&s->job.tx, m->method == METHOD_INVITE ? TX_INVITE_SERVER : TX_NON_INVITE_SERVER,
             transport_is_reliable(m->flow.transport), &e->config.timers, now);
    job_arm(e, &s->job);
    e->stats.tx_server++;
    *out = s;
    return OK;
}

void server_end(struct engine *e, struct server *s, bool tell)
{
    if (tell && !s->silent)
        event_push(e, EVENT_SERVER_END, &s->job);
    map_remove(&e->by_key, &s->by_key);
    e->stats.tx_server--;
    server_free(e, s);
}

void server_after_step(struct engine *e, struct server *s)
{
    if (s->job.tx.state == TX_TERMINATED)
        server_end(e, s, true);
    else
        job_arm(e, &s->job);
}

uint64_t server_tag(struct engine *e, struct server *s)
{
    while (s->tag == 0)
        s->tag = rand_u64(&e->rand);
    return s->tag;
}

static struct str print_tag(struct engine *e, struct server *s, char at[16])
{
    struct buf b;
    buf_init(&b, at, 16);
    buf_put_hex(&b, server_tag(e, s), 16);
    return buf_str(&b);
}

static enum tx_event send_event(unsigned status)
{
    return status < 200 ? TX_SEND_1XX : status < 300 ? TX_SEND_2XX : TX_SEND_FINAL;
}

/* RFC 3261 17.2.3: an RFC 2543 ACK is told by the To tag of the response. */
static void keep_reply_tag(struct server *s, struct str tag)
{
    if (s->key.cookie || tag.len > REPLY_TAG_MAX || tag.len == 0)
        return;
    char *at = s->key_block->bytes + s->key_block->len;
    memcpy(at, tag.at, tag.len);
    s->reply_tag = (struct str){at, tag.len};
}

static void keep_last(struct engine *e, struct server *s, struct block *bytes)
{
    block_unref(&e->blocks, s->last);
    s->last = NULL;
    /* RFC 6026 7.1: in Accepted nothing is sent again but what the TU passes down. */
    if (s->job.tx.state == TX_ACCEPTED && !s->answers_again)
        block_unref(&e->blocks, bytes);
    else
        s->last = bytes;
}

int server_respond(struct engine *e, struct server *s, unsigned status, struct str to_tag,
                   struct block *bytes, time_ns now)
{
    int err = job_send(e, &s->job, bytes, now);
    if (err) {
        block_unref(&e->blocks, bytes);
        return err;
    }
    keep_reply_tag(s, to_tag);
    tx_step(&s->job.tx, send_event(status), &e->config.timers, now);
    keep_last(e, s, bytes);
    if (status >= 200) {
        msg_unref(&e->blocks, s->request);
        s->request = NULL;
        s->job.owed_at = TIME_NEVER;
    }
    server_after_step(e, s);
    return OK;
}

/* RFC 4320 4.1, 4.2: what a request other than INVITE is not answered with. */
static bool is_barred(const struct server *s, unsigned status)
{
    const struct tx *t = &s->job.tx;
    if (t->kind == TX_INVITE_SERVER)
        return false;
    if (status == 408 || (status > 100 && status < 200))
        return true;
    return status == 100 && !t->reliable && t->state == TX_TRYING;
}

int server_reply(struct engine *e, struct server *s, const struct reply *r, time_ns now)
{
    char own[16];
    if (r->status < 100 || r->status > 699 || tx_ignores(&s->job.tx, send_event(r->status)))
        return ERR_INVALID;
    if (s->job.tx.state == TX_ACCEPTED && s->last)
        return job_send(e, &s->job, s->last, now);
    if (!s->request)
        return ERR_INVALID;
    if (is_barred(s, r->status))
        return OK;
    struct str tag = r->status == 100 ? STR_NONE : r->to_tag;
    if (tag.len == 0 && r->status != 100)
        tag = print_tag(e, s, own);
    struct block *bytes = reply_print(e, s->request, r, tag);
    if (!bytes)
        return ERR_NOMEM;
    /* RFC 3261 13.3.1.4: a UAS gives its 2xx again until the ACK comes: the same bytes. */
    s->answers_again = s->job.tx.kind == TX_INVITE_SERVER && r->status >= 200 && r->status < 300;
    return server_respond(e, s, r->status, tag, bytes, now);
}

static bool is_owed(int err, unsigned status)
{
    return (err == ERR_NOMEM || err == ERR_LIMIT) && status >= 200;
}

/* What says the same without its headers. */
static unsigned bare_status(const struct reply *r)
{
    return r->status >= 300 && r->headers.len == 0 ? r->status : 500;
}

int engine_reply(struct engine *e, tx_id id, const struct reply *r, time_ns now)
{
    struct server *s = server_get(e, id);
    if (!s)
        return ERR_STALE;
    int err = engine_room(e, 2, 3) ? server_reply(e, s, r, now) : ERR_NOMEM;
    if (is_owed(err, r->status))
        server_owe(e, s, bare_status(r), now);
    return err;
}

static int forward(struct engine *e, struct server *s, struct msg *m, struct edits *edits,
                   time_ns now)
{
    struct block *bytes;
    if (m->is_request || tx_ignores(&s->job.tx, send_event(m->status)))
        return ERR_INVALID;
    if (is_barred(s, m->status))
        return OK;
    if (!engine_room(e, 2, 3))
        return ERR_NOMEM;
    int err = reply_pass(e, m, edits, &bytes);
    if (err)
        return err;
    const struct nameaddr *to = msg_to(m);
    return server_respond(e, s, m->status, to ? to->tag : STR_NONE, bytes, now);
}

int engine_forward_response(struct engine *e, tx_id id, struct msg *m, struct edits *edits,
                            time_ns now)
{
    struct server *s = server_get(e, id);
    if (!s)
        return ERR_STALE;
    int err = forward(e, s, m, edits, now);
    if (is_owed(err, m->status))
        server_owe(e, s, 500, now);
    return err;
}

struct msg *engine_tx_request(struct engine *e, tx_id id)
{
    struct server *s = server_get(e, id);
    return s ? s->request : NULL;
}

struct str engine_tx_tag(struct engine *e, tx_id id, char tag[16])
{
    struct server *s = server_get(e, id);
    return s ? print_tag(e, s, tag) : STR_NONE;
}

int engine_give_up(struct engine *e, tx_id id)
{
    struct server *s = server_get(e, id);
    if (!s)
        return ERR_STALE;
    if (s->last || !s->request)
        return ERR_INVALID;
    if (!engine_room(e, 1, 0))
        return ERR_NOMEM;
    server_end(e, s, true);
    return OK;
}

bool engine_has_spoken(const struct engine *e, tx_id id)
{
    const struct server *s = server_get(e, id);
    return s && s->last;
}

static void send_trying(struct engine *e, struct server *s, time_ns now)
{
    struct reply trying = {.status = 100};
    struct block *bytes = s->request ? reply_print(e, s->request, &trying, STR_NONE) : NULL;
    if (!bytes)
        return;
    if (job_send(e, &s->job, bytes, now))
        block_unref(&e->blocks, bytes);
    else
        keep_last(e, s, bytes);
}

static void resend(struct engine *e, struct server *s, time_ns now)
{
    if (s->last && job_send(e, &s->job, s->last, now) == OK)
        e->stats.retransmissions_out++;
}

void server_act(struct engine *e, struct server *s, unsigned actions, time_ns now)
{
    if (actions & TX_SEND_TRYING)
        send_trying(e, s, now);
    if (actions & TX_RESEND)
        resend(e, s, now);
    if (actions & TX_TIMEOUT)
        e->stats.timeouts++;
    if (actions & TX_FAILED)
        e->stats.transport_errors++;
    if ((actions & (TX_TIMEOUT | TX_FAILED)) && s->job.tx.kind == TX_INVITE_SERVER)
        event_push(e, EVENT_SERVER_TIMEOUT, &s->job);
}

void server_fire(struct engine *e, struct server *s, time_ns now)
{
    enum tx_event event;
    if (tx_due(&s->job.tx, now, &event))
        server_act(e, s, tx_step(&s->job.tx, event, &e->config.timers, now), now);
    if (s->job.tx.state != TX_TERMINATED && s->job.owed_at <= now)
        server_pay(e, s, now);
    else
        server_after_step(e, s);
}

void server_transport_error(struct engine *e, struct server *s, time_ns now)
{
    server_act(e, s, tx_step(&s->job.tx, TX_TRANSPORT_ERROR, &e->config.timers, now), now);
}
