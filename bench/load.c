/* A load generator for SIP over UDP, TCP, TLS or WebSocket on loopback: caller and callee in one
 * thread that never sleeps, so that the server pays no wake-up for it; an open loop at a rate, but
 * where it is bounded, without repetitions.
 */
#include "load.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define GIVE_UP_NS 2000000000LL
#define CALLERS 16 /* connections, where they are streams */
#define COUNT_MAX 20000000u

static struct load load = {
    .rate = 1000, .count = 1000, .at_once = COUNT_MAX, .cseq = 1, .domain = "127.0.0.1"};

int64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int usage(void)
{
    fputs(
        "usage: load call|options|register|ask|held --server PORT [--rate N] [--count N]\n"
        "            [--at-once N] [--caller PORT] [--callee PORT] [--domain NAME] [--calls "
        "PREFIX] [--cseq N]\n"
        "            [--user N] [--users N] [--password WORD] [--rich] [--end SECONDS]\n"
        "            [--road udp|tcp|tls|ws] [--cert FILE]\n"
        "Offers load to 127.0.0.1:PORT and prints a JSON object. With --at-once no more begins\n"
        "while so many are under way. --calls begins the Call-IDs of\n"
        "this run, random otherwise; --cseq and --user are the first numbers of their kind;\n"
        "after --users of them the first one comes again. With --password, that of every "
        "user,\n"
        "register answers MD5 challenges. With --rich it comes by an edge proxy (Path) from a\n"
        "phone that has an instance and flows (RFC 5626); with --end all registrations end\n"
        "so many seconds after the first one. ask sends OPTIONS to such users, who registered\n"
        "from --callee. held leaves its calls standing; then for each line of standard input, a\n"
        "rate and a count, it sends so many INFO within them. --road is how the caller\n"
        "reaches the server, and the server the callee, who has TCP where the caller has ws; tls\n"
        "needs a certificate with its key.\n",
        stderr);
    return 2;
}

static bool read_case(const char *name)
{
    static const struct {
        const char *name;
        enum load_case kind;
    } cases[] = {{"call", CASE_CALL},
                 {"options", CASE_OPTIONS},
                 {"register", CASE_REGISTER},
                 {"ask", CASE_ASK},
                 {"held", CASE_HELD}};
    for (size_t i = 0; name && i < sizeof cases / sizeof *cases; i++)
        if (strcmp(name, cases[i].name) == 0) {
            load.kind = cases[i].kind;
            return true;
        }
    return false;
}

static bool read_number(const char *text, uint32_t max, uint32_t *value)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    *value = (uint32_t)n;
    return *text >= '0' && *text <= '9' && !*end && n <= max;
}

enum option_id {
    SERVER = 1,
    RATE,
    COUNT,
    AT_ONCE,
    CALLER,
    CALLEE,
    DOMAIN_NAME,
    CALLS,
    CSEQ,
    USER,
    USERS,
    END,
    PASSWORD,
    RICH,
    ROAD,
    CERT
};

static bool read_road(const char *name)
{
    static const char *const roads[] = {"udp", "tcp", "tls", "ws"};
    for (unsigned i = 0; i < sizeof roads / sizeof *roads; i++)
        if (strcmp(name, roads[i]) == 0) {
            load.road = (enum road)i;
            return true;
        }
    return false;
}

struct ports {
    uint32_t server, caller, callee;
};

static bool read_option(int id, struct ports *ports)
{
    uint32_t rate;
    switch (id) {
    case SERVER:
        return read_number(optarg, 65535, &ports->server);
    case CALLER:
        return read_number(optarg, 65535, &ports->caller);
    case CALLEE:
        return read_number(optarg, 65535, &ports->callee);
    case RATE:
        if (!read_number(optarg, 10000000, &rate) || rate == 0)
            return false;
        load.rate = rate;
        return true;
    case COUNT:
        return read_number(optarg, COUNT_MAX, &load.count) && load.count;
    case AT_ONCE:
        return read_number(optarg, COUNT_MAX, &load.at_once) && load.at_once;
    case CSEQ:
        return read_number(optarg, 1u << 30, &load.cseq);
    case USER:
        return read_number(optarg, COUNT_MAX, &load.first_user);
    case USERS:
        return read_number(optarg, COUNT_MAX, &load.n_users);
    case END:
        return read_number(optarg, 86400, &load.end_s);
    case PASSWORD:
        load.password = optarg;
        return true;
    case ROAD:
        return read_road(optarg);
    case CERT:
        load.certificate = optarg;
        return true;
    case RICH:
        load.rich = true;
        return true;
    case DOMAIN_NAME:
        load.domain = optarg;
        return strlen(optarg) < 64;
    case CALLS:
        load.call_prefix = optarg;
        return strlen(optarg) < 64;
    default:
        return false;
    }
}

static bool read_options(int argc, char **argv, struct ports *ports)
{
    static const struct option options[] = {{"server", required_argument, NULL, SERVER},
                                            {"rate", required_argument, NULL, RATE},
                                            {"count", required_argument, NULL, COUNT},
                                            {"at-once", required_argument, NULL, AT_ONCE},
                                            {"caller", required_argument, NULL, CALLER},
                                            {"callee", required_argument, NULL, CALLEE},
                                            {"domain", required_argument, NULL, DOMAIN_NAME},
                                            {"calls", required_argument, NULL, CALLS},
                                            {"cseq", required_argument, NULL, CSEQ},
                                            {"user", required_argument, NULL, USER},
                                            {"users", required_argument, NULL, USERS},
                                            {"end", required_argument, NULL, END},
                                            {"password", required_argument, NULL, PASSWORD},
                                            {"rich", no_argument, NULL, RICH},
                                            {"road", required_argument, NULL, ROAD},
                                            {"cert", required_argument, NULL, CERT},
                                            {0}};
    int id;
    while ((id = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!read_option(id, ports))
            return false;
    return read_case(argv[optind]) && argc == optind + 1 && ports->server;
}

/* The callee first: it may be connected to at once. */
static bool open_streams(struct load *l, uint16_t callee)
{
    if (l->road == ROAD_TLS &&
        !(l->certificate && (l->caller.tls = l->callee.tls = tls_context(l->certificate))))
        return false;
    l->caller.web = l->road == ROAD_WS;
    return streams_listen(&l->callee, callee) && streams_connect(&l->caller, &l->server, CALLERS);
}

/* No two runs share a branch; what a server still holds of the run before is not ours. */
static bool prepare(struct load *l, const struct ports *ports)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return false;
    snprintf(l->branch_prefix, sizeof l->branch_prefix, "%016llx", (unsigned long long)random);
    if (!l->call_prefix)
        l->call_prefix = l->branch_prefix;
    l->server =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)ports->server)};
    l->server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    snprintf(l->server_text, sizeof l->server_text, "127.0.0.1:%u", ports->server);
    l->items = calloc(l->count, sizeof *l->items);
    if (l->kind == CASE_HELD && !held_init(l))
        return false;
    if (l->road != ROAD_UDP)
        return l->items && open_streams(l, (uint16_t)ports->callee);
    return l->items && port_open(&l->caller, (uint16_t)ports->caller) &&
           port_open(&l->callee, (uint16_t)ports->callee);
}

static void begin_due(struct load *l, int64_t now)
{
    uint64_t due = (uint64_t)(l->rate * (double)(now - l->from_ns) / 1e9) + 1;
    uint32_t over = l->n_done + l->n_lost,
             most = l->count - over < l->at_once ? l->count : over + l->at_once;
    for (unsigned n = 0; n < BATCH && l->n_begun < most && l->n_begun < due; n++)
        load_begin(l, l->n_begun++, now);
    port_flush(&l->caller);
}

static void serve_caller(struct load *l)
{
    unsigned n = port_receive(&l->caller);
    int64_t now = n ? clock_ns() : 0;
    for (unsigned i = 0; i < n; i++)
        load_caller(l, (struct text){l->caller.in[i], l->caller.in_len[i]}, now);
    port_flush(&l->caller);
}

static void serve_callee(struct load *l)
{
    unsigned n = port_receive(&l->callee);
    for (unsigned i = 0; i < n; i++)
        load_callee(l, (struct text){l->callee.in[i], l->callee.in_len[i]}, &l->callee.in_from[i]);
    port_flush(&l->callee);
}

static void give_up_old(struct load *l, int64_t now)
{
    for (; l->oldest < l->n_begun; l->oldest++) {
        struct item *item = &l->items[l->oldest];
        if (item->done)
            continue;
        if (now - item->began_ns < GIVE_UP_NS)
            return;
        item->lost = true;
        l->n_lost++;
    }
}

static bool has_callee(const struct load *l)
{
    return l->kind != CASE_OPTIONS && l->kind != CASE_REGISTER;
}

void load_run(struct load *l)
{
    l->cpu_from_s = own_cpu_s();
    l->from_ns = l->end_ns = clock_ns();
    while (l->n_done + l->n_lost < l->count) {
        int64_t now = clock_ns();
        begin_due(l, now);
        serve_caller(l);
        if (has_callee(l))
            serve_callee(l);
        give_up_old(l, now);
    }
    load_report(l);
}

int main(int argc, char **argv)
{
    struct ports ports = {0};
    signal(SIGPIPE, SIG_IGN);
    if (!read_options(argc, argv, &ports))
        return usage();
    if (!prepare(&load, &ports)) {
        perror("load");
        return 1;
    }
    load_run(&load);
    if (load.kind == CASE_HELD && !load.n_bad && !load.n_lost)
        held_serve(&load);
    streams_close(&load.caller);
    streams_close(&load.callee);
    held_fini(&load);
    free(load.items);
    return load.n_lost || load.n_bad ? 1 : 0;
}
