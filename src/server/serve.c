/* `tandem serve`: the command and its help. */
#include "server/serve.h"

#include <stdio.h>

#include "server/server.h"

const char serve_help[] =
    "usage: tandem serve [--config FILE] [--listen URI]... [--domain NAME]... [--data DIR]\n"
    "                    [--control PATH] [--metrics HOST:PORT] [--workers N] [--user NAME]\n"
    "                    [--no-sandbox] [--no-auth] [--json] [-v]\n"
    "\n"
    "Runs the server: registrar, location service and proxy. Without an option it listens on the\n"
    "loopback addresses, port 5060, and anyone on this machine may register and call.\n"
    "\n"
    "  --config FILE   a configuration in YAML: tandem check --example prints one to begin with.\n"
    "                  The options below take the place of what it says\n"
    "  --listen URI    udp:, tcp:, tls:, ws: or wss:HOST:PORT; IPv6 in brackets; port 0 picks a\n"
    "                  free one; 0.0.0.0 and [::] mean every interface's address. May be repeated\n"
    "  --domain NAME   a domain whose users register here. May be repeated; localhost and the\n"
    "                  addresses listened on when there is none\n"
    "  --data DIR      where registrations and accounts last (tandem help user); made if it is\n"
    "                  missing. Without it nothing outlives the process\n"
    "  --control PATH  where `tandem ctl` reaches the server; DATA/control when there is a data\n"
    "                  folder, else in $XDG_RUNTIME_DIR/tandem, in /run/tandem for root, or in\n"
    "                  /tmp/tandem-UID\n"
    "  --metrics HOST:PORT\n"
    "                  shows counters to whoever asks there over HTTP (OpenMetrics, at /metrics)\n"
    "  --workers N     threads; one a core when it is not given\n"
    "  --no-auth       allows a listener that is not on loopback although there are no accounts:\n"
    "                  whoever reaches it may register any name and call\n"
    "  --user NAME     takes this user's rights once everything is open; only root can\n"
    "  --no-sandbox    keeps files and system calls open that a running server does not need\n"
    "  --json          events as JSON, an object a line\n"
    "  -v, --verbose   says more on standard error\n"
    "\n"
    "Prints `ready URI URI ...` once every listener takes traffic. SIGTERM and SIGINT refuse new\n"
    "work (503), let calls in progress end for at most 30 seconds and end with 0; a second one\n"
    "ends at once. SIGHUP reads the configuration anew and takes it whole, or says why not.\n";

int serve_main(int argc, char **argv)
{
    static struct server_options options;
    int status = server_options_read(&options, argc, argv);

    if (status)
        return status;
    if (options.help) {
        fputs(serve_help, stdout);
        return 0;
    }
    return server_run(&options);
}
