/* What is made of an INVITE that was sent: its CANCEL (RFC 3261 9.1) and the ACK to a final
 * response of 300-699 (17.1.1.3). */
#include "engine/state.h"

#include <assert.h>

static void put_line(struct buf *b, struct str name, struct str value)
{
    buf_put(b, name);
    buf_put_lit(b, ": ");
    buf_put(b, value);
    buf_put_lit(b, "\r\n");
}

static void put_lines(struct buf *b, struct msg *m, enum hdr_id id)
{
    for (const struct hdr *h = msg_header(m, id); h; h = msg_header_next(m, h))
        put_line(b, str_from(hdr_name_of(id)), hdr_value(m, h));
}

/* RFC 3261 9.1, 17.1.1.3: Request-URI, topmost Via, Route, From, Call-ID and the CSeq number are
 * the INVITE's. */
static struct block *print(struct engine *e, const struct client *c, struct str method,
                           struct msg *to_of, struct str headers)
{
    struct msg *m = msg_new(&e->blocks, block_str(c->parcel.bytes), MSG_DATAGRAM);
    if (!m)
        return NULL;
    const struct cseq *cseq = msg_cseq(m);
    struct buf b;
    buf_init(&b, e->scratch, SCRATCH_SIZE);
    buf_put(&b, method);
    buf_put_char(&b, ' ');
    buf_put(&b, m->uri_text);
    buf_put_lit(&b, " SIP/2.0\r\n");
    buf_put(&b, str_slice(block_str(c->parcel.bytes), c->parcel.via_at,
                          c->parcel.via_end - c->parcel.via_at));
    put_lines(&b, m, HDR_ROUTE);
    buf_put_lit(&b, "Max-Forwards: 70\r\n");
    put_lines(&b, m, HDR_FROM);
    put_lines(&b, to_of ? to_of : m, HDR_TO);
    put_lines(&b, m, HDR_CALL_ID);
    buf_put_lit(&b, "CSeq: ");
    buf_put_u64(&b, cseq ? cseq->number : 0);
    buf_put_char(&b, ' ');
    buf_put(&b, method);
    buf_put_lit(&b, "\r\n");
    buf_put(&b, headers);
    buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
    msg_unref(&e->blocks, m);
    return engine_block_of(e, &b);
}

struct block *client_make_ack(struct engine *e, struct client *c, struct msg *response)
{
    assert(c->parcel.bytes);
    return print(e, c, STR("ACK"), response, STR_NONE);
}

uint64_t branch_hash(const struct engine *e, struct str branch)
{
    return siphash13_nocase(&e->key, branch);
}

struct client *cancel_find(const struct engine *e, struct str branch)
{
    struct map_node *n = map_find(&e->by_branch, branch_hash(e, branch));
    for (; n; n = map_find_next(n)) {
        struct client *c = CONTAINER_OF(n, struct client, by_branch);
        if (c->is_cancel &&
            str_equal_nocase((struct str){c->parcel.branch, c->parcel.branch_len}, branch))
            return c;
    }
    return NULL;
}

/* The CANCEL goes where the INVITE went, under the same branch, as a transaction of its own. */
static int start_cancel(struct engine *e, struct client *invite, time_ns now)
{
    struct client *c;
    struct str extra = invite->cancel_headers ? block_str(invite->cancel_headers) : STR_NONE;
    int err = client_new(e, &c);
    if (err)
        return err;
    struct parcel *p = &c->parcel;
    *p = invite->parcel;
    p->by_size = false;
    p->flow = invite->job.flow;
    if (p->domain)
        block_ref(p->domain);
    p->bytes = print(e, invite, STR("CANCEL"), NULL, extra);
    err = p->bytes ? client_launch(e, c, now) : ERR_NOMEM;
    if (err) {
        client_free(e, c);
        return err;
    }
    c->is_cancel = true;
    map_insert(&e->by_branch, &c->by_branch,
               branch_hash(e, (struct str){p->branch, p->branch_len}));
    client_start(e, c, METHOD_CANCEL, now);
    return OK;
}

/* Sent once a provisional response is there. From the first try on the INVITE has 64*T1 to end. */
void client_send_cancel(struct engine *e, struct client *c, time_ns now)
{
    bool first = c->job.owed_at == TIME_NEVER;
    c->cancelled = start_cancel(e, c, now) == OK;
    c->cancel = !c->cancelled;
    c->job.owed_at = c->cancelled ? TIME_NEVER : time_add(now, e->config.timers.t1);
    if (first || c->cancelled)
        tx_cancelled(&c->job.tx, &e->config.timers, now);
    job_arm(e, &c->job);
}

static int keep_headers(struct engine *e, struct client *c, struct str headers)
{
    if (headers.len == 0)
        return OK;
    struct block *b = block_new(&e->blocks, headers.len);
    if (!b)
        return ERR_NOMEM;
    memcpy(b->bytes, headers.at, headers.len);
    b->len = (uint32_t)headers.len;
    c->cancel_headers = b;
    return OK;
}

int engine_cancel(struct engine *e, tx_id id, struct str headers, time_ns now)
{
    struct client *c = client_get(e, id);
    if (!c)
        return ERR_STALE;
    if (c->method != METHOD_INVITE || client_is_silent(c) || headers.len > LIMIT_MSG_HEAD_BYTES)
        return ERR_INVALID;
    unsigned state = c->job.tx.state;
    if (c->cancelled || c->cancel || (state != TX_CALLING && state != TX_PROCEEDING))
        return OK;
    if (!engine_room(e, 2, 3) || keep_headers(e, c, headers))
        return ERR_NOMEM;
    c->cancel = true;
    if (state == TX_PROCEEDING)
        client_send_cancel(e, c, now);
    return OK;
}
