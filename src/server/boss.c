/* Starts, watches and ends the workers, and hears signals; moves no message. */
#include "server/boss.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "server/life.h"
#include "server/ready.h"
#include "server/reload.h"
#include "server/watchdog.h"
#include "server/welcome.h"
#include "server/worker.h"

#define TELL_EVERY NS_PER_S        /* how often the manager hears how the drain goes on */
#define JOIN_WITHIN (5 * NS_PER_S) /* for a worker to leave its loop */
#define MANAGER_SPARE_S 15         /* what the manager shall wait beyond the drain */

struct boss {
    struct shared *shared;
    struct worker **workers;
    const struct log *log;
    int signals;
    bool told; /* ready was printed */
    time_ns began;
    time_ns deadline;  /* of the drain; TIME_NEVER before */
    time_ns next_tell; /* of the drain's course */
    struct watchdog watchdog;
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

static bool drains(const struct boss *b)
{
    return b->deadline != TIME_NEVER;
}

static size_t calls(const struct boss *b)
{
    size_t n = 0;

    for (unsigned i = 0; i < b->shared->n_workers; i++)
        n += atomic_load(&b->workers[i]->calls);
    return n;
}

static void begin_drain(struct boss *b)
{
    unsigned long long seconds = current_config(&b->shared->current)->drain_s;

    b->deadline = time_add(now_of(b), seconds * NS_PER_S);
    b->next_tell = now_of(b);
    log_event(b->log, EV_DRAINING, LOG_NUMBER("seconds", seconds));
    notify_say(&b->shared->notify, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%llu000000",
               seconds + MANAGER_SPARE_S);
    atomic_store(&b->shared->draining, true);
    ring_all(b);
}

/* The second time it does not wait for the work in progress. */
static void end(struct boss *b)
{
    if (!drains(b)) {
        begin_drain(b);
        return;
    }
    b->deadline = 0;
    log_event(b->log, EV_ENDING_AT_ONCE, LOG_NUMBER("workers", b->shared->n_workers));
}

void boss_end(struct shared *s)
{
    atomic_store(&s->end_wanted, true);
    bell_ring_loud(s->boss);
}

static void reload(struct boss *b)
{
    notify_reloading(&b->shared->notify);
    server_reload_logged(b->shared, b->log);
    notify_say(&b->shared->notify, "READY=1");
}

static void take_signal(struct boss *b)
{
    struct signalfd_siginfo info;

    if (read(b->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    if (info.ssi_signo == SIGHUP)
        reload(b);
    else
        end(b);
}

static bool all_idle(const struct boss *b)
{
    unsigned n = 0;

    while (n < b->shared->n_workers && atomic_load(&b->workers[n]->idle))
        n++;
    return n == b->shared->n_workers;
}

static bool all_running(const struct boss *b)
{
    unsigned n = 0;

    while (n < b->shared->n_workers && atomic_load(&b->workers[n]->running))
        n++;
    return n == b->shared->n_workers;
}

static bool is_over(const struct boss *b)
{
    return drains(b) && (now_of(b) >= b->deadline || all_idle(b));
}

static time_ns next_time(const struct boss *b)
{
    time_ns at = time_min(b->deadline, b->watchdog.next);

    return drains(b) ? time_min(at, b->next_tell) : at;
}

static int wait_ms(const struct boss *b)
{
    time_ns now = now_of(b), at = next_time(b);

    if (at == TIME_NEVER)
        return -1;
    return at > now ? (int)((at - now) / NS_PER_MS) + 1 : 0;
}

static void tell_ready(struct boss *b)
{
    if (b->told || !all_running(b))
        return;
    b->told = true;
    life_ready(b->log, b->shared, b->began);
    ready_print(&b->shared->listen, b->shared->options->json);
    if (isatty(STDERR_FILENO) && !b->shared->options->json)
        welcome_print(stderr, b->shared, current_config(&b->shared->current));
    notify_say(&b->shared->notify, "READY=1\nSTATUS=Serving with %u workers", b->shared->n_workers);
}

static void read_turns(const struct boss *b, uint64_t *turns)
{
    for (unsigned i = 0; i < b->shared->n_workers; i++)
        turns[i] = atomic_load_explicit(&b->workers[i]->turns, memory_order_relaxed);
}

static void start_watchdog(struct boss *b)
{
    uint64_t turns[LIMIT_WORKERS];

    read_turns(b, turns);
    watchdog_init(&b->watchdog, b->shared->notify.watchdog, turns, b->shared->n_workers, now_of(b));
    ring_all(b);
}

/* Each worker is rung, so that one that sleeps for want of work turns before the next look. */
static void watch(struct boss *b)
{
    uint64_t turns[LIMIT_WORKERS];

    read_turns(b, turns);
    if (watchdog_look(&b->watchdog, turns, b->shared->n_workers, now_of(b)))
        notify_say(&b->shared->notify, "WATCHDOG=1");
    else
        log_event(b->log, EV_WORKER_STUCK, LOG_NUMBER("worker", b->watchdog.stuck));
    ring_all(b);
}

static void take_time(struct boss *b)
{
    if (b->watchdog.next <= now_of(b))
        watch(b);
    if (drains(b) && b->next_tell <= now_of(b)) {
        b->next_tell = now_of(b) + TELL_EVERY;
        notify_say(&b->shared->notify, "STATUS=Ending: %zu calls in progress", calls(b));
    }
}

/* The boss reads it when it is needed: what is left is to let go of the old one. */
static void take_config(struct boss *b)
{
    struct current *c = &b->shared->current;

    current_taken(c, b->shared->n_workers);
    current_sweep(c);
}

static void serve(struct boss *b)
{
    struct pollfd p[2] = {{.fd = b->signals, .events = POLLIN},
                          {.fd = b->shared->boss->fd, .events = POLLIN}};

    while (!is_over(b)) {
        tell_ready(b);
        int n = poll(p, 2, wait_ms(b));

        take_time(b);
        if (n < 0)
            continue;
        if (p[0].revents)
            take_signal(b);
        if (p[1].revents)
            bell_hush(b->shared->boss);
        take_config(b);
        if (atomic_exchange(&b->shared->end_wanted, false))
            end(b);
    }
    if (calls(b) > 0)
        log_event(b->log, EV_CALLS_LEFT, LOG_NUMBER("calls", calls(b)));
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

/* False: one of them does not leave its loop. */
static bool end_workers(struct boss *b, unsigned started)
{
    bool ended = true;

    atomic_store(&b->shared->stop, true);
    ring_all(b);
    for (unsigned i = 0; i < started; i++)
        ended = worker_join(b->workers[i], JOIN_WITHIN) && ended;
    return ended;
}

int boss_run(struct shared *s, struct worker **workers)
{
    struct boss b = {.shared = s, .workers = workers, .deadline = TIME_NEVER};
    sigset_t set = our_signals();
    unsigned started = 0;
    int error;

    b.log = log_writer_log(s->log, s->n_workers);
    b.began = now_of(&b);
    life_started(b.log, s);
    b.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    error = b.signals < 0 ? errno : start(&b, &started);
    if (error) {
        fprintf(stderr, "tandem: serve: %s\n", strerror(error));
    } else {
        confine_tell(b.log, &s->confinement, &s->sandbox);
        start_watchdog(&b);
        serve(&b);
    }
    if (!end_workers(&b, started)) {
        fputs("tandem: serve: a worker does not end\n", stderr);
        _exit(4);
    }
    if (b.signals >= 0)
        close(b.signals);
    life_ended(b.log, s, b.began);
    return error ? 4 : 0;
}
