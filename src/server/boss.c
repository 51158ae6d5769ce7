/* Starts and ends the workers and hears signals; moves no message. */
#include "server/boss.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "server/ready.h"
#include "server/worker.h"

struct boss {
    struct shared *shared;
    struct worker **workers;
    const struct log *log;
    int signals;
    bool json;
    bool told;        /* ready was printed */
    time_ns deadline; /* of the drain; TIME_NEVER before */
};

static sigset_t our_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

void boss_block_signals(void)
{
    sigset_t set = our_signals();

    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static void ring_all(struct boss *b)
{
    for (unsigned i = 0; i < b->shared->n_workers; i++)
        bell_ring_loud(post_bell(b->shared->post, i));
}

static time_ns now_of(const struct boss *b)
{
    return net_clock_now(&b->shared->clock);
}

/* A second one does not wait for the work in progress. */
static void end(struct boss *b)
{
    bool again = b->deadline != TIME_NEVER;

    b->deadline = again ? 0 : now_of(b) + LIMIT_DRAIN_S * NS_PER_S;
    if (again)
        log_event(b->log, EV_ENDING_AT_ONCE, LOG_NUMBER("workers", b->shared->n_workers));
    else
        log_event(b->log, EV_DRAINING, LOG_NUMBER("seconds", LIMIT_DRAIN_S));
    atomic_store(&b->shared->draining, true);
    ring_all(b);
}

static void take_signal(struct boss *b)
{
    struct signalfd_siginfo info;

    if (read(b->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    if (info.ssi_signo == SIGHUP)
        log_line(b->log, LOG_INFO, "SIGHUP: there is nothing to reload");
    else
        end(b);
}

static bool all(const struct boss *b, bool idle)
{
    for (unsigned i = 0; i < b->shared->n_workers; i++)
        if (!atomic_load(idle ? &b->workers[i]->idle : &b->workers[i]->running))
            return false;
    return true;
}

static bool is_over(const struct boss *b)
{
    return b->deadline != TIME_NEVER && (now_of(b) >= b->deadline || all(b, true));
}

static int wait_ms(const struct boss *b)
{
    time_ns now = now_of(b);

    if (b->deadline == TIME_NEVER)
        return -1;
    return b->deadline > now ? (int)((b->deadline - now) / NS_PER_MS) + 1 : 0;
}

static void serve(struct boss *b)
{
    struct pollfd p[2] = {{.fd = b->signals, .events = POLLIN},
                          {.fd = b->shared->boss->fd, .events = POLLIN}};

    while (!is_over(b)) {
        if (!b->told && all(b, false)) {
            ready_print(&b->shared->listen, b->json);
            b->told = true;
        }
        if (poll(p, 2, wait_ms(b)) <= 0)
            continue;
        if (p[0].revents)
            take_signal(b);
        if (p[1].revents)
            bell_hush(b->shared->boss);
    }
}

static int start(struct boss *b, unsigned *n)
{
    int error = 0;

    for (*n = 0; *n < b->shared->n_workers; (*n)++) {
        error = worker_start(b->workers[*n]);
        if (error)
            break;
    }
    return error;
}

int boss_run(struct shared *s, struct worker **workers, bool json)
{
    struct boss b = {.shared = s, .workers = workers, .json = json, .deadline = TIME_NEVER};
    sigset_t set = our_signals();
    unsigned started = 0;
    int error;

    b.log = log_writer_log(s->log, s->n_workers);
    b.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    error = b.signals < 0 ? errno : start(&b, &started);
    if (error)
        fprintf(stderr, "tandem: serve: %s\n", strerror(error));
    else
        serve(&b);
    atomic_store(&s->stop, true);
    ring_all(&b);
    for (unsigned i = 0; i < started; i++)
        worker_join(workers[i]);
    if (b.signals >= 0)
        close(b.signals);
    return error ? 4 : 0;
}
