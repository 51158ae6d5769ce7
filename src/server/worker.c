/* A worker's life: its parts, its thread and its turns. What comes in and goes out is worker_in.c's
 * and worker_out.c's. */
#include "server/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/err.h"
#include "net/entropy.h"
#include "server/element_config.h"
#include "server/thread_end.h"
#include "server/wall_clock.h"
#include "server/worker_guard.h"
#include "server/worker_join.h"

#define SWEEP_EVERY (NS_PER_S / 4)
/* Timers may be late, and those of finished transactions end by the thousand: they share wake-ups.
 */
#define TIMER_GRAIN (4 * NS_PER_MS)
#define DRAIN_LOOK (20 * NS_PER_MS) /* how often a worker that drains looks whether it is idle */

static struct element *make_element(struct worker *w)
{
    struct shared *s = w->shared;
    const struct config *config = current_config(&s->current);
    struct element_config c;

    element_config_of(&c, s, config);
    w->access_required = c.access.required;
    w->gathers = config->gather;
    c.engine.worker = w->index;
    c.engine.log = w->log;
    c.engine.recorder = w->recorder;
    return entropy_seed(&c.engine.seed) ? element_new(&c) : NULL;
}

static bool add_udp(struct worker *w, struct worker_listener *l, unsigned i, int fd)
{
    if (udp_init(&l->udp, fd, &w->loop, LOOP_TOKEN(TOKEN_UDP, i), w->shared->mem, w->blocks) != OK)
        return false;
    if (w->shared->config->merge_datagrams)
        udp_merge(&l->udp);
    return true;
}

static bool add_tcp(struct worker *w, struct worker_listener *l, unsigned i, int fd)
{
    l->fd = fd;
    return loop_add(&w->loop, fd, LOOP_TOKEN(TOKEN_LISTENER, i), LOOP_READ) == 0;
}

/* The engine's index of a listener is ours: both count in this order. */
static bool add_listener(struct worker *w, unsigned i)
{
    struct worker_listener *l = &w->listeners[i];

    l->at = w->shared->listen.list[i];
    l->fd = -1;
    l->udp.fd = -1;
    w->n_listeners = i + 1;
    int fd = sockets_take(&w->shared->sockets, w->index, i);
    bool added = l->at.transport == TRANSPORT_UDP ? add_udp(w, l, i, fd) : add_tcp(w, l, i, fd);
    struct str host = element_host_of(w->shared, &l->at);

    return added && engine_listen(w->engine, l->at.transport, &l->at.addr, host) == (int)i;
}

static bool init(struct worker *w)
{
    struct shared *s = w->shared;

    w->loop.epoll = w->loop.alarm = -1;
    unsigned kept_mb = current_config(&s->current)->trace_mb;
    w->recorder = kept_mb > 0 ? recorder_new(s->mem, (size_t)kept_mb << 20) : NULL;
    if (kept_mb > 0 && !w->recorder)
        return false;
    w->element = make_element(w);
    if (!w->element || loop_init(&w->loop))
        return false;
    w->engine = element_engine(w->element);
    worker_take_names(w);
    w->blocks = engine_blocks(w->engine);
    w->area = udp_area_new(s->mem);
    if (!worker_guard_init(w) || !w->area || tcp_init(&w->tcp, &w->loop, s->mem, w->blocks) != OK ||
        !worker_take_secure(w))
        return false;
    worker_use_web(w, current_config(&s->current));
    w->pings.next = TIME_NEVER;
    worker_set_pings(w, net_clock_now(&s->clock));
    for (unsigned i = 0; i < s->listen.n; i++)
        if (!add_listener(w, i))
            return false;
    return loop_add(&w->loop, post_bell(s->post, w->index)->fd, LOOP_TOKEN(TOKEN_BELL, 0),
                    LOOP_READ) == 0;
}

struct worker *worker_new(struct shared *s, unsigned index)
{
    struct worker *w = mem_alloc_zero(s->mem, sizeof(*w));

    if (!w)
        return NULL;
    w->shared = s;
    w->index = index;
    w->log = log_writer_log(s->log, index);
    if (init(w))
        return w;
    worker_free(w);
    return NULL;
}

static void close_listeners(struct worker *w)
{
    for (unsigned i = 0; i < w->n_listeners; i++) {
        struct worker_listener *l = &w->listeners[i];

        if (l->at.transport == TRANSPORT_UDP)
            udp_fini(&l->udp);
        if (l->fd >= 0)
            close(l->fd);
    }
}

void worker_free(struct worker *w)
{
    struct due due;

    if (!w)
        return;
    if (w->element) {
        while (w->blocks && dues_pop(&w->dues, &due))
            block_unref(w->blocks, due.value);
        worker_empty_post(w);
        close_listeners(w);
        if (w->tcp.mem)
            tcp_fini(&w->tcp);
        element_free(w->element);
    }
    recorder_free(w->recorder);
    names_unref(w->names);
    worker_guard_fini(w);
    udp_area_free(w->area);
    loop_fini(&w->loop);
    mem_free(w->shared->mem, w, sizeof(*w));
}

static time_ns deadline(const struct worker *w, time_ns now)
{
    time_ns at = time_min(element_deadline(w->element), tcp_deadline(&w->tcp));

    at = time_min(at, worker_guard_deadline(w));
    at = time_min(at, w->drained ? TIME_NEVER : w->pings.next);
    if (w->index == 0)
        at = time_min(at, w->next_sweep);
    if (w->held_until)
        at = time_min(at, w->held_until);
    if (w->drained)
        at = time_min(at, now + DRAIN_LOOK);
    return at > now && at < TIME_NEVER - TIMER_GRAIN
               ? (at + TIMER_GRAIN - 1) / TIMER_GRAIN * TIMER_GRAIN
               : at;
}

static bool has_post(const struct worker *w)
{
    const struct shared *s = w->shared;

    return (!w->held_until && !post_is_empty(s->post, w->index)) ||
           net_dns_has_answer(s->dns, w->index) || inquiry_waits(s->inquiries, w->index) ||
           store_has_answer(s->store, w->index) || atomic_load(&s->stop) ||
           current_is_new(&s->current, w->index) || tcp_has_parked(&w->tcp) ||
           (!w->drained && atomic_load(&s->draining));
}

static unsigned sleep_for_events(struct worker *w, struct loop_event *events, time_ns now)
{
    struct bell *bell = post_bell(w->shared->post, w->index);

    bell_asleep(bell);
    unsigned n = loop_wait(&w->loop, now, has_post(w) ? now : deadline(w, now), events);
    bell_awake(bell);
    return n;
}

/* Sleeps once: until something happens or is due, or, under load, until messages have gathered
 * (pace.c). */
static unsigned wait_for_events(struct worker *w, struct loop_event *events, time_ns now)
{
    time_ns period = w->gathers ? pace_period(&w->pace) : 0;

    if (period == 0)
        return sleep_for_events(w, events, now);
    if (now < w->looked + period)
        pace_sleep(w->looked + period - now);
    return loop_wait(&w->loop, now, now, events);
}

static void tell_idle(struct worker *w)
{
    size_t calls = element_calls(w->element, w->looked);
    bool idle = calls == 0 && element_is_quiet(w->element) && !w->held_until &&
                post_is_empty(w->shared->post, w->index);

    atomic_store(&w->calls, calls);
    if (atomic_exchange(&w->idle, idle) != idle)
        bell_ring_loud(w->shared->boss);
}

/* The server was told to end: what is new is refused, what is under way goes on. Connections are
 * taken all the same: a phone whose own is gone has to end its call by another. */
static void drain_if_told(struct worker *w)
{
    if (!w->drained && atomic_load(&w->shared->draining)) {
        w->drained = true;
        engine_drain(w->engine);
    }
    if (w->drained)
        tell_idle(w);
}

static void sweep(struct worker *w, time_ns now)
{
    if (w->index != 0 || now < w->next_sweep)
        return;
    w->next_sweep = now + SWEEP_EVERY;
    store_sweep(w->shared->store, now);
    tls_tickets_time(w->shared->secure.tickets, now);
}

/* For the watchdog; nobody else writes it. */
static void count_turn(struct worker *w)
{
    uint64_t turns = atomic_load_explicit(&w->turns, memory_order_relaxed);

    atomic_store_explicit(&w->turns, turns + 1, memory_order_relaxed);
}

static void turn(struct worker *w, time_ns now)
{
    struct loop_event events[LOOP_EVENTS];
    unsigned n = wait_for_events(w, events, now);

    now = net_clock_now(&w->shared->clock);
    w->looked = now;
    worker_take_config(w, now);
    wall_clock_tell(w->element, &w->clock_told, now);
    worker_take_post(w, now);
    worker_take_parked(w, now);
    for (unsigned i = 0; i < n; i++)
        worker_event(w, &events[i], now);
    worker_take_time(w, now);
    worker_flush(w, now);
    sweep(w, now);
    worker_tell_awaits(w);
    worker_answer_inquiries(w);
    worker_tell_limits(w, now);
    pace_note(&w->pace, w->read, now);
    w->read = 0;
    drain_if_told(w);
    count_turn(w);
}

static void *run(void *arg)
{
    struct worker *w = arg;
    char name[16];
    time_ns now = net_clock_now(&w->shared->clock);

    snprintf(name, sizeof(name), "worker %u", w->index);
    (void)prctl(PR_SET_NAME, name);
    pace_init(&w->pace, now);
    atomic_store(&w->running, true);
    bell_ring_loud(w->shared->boss);
    while (!atomic_load_explicit(&w->shared->stop, memory_order_acquire)) {
        turn(w, now);
        now = net_clock_now(&w->shared->clock);
    }
    worker_flush(w, now);
    return NULL;
}

int worker_start(struct worker *w)
{
    return pthread_create(&w->thread, NULL, run, w);
}

bool worker_join(struct worker *w, time_ns within)
{
    return thread_ends_within(w->thread, within);
}
