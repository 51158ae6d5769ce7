/* The load generator's UDP sockets: batches in and out with one system call each, never waiting. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "load.h"

#define BUFFER_BYTES (8 << 20)

/* Past the system's limit where we may, so that the generator is not what loses packets. */
static void enlarge(int fd, int force, int ordinary)
{
    int size = BUFFER_BYTES;
    if (setsockopt(fd, SOL_SOCKET, force, &size, sizeof size) != 0)
        setsockopt(fd, SOL_SOCKET, ordinary, &size, sizeof size);
}

bool port_open(struct port *p, uint16_t number)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(number)};
    socklen_t len = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p->fd < 0)
        return false;
    enlarge(p->fd, SO_RCVBUFFORCE, SO_RCVBUF);
    enlarge(p->fd, SO_SNDBUFFORCE, SO_SNDBUF);
    if (bind(p->fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        getsockname(p->fd, (struct sockaddr *)&a, &len) != 0)
        return false;
    p->number = ntohs(a.sin_port);
    return true;
}

struct outgoing *port_next(struct port *p, const struct sockaddr_in *to)
{
    if (p->n_out == BATCH)
        port_flush(p);
    struct outgoing *o = &p->out[p->n_out++];
    o->len = 0;
    o->to = *to;
    if (p->n_streams > 0 && !p->listens)
        o->to.sin_port = (in_port_t)streams_next(p);
    return o;
}

static bool is_full(int error)
{
    return error == EAGAIN || error == ENOBUFS || error == EINTR;
}

void port_flush(struct port *p)
{
    if (p->listens || p->n_streams > 0) {
        streams_flush(p);
        return;
    }
    struct mmsghdr heads[BATCH];
    struct iovec parts[BATCH];
    for (unsigned i = 0; i < p->n_out; i++) {
        parts[i] = (struct iovec){p->out[i].bytes, p->out[i].len};
        heads[i].msg_hdr = (struct msghdr){.msg_name = &p->out[i].to,
                                           .msg_namelen = sizeof p->out[i].to,
                                           .msg_iov = &parts[i],
                                           .msg_iovlen = 1};
    }
    for (unsigned at = 0; at < p->n_out;) {
        int n = sendmmsg(p->fd, heads + at, p->n_out - at, 0);
        if (n > 0)
            p->sent += (unsigned)n;
        else if (!is_full(errno))
            n = 1; /* this one is lost; its item will say so */
        at += n > 0 ? (unsigned)n : 0;
    }
    p->n_out = 0;
}

unsigned port_receive(struct port *p)
{
    if (p->listens || p->n_streams > 0)
        return streams_receive(p);
    struct mmsghdr heads[BATCH];
    struct iovec parts[BATCH];
    for (unsigned i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){p->in[i], IN_MAX};
        heads[i].msg_hdr = (struct msghdr){.msg_name = &p->in_from[i],
                                           .msg_namelen = sizeof p->in_from[i],
                                           .msg_iov = &parts[i],
                                           .msg_iovlen = 1};
    }
    int n = recvmmsg(p->fd, heads, BATCH, MSG_DONTWAIT, NULL);
    p->n_in = n > 0 ? (unsigned)n : 0;
    for (unsigned i = 0; i < p->n_in; i++)
        p->in_len[i] = heads[i].msg_len;
    p->received += p->n_in;
    return p->n_in;
}
