/* Carries bytes through a connection's layers, both ways; knows no socket. */
#include <assert.h>
#include <stdio.h>

#include "base/err.h"
#include "net/tcp_conn.h"
#include "net/tls.h"
#include "net/tls_sessions.h"

static_assert(TCP_AREA_BYTES <= TLS_TAKE_MOST, "what is read at once is taken at once");

int tcp_use_tls(struct tcp *t, struct tls_context *c)
{
    if (c && !t->plain && !(t->plain = mem_alloc(t->mem, TLS_PLAIN_BYTES)))
        return ERR_NOMEM;
    if (c && !t->sessions) {
        if (!(t->sessions = mem_alloc(t->mem, sizeof(*t->sessions))))
            return ERR_NOMEM;
        tls_sessions_init(t->sessions, t->mem);
    }
    tls_context_unref(t->tls);
    t->tls = c ? tls_context_ref(c) : NULL;
    return OK;
}

void tcp_forget_tls(struct tcp *t)
{
    tls_context_unref(t->tls);
    t->tls = NULL;
    if (t->plain)
        mem_free(t->mem, t->plain, TLS_PLAIN_BYTES);
    t->plain = NULL;
    if (t->sessions) {
        tls_sessions_fini(t->sessions);
        mem_free(t->mem, t->sessions, sizeof(*t->sessions));
    }
    t->sessions = NULL;
}

void tcp_drop_layers(struct tcp *t, struct tcp_conn *c)
{
    tcp_web_drop(t, c);
    tls_free(c->tls);
    c->tls = NULL;
}

void tcp_note_failure(struct tcp *t, const struct tcp_conn *c, enum tls_cause cause,
                      const char *why)
{
    struct tcp_failure *f = &t->failures[t->n_failures];

    if (c->phase != TCP_SHAKING || !c->tls || tcp_web_asks(c))
        return;
    t->shaken[c->accepted].failed[cause]++;
    if (t->n_failures == TCP_FAILURES)
        return;
    struct str name = tls_asked_name(c->tls);

    *f = (struct tcp_failure){
        .remote = c->remote, .accepted = c->accepted, .cause = cause, .why = why};
    (void)snprintf(f->name, sizeof(f->name), "%.*s", STR_ARG(name));
    t->n_failures++;
}

bool tcp_failure(struct tcp *t, struct tcp_failure *out)
{
    if (t->n_failures == 0)
        return false;
    *out = t->failures[--t->n_failures];
    return true;
}

void tcp_peer_names(const struct tcp *t, conn_id id, struct buf *out)
{
    const struct tcp_conn *c = tcp_find(t, id);

    if (c && c->tls)
        tls_peer_names(c->tls, out);
}

static enum tcp_result ready(struct tcp *t, struct tcp_conn *c, time_ns now)
{
    tcp_enter(t, c, c->accepted ? TCP_SILENT : TCP_OPEN, now);
    if (tls_was_resumed(c->tls))
        t->shaken[c->accepted].resumed++;
    else
        t->shaken[c->accepted].full++;
    if (c->asks) {
        tcp_web_ask(t, c, now);
        return TCP_NOTHING;
    }
    return c->accepted ? TCP_SECURED : TCP_CONNECTED;
}

/* What waits, an alert say, is tried once. */
static enum tcp_result break_off(struct tcp *t, struct tcp_conn *c, enum tls_cause cause,
                                 const char *why, time_ns now)
{
    tcp_note_failure(t, c, cause, why);
    tcp_write(t, c, now);
    if (c->phase != TCP_DEAD)
        tcp_die(t, c);
    return TCP_NOTHING;
}

static enum tcp_result up_through_tls(struct tcp *t, struct tcp_conn *c, struct str raw,
                                      time_ns now, struct tcp_news *news)
{
    bool shaking = tls_state(c->tls) == TLS_SHAKING;
    struct tls_io io = {&c->out, t->plain};
    enum tls_state state = tls_take(c->tls, &io, raw, &news->bytes);

    if (state == TLS_FAILED)
        return break_off(t, c, tls_cause(c->tls), tls_why(c->tls), now);
    if (state == TLS_ENDED && tcp_web_asks(c)) /* it may have said why */
        (void)tcp_web_answered(t, c, now, news);
    if (c->phase == TCP_DEAD)
        return TCP_NOTHING;
    if (state == TLS_ENDED) {
        tcp_say_end(t, c);
        (void)break_off(t, c, TLS_CAUSE_HUNG_UP, "the peer ended it", now);
        return news->bytes.len > 0 && !shaking ? TCP_BYTES : TCP_NOTHING;
    }
    if (c->out.n > 0)
        tcp_write(t, c, now);
    if (c->phase == TCP_DEAD)
        return TCP_NOTHING;
    if (shaking)
        return state == TLS_OPEN ? ready(t, c, now) : TCP_NOTHING;
    return news->bytes.len > 0 ? TCP_BYTES : TCP_NOTHING;
}

enum tcp_result tcp_up(struct tcp *t, struct tcp_conn *c, struct str raw, time_ns now,
                       struct tcp_news *news)
{
    enum tcp_result result = TCP_BYTES;

    if (c->tls)
        result = up_through_tls(t, c, raw, now, news);
    else
        news->bytes = raw;
    return result == TCP_BYTES && tcp_web_asks(c) ? tcp_web_answered(t, c, now, news) : result;
}

enum tcp_result tcp_begin(struct tcp *t, struct tcp_conn *c, time_ns now, struct tcp_news *news)
{
    if (c->tls) {
        tcp_enter(t, c, TCP_SHAKING, now);
        return tcp_up(t, c, STR_NONE, now, news);
    }
    if (c->asks) {
        tcp_web_ask(t, c, now);
        return TCP_NOTHING;
    }
    tcp_enter(t, c, TCP_OPEN, now);
    tcp_write(t, c, now);
    return TCP_CONNECTED;
}

bool tcp_put(struct tcp *t, struct tcp_conn *c, struct block *bytes)
{
    struct tls_io io = {&c->out, t->plain};

    if (!c->tls && outq_push(&c->out, t->mem, bytes) == OK)
        return true;
    bool done = c->tls && tls_put(c->tls, &io, block_str(bytes));

    block_unref(t->blocks, bytes);
    return done;
}

bool tcp_down(struct tcp *t, struct tcp_conn *c, struct block *bytes)
{
    if (c->ws)
        bytes = tcp_web_frame(t, c, bytes);
    return bytes && tcp_put(t, c, bytes);
}

void tcp_say_end(struct tcp *t, struct tcp_conn *c)
{
    struct tls_io io = {&c->out, t->plain};

    if (c->ws)
        tcp_web_say_end(t, c);
    if (c->tls)
        tls_end(c->tls, &io);
}
