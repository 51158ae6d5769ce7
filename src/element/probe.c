/* Owns the OPTIONS by which the members of sets are asked whether they are there. What the answers
 * mean is peers/'s. */
#include "element/parts.h"

#define REQUEST_MAX 1024
#define ID_LEN 16

/* A Call-ID whose messages come to this worker. */
static void make_call_id(struct element *e, struct buf *b, char at[ID_LEN])
{
    do {
        buf_init(b, at, ID_LEN);
        buf_put_hex(b, rand_u64(engine_rand(e->engine)), ID_LEN);
    } while (!engine_owns_call_id(e->engine, buf_str(b)));
}

static struct str own_host(const struct element *e)
{
    const struct listener *l = engine_listener(e->engine, 0);
    return e->home.n > 0 ? e->home.domains[0] : l ? l->host : STR("localhost");
}

/* RFC 3261 11.1 */
void probe_print(struct element *e, struct buf *b, struct str uri)
{
    char id[ID_LEN];
    struct buf call_id;
    make_call_id(e, &call_id, id);
    buf_put_lit(b, "OPTIONS ");
    buf_put(b, uri);
    buf_put_lit(b, " SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:");
    buf_put(b, own_host(e));
    buf_put_lit(b, ">;tag=");
    buf_put(b, str_slice(buf_str(&call_id), 0, 8));
    buf_put_lit(b, "\r\nTo: <");
    buf_put(b, uri);
    buf_put_lit(b, ">\r\nCall-ID: ");
    buf_put(b, buf_str(&call_id));
    buf_put_lit(b, "\r\nCSeq: 1 OPTIONS\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n");
}

static bool send(struct element *e, struct str uri, uint64_t id, time_ns now)
{
    char text[REQUEST_MAX];
    struct buf b;
    struct uri hop;
    struct msg_error err;
    tx_id tx;
    buf_init(&b, text, sizeof text);
    probe_print(e, &b, uri);
    if (b.over || !uri_parse(uri, &hop, &err))
        return false;
    struct outgoing out = {.text = buf_str(&b), .hop = &hop, .owner = OWNER_PROBE, .user = id};
    return engine_request(e->engine, &out, now, &tx) == OK;
}

void probe_time(struct element *e, time_ns now)
{
    struct str uri;
    uint64_t id;
    while (e->peers && peers_probe(e->peers, now, &uri, &id))
        if (!send(e, uri, id, now))
            peers_heard(e->peers, id, 0);
}

void probe_event(struct element *e, const struct engine_event *ev)
{
    if (!e->peers)
        return;
    if (ev->kind == EVENT_RESPONSE && ev->msg->status >= 200)
        peers_heard(e->peers, ev->user, ev->msg->status);
    else if (ev->kind == EVENT_TIMEOUT || ev->kind == EVENT_TRANSPORT_ERROR)
        peers_heard(e->peers, ev->user, 0);
}
