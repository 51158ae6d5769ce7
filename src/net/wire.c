/* Connects, sends and receives lines; waits, and knows nothing of what they say. */
#include "net/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 << 10)

int wire_open(struct wire *w, const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int n = snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);

    *w = (struct wire){.fd = -1};
    if (n < 0 || (size_t)n >= sizeof(a.sun_path))
        return ENAMETOOLONG;
    w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (w->fd < 0 || connect(w->fd, (const struct sockaddr *)&a, sizeof(a)))
        return errno;
    return 0;
}

void wire_close(struct wire *w)
{
    if (w->fd >= 0)
        close(w->fd);
    free(w->buffer);
    *w = (struct wire){.fd = -1};
}

static int wait_for(int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    int n = poll(&p, 1, WIRE_SILENT_MS);

    return n > 0 ? 0 : n == 0 ? ETIMEDOUT : errno;
}

int wire_send(struct wire *w, struct str line)
{
    while (line.len > 0) {
        int error = wait_for(w->fd, POLLOUT);
        ssize_t n = error ? -1 : send(w->fd, line.at, line.len, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (error)
            return error;
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return errno;
        if (n > 0)
            line = str_slice(line, (size_t)n, line.len);
    }
    return 0;
}

static int make_room(struct wire *w)
{
    if (w->at > 0) {
        memmove(w->buffer, w->buffer + w->at, w->len - w->at);
        w->len -= w->at;
        w->at = 0;
    }
    if (w->cap - w->len >= READ_BYTES)
        return 0;
    char *more = realloc(w->buffer, w->cap + 2 * READ_BYTES);

    if (!more)
        return ENOMEM;
    w->buffer = more;
    w->cap += 2 * READ_BYTES;
    return 0;
}

static int read_more(struct wire *w)
{
    int error = make_room(w);

    if (!error)
        error = wait_for(w->fd, POLLIN);
    if (error)
        return error;
    ssize_t n = read(w->fd, w->buffer + w->len, w->cap - w->len);

    if (n == 0)
        return ECONNRESET;
    if (n < 0)
        return errno == EINTR ? 0 : errno;
    w->len += (size_t)n;
    return 0;
}

int wire_receive(struct wire *w, struct str *line)
{
    size_t looked = 0;

    while (true) {
        char *from = w->buffer + w->at;
        char *end =
            w->len > w->at + looked ? memchr(from + looked, '\n', w->len - w->at - looked) : NULL;

        if (end) {
            *line = (struct str){from, (size_t)(end - from)};
            w->at += line->len + 1;
            return 0;
        }
        looked = w->len - w->at;
        int error = read_more(w);

        if (error)
            return error;
    }
}
