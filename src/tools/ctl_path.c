/* Finds the control socket by options, environment and custom; opens nothing. */
#include "tools/ctl_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/folder.h"

#define SERVICE_SOCKET "/run/tandem/control" /* of the installed unit */

static bool print_path(char out[PATH_MAX], const char *folder, const char *rest)
{
    int n = snprintf(out, PATH_MAX, "%s%s", folder, rest);

    return n > 0 && n < PATH_MAX;
}

bool ctl_path(const char *socket, const char *data, char out[PATH_MAX])
{
    char folder[FOLDER_PATH_MAX];

    if (socket)
        return print_path(out, socket, "");
    if (data)
        return print_path(out, data, "/control");
    if (!getenv("TANDEM_DATA") && access(SERVICE_SOCKET, F_OK) == 0)
        return print_path(out, SERVICE_SOCKET, "");
    return folder_default(folder) && print_path(out, folder, "/control");
}
