/* What the service manager is told (sd_notify(3)): datagrams to $NOTIFY_SOCKET. Used by one thread.
 */
#ifndef TANDEM_SERVER_NOTIFY_H
#define TANDEM_SERVER_NOTIFY_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/attr.h"
#include "base/time.h"

struct notify {
    int fd; /* -1: nobody listens */
    struct sockaddr_un to;
    socklen_t len;
    time_ns watchdog; /* how long it waits for a sign of life; 0: it does not */
};

/* By the environment: NOTIFY_SOCKET (a path, or with '@' an abstract name), WATCHDOG_USEC and
 * WATCHDOG_PID. What is missing or malformed counts as nobody. */
void notify_open(struct notify *n);
void notify_close(struct notify *n);

/* Assignments as sd_notify(3) has them, a line each. What cannot be sent is lost. */
void notify_say(const struct notify *n, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* RELOADING=1 with its time; "READY=1" ends it. */
void notify_reloading(const struct notify *n);

#endif
