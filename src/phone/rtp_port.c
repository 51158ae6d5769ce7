/* Owns the sockets of RTP. */
#include "phone/rtp_port.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/addrconv.h"
#include "net/socket.h"
#include "net/udp_errors.h"

#define PORT_FIRST 16384
#define PORT_PAIRS 8192
#define TRIES 64

void rtp_port_close(struct rtp_port *p)
{
    for (unsigned i = 0; i < 2; i++) {
        if (p->fds[i] >= 0)
            close(p->fds[i]);
        p->fds[i] = -1;
    }
}

static int open_pair(struct rtp_port *p, const struct addr *at, uint16_t port)
{
    struct addr rtp = *at, rtcp = *at;
    rtp.port = port;
    rtcp.port = (uint16_t)(port + 1);
    int error = socket_udp(&rtp, false, &p->fds[0]);
    if (!error)
        error = socket_udp(&rtcp, false, &p->fds[1]);
    p->local = rtp;
    return error;
}

static int watch(struct rtp_port *p, struct loop *loop, uint64_t token)
{
    int error = loop_add(loop, p->fds[0], token, LOOP_READ);
    return error ? error : loop_add(loop, p->fds[1], token + 1, LOOP_READ);
}

int rtp_port_open(struct rtp_port *p, const struct addr *at, struct rand *rand, struct loop *loop,
                  uint64_t token)
{
    int error = EADDRINUSE;
    for (unsigned i = 0; i < TRIES && error == EADDRINUSE; i++) {
        p->fds[0] = p->fds[1] = -1;
        error = open_pair(p, at, (uint16_t)(PORT_FIRST + 2 * rand_below(rand, PORT_PAIRS)));
        if (!error)
            error = watch(p, loop, token);
        if (error)
            rtp_port_close(p);
    }
    return error;
}

/* Who does not listen is not told of: the signalling says when a call is over. But what waits there
 * would make the socket ready for ever. */
static void forget_errors(int fd)
{
    struct addr remote;
    while (udp_next_error(fd, &remote))
        ;
}

bool rtp_port_receive(struct rtp_port *p, bool rtcp, struct buf *into, struct addr *from)
{
    struct sockaddr_storage s;
    socklen_t len = sizeof s;
    ssize_t n = recvfrom(p->fds[rtcp], into->at, into->cap, 0, (struct sockaddr *)&s, &len);
    if (n < 0)
        forget_errors(p->fds[rtcp]);
    into->len = n > 0 ? (size_t)n : 0;
    return n >= 0 && addr_from_sockaddr(&s, from);
}

void rtp_port_send(struct rtp_port *p, bool rtcp, const struct addr *to, struct str bytes)
{
    struct sockaddr_storage s;
    socklen_t len = addr_to_sockaddr(to, &s);
    if (len > 0)
        (void)!sendto(p->fds[rtcp], bytes.at, bytes.len, 0, (const struct sockaddr *)&s, len);
}
