/* The topmost layer of connections with WebSocket (ws.h): takes whole messages out of what they
 * bring, frames what they are sent. Knows no socket. */
#include "base/limits.h"
#include "net/tcp_conn.h"
#include "net/ws.h"

bool tcp_web_begin(struct tcp *t, struct tcp_conn *c)
{
    c->ws = mem_alloc(t->mem, sizeof(*c->ws));
    if (c->ws)
        ws_init(c->ws);
    return c->ws != NULL;
}

void tcp_web_drop(struct tcp *t, struct tcp_conn *c)
{
    if (!c->ws)
        return;
    list_remove(&c->in_webs);
    ws_fini(c->ws, t->blocks);
    mem_free(t->mem, c->ws, sizeof(*c->ws));
    c->ws = NULL;
}

void tcp_use_web(struct tcp *t, const struct ws_policy *policy, time_ns ping_every)
{
    t->web = *policy;
    t->ping_every = ping_every;
}

static struct block *block_of(struct tcp *t, struct str head, struct str text)
{
    struct block *b = block_new(t->blocks, head.len + text.len);

    if (!b)
        return NULL;
    memcpy(b->bytes, head.at, head.len);
    if (text.len > 0)
        memcpy(b->bytes + head.len, text.at, text.len);
    b->len = (uint32_t)(head.len + text.len);
    return b;
}

struct block *tcp_web_frame(struct tcp *t, struct tcp_conn *c, struct block *message)
{
    char head[WS_HEAD_MAX];
    struct block *framed = NULL;

    if (c->ws->state == WS_OPEN) {
        size_t n = ws_head(c->ws, block_str(message), head);

        framed = block_of(t, (struct str){head, n}, block_str(message));
    }
    block_unref(t->blocks, message);
    return framed;
}

/* What the layer says by itself. False: it cannot be sent. */
static bool say(struct tcp *t, struct tcp_conn *c, struct str text)
{
    struct block *b = text.len > 0 ? block_of(t, text, STR_NONE) : NULL;

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
        if (!say(t, c, (struct str){ping, ws_ping(ping)}))
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
