/* Owns the reading of `tandem load`'s command line; starts nothing. */
#include "tools/load_options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "config/listener.h"
#include "net/lookup.h"

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

/* The options: how their values are read, and where they are kept. */
struct row {
    const char *name;
    int argument;
    int (*take)(const struct row *, struct load_options *);
    size_t field;
    unsigned least, most; /* of a number */
};

/* The option's place. */
static void *field_of(const struct row *r, struct load_options *o)
{
    return (char *)o + r->field;
}

static int bad(const struct row *r, const char *what)
{
    char where[96];
    snprintf(where, sizeof where, "--%s %s", r->name, optarg);
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

static int take_text(const struct row *r, struct load_options *o)
{
    *(const char **)field_of(r, o) = optarg;
    return LOAD_DONE;
}

static int take_flag(const struct row *r, struct load_options *o)
{
    *(bool *)field_of(r, o) = true;
    return LOAD_DONE;
}

static int take_time(const struct row *r, struct load_options *o)
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
        return bad(r, "seconds are wanted, such as 30, 0.5 or 200ms");
    *(time_ns *)field_of(r, o) = (time_ns)(s / unit * 1e9);
    return LOAD_DONE;
}

static int take_number(const struct row *r, struct load_options *o)
{
    char what[80];
    uint64_t n;
    if (!str_to_u64(str_from(optarg), r->most, &n) || n < r->least) {
        snprintf(what, sizeof what, "a number from %u to %u is wanted", r->least, r->most);
        return bad(r, what);
    }
    *(unsigned *)field_of(r, o) = (unsigned)n;
    return LOAD_DONE;
}

/* "0.5%", or a share */
static int take_share(const struct row *r, struct load_options *o)
{
    struct str text = str_from(optarg);
    double *out = field_of(r, o);
    bool per_cent = text.len > 0 && text.at[text.len - 1] == '%';
    text.len -= per_cent;
    if (!real(text, per_cent ? 100 : 1, out))
        return bad(r, "a share is wanted, such as 0.01 or 1%");
    *out /= per_cent ? 100 : 1;
    return LOAD_DONE;
}

static int take_rate(const struct row *r, struct load_options *o)
{
    return real(str_from(optarg), 1e6, &o->rate) && o->rate > 0
               ? LOAD_DONE
               : bad(r, "sessions a second are wanted, more than 0");
}

static int take_ramp(const struct row *r, struct load_options *o)
{
    o->ramp = 1.25;
    if (optarg && (!real(str_from(optarg), 100, &o->ramp) || o->ramp <= 1))
        return bad(r, "a factor above 1 is wanted, such as 1.25");
    return LOAD_DONE;
}

static int take_rtp(const struct row *r, struct load_options *o)
{
    (void)r;
    o->rtp = optarg ? optarg : "tone";
    return LOAD_DONE;
}

static int address(const struct row *r, uint8_t *transport, struct addr *out)
{
    struct config_listener l;
    const char *wrong = config_listener_parse(str_from(optarg), &l);
    if (wrong)
        return bad(r, wrong);
    if (l.localhost)
        return bad(r, "an address is wanted");
    *transport = l.transport;
    *out = l.addr;
    return LOAD_DONE;
}

static int take_local(const struct row *r, struct load_options *o)
{
    return address(r, &o->local_transport, &o->local);
}

static int take_server(const struct row *r, struct load_options *o)
{
    return address(r, &o->transport, &o->server);
}

static int take_key(const struct row *r, struct load_options *o)
{
    struct str text = str_from(optarg);
    size_t end = str_find(text, '=');
    if (end == 0 || end == text.len || o->n_keys == LOAD_KEYS)
        return bad(r, o->n_keys == LOAD_KEYS ? "too many of them" : "NAME=VALUE is wanted");
    o->keys[o->n_keys++] =
        (struct load_key){str_slice(text, 0, end), str_slice(text, end + 1, text.len)};
    return LOAD_DONE;
}

#define AT(member) offsetof(struct load_options, member)
#define FLAG(name, member)                             \
    {                                                  \
        name, no_argument, take_flag, AT(member), 0, 0 \
    }
#define TEXT(name, member)                                   \
    {                                                        \
        name, required_argument, take_text, AT(member), 0, 0 \
    }
#define TIME(name, member)                                   \
    {                                                        \
        name, required_argument, take_time, AT(member), 0, 0 \
    }
#define SHARE(name, member)                                   \
    {                                                         \
        name, required_argument, take_share, AT(member), 0, 0 \
    }
#define NUMBER(name, member, least, most)                             \
    {                                                                 \
        name, required_argument, take_number, AT(member), least, most \
    }
#define OWN(name, argument, take)     \
    {                                 \
        name, argument, take, 0, 0, 0 \
    }

static const struct row rows[] = {
    OWN("rate", required_argument, take_rate),
    NUMBER("count", given_count, 1, UINT32_MAX),
    TIME("for", duration),
    NUMBER("concurrent", concurrent, 1, LIMIT_LOAD_SESSIONS),
    FLAG("poisson", poisson),
    TIME("hold", hold),
    TIME("ring", ring),
    NUMBER("users", users, 1, LIMIT_LOAD_USERS),
    NUMBER("first", first, 0, INT32_MAX),
    NUMBER("ports", ports, 1, LIMIT_LOAD_LINKS / 2),
    OWN("local", required_argument, take_local),
    OWN("server", required_argument, take_server),
    FLAG("answer", answer),
    FLAG("register", enrol),
    TEXT("auth-user", auth_user),
    TEXT("password-file", password_file),
    TEXT("table", table),
    OWN("key", required_argument, take_key),
    TIME("timeout", timeout),
    SHARE("max-fail", max_fail),
    OWN("ramp", optional_argument, take_ramp),
    TIME("step", step),
    TIME("max-latency", max_latency),
    NUMBER("expires", expires_s, 0, INT32_MAX),
    TIME("every", every),
    FLAG("rfc7502", rfc7502),
    OWN("rtp", optional_argument, take_rtp),
    NUMBER("rtp-ports", rtp_ports, 1, LIMIT_LOAD_RTP_PORTS),
    SHARE("max-loss", max_loss),
    TEXT("ca", ca),
    TEXT("certificate", certificate),
    TEXT("path", path),
    FLAG("trust-all", trust_all),
    FLAG("separate", separate),
    FLAG("show", show),
    FLAG("json", json),
    FLAG("help", help),
};
#define N_ROWS (sizeof rows / sizeof *rows)

/* By their place in `rows`, from 1 on. */
static int read_options(struct load_options *o, int argc, char **argv)
{
    struct option table[N_ROWS + 1] = {0};
    int option, status = LOAD_DONE;
    for (size_t i = 0; i < N_ROWS; i++)
        table[i] = (struct option){rows[i].name, rows[i].argument, NULL, (int)i + 1};
    optind = 0;
    opterr = 0;
    while (!status && (option = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (option == ':')
            status = load_complain(argv[optind - 1], "a value is missing", LOAD_BAD_USAGE);
        else if (option == '?')
            status = load_complain(argv[optind - 1], "unknown option; see tandem help load",
                                   LOAD_BAD_USAGE);
        else if (option == 'h')
            o->help = true;
        else
            status = rows[option - 1].take(&rows[option - 1], o);
    }
    return status;
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
    if (o->rtp && o->kind != LOAD_CALL && o->kind != LOAD_ANSWER && o->kind != LOAD_RUN)
        return load_complain("--rtp", "is for call, answer and run", LOAD_BAD_USAGE);
    if (o->rtp && strcmp(o->rtp, "echo") == 0 && o->kind == LOAD_CALL)
        return load_complain("--rtp=echo", "is for answer and run: nobody would begin to speak",
                             LOAD_BAD_USAGE);
    if (o->rtp && o->kind == LOAD_CALL && o->hold == 0)
        return load_complain("--hold", "is missing: a call that ends at once has no media",
                             LOAD_BAD_USAGE);
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
    o->has_count = o->given_count > 0;
    o->count = o->given_count;
    if (!o->has_count && o->duration == 0 && o->uri_text)
        o->duration = 10 * NS_PER_S;
    if (!o->has_count && o->rate > 0)
        o->count = (uint64_t)(o->rate * (double)o->duration / 1e9 + 0.5);
}

int load_options_read(struct load_options *o, int argc, char **argv)
{
    *o = (struct load_options){.users = 1,
                               .ports = 1,
                               .rtp_ports = 16,
                               .max_loss = 1,
                               .timeout = 32 * NS_PER_S,
                               .every = NS_PER_S,
                               .step = 5 * NS_PER_S,
                               .expires_s = 3600,
                               .transport = TRANSPORT_UDP};
    int status = read_options(o, argc, argv);
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
