/* Finds the control socket by options, environment and custom; opens nothing. */
#include "tools/ctl_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool print_path(char out[PATH_MAX], const char *folder, const char *rest)
{
    int n = snprintf(out, PATH_MAX, "%s%s", folder, rest);

    return n > 0 && n < PATH_MAX;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] ? value : NULL;
}

bool ctl_path(const char *socket, const char *data, char out[PATH_MAX])
{
    const char *folder;

    if (socket)
        return print_path(out, socket, "");
    if (data || (data = variable("TANDEM_DATA")))
        return print_path(out, data, "/control");
    if (access("/run/tandem/control", F_OK) == 0)
        return print_path(out, "/run/tandem", "/control");
    if (geteuid() == 0)
        return print_path(out, "/var/lib/tandem", "/control");
    if ((folder = variable("XDG_DATA_HOME")))
        return print_path(out, folder, "/tandem/control");
    folder = variable("HOME");
    return folder && print_path(out, folder, "/.local/share/tandem/control");
}
