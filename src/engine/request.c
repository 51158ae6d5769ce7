/* Received requests: matched to their server transaction, or given a new one. RFC
 * 3261 17.2.3, 9.2, 8.2.2.2. Knows no role. */
#include "engine/state.h"

static struct server *server_of(struct map_node *n)
{
    return CONTAINER_OF(n, struct server, by_key);
}

struct match {
    struct server *same;   /* the request is its retransmission (or its ACK) */
    struct server *cancel; /* the request is a CANCEL for it */
    bool merges;           /* it came before by another way (RFC 3261 8.2.2.2) */
    unsigned walked;
};

static void match_one(struct match *found, struct server *s, const struct tx_key *key)
{
    if (key->method == METHOD_ACK) {
        if (tx_key_matches_ack(&s->key, key, s->reply_tag))
            found->same = s;
        return;
    }
    if (tx_key_matches(&s->key, key))
        found->same = s;
    else if (key->method == METHOD_CANCEL && tx_key_matches_cancel(&s->key, key))
        found->cancel = s;
    else if (s->opens && tx_key_merges(&s->key, key))
        found->merges = true;
}

static struct match match(const struct engine *e, const struct tx_key *key, uint64_t hash)
{
    struct match found = {0};
    for (struct map_node *n = map_find(&e->by_key, hash); n && !found.same; n = map_find_next(n)) {
        match_one(&found, server_of(n), key);
        found.walked++;
    }
    return found;
}

/* RFC 3261 17.2.1, RFC 6026 7.1: in Completed it is taken, in Accepted it belongs to the TU. */
static int take_ack(struct engine *e, struct msg *m, struct server *s, time_ns now)
{
    if (!s) {
        if (stateless_takes_ack(e, m))
            return OK;
        event_message(e, EVENT_ACK, NULL, m);
        return OK;
    }
    if (tx_step(&s->job.tx, TX_RECV_ACK, &e->config.timers, now) & TX_DELIVER) {
        event_message(e, EVENT_ACK, &s->job, m);
        return OK;
    }
    if (s->job.tx.state == TX_CONFIRMED) {
        block_unref(&e->blocks, s->last);
        s->last = NULL;
    }
    server_after_step(e, s);
    return OK;
}

static int take_again(struct engine *e, struct server *s, time_ns now)
{
    e->stats.retransmissions_in++;
    server_act(e, s, tx_step(&s->job.tx, TX_RECV_REQUEST, &e->config.timers, now), now);
    return OK;
}

static int refuse(struct engine *e, struct msg *m)
{
    struct buf b;
    char text[48];
    buf_init(&b, text, sizeof text);
    buf_put_lit(&b, "Retry-After: ");
    buf_put_u64(&b, LIMIT_RETRY_AFTER_S);
    buf_put_lit(&b, "\r\n");
    e->stats.refused_overload++;
    e->stats.refused_behind += e->load != ENGINE_KEEPS_UP;
    if (e->load == ENGINE_SWAMPED && !transport_is_reliable(m->flow.transport))
        return OK;
    (void)stateless_answer(e, m, 503, STR_NONE, buf_str(&b));
    return OK;
}

/* RFC 3261 9.2, 16.10: answered here where its INVITE is known; the TU hears of it where that is
 * still pending, or unknown. */
static int take_cancel(struct engine *e, struct msg *m, struct server *s, struct server *other,
                       time_ns now)
{
    struct reply r = {.status = 200};
    s->silent = true;
    if (other)
        s->tag = server_tag(e, other);
    if (!other ||
        (other->job.tx.kind == TX_INVITE_SERVER && other->job.tx.state == TX_PROCEEDING)) {
        struct engine_event *ev = event_push(e, EVENT_CANCEL, &s->job);
        ev->msg = msg_ref(m);
        if (other) {
            ev->other = other->job.id;
            ev->other_owner = other->job.owner;
            ev->other_user = other->job.user;
        }
    }
    if (other && server_reply(e, s, &r, now))
        server_owe(e, s, r.status, now);
    return OK;
}

static int take_new(struct engine *e, struct msg *m, const struct tx_key *key, uint64_t hash,
                    const struct match *found, time_ns now)
{
    struct server *s;
    if (found->walked >= LIMIT_TX_SAME_KEY || (!found->cancel && overload_refuses(e, m)))
        return refuse(e, m);
    int err = server_new(e, m, key, hash, now, &s);
    if (err)
        return err;
    if (m->method == METHOD_CANCEL)
        return take_cancel(e, m, s, found->cancel, now);
    struct engine_event *ev = event_push(e, EVENT_REQUEST, &s->job);
    ev->msg = msg_ref(m);
    ev->merged = s->opens && found->merges;
    return OK;
}

int engine_take_request(struct engine *e, struct msg *m, time_ns now)
{
    struct tx_key key;
    e->stats.requests++;
    if (!tx_key_of(m, &key)) {
        e->stats.bad_requests++;
        return OK;
    }
    uint64_t hash = tx_hash(m->call_hash, key.cseq);
    struct match found = match(e, &key, hash);
    if (m->method == METHOD_ACK)
        return take_ack(e, m, found.same, now);
    if (found.same)
        return take_again(e, found.same, now);
    return take_new(e, m, &key, hash, &found, now);
}
