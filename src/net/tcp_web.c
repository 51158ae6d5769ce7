/* The topmost layer of connections with WebSocket (ws.h): takes whole messages out of what they
 * bring, frames what they are sent. Knows no socket. */
#include "base/limits.h"
#include "net/entropy.h"
#include "net/socket.h"
#include "net/tcp_conn.h"
#include "net/ws.h"

/* RFC 6455 4.1: of the Host field. */
static void put_host(struct buf *b, const struct tcp_conn *c, const struct tcp_layers *layers)
{
    unsigned own = transport_port(layers->tls ? TRANSPORT_WSS : TRANSPORT_WS);
    struct addr remote = c->remote;

    if (remote.port == own)
        remote.port = 0;
    if (layers->name.len == 0) {
        addr_print(b, &remote);
        return;
    }
    buf_put(b, layers->name);
    if (remote.port) {
        buf_put_char(b, ':');
        buf_put_u64(b, remote.port);
    }
}

/* What is to be sent once everything below is ready waits in `asks`. */
static bool begin_client(struct tcp *t, struct tcp_conn *c, const struct tcp_layers *layers)
{
    char host[300];
    struct buf h, request;
    struct rand_seed seed;

    if (!t->masks) {
        t->masks = entropy_seed(&seed) ? mem_alloc(t->mem, sizeof(*t->masks)) : NULL;
        if (!t->masks)
            return false;
        rand_init(t->masks, &seed);
    }
    c->asks = block_new(t->blocks, WS_REQUEST_MAX);
    if (!c->asks)
        return false;
    buf_init(&h, host, sizeof(host));
    put_host(&h, c, layers);
    buf_init(&request, c->asks->bytes, WS_REQUEST_MAX);
    ws_init_client(c->ws, t->masks, &(struct ws_place){buf_str(&h), layers->path}, &request);
    c->asks->len = (uint32_t)request.len;
    return !h.over && !request.over;
}

bool tcp_web_begin(struct tcp *t, struct tcp_conn *c, const struct tcp_layers *layers)
{
    c->is_web = true;
    c->ws = mem_alloc(t->mem, sizeof(*c->ws));
    if (c->ws)
        ws_init(c->ws);
    return c->ws && (c->accepted || begin_client(t, c, layers));
}

void tcp_web_drop(struct tcp *t, struct tcp_conn *c)
{
    if (!c->ws)
        return;
    list_remove(&c->in_webs);
    block_unref(t->blocks, c->asks);
    c->asks = NULL;
    ws_fini(c->ws, t->blocks);
    mem_free(t->mem, c->ws, sizeof(*c->ws));
    c->ws = NULL;
}

void tcp_use_web(struct tcp *t, const struct ws_policy *policy, time_ns ping_every)
{
    t->web = *policy;
    t->ping_every = ping_every;
}

static struct block *block_of(struct tcp *t, struct str text)
{
    struct block *b = block_new(t->blocks, text.len);

    if (!b)
        return NULL;
    memcpy(b->bytes, text.at, text.len);
    b->len = (uint32_t)text.len;
    return b;
}

struct block *tcp_web_frame(struct tcp *t, struct tcp_conn *c, struct block *message)
{
    struct block *framed = NULL;

    if (c->ws->state == WS_OPEN)
        framed = block_new(t->blocks, WS_HEAD_MAX + message->len);
    if (framed)
        framed->len = (uint32_t)ws_put(c->ws, block_str(message), framed->bytes);
    block_unref(t->blocks, message);
    return framed;
}

/* What the layer says by itself. False: it cannot be sent. */
static bool say(struct tcp *t, struct tcp_conn *c, struct str text)
{
    struct block *b = text.len > 0 ? block_of(t, text) : NULL;

    if (b && tcp_put(t, c, b)) {
        tcp_soon(t, c);
        return true;
    }
    return text.len == 0;
}

void tcp_web_say_end(struct tcp *t, struct tcp_conn *c)
{
    struct ws_event ev;

    if (!say(t, c, ws_close(c->ws, WS_GOING_AWAY, &ev)))
        return; /* it ends without that, then */
}

/* --- a client's handshake --- */

void tcp_web_ask(struct tcp *t, struct tcp_conn *c, time_ns now)
{
    struct block *request = c->asks;

    c->asks = NULL;
    tcp_enter(t, c, TCP_SHAKING, now);
    if (tcp_put(t, c, request))
        tcp_write(t, c, now);
    else
        tcp_die(t, c);
}

bool tcp_web_asks(const struct tcp_conn *c)
{
    return c->phase == TCP_SHAKING && c->is_web && !c->accepted && !c->asks;
}

enum tcp_result tcp_web_answered(struct tcp *t, struct tcp_conn *c, time_ns now,
                                 struct tcp_news *news)
{
    struct ws_event ev;
    size_t used;
    /* they stand in memory of ours: TCP's area, or TLS's plaintext */
    enum ws_result r = ws_read(c->ws, t->blocks, &t->web, (char *)(uintptr_t)news->bytes.at,
                               news->bytes.len, &used, &ev);

    news->bytes = str_slice(news->bytes, used, news->bytes.len);
    if (r == WS_MORE)
        return TCP_NOTHING;
    if (r == WS_OPENED && socket_local(c->fd, &news->local)) {
        tcp_enter(t, c, TCP_OPEN, now);
        tcp_web_moved(t, c, now);
        return TCP_CONNECTED;
    }
    t->why = ev.why;
    tcp_die(t, c);
    return TCP_NOTHING;
}

/* --- pings --- */

void tcp_web_moved(struct tcp *t, struct tcp_conn *c, time_ns now)
{
    if (!c->ws || c->ws->state != WS_OPEN)
        return;
    c->moved_at = now;
    list_remove(&c->in_webs);
    list_append(&t->webs, &c->in_webs);
}

static struct tcp_conn *longest_silent(const struct tcp *t)
{
    struct list *node = t->ping_every ? list_first(&t->webs) : NULL;

    return node ? CONTAINER_OF(node, struct tcp_conn, in_webs) : NULL;
}

time_ns tcp_web_deadline(const struct tcp *t)
{
    const struct tcp_conn *c = longest_silent(t);

    return c ? time_add(c->moved_at, t->ping_every) : TIME_NEVER;
}

void tcp_web_ping(struct tcp *t, time_ns now)
{
    while (tcp_web_deadline(t) <= now) {
        struct tcp_conn *c = longest_silent(t);
        char ping[WS_HEAD_MAX];

        tcp_web_moved(t, c, now);
        if (!say(t, c, (struct str){ping, ws_ping(c->ws, ping)}))
            tcp_die(t, c);
    }
}

/* --- what comes --- */

/* Who begins a frame or a message has to end it in time. */
static void keep_time(struct tcp *t, struct tcp_conn *c, bool was_whole, time_ns now)
{
    bool waits = ws_waits(c->ws);

    if (c->phase == TCP_PARTIAL && !waits)
        tcp_enter(t, c, TCP_OPEN, now);
    else if (waits && (c->phase == TCP_OPEN || (c->phase == TCP_PARTIAL && was_whole)))
        tcp_enter(t, c, TCP_PARTIAL, now);
}

bool tcp_is_web(const struct tcp *t, conn_id id)
{
    const struct tcp_conn *c = tcp_find(t, id);

    return c && c->is_web;
}

static enum tcp_web result_of(struct tcp *t, struct tcp_conn *c, enum ws_result r,
                              const struct ws_event *ev)
{
    if (!say(t, c, ev->send))
        return TCP_WEB_OVER;
    switch (r) {
    case WS_MESSAGE:
        return TCP_WEB_MESSAGE;
    case WS_ALIVE:
    case WS_OPENED:
        return TCP_WEB_ALIVE;
    case WS_OVER:
        return TCP_WEB_OVER;
    case WS_MORE:
        break;
    }
    return TCP_WEB_MORE;
}

enum tcp_web tcp_web_next(struct tcp *t, conn_id id, struct str *bytes, time_ns now,
                          struct tcp_web_news *news)
{
    struct tcp_conn *c = tcp_find(t, id);
    struct ws_event ev;
    size_t used;

    *news = (struct tcp_web_news){.message = STR_NONE};
    if (!c || !c->ws || c->phase == TCP_ENDING) {
        *bytes = STR_NONE;
        return TCP_WEB_MORE;
    }
    /* they stand in memory of ours: TCP's area, or TLS's plaintext */
    enum ws_result r =
        ws_read(c->ws, t->blocks, &t->web, (char *)(uintptr_t)bytes->at, bytes->len, &used, &ev);

    *bytes = str_slice(*bytes, used, bytes->len);
    news->message = ev.message;
    news->why = ev.why;
    keep_time(t, c, r == WS_MESSAGE, now);
    return result_of(t, c, r, &ev);
}
