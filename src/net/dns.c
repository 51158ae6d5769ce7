/* Asks name servers in a thread of its own, through c-ares; knows nothing of why they are asked. */
#include "net/dns.h"

#include <ares.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>

#include "base/err.h"

#define CLASS_IN 1
#define NAME_MAX_BYTES 253
#define SOCKETS_MOST 64 /* c-ares has one or two a server */

struct question {
    uint64_t query;
    uint16_t type;
    char name[NAME_MAX_BYTES + 1];
};

struct asker {
    struct lane questions, answers;
    struct bell *bell;
    unsigned open; /* asked and not yet answered; the asker's own */
};

/* A question that name servers have. */
struct under_way {
    struct net_dns *dns;
    struct asker *who;
    struct question q;
};

struct net_dns {
    struct mem *mem;
    struct bell bell;
    _Atomic bool stop;
    pthread_t thread;
    ares_channel channel;
    _Atomic(ares_channel) next; /* that takes its place; NULL: none */
    unsigned n_sockets;
    struct pollfd sockets[SOCKETS_MOST + 1]; /* the bell's last */
    unsigned n_askers;
    struct asker askers[];
};

/* --- c-ares' sockets --- */

static unsigned place_of(const struct net_dns *d, ares_socket_t fd)
{
    unsigned i = 0;

    while (i < d->n_sockets && d->sockets[i].fd != fd)
        i++;
    return i;
}

/* A socket that there is no place for is not looked at: what goes by it is asked again. */
static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
    struct net_dns *d = arg;
    unsigned i = place_of(d, fd);

    if (!readable && !writable) {
        if (i < d->n_sockets)
            d->sockets[i] = d->sockets[--d->n_sockets];
        return;
    }
    if (i == SOCKETS_MOST)
        return;
    if (i == d->n_sockets)
        d->n_sockets++;
    d->sockets[i] = (struct pollfd){
        .fd = fd, .events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0))};
}

/* --- questions and answers --- */

/* An answer always finds room: no more questions are open than answers can wait. */
static void answer(struct net_dns *d, struct asker *who, uint64_t query, const void *bytes,
                   size_t len)
{
    struct net_dns_answer a = {.query = query};

    if (len > 0)
        a.bytes = mem_alloc(d->mem, len);
    if (a.bytes) {
        memcpy(a.bytes, bytes, len);
        a.len = len;
    }
    bool pushed = lane_push(&who->answers, &a);

    assert(pushed);
    (void)pushed;
    bell_ring(who->bell);
}

static void put(struct under_way *u);

/* That there is no such name is an answer, too: it has its bytes. Where other servers have taken
 * the place of those that were asked, they are. */
static void on_answer(void *arg, int status, int timeouts, unsigned char *bytes, int len)
{
    struct under_way *u = arg;
    bool whole = status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND;

    (void)timeouts;
    if (status == ARES_EDESTRUCTION && !atomic_load(&u->dns->stop)) {
        put(u);
        return;
    }
    answer(u->dns, u->who, u->q.query, bytes, whole && bytes && len > 0 ? (size_t)len : 0);
    mem_free(u->dns->mem, u, sizeof(*u));
}

static void put(struct under_way *u)
{
    ares_query(u->dns->channel, u->q.name, CLASS_IN, u->q.type, on_answer, u);
}

static void ask(struct net_dns *d, struct asker *who, const struct question *q)
{
    struct under_way *u = mem_alloc(d->mem, sizeof(*u));

    if (!u) {
        answer(d, who, q->query, NULL, 0);
        return;
    }
    *u = (struct under_way){d, who, *q};
    put(u);
}

/* One question of each asker in turn. False: nobody has one. */
static bool take_round(struct net_dns *d)
{
    bool any = false;

    for (unsigned i = 0; i < d->n_askers; i++) {
        struct question q;

        if (!lane_pop(&d->askers[i].questions, &q))
            continue;
        any = true;
        ask(d, &d->askers[i], &q);
    }
    return any;
}

static bool has_question(const struct net_dns *d)
{
    for (unsigned i = 0; i < d->n_askers; i++)
        if (!lane_is_empty(&d->askers[i].questions))
            return true;
    return false;
}

/* --- the thread --- */

static void change_servers(struct net_dns *d)
{
    ares_channel old = d->channel, next = atomic_exchange(&d->next, NULL);

    if (!next)
        return;
    d->channel = next;
    ares_destroy(old); /* what it was asked goes to the new ones */
}

static int wait_ms(struct net_dns *d)
{
    struct timeval at, *next = ares_timeout(d->channel, NULL, &at);

    return next ? (int)(next->tv_sec * 1000 + next->tv_usec / 1000 + 1) : -1;
}

/* What became of the sockets while they were waited for: c-ares changes their list as it works. */
static void process(struct net_dns *d)
{
    struct pollfd seen[SOCKETS_MOST];
    unsigned n = d->n_sockets;

    memcpy(seen, d->sockets, n * sizeof(*seen));
    for (unsigned i = 0; i < n; i++) {
        short r = seen[i].revents;

        if (r)
            ares_process_fd(d->channel,
                            r & (POLLIN | POLLERR | POLLHUP) ? seen[i].fd : ARES_SOCKET_BAD,
                            r & POLLOUT ? seen[i].fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(d->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void wait(struct net_dns *d)
{
    unsigned n = d->n_sockets;

    d->sockets[n] = (struct pollfd){.fd = d->bell.fd, .events = POLLIN};
    bell_asleep(&d->bell);
    if (!has_question(d) && !atomic_load(&d->stop) && !atomic_load(&d->next) &&
        poll(d->sockets, n + 1, wait_ms(d)) <= 0)
        for (unsigned i = 0; i <= n; i++)
            d->sockets[i].revents = 0;
    bell_awake(&d->bell);
    if (d->sockets[n].revents)
        bell_hush(&d->bell);
}

static void *run(void *arg)
{
    struct net_dns *d = arg;

    while (!atomic_load(&d->stop)) {
        for (unsigned i = 0; i < d->n_sockets; i++)
            d->sockets[i].revents = 0;
        change_servers(d);
        while (!atomic_load(&d->stop) && take_round(d))
            continue;
        wait(d);
        process(d);
    }
    return NULL;
}

/* --- made and freed --- */

static int init_askers(struct net_dns *d, struct bell *const *bells)
{
    for (unsigned i = 0; i < d->n_askers; i++) {
        struct asker *a = &d->askers[i];

        a->bell = bells[i];
        if (lane_init(&a->questions, d->mem, sizeof(struct question), LIMIT_DNS_QUESTIONS) ||
            lane_init(&a->answers, d->mem, sizeof(struct net_dns_answer), LIMIT_DNS_QUESTIONS))
            return ERR_NOMEM;
    }
    return OK;
}

struct ares_channeldata *net_dns_prepare(struct net_dns *d, const struct net_dns_config *c)
{
    ares_channel channel;
    struct ares_options o = {.flags = ARES_FLAG_EDNS,
                             .timeout = (int)c->timeout_ms,
                             .tries = (int)c->tries,
                             .sock_state_cb = on_socket,
                             .sock_state_cb_data = d};
    int given = ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB;

    given |= c->timeout_ms ? ARES_OPT_TIMEOUTMS : 0;
    given |= c->tries ? ARES_OPT_TRIES : 0;
    if (ares_init_options(&channel, &o, given) != ARES_SUCCESS)
        return NULL;
    if (!c->servers || ares_set_servers_ports_csv(channel, c->servers) == ARES_SUCCESS)
        return channel;
    ares_destroy(channel);
    return NULL;
}

void net_dns_refuse(struct ares_channeldata *channel)
{
    if (channel)
        ares_destroy(channel);
}

void net_dns_use(struct net_dns *d, struct ares_channeldata *channel)
{
    net_dns_refuse(atomic_exchange(&d->next, channel));
    bell_ring_loud(&d->bell);
}

static void drop_answers(struct net_dns *d, struct asker *a)
{
    struct net_dns_answer left;

    while (a->answers.slots && lane_pop(&a->answers, &left))
        net_dns_done(d, &left);
}

static void release(struct net_dns *d)
{
    net_dns_refuse(atomic_load(&d->next));
    net_dns_refuse(d->channel); /* answers all that is under way */
    ares_library_cleanup();
    for (unsigned i = 0; i < d->n_askers; i++) {
        drop_answers(d, &d->askers[i]);
        lane_fini(&d->askers[i].questions);
        lane_fini(&d->askers[i].answers);
    }
    bell_fini(&d->bell);
    mem_free(d->mem, d, sizeof(*d) + d->n_askers * sizeof(d->askers[0]));
}

struct net_dns *net_dns_new(struct mem *mem, const struct net_dns_config *c, unsigned n_askers,
                            struct bell *const *bells)
{
    struct net_dns *d = mem_alloc_zero(mem, sizeof(*d) + n_askers * sizeof(d->askers[0]));

    if (!d)
        return NULL;
    d->mem = mem;
    d->n_askers = n_askers;
    d->bell.fd = -1;
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
        mem_free(mem, d, sizeof(*d) + n_askers * sizeof(d->askers[0]));
        return NULL;
    }
    if (bell_init(&d->bell) == 0 && init_askers(d, bells) == OK &&
        (d->channel = net_dns_prepare(d, c)) != NULL &&
        pthread_create(&d->thread, NULL, run, d) == 0)
        return d;
    release(d);
    return NULL;
}

void net_dns_free(struct net_dns *d)
{
    if (!d)
        return;
    atomic_store(&d->stop, true);
    bell_ring_loud(&d->bell);
    (void)pthread_join(d->thread, NULL);
    release(d);
}

/* --- the askers' side --- */

bool net_dns_ask(struct net_dns *d, unsigned asker, uint64_t query, struct str name, uint16_t type)
{
    struct question q = {.query = query, .type = type};

    if (name.len == 0 || name.len > NAME_MAX_BYTES || memchr(name.at, '\0', name.len))
        return false;
    memcpy(q.name, name.at, name.len);
    if (d->askers[asker].open == LIMIT_DNS_QUESTIONS || !lane_push(&d->askers[asker].questions, &q))
        return false;
    d->askers[asker].open++;
    bell_ring(&d->bell);
    return true;
}

bool net_dns_answer(struct net_dns *d, unsigned asker, struct net_dns_answer *out)
{
    if (!lane_pop(&d->askers[asker].answers, out))
        return false;
    d->askers[asker].open--;
    return true;
}

void net_dns_done(struct net_dns *d, const struct net_dns_answer *a)
{
    if (a->bytes)
        mem_free(d->mem, a->bytes, a->len);
}

bool net_dns_has_answer(const struct net_dns *d, unsigned asker)
{
    return !lane_is_empty(&d->askers[asker].answers);
}
