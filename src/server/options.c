/* Reads the command line of the server into its options; starts nothing. */
#include "server/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/socket.h"

#define DRAIN_S 30

enum {
    OPT_LISTEN = 256,
    OPT_DOMAIN,
    OPT_DATA,
    OPT_WORKERS,
    OPT_JSON,
    OPT_NO_AUTH,
    OPT_CONFIG,
    OPT_CONTROL,
    OPT_USER,
    OPT_NO_SANDBOX
};

static const struct option table[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"domain", required_argument, NULL, OPT_DOMAIN},
    {"data", required_argument, NULL, OPT_DATA},
    {"workers", required_argument, NULL, OPT_WORKERS},
    {"json", no_argument, NULL, OPT_JSON},
    {"no-auth", no_argument, NULL, OPT_NO_AUTH},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"control", required_argument, NULL, OPT_CONTROL},
    {"user", required_argument, NULL, OPT_USER},
    {"no-sandbox", no_argument, NULL, OPT_NO_SANDBOX},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int wrong(const char *where, const char *value, const char *what)
{
    fprintf(stderr, "tandem: serve: %s%s%s: %s\n", where, value ? " " : "", value ? value : "",
            what);
    return 2;
}

static int add_domain(struct server_options *o, const char *text)
{
    if (o->n_domains == LIMIT_DOMAINS)
        return wrong("--domain", text, "too many domains");
    if (!*text || strpbrk(text, " \t\r\n@:;<>\"/?"))
        return wrong("--domain", text, "expected a domain name or an IPv4 address");
    o->domains[o->n_domains++] = str_from(text);
    return 0;
}

static int read_workers(struct server_options *o, const char *text)
{
    uint64_t n;

    if (!str_to_u64(str_from(text), LIMIT_WORKERS, &n) || n == 0)
        return wrong("--workers", text, "expected a number from 1 to 64");
    o->workers = (unsigned)n;
    return 0;
}

static int add_listener(struct server_options *o, const char *text)
{
    const char *what = listen_parse(&o->listen, str_from(text), socket_has_ip6());

    return what ? wrong("--listen", text, what) : 0;
}

static int take(struct server_options *o, int option, char **argv)
{
    switch (option) {
    case OPT_LISTEN:
        return add_listener(o, optarg);
    case OPT_DOMAIN:
        return add_domain(o, optarg);
    case OPT_DATA:
        o->data = optarg;
        return 0;
    case OPT_CONTROL:
        o->control = optarg;
        return 0;
    case OPT_WORKERS:
        return read_workers(o, optarg);
    case OPT_JSON:
        o->json = true;
        return 0;
    case OPT_NO_AUTH:
        o->no_auth = true;
        return 0;
    case OPT_USER:
        o->user = optarg;
        return 0;
    case OPT_NO_SANDBOX:
        o->no_sandbox = true;
        return 0;
    case OPT_CONFIG:
        return wrong("--config", optarg, "configuration files are not supported: use the options");
    case 'v':
        o->verbose = true;
        return 0;
    case 'h':
        o->help = true;
        return 0;
    case ':':
        return wrong(argv[optind - 1], NULL, "a value is missing");
    default:
        return wrong(argv[optind - 1], NULL, "unknown option; see tandem help serve");
    }
}

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > LIMIT_WORKERS ? LIMIT_WORKERS : (unsigned)n;
}

/* The settings that depend on each other. */
static int finish(struct server_options *o)
{
    if (o->listen.n == 0)
        listen_default(&o->listen, socket_has_ip6());
    const char *what = listen_expand(&o->listen);

    if (what)
        return wrong("--listen", NULL, what);
    if (!listen_all_loopback(&o->listen) && !o->no_auth)
        return wrong(
            "--listen", NULL,
            "a listener that is not on loopback needs accounts, which this version does not "
            "have; --no-auth lets everybody in who reaches it");
    if (o->n_domains == 0)
        o->domains[o->n_domains++] = STR("localhost"); /* addresses count without being named */
    if (o->workers == 0)
        o->workers = cores();
    return 0;
}

int server_options_read(struct server_options *o, int argc, char **argv)
{
    int option;

    *o = (struct server_options){.drain_s = DRAIN_S};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":vh", table, NULL)) != -1) {
        int status = take(o, option, argv);

        if (status)
            return status;
    }
    if (optind < argc)
        return wrong(argv[optind], NULL, "unexpected argument; see tandem help serve");
    return o->help ? 0 : finish(o);
}
