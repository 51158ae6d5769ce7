/* A disk that stands still as long as there is a file `stall` beside what is written: preloaded, it
 * stands before the C library's fsync and fdatasync. */
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOK_US 10000

static void wait_for_disk(int fd)
{
    char link[64], path[4096];

    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof(path) - sizeof("/stall"));

    if (n <= 0)
        return;
    path[n] = '\0';
    char *slash = strrchr(path, '/');

    if (!slash)
        return;
    memcpy(slash, "/stall", sizeof("/stall"));
    while (access(path, F_OK) == 0)
        usleep(LOOK_US);
}

int fsync(int fd)
{
    wait_for_disk(fd);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    wait_for_disk(fd);
    return (int)syscall(SYS_fdatasync, fd);
}
