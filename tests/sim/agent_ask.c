/* The requests of an agent: prints and sends them, and remembers each for the checks. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/agent.h"

#define SDP                                                                   \
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n" \
    "m=audio 4000 RTP/AVP 0\r\n"

static char printed[8192];

static struct asked *remember(struct agent *a, enum agent_use use)
{
    if (a->n_asked == a->cap_asked) {
        a->cap_asked = a->cap_asked ? 2 * a->cap_asked : 16;
        a->asked = realloc(a->asked, a->cap_asked * sizeof(struct asked *));
        assert(a->asked);
    }
    struct asked *q = calloc(1, sizeof(*q));
    assert(q);
    *q = (struct asked){.agent = a, .use = use, .sent_at = a->node.w->now};
    a->asked[a->n_asked++] = q;
    return q;
}

struct asked *agent_asked(const struct agent *a, uint64_t user)
{
    return user > 0 && user <= a->n_asked ? a->asked[user - 1] : NULL;
}

/* It was not sent after all. */
static void forget_last(struct agent *a)
{
    free(a->asked[--a->n_asked]->sent.hop);
    free(a->asked[a->n_asked]->sent.text);
    free(a->asked[a->n_asked]);
}

static void keep(struct sent *s, struct str text, const struct uri *hop)
{
    s->text = malloc(text.len);
    s->hop = strndup(hop->text.at, hop->text.len);
    assert(s->text && s->hop);
    memcpy(s->text, text.at, text.len);
    s->len = text.len;
}

struct asked *agent_ask(struct agent *a, struct dialog *d, const struct dialog_request *r,
                        enum agent_use use, struct call *c)
{
    struct buf b;
    struct uri hop;
    buf_init(&b, printed, sizeof(printed));
    if (dialog_print_request(d, r, &b, &hop))
        return NULL;
    struct asked *q = remember(a, use);
    q->call = c;
    q->dialog = c ? d : NULL;
    q->cseq = d->local_seq;
    keep(&q->sent, buf_str(&b), &hop);
    buf_init(&b, printed, sizeof(printed));
    agent_prove(a, &q->sent, &b);
    struct outgoing out = {.text = buf_str(&b), .hop = &hop, .user = a->n_asked};
    if (engine_request(a->node.engine, &out, node_now(&a->node), &q->tx) == OK)
        return q;
    forget_last(a);
    return NULL;
}

bool agent_ack(struct agent *a, struct dialog *d, uint32_t cseq, bool answers_offer)
{
    struct dialog_request r = {.method = STR("ACK"), .ack = cseq};
    if (answers_offer) {
        r.headers = STR("Content-Type: application/sdp\r\n");
        r.body = STR(SDP);
    }
    struct buf b;
    struct uri hop;
    buf_init(&b, printed, sizeof(printed));
    if (dialog_print_request(d, &r, &b, &hop))
        return false;
    struct outgoing out = {.text = buf_str(&b), .hop = &hop};
    return engine_send_stateless(a->node.engine, &out, node_now(&a->node)) == OK;
}

void agent_request(struct agent *a, const char *method, const char *uri, const char *headers)
{
    agent_request_by(a, method, uri, headers, a->route);
}

void agent_request_by(struct agent *a, const char *method, const char *uri, const char *headers,
                      const char *route)
{
    char id[24];
    if (agent_is_down(a))
        return;
    snprintf(id, sizeof(id), "%016llx", (unsigned long long)rand_u64(&a->node.w->rand));
    struct dialog_start s = {.call_id = str_from(id),
                             .local_tag = str_slice(str_from(id), 0, 8),
                             .local = str_from(a->aor),
                             .remote = str_from(uri),
                             .target = str_from(uri),
                             .routes = str_from(route),
                             .cseq = 1};
    struct dialog d;
    int err = dialog_init_trying(&d, &a->node.w->heap.mem, &s);
    assert(!err);
    struct dialog_request r = {.method = str_from(method), .headers = str_from(headers)};
    a->request_status = 0;
    if (!agent_ask(a, &d, &r, USE_OTHER, NULL))
        a->request_status = 503;
    dialog_fini(&d);
    agent_settle(a);
}
