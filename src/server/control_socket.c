/* Makes, replaces and removes the control socket; speaks no word on it. */
#include "server/control_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

static bool name_it(struct sockaddr_un *a, const char *path, const char *suffix)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    int n = snprintf(a->sun_path, sizeof(a->sun_path), "%s%s", path, suffix);

    return n > 0 && (size_t)n < sizeof(a->sun_path);
}

static int new_socket(int *fd)
{
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return *fd < 0 ? errno : 0;
}

/* 0: nobody is there. */
static int look(const struct sockaddr_un *a)
{
    struct stat st;
    int fd, error;

    if (lstat(a->sun_path, &st))
        return errno == ENOENT ? 0 : errno;
    if (!S_ISSOCK(st.st_mode))
        return EEXIST;
    error = new_socket(&fd);
    if (error)
        return error;
    error = connect(fd, (const struct sockaddr *)a, sizeof(*a)) ? errno : EADDRINUSE;
    close(fd);
    return error == ECONNREFUSED || error == ENOENT ? 0 : error == EAGAIN ? EADDRINUSE : error;
}

/* Under another name until its rights are right and it listens. */
static int make(const struct sockaddr_un *at, const char *path, int fd)
{
    (void)unlink(at->sun_path);
    if (bind(fd, (const struct sockaddr *)at, sizeof(*at)))
        return errno;
    if (chmod(at->sun_path, 0600) == 0 && listen(fd, BACKLOG) == 0 &&
        rename(at->sun_path, path) == 0)
        return 0;
    int error = errno;

    (void)unlink(at->sun_path);
    return error;
}

int control_socket_open(const char *path, int *fd)
{
    struct sockaddr_un there, new;
    char suffix[16];
    int error;

    snprintf(suffix, sizeof(suffix), ".%d", (int)getpid());
    if (!name_it(&there, path, "") || !name_it(&new, path, suffix))
        return ENAMETOOLONG;
    error = look(&there);
    if (!error)
        error = new_socket(fd);
    if (error)
        return error;
    error = make(&new, path, *fd);
    if (error)
        close(*fd);
    return error;
}

void control_socket_close(const char *path, int fd)
{
    struct sockaddr_un there;

    close(fd);
    if (name_it(&there, path, "") && look(&there) == 0)
        (void)unlink(path);
}
