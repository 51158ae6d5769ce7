/* Answers and requests without a transaction: what malformed, refused and stray traffic gets, and
 * ACKs to 2xx. Keeps no state. */
#include "engine/state.h"

#include <assert.h>

#define TAG_LEN 16                /* digits */
#define BRANCH_INVARIANT (7 + 32) /* of a branch: what is the same for a retransmission */

/* RFC 3261 8.2.6.2: the same for a retransmission, and to be told from its ACK, whose Via may bear
 * what ours has added to it. */
static struct str stateless_tag(const struct engine *e, struct msg *m, char at[TAG_LEN])
{
    const struct via *v = msg_via(m);
    struct str own = !v ? m->bytes : tx_branch_has_cookie(v->branch) ? v->branch : v->text;
    struct siphash h;
    struct buf b;
    siphash_init(&h, &e->config.lasting_key);
    siphash_text(&h, own);
    siphash_text(&h, msg_call_id(m));
    buf_init(&b, at, TAG_LEN);
    buf_put_hex(&b, siphash_end(&h), TAG_LEN);
    return buf_str(&b);
}

/* Never to a group, to nowhere, or to port 0. */
static bool may_answer(const struct msg *m, const struct flow *to)
{
    if (!m->is_request || m->method == METHOD_ACK || str_equal(m->method_name, STR("ACK")))
        return false;
    if (transport_is_reliable(to->transport))
        return to->conn != 0;
    return to->remote.port != 0 && !addr_is_any(&to->remote) && !addr_is_multicast(&to->remote);
}

static int send_answer(struct engine *e, const struct flow *to, struct block *bytes)
{
    if (!transport_is_reliable(to->transport)) {
        output_send(e, to, bytes);
        return OK;
    }
    struct conn *c = conn_of_flow(e, to);
    int err = c ? conn_send(e, c, bytes, NULL) : ERR_NO_ROUTE;
    if (c)
        conn_release_foreign(e, c);
    return err;
}

static int answer(struct engine *e, struct msg *m, const struct reply *r)
{
    struct flow to;
    char tag[TAG_LEN];
    via_reply_flow(m, &to);
    if (!may_answer(m, &to))
        return ERR_INVALID;
    struct str to_tag = r->status == 100 ? STR_NONE : r->to_tag;
    if (r->status != 100 && to_tag.len == 0)
        to_tag = stateless_tag(e, m, tag);
    struct block *bytes = reply_print(e, m, r, to_tag);
    if (!bytes)
        return ERR_NOMEM;
    int err = send_answer(e, &to, bytes);
    block_unref(&e->blocks, bytes);
    return err;
}

int stateless_answer(struct engine *e, struct msg *m, unsigned status, struct str reason,
                     struct str headers)
{
    struct reply r = {.status = status, .reason = reason, .headers = headers};
    return answer(e, m, &r);
}

int engine_reply_stateless(struct engine *e, struct msg *m, const struct reply *r, time_ns now)
{
    (void)now;
    if (r->status < 100 || r->status > 699)
        return ERR_INVALID;
    return engine_room(e, 0, 1) ? answer(e, m, r) : ERR_NOMEM;
}

int engine_reply_once(struct engine *e, tx_id id, const struct reply *r, time_ns now)
{
    struct server *s = server_get(e, id);
    if (!s)
        return ERR_STALE;
    bool invites = s->job.tx.kind == TX_INVITE_SERVER;
    if (r->status < (invites ? 300 : 200) || r->status > 699 || !s->request)
        return ERR_INVALID;
    /* RFC 3261 17.1.1.2: who has a 1xx to an INVITE does not ask again for an answer that was lost
     */
    bool asks_again = !s->last || !invites;
    if (!asks_again || !engine_room(e, 1, 1) || answer(e, s->request, r) == ERR_NOMEM)
        return engine_reply(e, id, r, now);
    server_end(e, s, true);
    return OK;
}

bool stateless_takes_ack(const struct engine *e, struct msg *ack)
{
    const struct nameaddr *to = msg_to(ack);
    char tag[TAG_LEN];
    return to && to->tag.len == TAG_LEN && str_equal(to->tag, stateless_tag(e, ack, tag));
}

/* All that tells an RFC 2543 transaction from another: but for the To tag, which the ACK to a
 * 300-699 has and its INVITE has not. */
static void hash_old(struct siphash *h, struct msg *m)
{
    siphash_text(h, msg_via(m)->text);
    siphash_text(h, msg_from(m)->tag);
    siphash_text(h, msg_call_id(m));
    siphash_text(h, m->uri_text);
    siphash_number(h, msg_cseq(m)->number);
}

/* RFC 3261 16.11: by the received branch, where that is one. */
static uint64_t invariant(const struct engine *e, struct msg *m)
{
    const struct via *v = msg_via(m);
    struct siphash h;
    siphash_init(&h, &e->config.lasting_key);
    if (!v || !msg_from(m) || !msg_cseq(m)) {
        siphash_text(&h, m->bytes);
    } else if (tx_branch_has_cookie(v->branch)) {
        siphash_text(&h, v->branch);
        siphash_text(&h, v->host);
        siphash_number(&h, v->port);
    } else {
        hash_old(&h, m);
    }
    return siphash_end(&h);
}

static void stateless_branch(struct engine *e, struct parcel *p, const struct outgoing *o)
{
    struct buf b;
    buf_init(&b, p->branch, sizeof p->branch);
    buf_put_lit(&b, "z9hG4bK");
    buf_put_hex(&b, 0, 16);
    buf_put_hex(&b, o->base ? invariant(e, o->base) : siphash13(&e->config.lasting_key, o->text),
                16);
    if (o->branch_suffix.len) {
        buf_put_char(&b, '.');
        buf_put(&b, o->branch_suffix);
    }
    if (o->base && o->passes)
        passing_mark(e, &b, o->base);
    assert(!b.over);
    p->branch_len = (uint8_t)b.len;
}

/* Large ones go by TCP, with the same for UDP beside it, where no connection can be made. */
static int send_by_conn(struct engine *e, struct parcel *p, uint64_t query, time_ns now)
{
    struct parcel udp = *p;
    udp.bytes = NULL;
    if (p->by_size) {
        udp.bytes = block_ref(p->bytes);
        int err = parcel_back_to_udp(e, &udp);
        if (err) {
            block_unref(&e->blocks, udp.bytes);
            return err;
        }
    }
    struct conn *c =
        p->flow.conn ? conn_of_flow(e, &p->flow) : conn_to(e, &p->flow, p->domain, now);
    const struct fallback or_else = {.bytes = udp.bytes, .flow = udp.flow, .query = query};
    int err = c ? conn_send(e, c, p->bytes, &or_else) : ERR_NOMEM;
    block_unref(&e->blocks, udp.bytes);
    if (c)
        conn_release_foreign(e, c);
    return err;
}

int parcel_send(struct engine *e, struct parcel *p, uint64_t query, time_ns now)
{
    if (transport_is_reliable(p->flow.transport))
        return send_by_conn(e, p, query, now);
    output_send(e, &p->flow, p->bytes);
    query_free(e, query);
    return OK;
}

/* Another worker's connection may be gone without our knowing: then by the hop's address. */
static void hold(struct engine *e, struct parcel *p, const struct outgoing *o, time_ns now)
{
    struct hop hop;
    struct flow other;
    if (!conn_is_foreign(e, &p->flow) || !o->hop || hop_of(e, o->hop, &hop) || !hop.numeric ||
        route_to(e, hop.transport, &hop.addr, &other) || other.listener != p->flow.listener)
        return;
    struct conn *c = conn_of_flow(e, &p->flow);
    if (!c)
        return;
    conn_hold(e, c, p->bytes, &other, now);
    conn_release_foreign(e, c);
}

static int send_to_flow(struct engine *e, struct parcel *p, struct outgoing *o, bool by_uri,
                        time_ns now)
{
    int err = parcel_print(e, p, o, p->flow.listener);
    if (!err && by_uri)
        err = parcel_fit(e, p);
    return err ? err : parcel_send(e, p, 0, now);
}

/* RFC 3263 4.4: the same order each time. */
static int send_to_name(struct engine *e, struct parcel *p, const struct hop *hop,
                        struct outgoing *o, time_ns now)
{
    uint64_t order = siphash13(&e->config.lasting_key, (struct str){p->branch, BRANCH_INVARIANT});
    int err = parcel_print(e, p, o, -1);
    return err ? err : places_find(e, QUERY_PARCEL, hop, order, p, 0, now);
}

static int send_to_hop(struct engine *e, struct parcel *p, struct outgoing *o, time_ns now)
{
    struct hop hop;
    int err = o->hop ? hop_of(e, o->hop, &hop) : ERR_NO_ROUTE;
    err = err ? err : hop_expect(e, p, hop.numeric ? hop.transport : TRANSPORT_TLS, hop.domain);
    if (err)
        return err;
    if (!hop.numeric)
        return send_to_name(e, p, &hop, o, now);
    err = route_to(e, hop.transport, &hop.addr, &p->flow);
    return err ? err : send_to_flow(e, p, o, true, now);
}

int engine_send_stateless(struct engine *e, struct outgoing *o, time_ns now)
{
    struct parcel p = {.bytes = NULL};
    if (o->branch_suffix.len > (o->passes ? 0 : LIMIT_BRANCH_SUFFIX))
        return ERR_INVALID;
    if (!engine_room(e, 0, 3))
        return ERR_NOMEM;
    stateless_branch(e, &p, o);
    int err;
    if (o->flow && flow_is_alive(e, o->flow)) {
        p.flow = *o->flow;
        err = send_to_flow(e, &p, o, false, now);
        if (!err)
            hold(e, &p, o, now);
    } else {
        err = send_to_hop(e, &p, o, now);
    }
    parcel_fini(e, &p);
    return err;
}
