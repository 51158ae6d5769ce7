/* The illegal node itself: its face, whom it chooses, and the choice among what it does. */
#include "sim/hostile.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static struct hostile *of(struct node *n)
{
    return (struct hostile *)n;
}

/* --- face --- */

static void on_datagram(struct node *n, const struct flow *f, struct str bytes)
{
    static _Alignas(16) char space[262144];
    struct msg m;
    if (msg_space(bytes.len) > sizeof(space) ||
        msg_parse(&m, bytes, MSG_DATAGRAM, space, sizeof(space)) || !m.is_request)
        return;
    m.flow = *f;
    hostile_lie(of(n), &m);
}

static conn_id on_accepted(struct node *n, const struct flow *f)
{
    (void)n;
    (void)f;
    return 0;
}

static int on_connected(struct node *n, conn_id id, const struct addr *local)
{
    (void)n;
    (void)id;
    (void)local;
    return OK;
}

static int on_stream(struct node *n, conn_id id, struct str bytes)
{
    (void)n;
    (void)id;
    (void)bytes;
    return OK;
}

static int on_closed(struct node *n, conn_id id)
{
    if (of(n)->conn == id)
        of(n)->conn = 0;
    return OK;
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

static void free_hostile(struct node *n)
{
    free(n);
}

static const struct node_face face = {
    .datagram = on_datagram,
    .accepted = on_accepted,
    .connected = on_connected,
    .stream = on_stream,
    .closed = on_closed,
    .time = on_time,
    .deadline = deadline,
    .output = output,
    .is_idle = is_idle,
    .free = free_hostile,
};

struct hostile *hostile_join(struct world *w, const char *name, struct node *victim)
{
    struct hostile *h = calloc(1, sizeof(*h));
    assert(h);
    node_join(&h->node, w, name, &face);
    h->victim = victim;
    world_worsen(w, TEMPER_HOSTILE);
    return h;
}

/* --- whom and what --- */

void hostile_send(struct hostile *h, const struct addr *from, const struct addr *to,
                  struct str text)
{
    struct flow f;
    node_flow_udp(&h->node, to, &f);
    f.local = *from;
    h->sent++;
    link_send_datagram(&h->node, &f, text);
}

struct node *hostile_target(struct hostile *h)
{
    struct world *w = h->node.w;
    size_t start = (size_t)world_below(w, w->n_nodes);
    for (size_t i = 0; i < w->n_nodes; i++) {
        struct node *n = w->nodes[(start + i) % w->n_nodes];
        if (n->engine)
            return n;
    }
    return h->victim;
}

const struct rung *hostile_rung(struct hostile *h)
{
    const struct ladder *l = &h->node.w->ladder;
    return l->n ? &l->rungs[world_below(h->node.w, l->n)] : NULL;
}

void hostile_any_aor(struct hostile *h, char *at, size_t size)
{
    const struct rung *r = hostile_rung(h);
    struct str to = r ? rung_header(r, "To") : STR_NONE;
    size_t from = str_find(to, '<');
    struct str uri = str_slice(to, from + 1, to.len);
    uri = str_slice(uri, 0, str_find(uri, '>'));
    if (uri.len > 0 && uri.len < size)
        snprintf(at, size, "%.*s", STR_ARG(uri));
    else
        snprintf(at, size, "sip:nobody@%s", h->victim->name);
}

void hostile_bind(struct hostile *h, const char *aor)
{
    char text[1024];
    unsigned ip = h->node.addr.ip[3];
    h->serial++;
    int n = snprintf(text, sizeof(text),
                     "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.%u:5060;branch=z9hG4bKh%u"
                     "\r\nMax-Forwards: 70\r\nFrom: <%s>;tag=h\r\nTo: <%s>\r\nCall-ID: h%u@%u\r\n"
                     "CSeq: 1 REGISTER\r\nContact: <sip:mallory@10.0.0.%u:5060>\r\nExpires: 600\r\n"
                     "Content-Length: 0\r\n\r\n",
                     h->victim->name, ip, h->serial, aor, aor, h->serial, ip, ip);
    hostile_send(h, &h->node.addr, &h->victim->addr, (struct str){text, (size_t)n});
}

static void bind_any(struct hostile *h)
{
    char aor[128];
    hostile_any_aor(h, aor, sizeof(aor));
    hostile_bind(h, aor);
}

/* --- the choice --- */

static const struct {
    const char *name;
    void (*run)(struct hostile *);
} kinds[] = {
    {"replay", hostile_replay}, {"forge", hostile_forge},   {"bind", bind_any},
    {"cancel", hostile_cancel}, {"ack", hostile_ack},       {"bye", hostile_bye},
    {"spent", hostile_spent},   {"huge", hostile_huge},     {"circle", hostile_circle},
    {"via", hostile_via},       {"invite", hostile_invite}, {"garble", hostile_garble},
    {"guess", hostile_guess},   {"steal", hostile_steal},
};

unsigned hostile_kinds(void)
{
    return sizeof kinds / sizeof kinds[0];
}

const char *hostile_kind_name(unsigned kind)
{
    return kinds[kind].name;
}

void hostile_do(struct hostile *h, unsigned kind)
{
    kinds[kind].run(h);
}

void hostile_act(struct hostile *h)
{
    /* what was seen before is the best beginning of something wrong */
    bool replay = world_chance(h->node.w, 400);
    hostile_do(h, replay ? 0 : (unsigned)world_below(h->node.w, hostile_kinds()));
}
