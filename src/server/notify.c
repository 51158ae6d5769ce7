/* Sends the service manager's datagrams; knows nothing of what they tell. */
#include "server/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

#define NS_PER_US UINT64_C(1000)
#define TEXT_MAX 512

static bool read_address(struct notify *n, const char *path)
{
    size_t len = path ? strlen(path) : 0;

    if (len < 2 || len >= sizeof(n->to.sun_path) || (path[0] != '/' && path[0] != '@'))
        return false;
    n->to.sun_family = AF_UNIX;
    memcpy(n->to.sun_path, path, len);
    if (path[0] == '@') /* unix(7): an abstract name begins with a NUL and has no other end */
        n->to.sun_path[0] = '\0';
    n->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (path[0] == '/'));
    return true;
}

static bool read_number(const char *name, uint64_t *out)
{
    const char *text = getenv(name);

    return text && str_to_u64(str_from(text), INT64_MAX / NS_PER_US, out);
}

static time_ns read_watchdog(void)
{
    uint64_t us, pid;

    if (!read_number("WATCHDOG_USEC", &us))
        return 0;
    if (getenv("WATCHDOG_PID") && (!read_number("WATCHDOG_PID", &pid) || pid != (uint64_t)getpid()))
        return 0;
    return us * NS_PER_US;
}

void notify_open(struct notify *n)
{
    *n = (struct notify){.fd = -1};
    if (!read_address(n, getenv("NOTIFY_SOCKET")))
        return;
    n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (n->fd >= 0)
        n->watchdog = read_watchdog();
}

void notify_close(struct notify *n)
{
    if (n->fd >= 0)
        close(n->fd);
    n->fd = -1;
}

/* To the name each time: the manager may have been started anew meanwhile. */
void notify_say(const struct notify *n, const char *fmt, ...)
{
    char text[TEXT_MAX];
    va_list args;

    if (n->fd < 0)
        return;
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (len > 0 && (size_t)len < sizeof(text))
        (void)sendto(n->fd, text, (size_t)len, MSG_NOSIGNAL, (const struct sockaddr *)&n->to,
                     n->len);
}

void notify_reloading(const struct notify *n)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    uint64_t us = (uint64_t)t.tv_sec * UINT64_C(1000000) + (uint64_t)t.tv_nsec / NS_PER_US;
    notify_say(n, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)us);
}
