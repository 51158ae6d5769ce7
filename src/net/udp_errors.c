/* Reads what ICMP said about datagrams that were sent; knows nothing of who sent them. */
#include "net/udp_errors.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/errqueue.h>

#include "net/addrconv.h"

static const struct sock_extended_err *find_error(struct msghdr *h)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c))
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
            return (const void *)CMSG_DATA(c);
    return NULL;
}

static bool is_unreachable(const struct sock_extended_err *e)
{
    if (!e)
        return false;
    switch (e->ee_errno) {
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENOPROTOOPT:
    case EPROTO: /* ICMP parameter problem */
        /* time exceeded arrives as EHOSTUNREACH too: type 11 in ICMP, 3 in ICMPv6 */
        return !(e->ee_origin == SO_EE_ORIGIN_ICMP && e->ee_type == 11) &&
               !(e->ee_origin == SO_EE_ORIGIN_ICMP6 && e->ee_type == 3);
    default:
        return false;
    }
}

bool udp_next_error(int fd, struct addr *remote)
{
    char payload[1];
    union {
        struct cmsghdr align;
        char bytes[512];
    } control;
    struct sockaddr_storage name = {0};
    struct iovec vector = {payload, sizeof(payload)};
    struct msghdr h = {.msg_name = &name,
                       .msg_namelen = sizeof(name),
                       .msg_iov = &vector,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof(control.bytes)};

    if (recvmsg(fd, &h, MSG_ERRQUEUE) < 0)
        return false;
    *remote = (struct addr){0};
    if (is_unreachable(find_error(&h)))
        (void)addr_from_sockaddr(&name, remote);
    return true;
}
