/* Responses to requests that were sent on without state (RFC 3261 16.11): told by what our Via
 * bears, and sent to where the next one says. Keeps nothing. */
#include "engine/state.h"

#define COOKIE_LEN 7
#define ID_LEN 16 /* of a transaction: here zeros */
#define BRANCH_LEN (COOKIE_LEN + ID_LEN + 16)
#define PROOF_LEN 16
#define SERIAL_BITS 56

/* Whence a request came, as far as its response has to know. */
struct origin {
    uint8_t listener;
    conn_id conn;
    struct addr to; /* the address that the next Via says */
};

static uint64_t proof(const struct engine *e, struct str branch, const struct origin *o,
                      const struct via *v)
{
    struct siphash h;
    siphash_init(&h, &e->config.lasting_key);
    siphash_text(&h, str_slice(branch, 0, BRANCH_LEN));
    siphash_text_nocase(&h, v->host);
    siphash_text(&h, (struct str){(const char *)o->to.ip, sizeof o->to.ip});
    siphash_number(&h, o->conn);
    siphash_number(&h, (uint64_t)o->to.port << 48 | (uint64_t)v->port << 32 |
                           (uint64_t)o->listener << 16 | (uint64_t)v->transport << 8 |
                           o->to.family);
    return siphash_end(&h);
}

static void put_conn(struct buf *b, conn_id conn)
{
    uint64_t serial = conn & ((UINT64_C(1) << SERIAL_BITS) - 1);
    unsigned digits = 1;
    while (serial >> (4 * digits))
        digits++;
    buf_put_hex(b, conn >> SERIAL_BITS, 2);
    buf_put_hex(b, serial, digits);
}

void passing_mark(const struct engine *e, struct buf *b, struct msg *m)
{
    struct flow to;
    const struct via *v = msg_via(m);
    if (!v)
        return;
    via_reply_flow(m, &to);
    struct origin o = {.listener = to.listener, .conn = to.conn, .to = to.remote};
    if (transport_is_reliable(to.transport))
        o.to.port = via_sent_by_port(m);
    uint64_t proven = proof(e, buf_str(b), &o, v);
    buf_put_lit(b, ";i=");
    buf_put_hex(b, o.listener, 2);
    if (o.conn)
        put_conn(b, o.conn);
    buf_put_char(b, '-');
    buf_put_hex(b, proven, PROOF_LEN);
}

/* RFC 3261 18.2.2, RFC 3581 4: the address of a Via that was completed on its way here. */
static bool address_of(const struct via *v, struct addr *out)
{
    bool reliable = transport_is_reliable(v->transport);
    uint16_t port = v->port ? v->port : transport_port(v->transport);
    struct str text = v->received.len > 0 ? v->received : v->host;
    struct addr other;
    if (!addr_parse_ip(text, out))
        return false;
    out->port = !reliable && v->has_rport && v->rport ? v->rport : port;
    if (!reliable && v->maddr.len > 0 && addr_parse_ip(v->maddr, &other) &&
        other.family == out->family && !addr_is_multicast(&other) && !addr_is_any(&other)) {
        *out = other;
        out->port = port;
    }
    return true;
}

static bool read_conn(struct str s, conn_id *out)
{
    uint64_t worker, serial;
    *out = 0;
    if (s.len == 0)
        return true;
    if (s.len < 3 || s.len > 2 + SERIAL_BITS / 4 || !str_to_hex(str_slice(s, 0, 2), &worker) ||
        !str_to_hex(str_slice(s, 2, s.len), &serial))
        return false;
    *out = worker << SERIAL_BITS | serial;
    return true;
}

/* Right behind the branch, where we wrote it, unless somebody has put the parameters into an order
 * of his own. */
static bool find_mark(const struct via *own, struct str *mark)
{
    const char *at = own->branch.at + own->branch.len;
    struct str behind = {at, (size_t)(own->text.at + own->text.len - at)};
    if (!str_starts(behind, STR(";i=")))
        return params_get(own->params, STR("i"), mark);
    behind = str_slice(behind, 3, behind.len);
    *mark = str_trim(str_slice(behind, 0, str_find(behind, ';')));
    return true;
}

static bool read_mark(const struct engine *e, const struct via *own, const struct via *next,
                      struct origin *o)
{
    struct str mark;
    uint64_t listener, proven;
    if (own->branch.len != BRANCH_LEN ||
        !str_equal(str_slice(own->branch, COOKIE_LEN, ID_LEN), STR("0000000000000000")) ||
        !find_mark(own, &mark) || mark.len < 3 + PROOF_LEN)
        return false;
    size_t dash = mark.len - PROOF_LEN - 1;
    if (mark.at[dash] != '-' || !str_to_hex(str_slice(mark, 0, 2), &listener) ||
        !read_conn(str_slice(mark, 2, dash - 2), &o->conn) ||
        !str_to_hex(str_slice(mark, dash + 1, mark.len), &proven) || !address_of(next, &o->to))
        return false;
    o->listener = (uint8_t)listener;
    return proof(e, own->branch, o, next) == proven;
}

bool passing_flow(const struct engine *e, struct msg *m, struct flow *to)
{
    struct origin o;
    const struct via *own = msg_via(m);
    const struct via *next = own ? msg_via_next(m, own) : NULL;
    if (!next || !read_mark(e, own, next, &o))
        return false;
    const struct own_listener *l = &e->listeners[o.listener];
    *to = (struct flow){.transport = next->transport, .remote = o.to, .conn = o.conn};
    if (o.listener < e->n_listeners && l->shown.transport == next->transport &&
        l->shown.local.family == o.to.family) {
        to->listener = o.listener;
        to->local = l->shown.local;
        return true;
    }
    return route_to(e, next->transport, &o.to, to) == OK; /* other listeners than then */
}

/* RFC 3261 18.2.2: by the connection that the request came by, else by a new one. */
static int send_by_conn(struct engine *e, const struct flow *to, struct block *bytes, time_ns now)
{
    struct flow other = *to;
    bool stands = flow_is_alive(e, to), dials = !only_peer_dials(e, to->transport);
    other.conn = 0;
    if (!stands && !dials)
        return ERR_NO_ROUTE;
    struct conn *c = stands ? conn_of_flow(e, to) : conn_to(e, &other, NULL, now);
    int err = c ? conn_send(e, c, bytes, NULL) : ERR_NOMEM;
    if (!err && stands && dials && conn_is_foreign(e, to))
        conn_hold(e, c, bytes, &other, now);
    if (c)
        conn_release_foreign(e, c);
    return err;
}

int engine_pass_response(struct engine *e, const struct engine_event *ev, struct edits *edits,
                         time_ns now)
{
    struct block *bytes;
    int err = engine_room(e, 0, 3) ? reply_pass(e, ev->msg, edits, &bytes) : ERR_NOMEM;
    if (err)
        return err;
    if (transport_is_reliable(ev->to.transport))
        err = send_by_conn(e, &ev->to, bytes, now);
    else
        output_send(e, &ev->to, bytes);
    block_unref(&e->blocks, bytes);
    return err;
}
