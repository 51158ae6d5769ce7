/* Where a server may be found by options, environment and custom. Says nothing to it. */
#include "tools/ctl_connect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/control_place.h"
#include "store/folder.h"

#define SERVICE_SOCKET "/run/tandem/control" /* of the installed unit */

static int open_at(struct wire *w, const char *folder, const char *rest, char path[PATH_MAX])
{
    int n = snprintf(path, PATH_MAX, "%s%s", folder, rest);

    return n > 0 && n < PATH_MAX ? wire_open(w, path) : ENAMETOOLONG;
}

/* A search goes on until somebody answers. What is told of it in the end is the first place where
 * there was more than nothing. */
struct search {
    struct wire *wire;
    char *path;
    int error;
};

static bool try(struct search *s, const char *folder, const char *rest)
{
    char path[PATH_MAX];

    wire_close(s->wire);
    int error = open_at(s->wire, folder, rest, path);

    if (error == 0 || s->error == ENOENT) {
        (void)snprintf(s->path, PATH_MAX, "%s", path);
        s->error = error;
    }
    return error == 0;
}

static bool try_places(struct search *s)
{
    char path[PATH_MAX];

    for (unsigned n = 0; control_place(n, path); n++)
        if (path[0] && control_place_check(path) == 0 && try(s, path, ""))
            return true;
    return false;
}

int ctl_connect(struct wire *w, const char *socket, const char *data, char path[PATH_MAX])
{
    struct search s = {w, path, ENOENT};
    char folder[FOLDER_PATH_MAX];

    *w = (struct wire){.fd = -1};
    path[0] = '\0';
    if (socket)
        return open_at(w, socket, "", path);
    if (!data)
        data = getenv("TANDEM_DATA");
    if (data && *data)
        return open_at(w, data, "/control", path);
    if (!try(&s, SERVICE_SOCKET, "") && !try_places(&s) && folder_default(folder))
        (void)try(&s, folder, "/control");
    return s.error;
}
