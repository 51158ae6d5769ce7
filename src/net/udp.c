/* Reads and writes datagrams in batches; knows nothing of what is in them. */
#include "net/udp.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "net/addrconv.h"
#include "net/udp_errors.h"

/* One datagram's place. The odd lines behind it keep the places' first lines, the only ones that
 * most datagrams touch, from all falling into the same set of the caches. */
#define SLOT_BYTES ((size_t)65536 + 5 * 64)

struct udp_area {
    struct mem *mem;
    struct mmsghdr headers[UDP_BATCH];
    struct iovec vectors[UDP_BATCH];
    struct sockaddr_storage names[UDP_BATCH];
    struct udp_in in[UDP_BATCH];
    unsigned used; /* places whose msg_namelen the last reading has changed */
    char bytes[UDP_BATCH][SLOT_BYTES];
};

struct udp_area *udp_area_new(struct mem *mem)
{
    struct udp_area *a = mem_alloc(mem, sizeof(*a));

    if (!a)
        return NULL;
    a->mem = mem;
    a->used = UDP_BATCH;
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        a->vectors[i] = (struct iovec){a->bytes[i], SLOT_BYTES};
        a->headers[i].msg_hdr =
            (struct msghdr){.msg_name = &a->names[i], .msg_iov = &a->vectors[i], .msg_iovlen = 1};
    }
    return a;
}

void udp_area_free(struct udp_area *a)
{
    if (a)
        mem_free(a->mem, a, sizeof(*a));
}

int udp_init(struct udp *u, int fd, struct loop *loop, uint64_t token, struct mem *mem,
             struct block_pool *blocks)
{
    *u = (struct udp){.fd = fd, .token = token, .loop = loop, .mem = mem, .blocks = blocks};
    u->queue = mem_alloc(mem, LIMIT_UDP_QUEUE * sizeof(*u->queue));
    if (u->queue && loop_add(loop, fd, token, LOOP_READ) == 0)
        return OK;
    int error = u->queue ? ERR_LIMIT : ERR_NOMEM;
    udp_fini(u);
    return error;
}

static struct udp_out *queued(struct udp *u, uint32_t i)
{
    return &u->queue[(u->head + i) % LIMIT_UDP_QUEUE];
}

static void forget(struct udp *u, uint32_t n)
{
    assert(n <= u->n);
    for (uint32_t i = 0; i < n; i++)
        block_unref(u->blocks, queued(u, i)->bytes);
    u->head = (u->head + n) % LIMIT_UDP_QUEUE;
    u->n -= n;
}

void udp_fini(struct udp *u)
{
    if (u->queue) {
        forget(u, u->n);
        mem_free(u->mem, u->queue, LIMIT_UDP_QUEUE * sizeof(*u->queue));
    }
    u->queue = NULL;
    if (u->fd >= 0)
        close(u->fd);
    u->fd = -1;
}

/* --- in --- */

unsigned udp_receive(struct udp *u, struct udp_area *a, const struct udp_in **in)
{
    unsigned filled = 0;

    for (unsigned i = 0; i < a->used; i++)
        a->headers[i].msg_hdr.msg_namelen = sizeof(a->names[i]);
    int n = recvmmsg(u->fd, a->headers, UDP_BATCH, 0, NULL);

    a->used = n > 0 ? (unsigned)n : 0;
    for (int i = 0; i < n; i++)
        if (addr_from_sockaddr(&a->names[i], &a->in[filled].remote))
            a->in[filled++].bytes = (struct str){a->bytes[i], a->headers[i].msg_len};
    *in = a->in;
    return filled;
}

/* --- out --- */

static void note_lost(struct udp *u, const struct addr *remote)
{
    for (unsigned i = 0; i < u->n_lost; i++)
        if (addr_equal(&u->lost[i], remote))
            return;
    if (u->n_lost < UDP_LOST_KEPT)
        u->lost[u->n_lost++] = *remote;
}

static void block_on(struct udp *u, bool blocked)
{
    if (u->blocked == blocked)
        return;
    u->blocked = blocked;
    if (loop_change(u->loop, u->fd, u->token, blocked ? LOOP_READ | LOOP_WRITE : LOOP_READ))
        u->blocked = false; /* then the next flush tries again */
}

void udp_send(struct udp *u, const struct addr *remote, struct block *bytes)
{
    if (u->n == LIMIT_UDP_QUEUE) {
        u->dropped++;
        block_unref(u->blocks, bytes);
        return;
    }
    *queued(u, u->n) = (struct udp_out){*remote, bytes};
    u->n++;
    if (u->n % UDP_BATCH == 0 && !u->blocked)
        udp_flush(u);
}

/* One system call's worth. Returns how many left, or -errno. */
static int send_some(struct udp *u)
{
    struct mmsghdr headers[UDP_BATCH];
    struct iovec vectors[UDP_BATCH];
    struct sockaddr_storage names[UDP_BATCH];
    unsigned n = u->n < UDP_BATCH ? u->n : UDP_BATCH;

    for (unsigned i = 0; i < n; i++) {
        struct udp_out *o = queued(u, i);

        vectors[i] = (struct iovec){o->bytes->bytes, o->bytes->len};
        headers[i].msg_hdr = (struct msghdr){.msg_name = &names[i],
                                             .msg_namelen = addr_to_sockaddr(&o->remote, &names[i]),
                                             .msg_iov = &vectors[i],
                                             .msg_iovlen = 1};
    }
    int sent = sendmmsg(u->fd, headers, n, 0);

    return sent < 0 ? -errno : sent;
}

static bool would_block(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS || error == ENOMEM;
}

/* An error may be an older datagram's, told late and once: only one that stays is this datagram's.
 */
void udp_flush(struct udp *u)
{
    unsigned failures = 0;

    while (u->n > 0) {
        int sent = send_some(u);

        if (sent > 0) {
            forget(u, (uint32_t)sent);
            failures = 0;
        } else if (would_block(-sent)) {
            block_on(u, true);
            return;
        } else if (++failures > 2) {
            note_lost(u, &queued(u, 0)->remote);
            forget(u, 1);
            failures = 0;
        }
    }
    block_on(u, false);
}

void udp_ready(struct udp *u, const struct loop_event *e)
{
    struct addr remote;

    if (e->failed)
        for (unsigned i = 0; i < UDP_LOST_KEPT && udp_next_error(u->fd, &remote); i++)
            if (remote.family != ADDR_NONE)
                note_lost(u, &remote);
    if (e->writable)
        udp_flush(u);
}

bool udp_unreachable(struct udp *u, struct addr *remote)
{
    if (u->n_lost == 0)
        return false;
    *remote = u->lost[--u->n_lost];
    return true;
}
