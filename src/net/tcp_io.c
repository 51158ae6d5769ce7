/* Reading and writing connections, with back-pressure; knows nothing of what the bytes mean. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
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
    tcp_watch(t, c, c->out.n > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

bool tcp_send(struct tcp *t, conn_id id, struct block *bytes)
{
    struct tcp_conn *c = tcp_find(t, id);

    if (!c || c->phase == TCP_DEAD || c->phase == TCP_ENDING) {
        block_unref(t->blocks, bytes);
        return false;
    }
    if (outq_push(&c->out, t->mem, bytes) != OK) {
        block_unref(t->blocks, bytes);
        tcp_die(t, c);
        return false;
    }
    /* a connection that is being made, or is full already, is written once the loop says so */
    if (!(c->interest & LOOP_WRITE) && list_is_empty(&c->in_dirty))
        list_append(&t->dirty, &c->in_dirty);
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
                                      struct addr *local)
{
    int error = 0;
    socklen_t len = sizeof(error);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error ||
        !socket_local(c->fd, local)) {
        tcp_die(t, c);
        return TCP_NOTHING;
    }
    tcp_enter(t, c, TCP_OPEN, now);
    tcp_write(t, c, now);
    return TCP_CONNECTED;
}

static enum tcp_result read_some(struct tcp *t, struct tcp_conn *c, time_ns now, struct str *bytes)
{
    ssize_t n = recv(c->fd, t->area, TCP_AREA_BYTES, 0);

    if (n > 0) {
        tcp_touch(t, c, now);
        *bytes = (struct str){t->area, (size_t)n};
        return c->phase == TCP_ENDING ? TCP_NOTHING : TCP_BYTES;
    }
    if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        tcp_die(t, c);
    return TCP_NOTHING;
}

enum tcp_result tcp_ready(struct tcp *t, const struct loop_event *e, time_ns now, struct str *bytes,
                          struct addr *local)
{
    struct tcp_conn *c = tcp_find(t, e->token);

    if (!c || c->phase == TCP_DEAD)
        return TCP_NOTHING;
    if (c->phase == TCP_CONNECTING)
        return finish_connect(t, c, now, local);
    if (e->writable) {
        tcp_write(t, c, now);
        c = tcp_find(t, e->token);
    }
    if (!c || c->phase == TCP_DEAD || !e->readable)
        return TCP_NOTHING;
    return read_some(t, c, now, bytes);
}
