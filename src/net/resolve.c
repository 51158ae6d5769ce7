/* Resolves names in a thread of its own; knows nothing of why they are asked. */
#include "net/resolve.h"

#include <assert.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include "base/err.h"
#include "net/addrconv.h"

struct question {
    uint64_t query;
    uint16_t port;
    char name[RESOLVE_NAME_MAX + 1];
};

struct asker {
    struct lane questions, answers;
    struct bell *bell;
    unsigned open; /* asked and not yet answered; the asker's own */
};

struct resolver {
    struct mem *mem;
    struct bell bell;
    _Atomic bool stop;
    pthread_t thread;
    unsigned n_askers;
    struct asker askers[];
};

static void add_address(struct resolve_answer *a, const struct addrinfo *i, uint16_t port)
{
    struct sockaddr_storage s = {0};

    memcpy(&s, i->ai_addr, i->ai_addrlen);
    if (!addr_from_sockaddr(&s, &a->addrs[a->n]))
        return;
    a->addrs[a->n].port = port;
    a->n++;
}

static void look_up(const struct question *q, struct resolve_answer *a)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found;

    *a = (struct resolve_answer){.query = q->query};
    if (getaddrinfo(q->name, NULL, &hints, &found) != 0)
        return;
    for (const struct addrinfo *i = found; i && a->n < LIMIT_RESOLVE_ADDRESSES; i = i->ai_next)
        add_address(a, i, q->port);
    freeaddrinfo(found);
}

/* One question of each asker in turn. False: nobody has one. */
static bool answer_round(struct resolver *r)
{
    bool any = false;

    for (unsigned i = 0; i < r->n_askers && !atomic_load(&r->stop); i++) {
        struct asker *who = &r->askers[i];
        struct question q;
        struct resolve_answer a;

        if (!lane_pop(&who->questions, &q))
            continue;
        any = true;
        look_up(&q, &a);
        bool pushed = lane_push(&who->answers, &a);

        assert(pushed);
        (void)pushed;
        bell_ring(who->bell);
    }
    return any;
}

static bool has_question(const struct resolver *r)
{
    for (unsigned i = 0; i < r->n_askers; i++)
        if (!lane_is_empty(&r->askers[i].questions))
            return true;
    return false;
}

static void wait_for_question(struct resolver *r)
{
    struct pollfd p = {.fd = r->bell.fd, .events = POLLIN};

    bell_asleep(&r->bell);
    if (!has_question(r) && !atomic_load(&r->stop))
        (void)poll(&p, 1, -1);
    bell_awake(&r->bell);
    bell_hush(&r->bell);
}

static void *run(void *arg)
{
    struct resolver *r = arg;

    while (!atomic_load(&r->stop))
        if (!answer_round(r))
            wait_for_question(r);
    return NULL;
}

static void release(struct resolver *r)
{
    for (unsigned i = 0; i < r->n_askers; i++) {
        lane_fini(&r->askers[i].questions);
        lane_fini(&r->askers[i].answers);
    }
    bell_fini(&r->bell);
    mem_free(r->mem, r, sizeof(*r) + r->n_askers * sizeof(r->askers[0]));
}

/* An answer always finds room: no more questions are open than answers can wait. */
static int init_askers(struct resolver *r, struct bell *const *bells)
{
    for (unsigned i = 0; i < r->n_askers; i++) {
        struct asker *a = &r->askers[i];

        a->bell = bells[i];
        if (lane_init(&a->questions, r->mem, sizeof(struct question), LIMIT_RESOLVE_QUEUE) ||
            lane_init(&a->answers, r->mem, sizeof(struct resolve_answer), LIMIT_RESOLVE_QUEUE))
            return ERR_NOMEM;
    }
    return OK;
}

struct resolver *resolver_new(struct mem *mem, unsigned n_askers, struct bell *const *bells)
{
    struct resolver *r = mem_alloc_zero(mem, sizeof(*r) + n_askers * sizeof(r->askers[0]));

    if (!r)
        return NULL;
    r->mem = mem;
    r->n_askers = n_askers;
    r->bell.fd = -1;
    if (bell_init(&r->bell) == 0 && init_askers(r, bells) == OK &&
        pthread_create(&r->thread, NULL, run, r) == 0)
        return r;
    release(r);
    return NULL;
}

static bool join(struct resolver *r, time_ns within)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    uint64_t ns = (uint64_t)until.tv_nsec + within;
    until.tv_sec += (time_t)(ns / NS_PER_S);
    until.tv_nsec = (long)(ns % NS_PER_S);
    return pthread_timedjoin_np(r->thread, NULL, &until) == 0;
}

bool resolver_free(struct resolver *r, time_ns within)
{
    if (!r)
        return true;
    atomic_store(&r->stop, true);
    bell_ring_loud(&r->bell);
    if (!join(r, within))
        return false;
    release(r);
    return true;
}

bool resolver_ask(struct resolver *r, unsigned asker, uint64_t query, struct str name,
                  uint16_t port)
{
    struct question q = {.query = query, .port = port};

    if (name.len == 0 || name.len > RESOLVE_NAME_MAX || memchr(name.at, '\0', name.len))
        return false;
    memcpy(q.name, name.at, name.len);
    if (r->askers[asker].open == LIMIT_RESOLVE_QUEUE || !lane_push(&r->askers[asker].questions, &q))
        return false;
    r->askers[asker].open++;
    bell_ring(&r->bell);
    return true;
}

bool resolver_answer(struct resolver *r, unsigned asker, struct resolve_answer *out)
{
    if (!lane_pop(&r->askers[asker].answers, out))
        return false;
    r->askers[asker].open--;
    return true;
}

bool resolver_has_answer(const struct resolver *r, unsigned asker)
{
    return !lane_is_empty(&r->askers[asker].answers);
}
