/* The control socket's thread: waits for clients and lets each go on in turn; knows no verb. */
#include "server/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/control_client.h"
#include "server/control_socket.h"

#define LOOK_MS 100 /* how often waiting for an answer is looked after */
#define IDLE_MS 1000
#define KEEP_BLOCKS 4

static const char turned_away[] = "{\"status\":1,\"error\":\"too many clients\"}\n";

static struct control_client *free_client(struct control *k)
{
    for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++)
        if (!k->clients[i].used)
            return &k->clients[i];
    return NULL;
}

static void keep_spare(struct control *k)
{
    if (k->spare < 0)
        k->spare = fcntl(k->listener, F_DUPFD_CLOEXEC, 0);
}

/* Where the server has no descriptors left, its owner wants to see that more than ever. */
static int accept_client(struct control *k)
{
    int fd = accept4(k->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0 || (errno != EMFILE && errno != ENFILE))
        return fd;
    close(k->spare);
    k->spare = -1;
    return accept4(k->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static void take_client(struct control *k, time_ns now)
{
    int fd = accept_client(k);
    struct control_client *c = free_client(k);

    if (fd < 0)
        return;
    if (c) {
        (void)control_client_begin(c, k, fd, now);
        return;
    }
    (void)send(fd, turned_away, sizeof(turned_away) - 1, MSG_NOSIGNAL);
    close(fd);
}

static short events_of(const struct control_client *c)
{
    int events = 0;

    if (!c->ended && !c->ending && c->in_len < sizeof(c->in))
        events |= POLLIN;
    if (c->out_at < c->out_len)
        events |= POLLOUT;
    return (short)events;
}

/* True: some client wants to go on at once. */
static bool run_clients(struct control *k, time_ns now)
{
    bool more = false;

    for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++) {
        struct control_client *c = &k->clients[i];

        if (!c->used)
            continue;
        more |= control_client_run(c, now);
        control_client_expire(c, now);
    }
    return more;
}

static int wait_ms(const struct control *k, bool more)
{
    int ms = -1;

    if (more)
        return 0;
    if (k->spare < 0)
        return LOOK_MS;
    for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++) {
        if (!k->clients[i].used)
            continue;
        if (control_client_waits(&k->clients[i]) || k->clients[i].fd < 0)
            return LOOK_MS;
        ms = IDLE_MS;
    }
    return ms;
}

/* What is waited for before the clients: both bells and the listener. */
#define OWN_FDS 3

static void take_events(struct control *k, const struct pollfd *p, time_ns now)
{
    if (p[0].revents)
        bell_hush(&k->bell);
    if (p[1].revents)
        bell_hush(store_bell(k->shared->store));
    if (p[2].revents)
        take_client(k, now);
    for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++) {
        short got = p[OWN_FDS + i].revents;

        if (got & POLLOUT)
            control_client_write(&k->clients[i], now);
        if (got & (POLLIN | POLLHUP | POLLERR) && k->clients[i].fd >= 0)
            control_client_read(&k->clients[i], now);
    }
}

/* An answer of the store's that comes before the bell is asleep is looked for after LOOK_MS. */
static void turn(struct control *k, bool more)
{
    struct bell *store = store_bell(k->shared->store);
    struct pollfd p[OWN_FDS + LIMIT_CONTROL_CLIENTS] = {{.fd = k->bell.fd, .events = POLLIN},
                                                        {.fd = store->fd, .events = POLLIN},
                                                        {.fd = -1, .events = POLLIN}};

    keep_spare(k);
    if (k->spare >= 0)
        p[2].fd = k->listener;
    for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++) {
        const struct control_client *c = &k->clients[i];

        p[OWN_FDS + i].fd = c->used ? c->fd : -1;
        p[OWN_FDS + i].events = c->used ? events_of(c) : 0;
    }
    bell_asleep(store);
    if (poll(p, OWN_FDS + LIMIT_CONTROL_CLIENTS, wait_ms(k, more)) > 0)
        take_events(k, p, net_clock_now(&k->shared->clock));
    bell_awake(store);
    control_take_answers(k);
}

static void *run(void *arg)
{
    struct control *k = arg;
    bool more = false;

    (void)prctl(PR_SET_NAME, "control");
    while (!atomic_load(&k->stop)) {
        turn(k, more);
        more = run_clients(k, net_clock_now(&k->shared->clock));
    }
    return NULL;
}

static void release(struct control *k)
{
    for (unsigned i = 0; i < LIMIT_CONTROL_CLIENTS; i++)
        if (k->clients[i].used) {
            /* whoever had its inquiry has ended */
            atomic_store(&k->clients[i].inquiry->answered, true);
            control_client_free(&k->clients[i]);
        }
    for (unsigned i = 0; i < LIMIT_WORKERS; i++)
        free(k->orphans[i]);
    if (k->spare >= 0)
        close(k->spare);
    if (k->listener >= 0)
        control_socket_close(k->path, k->listener);
    if (k->row)
        fclose(k->row);
    free(k->row_at);
    bell_fini(&k->bell);
    block_pool_fini(&k->blocks);
    free(k);
}

static const char *fail(struct control *k, int error)
{
    release(k);
    return error == EADDRINUSE ? "another server answers at this control socket"
           : error == EEXIST   ? "this is no socket: nothing is put in its place"
                               : strerror(error);
}

const char *control_start(struct shared *s, const char *path, struct control **out)
{
    struct control *k = calloc(1, sizeof(*k));
    int error;

    if (!k)
        return strerror(ENOMEM);
    k->shared = s;
    k->path = path;
    k->listener = k->spare = k->bell.fd = -1;
    k->started = net_clock_now(&s->clock);
    k->log = log_writer_log(s->log, s->n_workers + 1);
    block_pool_init(&k->blocks, s->mem, KEEP_BLOCKS);
    k->row = open_memstream(&k->row_at, &k->row_len);
    error = k->row ? bell_init(&k->bell) : ENOMEM;
    if (!error)
        error = control_socket_open(path, &k->listener);
    if (!error)
        error = pthread_create(&k->thread, NULL, run, k);
    if (error)
        return fail(k, error);
    *out = k;
    return NULL;
}

void control_stop(struct control *k)
{
    if (!k)
        return;
    atomic_store(&k->stop, true);
    bell_ring_loud(&k->bell);
    (void)pthread_join(k->thread, NULL);
    release(k);
}
