/* Reads the command line of the server into its options; starts nothing. */
#include "server/options.h"

#include <getopt.h>
#include <stdio.h>

enum {
    OPT_LISTEN = 256,
    OPT_DOMAIN,
    OPT_DATA,
    OPT_WORKERS,
    OPT_CONTROL,
    OPT_METRICS,
    OPT_USER,
    OPT_NO_SANDBOX,
    OPT_JSON,
    OPT_NO_AUTH,
    OPT_CONFIG
};

static const struct option table[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"domain", required_argument, NULL, OPT_DOMAIN},
    {"data", required_argument, NULL, OPT_DATA},
    {"workers", required_argument, NULL, OPT_WORKERS},
    {"control", required_argument, NULL, OPT_CONTROL},
    {"metrics", required_argument, NULL, OPT_METRICS},
    {"user", required_argument, NULL, OPT_USER},
    {"no-sandbox", no_argument, NULL, OPT_NO_SANDBOX},
    {"json", no_argument, NULL, OPT_JSON},
    {"no-auth", no_argument, NULL, OPT_NO_AUTH},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* What an option stands for in the configuration. */
struct meaning {
    int option;
    const char *key;
    const char *name;
    const char *value; /* NULL: the option's own */
};

static const struct meaning meanings[] = {
    {OPT_LISTEN, "listen", "--listen", NULL},
    {OPT_DOMAIN, "domains", "--domain", NULL},
    {OPT_DATA, "data", "--data", NULL},
    {OPT_WORKERS, "workers", "--workers", NULL},
    {OPT_CONTROL, "control.socket", "--control", NULL},
    {OPT_METRICS, "metrics.listen", "--metrics", NULL},
    {OPT_USER, "user", "--user", NULL},
    {OPT_NO_SANDBOX, "sandbox", "--no-sandbox", "false"},
    {OPT_JSON, "log.format", "--json", "json"},
    {OPT_NO_AUTH, "accounts.auth", "--no-auth", "none"},
    {'v', "log.level", "--verbose", "debug"},
};

static int wrong(const char *where, const char *what)
{
    fprintf(stderr, "tandem: serve: %s: %s\n", where, what);
    return 2;
}

static const struct meaning *meaning_of(int option)
{
    const struct meaning *m = meanings;

    while (m->option != option)
        m++;
    return m;
}

static int add(struct server_options *o, int option)
{
    const struct meaning *m = meaning_of(option);
    const char *value = m->value ? m->value : optarg;

    if (o->n_overrides == LIMIT_OPTIONS)
        return wrong(m->name, "too many options");
    o->overrides[o->n_overrides++] = (struct config_override){m->key, m->name, str_from(value)};
    return 0;
}

static int take(struct server_options *o, int option, char **argv)
{
    switch (option) {
    case OPT_CONFIG:
        o->file = optarg;
        return 0;
    case OPT_JSON:
        o->json = true;
        return add(o, option);
    case 'h':
        o->help = true;
        return 0;
    case ':':
        return wrong(argv[optind - 1], "a value is missing");
    case '?':
        return wrong(argv[optind - 1], "unknown option; see tandem help serve");
    default:
        return add(o, option);
    }
}

int server_options_read(struct server_options *o, int argc, char **argv)
{
    int option;

    *o = (struct server_options){0};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":vh", table, NULL)) != -1) {
        int status = take(o, option, argv);

        if (status)
            return status;
    }
    if (optind < argc)
        return wrong(argv[optind], "unexpected argument; see tandem help serve");
    return 0;
}
