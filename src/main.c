/* The program: a table of commands. What each does stands in server/, phone/ and tools/. */
#include <stdio.h>
#include <string.h>

#include "host/version.h"
#include "phone/call.h"
#include "phone/register.h"
#include "phone/request.h"
#include "phone/subscribe.h"
#include "server/check.h"
#include "server/serve.h"
#include "tools/cert.h"
#include "tools/ctl.h"
#include "tools/load.h"
#include "tools/parse.h"
#include "tools/trace.h"
#include "tools/user.h"

enum { DONE = 0, BAD_USAGE = 2, OUR_FAULT = 4 };

struct command {
    const char *name, *summary, *help;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"cert", "makes certificates for a first try of TLS", cert_help, cert_main},
    {"call", "places a call", call_help, call_main},
    {"answer", "takes calls", answer_help, answer_main},
    {"register", "keeps an address registered", register_help, register_main},
    {"subscribe", "shows what happens to somebody", subscribe_help, subscribe_main},
    {"options", "asks what somebody can do", options_help, options_main},
    {"message", "sends an instant message", message_help, message_main},
    {"request", "sends any one request", request_help, request_main},
    {"serve", "runs the server", serve_help, serve_main},
    {"check", "says what is wrong with a configuration", check_help, check_main},
    {"ctl", "asks a running server, or tells it what to do", ctl_help, ctl_main},
    {"load", "offers load and reports what came back", load_help, load_main},
    {"parse", "says what a message is and what is wrong with it", parse_help, parse_main},
    {"trace", "shows the calls of captures", trace_help, trace_main},
    {"user", "adds, removes and lists accounts", user_help, user_main},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void print_overview(FILE *f)
{
    fputs("usage: tandem COMMAND [OPTION...]\n\n", f);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(f, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs("  help     tells about a command: tandem help COMMAND\n\n"
          "  --help, --version\n",
          f);
}

static int unknown(const char *name)
{
    fprintf(stderr, "tandem: %s: unknown command; see tandem help\n", name);
    return BAD_USAGE;
}

static int help(int argc, char **argv)
{
    const struct command *c;

    if (argc < 2) {
        print_overview(stdout);
        return DONE;
    }
    c = find(argv[1]);
    if (!c)
        return unknown(argv[1]);
    fputs(c->help, stdout);
    return DONE;
}

static int version(void)
{
    puts("tandem " TANDEM_VERSION);
    return DONE;
}

static int run(int argc, char **argv)
{
    const struct command *c;

    if (strcmp(argv[0], "help") == 0)
        return help(argc, argv);
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
        return help(1, argv);
    if (strcmp(argv[0], "--version") == 0)
        return version();
    c = find(argv[0]);
    return c ? c->run(argc, argv) : unknown(argv[0]);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_overview(stderr);
        return BAD_USAGE;
    }
    int status = run(argc - 1, argv + 1);

    return fflush(stdout) == 0 ? status : OUR_FAULT;
}
