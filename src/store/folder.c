/* Owns the data folder and the lock on it. Knows nothing of what its files hold. */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

bool folder_file(const char *path, const char *name, char out[FOLDER_PATH_MAX],
                 struct store_fault *fault)
{
    int n = snprintf(out, FOLDER_PATH_MAX, "%s/%s", path, name);

    return (n > 0 && n < FOLDER_PATH_MAX) ||
           fault_say(fault, "%s: %s", path, strerror(ENAMETOOLONG));
}

/* Who holds it says so in the lock file; a stale number there means nothing. */
static bool fail_held(struct store_fault *fault, const char *path, int fd)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;

    return fault_say(fault, "%s: another server uses this folder (process %ld)", path, pid);
}

static void sign(int fd)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) == 0)
        (void)!pwrite(fd, text, (size_t)n, 0); /* only for whoever is curious */
}

bool folder_make(const char *path, struct store_fault *fault)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return fault_say(fault, "%s: %s", path, strerror(errno));
}

bool folder_hold(struct folder *f, const char *path, struct store_fault *fault)
{
    char file[FOLDER_PATH_MAX];

    *f = (struct folder){.path = path, .lock = -1};
    if (!folder_file(path, "lock", file, fault))
        return false;
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return fault_say(fault, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            (void)fail_held(fault, path, fd);
        else
            (void)fault_say(fault, "%s: %s", file, strerror(errno));
        close(fd);
        return false;
    }
    sign(fd);
    f->lock = fd;
    return true;
}

void folder_close(struct folder *f)
{
    if (f->path && f->lock >= 0)
        close(f->lock);
    f->lock = -1;
}

static bool compose(char out[FOLDER_PATH_MAX], const char *base, const char *rest)
{
    int n = snprintf(out, FOLDER_PATH_MAX, "%s%s", base, rest);

    return n > 0 && n < FOLDER_PATH_MAX;
}

bool folder_default(char out[FOLDER_PATH_MAX])
{
    const char *told = getenv("TANDEM_DATA"), *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");

    if (told && *told)
        return compose(out, told, "");
    if (geteuid() == 0)
        return compose(out, "/var/lib/tandem", "");
    if (data && *data == '/')
        return compose(out, data, "/tandem");
    return home && *home && compose(out, home, "/.local/share/tandem");
}
