/* Parses what comes for its script and sends what the script writes; keeps no state of SIP. */
#include "sim/peer.h"

#include <assert.h>
#include <stdlib.h>

static void on_datagram(struct node *n, const struct flow *f, struct str bytes)
{
    struct peer *p = (struct peer *)n;
    static _Alignas(16) char space[262144];
    struct msg m;
    p->received++;
    if (!p->on_message || msg_space(bytes.len) > sizeof(space))
        return;
    if (msg_parse(&m, bytes, MSG_DATAGRAM, space, sizeof(space)))
        return;
    m.flow = *f;
    p->on_message(p, &m);
}

static conn_id on_accepted(struct node *n, const struct flow *f)
{
    (void)n;
    (void)f;
    return 0;
}

static void on_time(struct node *n)
{
    (void)n;
}

static time_ns deadline(const struct node *n)
{
    (void)n;
    return TIME_NEVER;
}

static bool output(struct node *n, struct engine_output *o)
{
    (void)n;
    (void)o;
    return false;
}

static bool is_idle(const struct node *n)
{
    (void)n;
    return true;
}

static void free_peer(struct node *n)
{
    free(n);
}

static const struct node_face face = {
    .datagram = on_datagram,
    .accepted = on_accepted,
    .time = on_time,
    .deadline = deadline,
    .output = output,
    .is_idle = is_idle,
    .free = free_peer,
};

struct peer *peer_join(struct world *w, const char *name,
                       void (*on_message)(struct peer *, struct msg *))
{
    struct peer *p = calloc(1, sizeof(*p));
    assert(p);
    node_join(&p->node, w, name, &face);
    p->on_message = on_message;
    return p;
}

static void send_to(struct peer *p, const struct addr *to, struct str text)
{
    struct flow f;
    node_flow_udp(&p->node, to, &f);
    link_send_datagram(&p->node, &f, text);
}

void peer_send(struct peer *p, const struct node *to, const char *text)
{
    send_to(p, &to->addr, str_from(text));
}

void peer_reply(struct peer *p, struct msg *request, unsigned status, const char *to_tag,
                const char *headers)
{
    char at[4096];
    struct buf b;
    buf_init(&b, at, sizeof(at));
    msg_print_response_head(&b, request, status, STR_NONE, str_from(to_tag), true);
    buf_put(&b, str_from(headers));
    buf_put_lit(&b, "Content-Length: 0\r\n\r\n");
    assert(!b.over);
    send_to(p, &request->flow.remote, buf_str(&b));
}
