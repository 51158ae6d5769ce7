/* Folders of a user's own for what lasts as long as a process. Opens no socket. */
#include "host/control_place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKET "/control"

static void print(char out[PATH_MAX], const char *folder, const char *rest)
{
    int n = snprintf(out, PATH_MAX, "%s%s" SOCKET, folder, rest);

    if (n < 0 || n >= PATH_MAX)
        out[0] = '\0';
}

bool control_place(unsigned n, char out[PATH_MAX])
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char uid[32];

    out[0] = '\0';
    switch (n) {
    case 0:
        if (runtime && runtime[0] == '/')
            print(out, runtime, "/tandem");
        return true;
    case 1:
        if (geteuid() == 0)
            print(out, "/run", "/tandem");
        return true;
    case 2:
        (void)snprintf(uid, sizeof(uid), "%u", (unsigned)geteuid());
        print(out, "/tmp/tandem-", uid);
        return true;
    default:
        return false;
    }
}

static void cut_to_folder(const char *socket, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s", socket);
    char *slash = n > 0 && n < PATH_MAX ? strrchr(out, '/') : NULL;

    if (slash)
        *slash = '\0';
}

int control_place_check(const char *socket)
{
    char folder[PATH_MAX];
    struct stat st;

    cut_to_folder(socket, folder);
    if (lstat(folder, &st))
        return errno;
    return S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 0022) ? 0 : EPERM;
}

int control_place_make(const char *socket)
{
    char folder[PATH_MAX];

    cut_to_folder(socket, folder);
    if (mkdir(folder, 0700) && errno != EEXIST)
        return errno;
    return control_place_check(socket);
}
