/* Opens every worker's listeners as groups that share their addresses; reads nothing from them. */
#include "server/sockets.h"

#include <unistd.h>

#include "net/socket.h"

static void clear(struct socket_set *s)
{
    for (unsigned w = 0; w < LIMIT_WORKERS; w++)
        for (unsigned i = 0; i < LIMIT_LISTENERS; i++)
            s->fds[w][i] = -1;
}

static int open_one(struct listen_at *at, bool share, int *fd)
{
    return at->transport == TRANSPORT_UDP ? socket_udp(&at->addr, share, fd)
                                          : socket_tcp_listener(&at->addr, share, fd);
}

/* The first socket of a group finds the port; sharing it would also let a stranger's program share
 * it, so whether somebody has it already is looked at first. */
static int open_group(struct socket_set *s, struct listen_at *at, unsigned listener)
{
    int error = 0;

    if (at->addr.port != 0)
        error = socket_probe(at->transport == TRANSPORT_UDP, &at->addr);
    for (unsigned w = 0; w < s->n_workers && !error; w++)
        error = open_one(at, s->n_workers > 1, &s->fds[w][listener]);
    return error;
}

int sockets_open(struct socket_set *s, struct listen_list *list, unsigned n_workers,
                 unsigned *failed)
{
    clear(s);
    s->n_workers = n_workers;
    for (unsigned i = 0; i < list->n; i++) {
        int error = open_group(s, &list->list[i], i);

        if (error) {
            *failed = i;
            sockets_close(s);
            return error;
        }
    }
    return 0;
}

int sockets_take(struct socket_set *s, unsigned worker, unsigned listener)
{
    int fd = s->fds[worker][listener];

    s->fds[worker][listener] = -1;
    return fd;
}

void sockets_close(struct socket_set *s)
{
    for (unsigned w = 0; w < LIMIT_WORKERS; w++)
        for (unsigned i = 0; i < LIMIT_LISTENERS; i++)
            if (s->fds[w][i] >= 0)
                close(s->fds[w][i]);
    clear(s);
}
