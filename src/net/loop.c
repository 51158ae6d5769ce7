/* Waits for descriptors with epoll; knows neither what they are nor what their bytes mean. */
#include "net/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define ALARM_TOKEN UINT64_MAX

/* Edge-triggered, the alarm need not be read: setting it anew takes its ring back. */
static int watch_alarm(const struct loop *l)
{
    struct epoll_event e = {.events = (uint32_t)EPOLLIN | (uint32_t)EPOLLET,
                            .data.u64 = ALARM_TOKEN};

    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->alarm, &e);
}

int loop_init(struct loop *l)
{
    l->rings = TIME_NEVER;
    l->alarm = -1;
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (l->epoll >= 0)
        l->alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return l->alarm < 0 || watch_alarm(l) < 0 ? errno : 0;
}

void loop_fini(struct loop *l)
{
    if (l->alarm >= 0)
        close(l->alarm);
    if (l->epoll >= 0)
        close(l->epoll);
    l->alarm = l->epoll = -1;
}

static int control(struct loop *l, int op, int fd, uint64_t token, unsigned interest)
{
    struct epoll_event e = {
        .events = (interest & LOOP_READ ? (uint32_t)EPOLLIN : 0) |
                  (interest & LOOP_WRITE ? (uint32_t)EPOLLOUT : 0),
        .data.u64 = token,
    };

    return epoll_ctl(l->epoll, op, fd, &e) < 0 ? errno : 0;
}

int loop_add(struct loop *l, int fd, uint64_t token, unsigned interest)
{
    return control(l, EPOLL_CTL_ADD, fd, token, interest);
}

int loop_change(struct loop *l, int fd, uint64_t token, unsigned interest)
{
    return control(l, EPOLL_CTL_MOD, fd, token, interest);
}

void loop_remove(struct loop *l, int fd)
{
    (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void loop_set_alarm(struct loop *l, time_ns now, time_ns until)
{
    time_ns span = until - now;
    struct itimerspec t = {.it_value = {(time_t)(span / NS_PER_S), (long)(span % NS_PER_S)}};

    if (l->rings > now && l->rings <= until)
        return;
    if (timerfd_settime(l->alarm, 0, &t, NULL) == 0)
        l->rings = until;
}

static struct loop_event event_of(const struct epoll_event *e)
{
    return (struct loop_event){
        .token = e->data.u64,
        .readable = e->events & (EPOLLIN | EPOLLHUP | EPOLLERR),
        .writable = e->events & EPOLLOUT,
        .failed = e->events & EPOLLERR,
    };
}

unsigned loop_wait(struct loop *l, time_ns now, time_ns until, struct loop_event *out)
{
    struct epoll_event events[LOOP_EVENTS];
    unsigned filled = 0;

    if (until > now && until != TIME_NEVER)
        loop_set_alarm(l, now, until);
    int n = epoll_wait(l->epoll, events, LOOP_EVENTS, until > now ? -1 : 0);

    for (int i = 0; i < n; i++)
        if (events[i].data.u64 == ALARM_TOKEN)
            l->rings = TIME_NEVER;
        else
            out[filled++] = event_of(&events[i]);
    return filled;
}
