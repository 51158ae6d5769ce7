/* Owns the sockets of RTP. */
#include "phone/rtp_port.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/addrconv.h"
#include "net/socket.h"

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
    for (unsigned i = 0; !error && i < 2; i++)
        socket_media_options(p->fds[i], at->family);
    p->local = rtp;
    return error;
}

int rtp_port_open(struct rtp_port *p, const struct addr *at, struct rand *rand, struct loop *loop,
                  uint64_t token, const struct net_clock *clock)
{
    int error = EADDRINUSE;
    *p = (struct rtp_port){.clock = clock};
    for (unsigned i = 0; i < TRIES && error == EADDRINUSE; i++) {
        p->fds[0] = p->fds[1] = -1;
        error = open_pair(p, at, (uint16_t)(PORT_FIRST + 2 * rand_below(rand, PORT_PAIRS)));
        if (!error)
            error = loop_add(loop, p->fds[1], token, LOOP_READ);
        if (error)
            rtp_port_close(p);
    }
    return error;
}

/* --- what comes --- */

/* What the kernel fills in for each packet. */
struct incoming {
    struct mmsghdr headers[RTP_BATCH];
    struct iovec spaces[RTP_BATCH];
    struct sockaddr_storage names[RTP_BATCH];
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
    } notes[RTP_BATCH];
};

static void prepare(struct incoming *k, struct rtp_batch *b)
{
    for (unsigned i = 0; i < RTP_BATCH; i++) {
        k->spaces[i] = (struct iovec){b->bytes[i], RTP_PACKET_BYTES};
        k->headers[i].msg_hdr = (struct msghdr){.msg_name = &k->names[i],
                                                .msg_namelen = sizeof k->names[i],
                                                .msg_iov = &k->spaces[i],
                                                .msg_iovlen = 1,
                                                .msg_control = &k->notes[i],
                                                .msg_controllen = sizeof k->notes[i]};
    }
}

/* As the kernel noted it, but for a step of the system's clock meanwhile. */
static time_ns came_at(const struct rtp_port *p, struct msghdr *h)
{
    time_ns now = net_clock_now(p->clock), at = now;
    struct timespec t;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&t, CMSG_DATA(c), sizeof t);
            at = net_clock_at(p->clock, (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec);
        }
    return time_min(at, now);
}

bool rtp_port_receive(struct rtp_port *p, bool rtcp, struct rtp_batch *b)
{
    struct incoming k;
    prepare(&k, b);
    int n = recvmmsg(p->fds[rtcp], k.headers, RTP_BATCH, 0, NULL);
    b->n = 0;
    for (int i = 0; i < n; i++) {
        struct rtp_in *in = &b->in[b->n];
        if (!addr_from_sockaddr(&k.names[i], &in->from))
            continue;
        in->bytes = (struct str){b->bytes[i], k.headers[i].msg_len};
        in->at = came_at(p, &k.headers[i].msg_hdr);
        b->n++;
    }
    return n == RTP_BATCH;
}

void rtp_port_send(struct rtp_port *p, bool rtcp, const struct addr *to, struct str bytes)
{
    struct sockaddr_storage s;
    socklen_t len = addr_to_sockaddr(to, &s);
    if (len > 0)
        (void)!sendto(p->fds[rtcp], bytes.at, bytes.len, 0, (const struct sockaddr *)&s, len);
}
