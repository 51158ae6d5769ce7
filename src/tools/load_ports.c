/* Owns the sockets of a load's RTP. */
#include "tools/load_ports.h"

#include <errno.h>
#include <unistd.h>

#include "base/err.h"
#include "net/socket.h"

#define TRIES 100
#define BATCHES_MOST 16 /* read from one socket before the others get their turn */

/* The kernel chooses; where it chooses an odd one its neighbour may be free. */
static int open_even(struct addr *at, int *fd)
{
    int error = EADDRINUSE;
    for (unsigned i = 0; i < TRIES && error == EADDRINUSE; i++) {
        uint16_t odd = i % 2 ? at->port : 0;
        at->port = odd ? (uint16_t)(odd + 1) : 0;
        error = socket_udp(at, false, fd);
        if (error || at->port % 2 == 0)
            continue;
        close(*fd);
        error = EADDRINUSE;
    }
    return error;
}

int load_ports_open(struct load_ports *p, const struct addr *at, bool merges, struct loop *loop,
                    unsigned kind, struct mem *mem, struct block_pool *blocks)
{
    struct addr local = *at;
    int fd, error = open_even(&local, &fd);
    if (error)
        return error;
    if (udp_init(&p->sockets[p->n], fd, loop, LOOP_TOKEN(kind, p->n), mem, blocks) != OK)
        return ENOMEM;
    if (merges)
        udp_merge(&p->sockets[p->n]);
    p->numbers[p->n++] = local.port;
    return 0;
}

void load_ports_close(struct load_ports *p)
{
    for (unsigned i = 0; i < p->n; i++)
        udp_fini(&p->sockets[i]);
    p->n = 0;
}

static void send_all(struct load_ports *p)
{
    struct load_rtp_output o;
    while (load_rtp_output(p->rtp, &o))
        udp_send(&p->sockets[o.port], &o.remote, o.bytes, o.order);
}

static void take(struct load_ports *p, struct udp_area *area, unsigned at, time_ns now)
{
    struct udp_in in;
    while (udp_next(area, &in)) {
        load_rtp_receive(p->rtp, at, &in.remote, in.bytes, now);
        send_all(p);
    }
}

void load_ports_ready(struct load_ports *p, struct udp_area *area, const struct loop_event *event,
                      time_ns now)
{
    unsigned at = LOOP_INDEX(event->token);
    bool is_empty = !event->readable;
    struct udp *u = &p->sockets[at];
    struct addr nobody;
    udp_ready(u, event);
    while (udp_unreachable(u, &nobody))
        ; /* what is not heard is counted where it should be */
    for (unsigned k = 0; k < BATCHES_MOST && !is_empty; k++) {
        is_empty = udp_receive(u, area);
        take(p, area, at, now);
    }
}

void load_ports_send(struct load_ports *p, time_ns now)
{
    if (!p->rtp)
        return;
    load_rtp_expire(p->rtp, now);
    send_all(p);
    for (unsigned i = 0; i < p->n; i++)
        if (p->sockets[i].n > 0 && !p->sockets[i].blocked)
            udp_flush(&p->sockets[i]);
}

time_ns load_ports_deadline(const struct load_ports *p)
{
    return p->rtp ? load_rtp_deadline(p->rtp) : TIME_NEVER;
}
