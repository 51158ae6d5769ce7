/* How connections come to be: accepted and connected; knows nothing of what they carry. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "net/addrconv.h"
#include "net/socket.h"
#include "net/tcp_conn.h"

/* No descriptor is left: a connection that nobody takes would keep the listener readable and the
 * loop spinning. */
static void refuse_one(struct tcp *t, int listener)
{
    if (t->spare >= 0)
        close(t->spare);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
        close(fd);
        t->refused++;
    }
    t->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool tcp_accept(struct tcp *t, int listener, struct tcp_accepted *out)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof(name);

    out->fd = accept4(listener, (struct sockaddr *)&name, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (out->fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            refuse_one(t, listener);
        return false;
    }
    if (addr_from_sockaddr(&name, &out->remote) && socket_local(out->fd, &out->local))
        return true;
    close(out->fd);
    return false;
}

static bool is_one(const struct addr *a, const struct addr *b)
{
    size_t counts = a->family == ADDR_IP4 ? 4 : 8;

    return a->family == b->family && memcmp(a->ip, b->ip, counts) == 0;
}

bool tcp_has_enough(const struct tcp *t, const struct addr *remote)
{
    unsigned n = 0;

    if (t->n_silent <= LIMIT_CONNS_SILENT / 2)
        return false;
    LIST_EACH (&t->phases[TCP_SILENT], node, after)
        n += is_one(&CONTAINER_OF(node, struct tcp_conn, in_phase)->remote, remote);
    return n >= LIMIT_CONNS_SILENT_OF_ONE;
}

void tcp_refuse(const struct tcp_accepted *a)
{
    close(a->fd);
}

int tcp_add(struct tcp *t, const struct tcp_accepted *a, conn_id id, time_ns now)
{
    socket_stream_options(a->fd);
    return tcp_insert(t, a->fd, id, &a->remote, TCP_SILENT, now);
}

/* The port is the kernel's to choose, and only once the destination is known: many connections then
 * share one. */
static bool start(int fd, const struct addr *local, const struct addr *remote)
{
    struct sockaddr_storage s;
    struct addr from = *local;
    int one = 1;

    from.port = 0;
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
    socket_stream_options(fd);
    socklen_t len = addr_to_sockaddr(&from, &s);
    if (bind(fd, (const struct sockaddr *)&s, len) < 0)
        return false;
    len = addr_to_sockaddr(remote, &s);
    return connect(fd, (const struct sockaddr *)&s, len) == 0 || errno == EINPROGRESS;
}

int tcp_connect(struct tcp *t, conn_id id, const struct addr *local, const struct addr *remote,
                time_ns now)
{
    int family = remote->family == ADDR_IP6 ? AF_INET6 : AF_INET;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return ERR_LIMIT;
    if (!start(fd, local, remote)) {
        close(fd);
        return ERR_NO_ROUTE;
    }
    return tcp_insert(t, fd, id, remote, TCP_CONNECTING, now);
}
