/* Owns the reading of `tandem load`'s command line; starts nothing. */
#include "tools/load_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "config/listener.h"
#include "net/lookup.h"

enum meaning {
    RATE = 1,
    COUNT,
    FOR,
    CONCURRENT,
    POISSON,
    HOLD,
    RING,
    USERS,
    FIRST,
    PORTS,
    LOCAL,
    SERVER,
    ANSWER,
    ENROL,
    AUTH_USER,
    PASSWORD_FILE,
    TABLE,
    KEY,
    TIMEOUT,
    MAX_FAIL,
    RAMP,
    STEP,
    MAX_LATENCY,
    EXPIRES,
    EVERY,
    RFC7502,
    CA,
    CERTIFICATE,
    PATH,
    TRUST_ALL,
    SEPARATE,
    SHOW,
    JSON,
    HELP
};

static const struct option table[] = {
    {"rate", required_argument, NULL, RATE},
    {"count", required_argument, NULL, COUNT},
    {"for", required_argument, NULL, FOR},
    {"concurrent", required_argument, NULL, CONCURRENT},
    {"poisson", no_argument, NULL, POISSON},
    {"hold", required_argument, NULL, HOLD},
    {"ring", required_argument, NULL, RING},
    {"users", required_argument, NULL, USERS},
    {"first", required_argument, NULL, FIRST},
    {"ports", required_argument, NULL, PORTS},
    {"local", required_argument, NULL, LOCAL},
    {"server", required_argument, NULL, SERVER},
    {"answer", no_argument, NULL, ANSWER},
    {"register", no_argument, NULL, ENROL},
    {"auth-user", required_argument, NULL, AUTH_USER},
    {"password-file", required_argument, NULL, PASSWORD_FILE},
    {"table", required_argument, NULL, TABLE},
    {"key", required_argument, NULL, KEY},
    {"timeout", required_argument, NULL, TIMEOUT},
    {"max-fail", required_argument, NULL, MAX_FAIL},
    {"ramp", optional_argument, NULL, RAMP},
    {"step", required_argument, NULL, STEP},
    {"max-latency", required_argument, NULL, MAX_LATENCY},
    {"expires", required_argument, NULL, EXPIRES},
    {"every", required_argument, NULL, EVERY},
    {"rfc7502", no_argument, NULL, RFC7502},
    {"ca", required_argument, NULL, CA},
    {"certificate", required_argument, NULL, CERTIFICATE},
    {"path", required_argument, NULL, PATH},
    {"trust-all", no_argument, NULL, TRUST_ALL},
    {"separate", no_argument, NULL, SEPARATE},
    {"show", no_argument, NULL, SHOW},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP},
    {0},
};

static const char *const kinds[N_LOAD_KINDS] = {
    [LOAD_CALL] = "call",       [LOAD_ANSWER] = "answer",   [LOAD_REGISTER] = "register",
    [LOAD_OPTIONS] = "options", [LOAD_MESSAGE] = "message", [LOAD_SUBSCRIBE] = "subscribe",
    [LOAD_RUN] = "run",
};

int load_complain(const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: load: %s: %s\n", where, what);
    return status;
}

static int bad(enum meaning m, const char *what)
{
    char where[96];
    snprintf(where, sizeof where, "--%s %s", table[m - 1].name, optarg);
    return load_complain(where, what, LOAD_BAD_USAGE);
}

/* "2500", "0.5" */
static bool real(struct str text, double most, double *out)
{
    size_t point = str_find(text, '.');
    struct str after = str_slice(text, point + 1, text.len);
    uint64_t units = 0, part = 0;
    double scale = 1;
    if (!str_to_u64(str_slice(text, 0, point), UINT32_MAX, &units) || after.len > 9 ||
        (point < text.len && !str_to_u64(after, UINT32_MAX, &part)))
        return false;
    for (size_t i = 0; i < after.len; i++)
        scale *= 10;
    *out = (double)units + (double)part / scale;
    return *out <= most;
}

static int seconds(enum meaning m, time_ns *out)
{
    struct str text = str_from(optarg);
    double s, unit = 1;
    if (text.len > 2 && str_ends_nocase(text, STR("ms"))) {
        unit = 1000;
        text.len -= 2;
    } else if (text.len > 1 && text.at[text.len - 1] == 's') {
        text.len--;
    }
    if (!real(text, 1e7, &s))
        return bad(m, "seconds are wanted, such as 30, 0.5 or 200ms");
    *out = (time_ns)(s / unit * 1e9);
    return LOAD_DONE;
}

static int whole(enum meaning m, uint64_t least, uint64_t most, uint64_t *out)
{
    char what[80];
    if (str_to_u64(str_from(optarg), most, out) && *out >= least)
        return LOAD_DONE;
    snprintf(what, sizeof what, "a number from %llu to %llu is wanted", (unsigned long long)least,
             (unsigned long long)most);
    return bad(m, what);
}

static int number(enum meaning m, unsigned least, unsigned most, unsigned *out)
{
    uint64_t n = 0;
    int status = whole(m, least, most, &n);
    if (!status)
        *out = (unsigned)n;
    return status;
}

/* "0.5%", or a share */
static int share(struct load_options *o, enum meaning m)
{
    struct str text = str_from(optarg);
    bool per_cent = text.len > 0 && text.at[text.len - 1] == '%';
    text.len -= per_cent;
    if (!real(text, per_cent ? 100 : 1, &o->max_fail))
        return bad(m, "a share is wanted, such as 0.01 or 1%");
    o->max_fail /= per_cent ? 100 : 1;
    return LOAD_DONE;
}

static int rate(struct load_options *o, enum meaning m)
{
    return real(str_from(optarg), 1e6, &o->rate) && o->rate > 0
               ? LOAD_DONE
               : bad(m, "sessions a second are wanted, more than 0");
}

static int ramp(struct load_options *o, enum meaning m)
{
    o->ramp = 1.25;
    if (optarg && (!real(str_from(optarg), 100, &o->ramp) || o->ramp <= 1))
        return bad(m, "a factor above 1 is wanted, such as 1.25");
    return LOAD_DONE;
}

static int address(enum meaning m, uint8_t *transport, struct addr *out)
{
    struct config_listener l;
    const char *wrong = config_listener_parse(str_from(optarg), &l);
    if (wrong)
        return bad(m, wrong);
    if (l.localhost)
        return bad(m, "an address is wanted");
    *transport = l.transport;
    *out = l.addr;
    return LOAD_DONE;
}

static int key(struct load_options *o, enum meaning m)
{
    struct str text = str_from(optarg);
    size_t end = str_find(text, '=');
    if (end == 0 || end == text.len || o->n_keys == LOAD_KEYS)
        return bad(m, o->n_keys == LOAD_KEYS ? "too many of them" : "NAME=VALUE is wanted");
    o->keys[o->n_keys++] =
        (struct load_key){str_slice(text, 0, end), str_slice(text, end + 1, text.len)};
    return LOAD_DONE;
}

static time_ns *time_of(struct load_options *o, enum meaning m)
{
    switch ((int)m) {
    case FOR:
        return &o->duration;
    case HOLD:
        return &o->hold;
    case RING:
        return &o->ring;
    case TIMEOUT:
        return &o->timeout;
    case STEP:
        return &o->step;
    case MAX_LATENCY:
        return &o->max_latency;
    default:
        return &o->every;
    }
}

static const char **text_of(struct load_options *o, enum meaning m)
{
    switch ((int)m) {
    case AUTH_USER:
        return &o->auth_user;
    case PASSWORD_FILE:
        return &o->password_file;
    case TABLE:
        return &o->table;
    case CA:
        return &o->ca;
    case PATH:
        return &o->path;
    default:
        return &o->certificate;
    }
}

static bool *flag_of(struct load_options *o, enum meaning m)
{
    switch ((int)m) {
    case POISSON:
        return &o->poisson;
    case ANSWER:
        return &o->answer;
    case ENROL:
        return &o->enrol;
    case TRUST_ALL:
        return &o->trust_all;
    case SEPARATE:
        return &o->separate;
    case RFC7502:
        return &o->rfc7502;
    case SHOW:
        return &o->show;
    case JSON:
        return &o->json;
    default:
        return &o->help;
    }
}

static int take(struct load_options *o, enum meaning m)
{
    switch (m) {
    case RATE:
        return rate(o, m);
    case COUNT:
        return whole(m, 1, UINT32_MAX, &o->count);
    case CONCURRENT:
        return number(m, 1, LIMIT_LOAD_SESSIONS, &o->concurrent);
    case USERS:
        return number(m, 1, LIMIT_LOAD_USERS, &o->users);
    case FIRST:
        return number(m, 0, INT32_MAX, &o->first);
    case PORTS:
        return number(m, 1, LIMIT_LOAD_LINKS / 2, &o->ports);
    case EXPIRES:
        return number(m, 0, INT32_MAX, &o->expires_s);
    case LOCAL:
        return address(m, &o->local_transport, &o->local);
    case SERVER:
        return address(m, &o->transport, &o->server);
    case MAX_FAIL:
        return share(o, m);
    case RAMP:
        return ramp(o, m);
    case KEY:
        return key(o, m);
    case FOR:
    case HOLD:
    case RING:
    case TIMEOUT:
    case STEP:
    case MAX_LATENCY:
    case EVERY:
        return seconds(m, time_of(o, m));
    case AUTH_USER:
    case PASSWORD_FILE:
    case TABLE:
    case CA:
    case CERTIFICATE:
    case PATH:
        *text_of(o, m) = optarg;
        return LOAD_DONE;
    case POISSON:
    case ANSWER:
    case ENROL:
    case TRUST_ALL:
    case SEPARATE:
    case RFC7502:
    case SHOW:
    case JSON:
    case HELP:
        *flag_of(o, m) = true;
        return LOAD_DONE;
    }
    return LOAD_BAD_USAGE;
}

/* --- what stands without an option --- */

static int missing(const char *what)
{
    return load_complain(what, "is missing; see tandem help load", LOAD_BAD_USAGE);
}

static int take_kind(struct load_options *o, const char *word)
{
    for (unsigned i = 0; i < N_LOAD_KINDS; i++)
        if (strcmp(kinds[i], word) == 0) {
            o->kind = (enum load_kind)i;
            o->kind_name = kinds[i];
            return LOAD_DONE;
        }
    return load_complain(word, "is no kind of load; see tandem help load", LOAD_BAD_USAGE);
}

static int take_words(struct load_options *o, char **words, int n)
{
    int at = 0, status = n > 0 ? take_kind(o, words[at++]) : missing("KIND");
    if (status)
        return status;
    if (o->kind == LOAD_RUN && !(o->file = at < n ? words[at++] : NULL))
        return missing("FILE");
    o->uri_text = at < n ? words[at++] : NULL;
    if (at < n)
        return load_complain(words[at], "unexpected argument", LOAD_BAD_USAGE);
    return LOAD_DONE;
}

/* --- where to --- */

/* "HOST:PORT" is a URI as well. */
static int read_uri(struct load_options *o)
{
    static char text[1024];
    struct msg_error error;
    bool bare = !strchr(o->uri_text, ':') ||
                (strncmp(o->uri_text, "sip:", 4) != 0 && strncmp(o->uri_text, "sips:", 5) != 0);
    int len = snprintf(text, sizeof text, "%s%s", bare ? "sip:" : "", o->uri_text);
    if (len >= (int)sizeof text || !uri_parse((struct str){text, (size_t)len}, &o->uri, &error) ||
        (o->uri.scheme != URI_SIP && o->uri.scheme != URI_SIPS))
        return load_complain(o->uri_text, "is no SIP URI", LOAD_BAD_USAGE);
    o->uri_text = text;
    return LOAD_DONE;
}

static int find_server(struct load_options *o)
{
    unsigned transport = uri_transport(&o->uri);
    const char *wrong;
    if (o->server.family != ADDR_NONE)
        return LOAD_DONE;
    wrong = net_lookup(o->uri.host, &o->server);
    if (wrong)
        return load_complain(o->uri_text, wrong, LOAD_SILENCE);
    if (transport == 255 || transport == TRANSPORT_SCTP)
        return load_complain(o->uri_text, "udp, tcp, tls, ws and wss are spoken", LOAD_BAD_USAGE);
    o->transport = transport                   ? (uint8_t)transport
                   : o->uri.scheme == URI_SIPS ? TRANSPORT_TLS
                                               : TRANSPORT_UDP;
    o->server.port = o->uri.port ? o->uri.port : transport_port(o->transport);
    return LOAD_DONE;
}

static int find_way(struct load_options *o)
{
    int status = LOAD_DONE;
    if (o->kind == LOAD_ANSWER || (o->kind == LOAD_RUN && !o->uri_text)) {
        o->transport = o->local_transport;
        return o->local.family ? LOAD_DONE : missing("--local TRANSPORT:HOST:PORT");
    }
    if (!o->uri_text)
        return missing("URI");
    status = read_uri(o);
    return status ? status : find_server(o);
}

/* --- what does not go together --- */

static int check(struct load_options *o)
{
    if (o->answer && o->kind != LOAD_CALL)
        return load_complain("--answer", "is for call", LOAD_BAD_USAGE);
    if (o->path && (o->path[0] != '/' || strpbrk(o->path, " \r\n")))
        return load_complain(o->path, "a path is wanted, such as /ws", LOAD_BAD_USAGE);
    if (o->enrol && !o->answer)
        return load_complain("--register", "is for call --answer", LOAD_BAD_USAGE);
    if ((o->ramp > 0 || o->rfc7502) && o->rate == 0)
        return load_complain("--rate", "is missing: where to begin", LOAD_BAD_USAGE);
    if (o->ramp > 0 && o->rfc7502)
        return load_complain("--ramp", "RFC 7502 searches in its own way", LOAD_BAD_USAGE);
    return LOAD_DONE;
}

/* What is asked for: a rate or a number at once, for some time or so many. Who only answers does so
 * until he is stopped. */
static void complete(struct load_options *o)
{
    if (o->rate == 0 && o->concurrent == 0)
        o->rate = 10;
    o->has_count = o->count > 0;
    if (!o->has_count && o->duration == 0 && o->uri_text)
        o->duration = 10 * NS_PER_S;
    if (!o->has_count && o->rate > 0)
        o->count = (uint64_t)(o->rate * (double)o->duration / 1e9 + 0.5);
}

int load_options_read(struct load_options *o, int argc, char **argv)
{
    int option, status = LOAD_DONE;
    *o = (struct load_options){.users = 1,
                               .ports = 1,
                               .timeout = 32 * NS_PER_S,
                               .every = NS_PER_S,
                               .step = 5 * NS_PER_S,
                               .expires_s = 3600,
                               .transport = TRANSPORT_UDP};
    optind = 0;
    opterr = 0;
    while (!status && (option = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (option == ':')
            status = load_complain(argv[optind - 1], "a value is missing", LOAD_BAD_USAGE);
        else if (option == '?')
            status = load_complain(argv[optind - 1], "unknown option; see tandem help load",
                                   LOAD_BAD_USAGE);
        else
            status = take(o, option == 'h' ? HELP : (enum meaning)option);
    }
    if (status || o->help)
        return status;
    status = take_words(o, argv + optind, argc - optind);
    if (!status && !o->show)
        status = find_way(o);
    if (!status)
        status = check(o);
    complete(o);
    return status;
}
