/* Waits for descriptors with epoll; knows neither what they are nor what their bytes mean. */
#include "net/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

int loop_init(struct loop *l)
{
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    return l->epoll < 0 ? errno : 0;
}

void loop_fini(struct loop *l)
{
    close(l->epoll);
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
    (void)control(l, EPOLL_CTL_DEL, fd, 0, 0);
}

static int in_ms(time_ns span)
{
    if (span == TIME_NEVER)
        return -1;
    if (span > 3600 * NS_PER_S)
        span = 3600 * NS_PER_S;
    return (int)((span + NS_PER_MS - 1) / NS_PER_MS);
}

/* epoll_pwait2 counts in nanoseconds; kernels before 5.11 lack it. */
static int wait_for(struct loop *l, time_ns span, struct epoll_event *events)
{
    if (span != TIME_NEVER && span > 0) {
        struct timespec t = {(time_t)(span / NS_PER_S), (long)(span % NS_PER_S)};
        int n = epoll_pwait2(l->epoll, events, LOOP_EVENTS, &t, NULL);

        if (n >= 0 || errno != ENOSYS)
            return n;
    }
    return epoll_wait(l->epoll, events, LOOP_EVENTS, in_ms(span));
}

unsigned loop_wait(struct loop *l, time_ns span, struct loop_event *out)
{
    struct epoll_event events[LOOP_EVENTS];
    int n = wait_for(l, span, events);

    for (int i = 0; i < n; i++)
        out[i] = (struct loop_event){
            .token = events[i].data.u64,
            .readable = events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR),
            .writable = events[i].events & EPOLLOUT,
            .failed = events[i].events & EPOLLERR,
        };
    return n > 0 ? (unsigned)n : 0;
}
