/* The table of a worker's connections, their phases and ends; reads and writes nothing itself. */
#include "net/tcp.h"

#include <assert.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "net/tcp_conn.h"
#include "net/tls.h"

static const time_ns phase_span[TCP_N_PHASES] = {
    [TCP_CONNECTING] = LIMIT_TCP_CONNECT_S * NS_PER_S,
    [TCP_SHAKING] = LIMIT_TLS_HANDSHAKE_S * NS_PER_S,
    [TCP_SILENT] = LIMIT_TCP_SILENT_S * NS_PER_S,
    [TCP_PARTIAL] = LIMIT_TCP_SILENT_S * NS_PER_S,
    [TCP_OPEN] = LIMIT_TCP_IDLE_S * NS_PER_S,
    [TCP_ENDING] = LIMIT_TCP_LINGER_S * NS_PER_S,
    [TCP_DEAD] = TIME_NEVER,
};

int tcp_init(struct tcp *t, struct loop *loop, struct mem *mem, struct block_pool *blocks)
{
    *t = (struct tcp){.mem = mem, .blocks = blocks, .loop = loop, .spare = -1};
    list_init(&t->dirty);
    list_init(&t->parked);
    list_init(&t->webs);
    for (unsigned i = 0; i < TCP_N_PHASES; i++)
        list_init(&t->phases[i]);
    if (map_init(&t->conns, mem, 64) != OK)
        return ERR_NOMEM;
    t->area = mem_alloc(mem, TCP_AREA_BYTES);
    t->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (t->area && t->spare >= 0)
        return OK;
    int error = t->area ? ERR_LIMIT : ERR_NOMEM;
    tcp_fini(t);
    return error;
}

static bool is_silent(const struct tcp_conn *c, enum tcp_phase phase)
{
    return phase == TCP_SILENT || (phase == TCP_SHAKING && c->accepted);
}

static void conn_free(struct tcp *t, struct tcp_conn *c)
{
    t->n_silent -= is_silent(c, c->phase);
    if (c->fd >= 0)
        close(c->fd);
    list_remove(&c->in_phase);
    list_remove(&c->in_dirty);
    list_remove(&c->in_parked);
    tcp_drop_layers(t, c);
    map_remove(&t->conns, &c->node);
    outq_fini(&c->out, t->mem, t->blocks);
    mem_free(t->mem, c, sizeof(*c));
}

/* Its layers say so, as far as the kernel takes it (RFC 6455 7.1.1, RFC 8446 6.1). */
static void take_leave(struct tcp *t, struct tcp_conn *c)
{
    if (c->phase != TCP_SILENT && c->phase != TCP_PARTIAL && c->phase != TCP_OPEN)
        return;
    tcp_say_end(t, c);
    tcp_write(t, c, c->since);
}

void tcp_fini(struct tcp *t)
{
    for (unsigned i = 0; i < TCP_N_PHASES; i++)
        for (struct list *node; (node = list_first(&t->phases[i]));) {
            struct tcp_conn *c = CONTAINER_OF(node, struct tcp_conn, in_phase);

            take_leave(t, c);
            conn_free(t, c);
        }
    map_fini(&t->conns);
    tcp_forget_tls(t);
    if (t->area)
        mem_free(t->mem, t->area, TCP_AREA_BYTES);
    if (t->masks)
        mem_free(t->mem, t->masks, sizeof(*t->masks));
    if (t->spare >= 0)
        close(t->spare);
    t->area = NULL;
    t->masks = NULL;
    t->spare = -1;
}

size_t tcp_count(const struct tcp *t)
{
    return t->conns.n_nodes;
}

/* Ids are made by us, in sequence: spreading them is enough. */
static uint64_t hash_of(conn_id id)
{
    uint64_t h = id * UINT64_C(0x9e3779b97f4a7c15);

    return h ^ h >> 32;
}

struct tcp_conn *tcp_find(const struct tcp *t, conn_id id)
{
    for (struct map_node *n = map_find(&t->conns, hash_of(id)); n; n = map_find_next(n)) {
        struct tcp_conn *c = CONTAINER_OF(n, struct tcp_conn, node);

        if (c->id == id)
            return c;
    }
    return NULL;
}

const struct addr *tcp_remote(const struct tcp *t, conn_id id)
{
    const struct tcp_conn *c = tcp_find(t, id);

    return c ? &c->remote : NULL;
}

size_t tcp_list(const struct tcp *t, bool (*wanted)(void *arg, const struct addr *remote),
                void *arg, conn_id *out, size_t max)
{
    size_t n = 0;

    for (struct map_node *at = NULL; n < max && (at = map_each(&t->conns, at));) {
        const struct tcp_conn *c = CONTAINER_OF(at, struct tcp_conn, node);

        if (c->phase != TCP_DEAD && c->phase != TCP_ENDING && wanted(arg, &c->remote))
            out[n++] = c->id;
    }
    return n;
}

static struct tcp_conn *conn_new(struct tcp *t, int fd, conn_id id, const struct addr *remote)
{
    struct tcp_conn *c =
        t->conns.n_nodes < LIMIT_TCP_CONNECTIONS ? mem_alloc_zero(t->mem, sizeof(*c)) : NULL;

    if (!c)
        return NULL;
    c->fd = fd;
    c->id = id;
    c->remote = *remote;
    list_init(&c->in_phase);
    list_init(&c->in_dirty);
    list_init(&c->in_parked);
    list_init(&c->in_webs);
    outq_init(&c->out);
    map_insert(&t->conns, &c->node, hash_of(id));
    return c;
}

struct tcp_conn *tcp_insert(struct tcp *t, int fd, conn_id id, const struct addr *remote,
                            enum tcp_phase phase, time_ns now, int *error)
{
    struct tcp_conn *c = conn_new(t, fd, id, remote);

    if (!c) {
        close(fd);
        *error = t->conns.n_nodes < LIMIT_TCP_CONNECTIONS ? ERR_NOMEM : ERR_LIMIT;
        return NULL;
    }
    assert(LOOP_IS_CONN(id));
    c->accepted = phase != TCP_CONNECTING;
    c->interest = phase == TCP_CONNECTING ? LOOP_WRITE : LOOP_READ;
    if (loop_add(t->loop, fd, id, c->interest)) {
        conn_free(t, c);
        *error = ERR_LIMIT;
        return NULL;
    }
    tcp_enter(t, c, phase, now);
    return c;
}

void tcp_enter(struct tcp *t, struct tcp_conn *c, enum tcp_phase phase, time_ns now)
{
    t->n_silent += (unsigned)is_silent(c, phase) - (unsigned)is_silent(c, c->phase);
    c->phase = phase;
    c->since = now;
    if (phase != TCP_SHAKING)
        list_remove(&c->in_parked);
    list_remove(&c->in_phase);
    list_append(&t->phases[phase], &c->in_phase);
}

void tcp_touch(struct tcp *t, struct tcp_conn *c, time_ns now)
{
    if (c->phase == TCP_OPEN)
        tcp_enter(t, c, TCP_OPEN, now);
    tcp_web_moved(t, c, now);
}

void tcp_die(struct tcp *t, struct tcp_conn *c)
{
    assert(c->phase != TCP_DEAD);
    close(c->fd); /* nor is it watched any more */
    c->fd = -1;
    list_remove(&c->in_dirty);
    list_remove(&c->in_parked);
    outq_fini(&c->out, t->mem, t->blocks);
    tcp_drop_layers(t, c);
    if (c->phase == TCP_ENDING)
        conn_free(t, c);
    else
        tcp_enter(t, c, TCP_DEAD, 0);
}

void tcp_proven(struct tcp *t, conn_id id, time_ns now)
{
    struct tcp_conn *c = tcp_find(t, id);

    if (c && c->phase == TCP_SILENT)
        tcp_enter(t, c, TCP_OPEN, now);
}

void tcp_end(struct tcp *t, conn_id id, time_ns now)
{
    struct tcp_conn *c = tcp_find(t, id);

    if (!c || c->phase == TCP_ENDING)
        return;
    if (c->phase == TCP_DEAD) {
        conn_free(t, c);
        return;
    }
    bool connecting = c->phase == TCP_CONNECTING;

    if (!connecting)
        tcp_say_end(t, c);
    tcp_enter(t, c, TCP_ENDING, now);
    if (connecting)
        tcp_die(t, c);
    else
        tcp_write(t, c, now);
}

static struct tcp_conn *eldest(const struct tcp *t, unsigned phase)
{
    struct list *node = list_first(&t->phases[phase]);

    return node ? CONTAINER_OF(node, struct tcp_conn, in_phase) : NULL;
}

static time_ns phase_deadline(const struct tcp *t, unsigned phase)
{
    const struct tcp_conn *c = eldest(t, phase);

    return c ? time_add(c->since, phase_span[phase]) : TIME_NEVER;
}

void tcp_expire(struct tcp *t, time_ns now)
{
    for (unsigned phase = 0; phase < TCP_DEAD; phase++)
        while (phase_deadline(t, phase) <= now) {
            tcp_note_failure(t, eldest(t, phase), TLS_CAUSE_TOO_SLOW, "it took too long");
            tcp_die(t, eldest(t, phase));
        }
    tcp_web_ping(t, now);
}

time_ns tcp_deadline(const struct tcp *t)
{
    time_ns at = tcp_web_deadline(t);

    for (unsigned phase = 0; phase < TCP_DEAD; phase++)
        at = time_min(at, phase_deadline(t, phase));
    return at;
}

conn_id tcp_gone(struct tcp *t)
{
    struct tcp_conn *c = eldest(t, TCP_DEAD);
    conn_id id = c ? c->id : 0;

    if (c)
        conn_free(t, c);
    return id;
}
