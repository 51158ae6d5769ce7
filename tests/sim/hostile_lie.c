/* The illegal node's answers: scripts of responses that no server may give. */
#include <assert.h>
#include <stdio.h>

#include "sim/hostile.h"

#define STEPS 6
#define FLOOD 30

/* How an answer differs from what RFC 3261 8.2.6 says. */
enum twist { STRAIGHT, NO_TAG, OTHER_TAG, OTHER_CSEQ, OTHER_BRANCH, OTHER_VIA, FLOODED };

struct step {
    unsigned status; /* 0: the script has ended */
    enum twist twist;
    unsigned after_ms;
};

static const struct step scripts[][STEPS] = {
    {{180, STRAIGHT, 10}, {486, STRAIGHT, 200}, {200, STRAIGHT, 300}},
    {{200, STRAIGHT, 100}, {200, OTHER_TAG, 150}, {486, STRAIGHT, 200}, {200, OTHER_TAG, 40000}},
    {{486, STRAIGHT, 50}, {180, STRAIGHT, 100}, {603, OTHER_TAG, 120}},
    {{180, NO_TAG, 10}, {200, NO_TAG, 500}},
    {{200, OTHER_CSEQ, 20}, {487, OTHER_CSEQ, 40}},
    {{200, OTHER_BRANCH, 20}, {404, OTHER_BRANCH, 40}},
    {{200, OTHER_VIA, 20}, {480, STRAIGHT, 3000}},
    {{180, FLOODED, 10}, {183, FLOODED, 2000}, {404, STRAIGHT, 20000}},
    {{100, STRAIGHT, 0}},
    {{603, STRAIGHT, 5}, {200, OTHER_TAG, 40000}},
    {{487, STRAIGHT, 5}, {200, STRAIGHT, 33000}},
    {{699, STRAIGHT, 5}, {699, OTHER_TAG, 6}, {100, STRAIGHT, 7}},
    {{199, OTHER_TAG, 5}, {299, STRAIGHT, 60000}},
    {{0, STRAIGHT, 0}},
};

static void run_send(struct world *w, struct sim_event *e)
{
    (void)w;
    struct hostile *h = (struct hostile *)e->node;
    hostile_send(h, &h->node.addr, &e->flow.remote, (struct str){e->bytes, e->len});
}

static void send_after(struct hostile *h, const struct addr *to, unsigned after_ms, struct str text)
{
    struct world *w = h->node.w;
    struct sim_event *e = world_event(w, w->now + after_ms * NS_PER_MS, text.len, run_send);
    e->node = &h->node;
    e->flow.remote = *to;
    memcpy(e->bytes, text.at, text.len);
}

/* Changes the first `what` in the text, in place. */
static void spoil(struct buf *b, const char *what)
{
    size_t len = strlen(what);
    for (size_t i = 0; i + len < b->len; i++)
        if (memcmp(b->at + i, what, len) == 0) {
            b->at[i + len] = b->at[i + len] == '7' ? '8' : '7';
            return;
        }
}

static void twist_text(struct buf *b, enum twist t)
{
    if (t == OTHER_CSEQ)
        spoil(b, "\r\nCSeq: ");
    else if (t == OTHER_BRANCH)
        spoil(b, "branch=z9hG4bK");
    else if (t == OTHER_VIA)
        spoil(b, "10.0.0.");
}

static void print(struct hostile *h, struct msg *request, const struct step *s, struct buf *b)
{
    char tag[32] = "";
    if (s->twist == OTHER_TAG)
        snprintf(tag, sizeof(tag), "lie-%u", (unsigned)world_below(h->node.w, 1000000));
    else if (s->twist != NO_TAG)
        snprintf(tag, sizeof(tag), "mallory");
    msg_print_response_head(b, request, s->status, STR_NONE, str_from(tag), s->status < 300);
    buf_put_lit(b, "Contact: <sip:mallory@10.0.0.");
    buf_put_u64(b, h->node.addr.ip[3]);
    buf_put_lit(b, ":5060>\r\nContent-Length: 0\r\n\r\n");
    twist_text(b, s->twist);
}

static void take_step(struct hostile *h, struct msg *request, const struct step *s,
                      const struct addr *to)
{
    static char at[HOSTILE_TEXT];
    struct buf b;
    buf_init(&b, at, sizeof(at));
    print(h, request, s, &b);
    unsigned times = s->twist == FLOODED ? FLOOD : 1;
    for (unsigned i = 0; i < times && !b.over; i++)
        send_after(h, to, s->after_ms + i, buf_str(&b));
}

static void play(struct hostile *h, struct msg *request, const struct addr *to)
{
    const struct step *script = scripts[world_below(h->node.w, sizeof scripts / sizeof *scripts)];
    for (unsigned i = 0; i < STEPS && script[i].status; i++)
        take_step(h, request, &script[i], to);
}

void hostile_lie(struct hostile *h, struct msg *request)
{
    if (request->method == METHOD_ACK)
        return;
    h->lies++;
    play(h, request, &request->flow.remote);
}

void hostile_forge(struct hostile *h)
{
    static _Alignas(16) char space[262144];
    const struct rung *r = hostile_rung(h);
    struct msg m;
    if (!r || msg_space(r->len) > sizeof(space) ||
        msg_parse(&m, (struct str){r->text, r->len}, MSG_DATAGRAM, space, sizeof(space)) ||
        !m.is_request)
        return;
    m.flow.remote = r->from->addr;
    play(h, &m, &r->from->addr);
}
