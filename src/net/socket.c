/* Makes sockets and looks at interfaces; knows nothing of what travels over them. */
#include "net/socket.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/addrconv.h"

static void option(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value, sizeof(value));
}

static int open_socket(const struct addr *local, int type, int *fd)
{
    int family = local->family == ADDR_IP6 ? AF_INET6 : AF_INET;

    *fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return errno;
    if (family == AF_INET6)
        option(*fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    return 0;
}

static int bind_to(int fd, const struct addr *local)
{
    struct sockaddr_storage s;
    socklen_t len = addr_to_sockaddr(local, &s);

    return bind(fd, (const struct sockaddr *)&s, len) < 0 ? errno : 0;
}

/* Closes what could not be finished. */
static int finish(int error, int *fd)
{
    if (error) {
        close(*fd);
        *fd = -1;
    }
    return error;
}

bool socket_local(int fd, struct addr *out)
{
    struct sockaddr_storage s;
    socklen_t len = sizeof(s);

    return getsockname(fd, (struct sockaddr *)&s, &len) == 0 && addr_from_sockaddr(&s, out);
}

/* The FORCE options pass the system's ceiling where we may; the others reach it. */
static void buffers(int fd)
{
    option(fd, SOL_SOCKET, SO_RCVBUF, LIMIT_UDP_BUFFER_BYTES);
    option(fd, SOL_SOCKET, SO_SNDBUF, LIMIT_UDP_BUFFER_BYTES);
    option(fd, SOL_SOCKET, SO_RCVBUFFORCE, LIMIT_UDP_BUFFER_BYTES);
    option(fd, SOL_SOCKET, SO_SNDBUFFORCE, LIMIT_UDP_BUFFER_BYTES);
}

int socket_udp(struct addr *local, bool share, int *fd)
{
    int error = open_socket(local, SOCK_DGRAM, fd);

    if (error)
        return error;
    if (share)
        option(*fd, SOL_SOCKET, SO_REUSEPORT, 1);
    buffers(*fd);
    /* RFC 3261 18.4: unreachable hosts and ports are told to the transport's user */
    if (local->family == ADDR_IP6)
        option(*fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    else
        option(*fd, IPPROTO_IP, IP_RECVERR, 1);
    error = bind_to(*fd, local);
    if (!error && !socket_local(*fd, local))
        error = EADDRNOTAVAIL;
    return finish(error, fd);
}

void socket_media_options(int fd, enum addr_family family)
{
    option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    if (family == ADDR_IP6)
        option(fd, IPPROTO_IPV6, IPV6_RECVERR, 0);
    else
        option(fd, IPPROTO_IP, IP_RECVERR, 0);
}

void socket_stream_options(int fd)
{
    option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 120);
    option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 20);
    option(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

int socket_send(int fd, const struct addr *remote, struct str bytes)
{
    struct sockaddr_storage to;
    socklen_t len = addr_to_sockaddr(remote, &to);
    struct pollfd room = {.fd = fd, .events = POLLOUT};

    while (sendto(fd, bytes.at, bytes.len, 0, (struct sockaddr *)&to, len) < 0) {
        if (errno != EAGAIN && errno != EINTR)
            return errno;
        (void)poll(&room, 1, -1);
    }
    return 0;
}

void socket_close(int fd)
{
    close(fd);
}

int socket_tcp_listener(struct addr *local, bool share, int *fd)
{
    int error = open_socket(local, SOCK_STREAM, fd);

    if (error)
        return error;
    option(*fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (share)
        option(*fd, SOL_SOCKET, SO_REUSEPORT, 1);
    socket_stream_options(*fd); /* Linux: what is accepted has them, too */
    error = bind_to(*fd, local);
    if (!error && listen(*fd, LIMIT_TCP_BACKLOG) < 0)
        error = errno;
    if (!error && !socket_local(*fd, local))
        error = EADDRNOTAVAIL;
    return finish(error, fd);
}

int socket_probe(bool datagrams, const struct addr *local)
{
    int fd;
    int error = open_socket(local, datagrams ? SOCK_DGRAM : SOCK_STREAM, &fd);

    if (error)
        return error;
    if (!datagrams)
        option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    error = bind_to(fd, local);
    if (!error && !datagrams && listen(fd, 1) < 0)
        error = errno;
    close(fd);
    return error;
}

static bool interface_address(const struct ifaddrs *i, enum addr_family family, struct addr *out)
{
    struct sockaddr_storage s = {0};

    if (!i->ifa_addr || !(i->ifa_flags & IFF_UP))
        return false;
    if (i->ifa_addr->sa_family == AF_INET)
        memcpy(&s, i->ifa_addr, sizeof(struct sockaddr_in));
    else if (i->ifa_addr->sa_family == AF_INET6)
        memcpy(&s, i->ifa_addr, sizeof(struct sockaddr_in6));
    return addr_from_sockaddr(&s, out) && out->family == family && out->scope == 0;
}

size_t socket_interfaces(enum addr_family family, struct addr *out, size_t max)
{
    struct ifaddrs *all;
    size_t n = 0;

    if (getifaddrs(&all) < 0)
        return 0;
    for (const struct ifaddrs *i = all; i && n < max; i = i->ifa_next)
        if (interface_address(i, family, &out[n]))
            n++;
    freeifaddrs(all);
    return n;
}

bool socket_source(const struct addr *remote, struct addr *out)
{
    struct sockaddr_storage s;
    struct addr to = *remote;
    int fd;

    if (to.port == 0)
        to.port = 5060;
    if (open_socket(&to, SOCK_DGRAM, &fd))
        return false;
    socklen_t len = addr_to_sockaddr(&to, &s);
    bool found = connect(fd, (const struct sockaddr *)&s, len) == 0 && socket_local(fd, out);

    close(fd);
    out->port = 0;
    return found;
}

bool socket_has_ip6(void)
{
    struct addr loopback = {.family = ADDR_IP6};

    loopback.ip[15] = 1;
    return socket_probe(true, &loopback) == 0;
}
