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
#include "net/tls.h"

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
    LIST_EACH (&t->phases[TCP_SHAKING], shaking, behind)
        n += is_one(&CONTAINER_OF(shaking, struct tcp_conn, in_phase)->remote, remote);
    return n >= LIMIT_CONNS_SILENT_OF_ONE;
}

void tcp_refuse(const struct tcp_accepted *a)
{
    close(a->fd);
}

/* False: no memory; the connection is gone and nothing is told of it. */
static bool add_layers(struct tcp *t, struct tcp_conn *c, const struct tcp_layers *layers)
{
    struct tls_home home = {t->mem, t->blocks};
    char peer[80];
    struct buf b;

    if (layers->web && !tcp_web_begin(t, c, layers))
        return false;
    if (!layers->tls)
        return true;
    buf_init(&b, peer, sizeof(peer));
    addr_print(&b, &c->remote);
    c->tls = c->accepted ? tls_new_server(&home, t->tls)
                         : tls_new_client(&home, t->tls, t->sessions, layers->name, buf_str(&b));
    return c->tls != NULL;
}

static bool has_layers(const struct tcp *t, const struct tcp_layers *layers, bool accepted)
{
    return !layers->tls || (t->tls && (!accepted || tls_context_can_serve(t->tls)));
}

static int insert(struct tcp *t, int fd, conn_id id, const struct addr *remote,
                  const struct tcp_layers *layers, enum tcp_phase phase, time_ns now)
{
    int error = OK;
    struct tcp_conn *c = tcp_insert(t, fd, id, remote, phase, now, &error);

    if (!c || add_layers(t, c, layers))
        return error;
    tcp_enter(t, c, TCP_ENDING, now); /* so that its end is not told */
    tcp_die(t, c);
    return ERR_NOMEM;
}

int tcp_add(struct tcp *t, const struct tcp_accepted *a, conn_id id,
            const struct tcp_layers *layers, time_ns now)
{
    if (!has_layers(t, layers, true)) {
        close(a->fd);
        return ERR_INVALID;
    }
    return insert(t, a->fd, id, &a->remote, layers, layers->tls ? TCP_SHAKING : TCP_SILENT, now);
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
                const struct tcp_layers *layers, time_ns now)
{
    if (!has_layers(t, layers, false))
        return ERR_INVALID;
    int family = remote->family == ADDR_IP6 ? AF_INET6 : AF_INET;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return ERR_LIMIT;
    if (!start(fd, local, remote)) {
        close(fd);
        return ERR_NO_ROUTE;
    }
    return insert(t, fd, id, remote, layers, TCP_CONNECTING, now);
}
