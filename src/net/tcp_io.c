/* Reading and writing connections, with back-pressure; knows nothing of what the bytes mean. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "net/socket.h"
#include "net/tcp_conn.h"

#define WRITE_BLOCKS 64

void tcp_watch(struct tcp *t, struct tcp_conn *c, unsigned interest)
{
    if (interest == c->interest)
        return;
    if (loop_change(t->loop, c->fd, c->id, interest) == 0)
        c->interest = interest;
    else
        tcp_die(t, c);
}

/* One system call's worth. False: the kernel takes no more now (0 or an errno value in *error). */
static bool write_some(struct tcp *t, struct tcp_conn *c, int *error)
{
    struct iovec vectors[WRITE_BLOCKS];
    struct msghdr h = {.msg_iov = vectors};

    h.msg_iovlen = (size_t)outq_peek(&c->out, vectors, WRITE_BLOCKS);
    ssize_t n = sendmsg(c->fd, &h, MSG_NOSIGNAL);
    if (n < 0) {
        *error = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : errno;
        return false;
    }
    outq_consume(&c->out, t->blocks, (size_t)n);
    return true;
}

void tcp_write(struct tcp *t, struct tcp_conn *c, time_ns now)
{
    int error = 0;

    while (c->out.n > 0 && write_some(t, c, &error))
        tcp_touch(t, c, now);
    if (error) {
        tcp_die(t, c);
        return;
    }
    if (c->out.n == 0 && c->phase == TCP_ENDING)
        (void)shutdown(c->fd, SHUT_WR);
    unsigned reading = list_is_empty(&c->in_parked) ? LOOP_READ : 0;

    tcp_watch(t, c, c->out.n > 0 ? reading | LOOP_WRITE : reading);
}

/* A connection that is being made, or is full already, is written once the loop says so. */
void tcp_soon(struct tcp *t, struct tcp_conn *c)
{
    if (!(c->interest & LOOP_WRITE) && list_is_empty(&c->in_dirty))
        list_append(&t->dirty, &c->in_dirty);
}

bool tcp_send(struct tcp *t, conn_id id, struct block *bytes)
{
    struct tcp_conn *c = tcp_find(t, id);

    if (!c || c->phase == TCP_DEAD || c->phase == TCP_ENDING) {
        block_unref(t->blocks, bytes);
        return false;
    }
    if (!tcp_down(t, c, bytes)) {
        tcp_die(t, c);
        return false;
    }
    tcp_soon(t, c);
    return true;
}

void tcp_flush(struct tcp *t, time_ns now)
{
    for (struct list *node; (node = list_first(&t->dirty));) {
        struct tcp_conn *c = CONTAINER_OF(node, struct tcp_conn, in_dirty);

        list_remove(node);
        tcp_write(t, c, now);
    }
}

static enum tcp_result finish_connect(struct tcp *t, struct tcp_conn *c, time_ns now,
                                      struct tcp_news *news)
{
    int error = 0;
    socklen_t len = sizeof(error);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error ||
        !socket_local(c->fd, &news->local)) {
        tcp_die(t, c);
        return TCP_NOTHING;
    }
    return tcp_begin(t, c, now, news);
}

static enum tcp_result read_some(struct tcp *t, struct tcp_conn *c, time_ns now,
                                 struct tcp_news *news)
{
    ssize_t n = recv(c->fd, t->area, TCP_AREA_BYTES, 0);

    if (n > 0) {
        tcp_touch(t, c, now);
        return c->phase == TCP_ENDING ? TCP_NOTHING
                                      : tcp_up(t, c, (struct str){t->area, (size_t)n}, now, news);
    }
    if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        tcp_note_failure(t, c, TLS_CAUSE_HUNG_UP, "the peer hung up");
        tcp_die(t, c);
    }
    return TCP_NOTHING;
}

/* Public-key work takes long: others get their turn in between. */
static bool must_wait(struct tcp *t, struct tcp_conn *c)
{
    if (c->phase != TCP_SHAKING)
        return false;
    if (t->shakes > 0) {
        t->shakes--;
        return false;
    }
    tcp_watch(t, c, c->interest & ~(unsigned)LOOP_READ);
    if (c->phase == TCP_SHAKING)
        list_append(&t->parked, &c->in_parked);
    return true;
}

enum tcp_result tcp_ready(struct tcp *t, const struct loop_event *e, time_ns now,
                          struct tcp_news *news)
{
    struct tcp_conn *c = tcp_find(t, e->token);

    *news = (struct tcp_news){.conn = e->token};
    if (!c || c->phase == TCP_DEAD)
        return TCP_NOTHING;
    if (c->phase == TCP_CONNECTING)
        return finish_connect(t, c, now, news);
    if (e->writable) {
        tcp_write(t, c, now);
        c = tcp_find(t, e->token);
    }
    if (!c || c->phase == TCP_DEAD || !e->readable || !list_is_empty(&c->in_parked) ||
        must_wait(t, c))
        return TCP_NOTHING;
    return read_some(t, c, now, news);
}

void tcp_turn(struct tcp *t)
{
    t->shakes = LIMIT_TLS_HANDSHAKES_TURN;
}

bool tcp_parked(struct tcp *t, time_ns now, enum tcp_result *result, struct tcp_news *news)
{
    struct list *node = t->shakes > 0 ? list_first(&t->parked) : NULL;

    if (!node)
        return false;
    struct tcp_conn *c = CONTAINER_OF(node, struct tcp_conn, in_parked);

    t->shakes--;
    list_remove(node);
    *news = (struct tcp_news){.conn = c->id};
    *result = TCP_NOTHING;
    tcp_watch(t, c, c->interest | LOOP_READ);
    if (c->phase == TCP_SHAKING)
        *result = read_some(t, c, now, news);
    return true;
}
