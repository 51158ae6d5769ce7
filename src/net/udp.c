/* Reads and writes datagrams in batches; knows nothing of what is in them. */
#include "net/udp.h"

#include <assert.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "net/addrconv.h"
#include "net/udp_errors.h"
#include "net/udp_runs.h"

/* One datagram's place. The odd lines behind it keep the places' first lines, the only ones that
 * most datagrams touch, from all falling into the same set of the caches. */
#define SLOT_BYTES ((size_t)65536 + 5 * 64)

/* What the kernel says of datagrams that came, or leave, as one. */
union segment {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

struct udp_area {
    struct mem *mem;
    struct mmsghdr headers[UDP_BATCH];
    struct iovec vectors[UDP_BATCH];
    struct sockaddr_storage names[UDP_BATCH];
    union segment segments[UDP_BATCH];
    unsigned used; /* places whose lengths the last reading has changed */
    /* The next one that is taken: its place, where it begins, who sent it. */
    unsigned at;
    size_t from;
    struct addr remote;
    char bytes[UDP_BATCH][SLOT_BYTES];
};

struct udp_area *udp_area_new(struct mem *mem)
{
    struct udp_area *a = mem_alloc(mem, sizeof(*a));

    if (!a)
        return NULL;
    a->mem = mem;
    a->used = a->at = UDP_BATCH;
    a->from = 0;
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        a->vectors[i] = (struct iovec){a->bytes[i], SLOT_BYTES};
        a->headers[i].msg_hdr = (struct msghdr){.msg_name = &a->names[i],
                                                .msg_iov = &a->vectors[i],
                                                .msg_iovlen = 1,
                                                .msg_control = &a->segments[i]};
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

void udp_merge(struct udp *u)
{
    int on = 1;

    u->merges = setsockopt(u->fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) == 0;
}

void udp_hurry(struct udp *u, bool hurries)
{
    u->hurries = hurries;
}

static bool joins(const struct udp *u)
{
    return (u->merges || u->hurries) && !u->alone;
}

/* --- in --- */

bool udp_receive(struct udp *u, struct udp_area *a)
{
    for (unsigned i = 0; i < a->used; i++) {
        a->headers[i].msg_hdr.msg_namelen = sizeof(a->names[i]);
        a->headers[i].msg_hdr.msg_controllen = sizeof(a->segments[i]);
    }
    int n = recvmmsg(u->fd, a->headers, UDP_BATCH, 0, NULL);

    a->used = n > 0 ? (unsigned)n : 0;
    a->at = 0;
    a->from = 0;
    return a->used < UDP_BATCH;
}

unsigned udp_backlog(const struct udp *u)
{
    uint32_t told[SK_MEMINFO_VARS];
    socklen_t len = sizeof(told);

    if (getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, told, &len) != 0 || told[SK_MEMINFO_RCVBUF] == 0)
        return 0;
    return (unsigned)((uint64_t)told[SK_MEMINFO_RMEM_ALLOC] * 256 / told[SK_MEMINFO_RCVBUF]);
}

/* The size of each of those that came as one, but the last. */
static size_t segment_size(struct mmsghdr *h)
{
    const struct cmsghdr *c = CMSG_FIRSTHDR(&h->msg_hdr);
    int size = 0;

    if (c && c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
        memcpy(&size, CMSG_DATA(c), sizeof(size));
    return size > 0 ? (size_t)size : h->msg_len;
}

bool udp_next(struct udp_area *a, struct udp_in *in)
{
    while (a->at < a->used && a->from == 0 && !addr_from_sockaddr(&a->names[a->at], &a->remote))
        a->at++;
    if (a->at >= a->used)
        return false;
    struct mmsghdr *h = &a->headers[a->at];
    size_t left = h->msg_len - a->from, size = segment_size(h);

    in->remote = a->remote;
    in->bytes = (struct str){a->bytes[a->at] + a->from, size < left ? size : left};
    a->from += in->bytes.len;
    if (a->from == h->msg_len) {
        a->at++;
        a->from = 0;
    }
    return true;
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

void udp_send(struct udp *u, const struct addr *remote, struct block *bytes, uint32_t order)
{
    if (u->n == LIMIT_UDP_QUEUE) {
        u->dropped++;
        block_unref(u->blocks, bytes);
        return;
    }
    *queued(u, u->n) = (struct udp_out){*remote, bytes, order};
    u->n++;
    if (u->n % (joins(u) ? UDP_WINDOW : UDP_BATCH) == 0 && !u->blocked)
        udp_flush(u);
}

/* What one system call takes. */
struct departure {
    struct mmsghdr headers[UDP_BATCH];
    struct sockaddr_storage names[UDP_BATCH];
    union segment segments[UDP_BATCH];
    struct iovec vectors[UDP_WINDOW];
    unsigned n, n_vectors;
};

static void say_segments(struct msghdr *m, union segment *s, size_t size)
{
    uint16_t each = (uint16_t)size;

    memset(s, 0, sizeof(*s)); /* the kernel reads what fills it up, too */
    s->header = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(each)), .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT};
    m->msg_control = s;
    m->msg_controllen = CMSG_SPACE(sizeof(each));
    memcpy(CMSG_DATA(&s->header), &each, sizeof(each));
}

/* Adds `n` that leave as one. */
static void depart(struct departure *d, const struct udp_out *const *out, unsigned n)
{
    struct msghdr *m = &d->headers[d->n].msg_hdr;
    struct iovec *vectors = &d->vectors[d->n_vectors];

    for (unsigned i = 0; i < n; i++)
        vectors[i] = (struct iovec){out[i]->bytes->bytes, out[i]->bytes->len};
    *m = (struct msghdr){.msg_name = &d->names[d->n],
                         .msg_namelen = addr_to_sockaddr(&out[0]->remote, &d->names[d->n]),
                         .msg_iov = vectors,
                         .msg_iovlen = n};
    if (n > 1)
        say_segments(m, &d->segments[d->n], out[0]->bytes->len);
    d->n_vectors += n;
    d->n++;
}

static void arrange(struct udp *u, unsigned n)
{
    struct udp_out out[UDP_WINDOW];

    for (unsigned i = 0; i < n; i++)
        out[i] = *queued(u, i);
    udp_runs_arrange(out, n);
    for (unsigned i = 0; i < n; i++)
        *queued(u, i) = out[i];
}

static void fill(struct udp *u, struct departure *d, unsigned n)
{
    const struct udp_out *out[UDP_WINDOW];

    for (unsigned i = 0; i < n; i++)
        out[i] = queued(u, i);
    d->n = d->n_vectors = 0;
    while (d->n < UDP_BATCH && d->n_vectors < n)
        depart(d, out + d->n_vectors,
               joins(u) ? udp_runs_first(out + d->n_vectors, n - d->n_vectors) : 1);
}

/* One system call's worth. Returns how many left, or -errno; 0: not in runs, as it turns out (a
 * route without checksums, a kernel that is too old). */
static int send_some(struct udp *u)
{
    struct departure d;
    unsigned most = joins(u) ? UDP_WINDOW : UDP_BATCH, left = 0;

    if (joins(u))
        arrange(u, u->n < most ? u->n : most);
    fill(u, &d, u->n < most ? u->n : most);
    int sent = sendmmsg(u->fd, d.headers, d.n, 0);

    if (sent < 0 && d.headers[0].msg_hdr.msg_iovlen > 1 && (errno == EINVAL || errno == EIO)) {
        u->alone = true;
        return 0;
    }
    for (int i = 0; i < sent; i++)
        left += (unsigned)d.headers[i].msg_hdr.msg_iovlen;
    return sent < 0 ? -errno : (int)left;
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

        if (sent >= 0) {
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
