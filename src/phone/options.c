/* Owns the reading of the client commands' options; starts nothing. */
#include "phone/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "net/socket.h"

#define BIT(command) (1u << (command))
#define ALL (BIT(N_PHONE_COMMANDS) - 1)
#define REQUESTS (BIT(PHONE_OPTIONS) | BIT(PHONE_MESSAGE) | BIT(PHONE_REQUEST))
#define CALLS (BIT(PHONE_CALL) | BIT(PHONE_ANSWER))
#define NAMED (BIT(PHONE_REGISTER) | BIT(PHONE_ANSWER))
#define LASTING (NAMED | BIT(PHONE_SUBSCRIBE))

enum meaning {
    AS = 1,
    SERVER,
    LISTEN,
    PASSWORD_FILE,
    AUTH_USER,
    CA,
    CERTIFICATE,
    TRUST_ALL,
    VIA_SERVER,
    TIMEOUT,
    HEADER_LINE,
    BODY,
    TYPE,
    EXPIRES,
    ONCE,
    OUTBOUND,
    PLAY,
    RECORD,
    DTMF,
    CODECS,
    AUDIO,
    LATCH,
    FOR,
    TRANSFER,
    AFTER,
    REJECT,
    CALLS_AT_ONCE,
    JSON,
    VERBOSE,
    TRACE,
    HELP
};

static const struct {
    struct option option;
    unsigned commands;
} table[] = {
    {{"as", required_argument, NULL, AS}, ALL},
    {{"server", required_argument, NULL, SERVER}, ALL},
    {{"listen", required_argument, NULL, LISTEN}, ALL},
    {{"password-file", required_argument, NULL, PASSWORD_FILE}, ALL},
    {{"auth-user", required_argument, NULL, AUTH_USER}, ALL},
    {{"ca", required_argument, NULL, CA}, ALL},
    {{"certificate", required_argument, NULL, CERTIFICATE}, ALL},
    {{"trust-all", no_argument, NULL, TRUST_ALL}, ALL},
    {{"via-server", required_argument, NULL, VIA_SERVER}, ALL & ~BIT(PHONE_REGISTER)},
    {{"timeout", required_argument, NULL, TIMEOUT}, REQUESTS | BIT(PHONE_CALL)},
    {{"header", required_argument, NULL, HEADER_LINE},
     REQUESTS | BIT(PHONE_CALL) | BIT(PHONE_SUBSCRIBE)},
    {{"body", required_argument, NULL, BODY}, BIT(PHONE_REQUEST)},
    {{"type", required_argument, NULL, TYPE}, BIT(PHONE_REQUEST) | BIT(PHONE_MESSAGE)},
    {{"expires", required_argument, NULL, EXPIRES}, LASTING},
    {{"once", no_argument, NULL, ONCE}, BIT(PHONE_REGISTER) | BIT(PHONE_SUBSCRIBE)},
    {{"outbound", no_argument, NULL, OUTBOUND}, NAMED},
    {{"play", required_argument, NULL, PLAY}, CALLS},
    {{"record", required_argument, NULL, RECORD}, CALLS},
    {{"dtmf", required_argument, NULL, DTMF}, CALLS},
    {{"codec", required_argument, NULL, CODECS}, CALLS},
    {{"audio", required_argument, NULL, AUDIO}, CALLS},
    {{"latch", no_argument, NULL, LATCH}, CALLS},
    {{"for", required_argument, NULL, FOR}, CALLS},
    {{"transfer", required_argument, NULL, TRANSFER}, CALLS},
    {{"after", required_argument, NULL, AFTER}, BIT(PHONE_ANSWER)},
    {{"reject", required_argument, NULL, REJECT}, BIT(PHONE_ANSWER)},
    {{"calls", required_argument, NULL, CALLS_AT_ONCE}, BIT(PHONE_ANSWER)},
    {{"json", no_argument, NULL, JSON}, ALL},
    {{"verbose", no_argument, NULL, VERBOSE}, ALL},
    {{"trace", no_argument, NULL, TRACE}, ALL},
    {{"help", no_argument, NULL, HELP}, ALL},
};
#define N_OPTIONS (sizeof table / sizeof *table)

static const char *const names[N_PHONE_COMMANDS] = {
    [PHONE_OPTIONS] = "options",     [PHONE_MESSAGE] = "message", [PHONE_REQUEST] = "request",
    [PHONE_REGISTER] = "register",   [PHONE_CALL] = "call",       [PHONE_ANSWER] = "answer",
    [PHONE_SUBSCRIBE] = "subscribe",
};

int phone_complain(const struct phone_options *o, const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: %s: %s: %s\n", o->name, where, what);
    return status;
}

static const char *name_of(enum meaning m)
{
    size_t i = 0;
    while (table[i].option.val != (int)m)
        i++;
    return table[i].option.name;
}

static int bad(const struct phone_options *o, enum meaning m, const char *what)
{
    char where[64];
    snprintf(where, sizeof where, "--%s %s", name_of(m), optarg);
    return phone_complain(o, where, what, PHONE_BAD_USAGE);
}

static int number(const struct phone_options *o, enum meaning m, unsigned least, unsigned most,
                  unsigned *out)
{
    uint64_t value;
    char what[64];
    if (str_to_u64(str_from(optarg), most, &value) && value >= least) {
        *out = (unsigned)value;
        return PHONE_DONE;
    }
    snprintf(what, sizeof what, "a number from %u to %u is wanted", least, most);
    return bad(o, m, what);
}

/* "3", "0.25": seconds, as milliseconds. */
static int seconds(const struct phone_options *o, enum meaning m, unsigned *ms)
{
    struct str text = str_from(optarg);
    size_t point = str_find(text, '.');
    struct str whole = str_slice(text, 0, point), part = str_slice(text, point + 1, text.len);
    uint64_t s = 0, fraction = 0, scale = 1000;
    bool good = str_to_u64(whole, 1000000, &s) && part.len <= 3 &&
                (point == text.len || str_to_u64(part, 999, &fraction));
    for (size_t i = 0; i < part.len && good; i++)
        scale /= 10;
    if (!good)
        return bad(o, m, "seconds are wanted, such as 3 or 0.25");
    *ms = (unsigned)(s * 1000 + fraction * scale);
    return PHONE_DONE;
}

static int add_listener(struct phone_options *o)
{
    const char *wrong = listen_parse(&o->listen, str_from(optarg), socket_has_ip6());
    if (!wrong)
        wrong = listen_expand(&o->listen);
    if (!wrong && transport_is_web(o->listen.list[o->listen.n - 1].transport))
        wrong = "a phone listens by udp, tcp and tls";
    return wrong ? bad(o, LISTEN, wrong) : PHONE_DONE;
}

static int add_aor(struct phone_options *o, const char *aor)
{
    unsigned most = BIT(o->command) & NAMED ? PHONE_AORS : 1;
    if (o->n_as == most)
        return phone_complain(o, aor,
                              most == 1 ? "one AOR alone is wanted" : "too many AORs are given",
                              PHONE_BAD_USAGE);
    o->as[o->n_as++] = aor;
    return PHONE_DONE;
}

static int add_header(struct phone_options *o)
{
    struct str text = str_from(optarg);
    size_t colon = str_find(text, ':');
    if (o->n_headers == PHONE_HEADERS)
        return bad(o, HEADER_LINE, "too many of them");
    if (colon == 0 || colon == text.len || str_find(text, '\r') < text.len ||
        str_find(text, '\n') < text.len)
        return bad(o, HEADER_LINE, "'NAME: VALUE' in one line is wanted");
    o->headers[o->n_headers++] = optarg;
    return PHONE_DONE;
}

static int choose_audio(struct phone_options *o)
{
    static const char *const words[] = {
        [PHONE_AUDIO_FILE] = "file", [PHONE_AUDIO_NONE] = "none", [PHONE_AUDIO_ALSA] = "alsa"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(optarg, words[i]) == 0) {
            o->audio = (enum phone_audio)i;
            o->has_audio = true;
            return PHONE_DONE;
        }
    return bad(o, AUDIO, "none, file or alsa is wanted");
}

static int choose_way(struct phone_options *o)
{
    o->direct = strcmp(optarg, "none") == 0;
    return o->direct ? PHONE_DONE : bad(o, VIA_SERVER, "none is wanted; --server names one");
}

static int choose_transfer(struct phone_options *o)
{
    o->transfer = strcmp(optarg, "yes") == 0;
    return o->transfer || strcmp(optarg, "no") == 0 ? PHONE_DONE
                                                    : bad(o, TRANSFER, "yes or no is wanted");
}

static int choose_digits(struct phone_options *o)
{
    static const char legal[] = "0123456789*#ABCDabcd,";
    o->dtmf = optarg;
    return strspn(optarg, legal) == strlen(optarg)
               ? PHONE_DONE
               : bad(o, DTMF, "digits are 0-9, *, #, A-D, and a comma for a pause");
}

static int take_time(struct phone_options *o, enum meaning m)
{
    switch ((int)m) {
    case FOR:
        o->has_for = true;
        return seconds(o, m, &o->for_ms);
    case AFTER:
        o->has_after = true;
        return seconds(o, m, &o->after_ms);
    default:
        return seconds(o, m, &o->timeout_ms);
    }
}

static const char **text_of(struct phone_options *o, enum meaning m)
{
    switch ((int)m) {
    case SERVER:
        return &o->server;
    case PASSWORD_FILE:
        return &o->password_file;
    case AUTH_USER:
        return &o->auth_user;
    case CA:
        return &o->ca;
    case CERTIFICATE:
        return &o->certificate;
    case BODY:
        return &o->body;
    case TYPE:
        return &o->type;
    case PLAY:
        return &o->play;
    case RECORD:
        return &o->record;
    default:
        return &o->codecs;
    }
}

static bool *flag_of(struct phone_options *o, enum meaning m)
{
    switch ((int)m) {
    case TRUST_ALL:
        return &o->trust_all;
    case ONCE:
        return &o->once;
    case OUTBOUND:
        return &o->outbound;
    case LATCH:
        return &o->latch;
    case JSON:
        return &o->json;
    case VERBOSE:
        return &o->verbose;
    case TRACE:
        return &o->trace;
    default:
        return &o->help;
    }
}

static int take(struct phone_options *o, enum meaning m)
{
    switch ((int)m) {
    case AS:
        return add_aor(o, optarg);
    case LISTEN:
        return add_listener(o);
    case HEADER_LINE:
        return add_header(o);
    case VIA_SERVER:
        return choose_way(o);
    case AUDIO:
        return choose_audio(o);
    case DTMF:
        return choose_digits(o);
    case TRANSFER:
        return choose_transfer(o);
    case EXPIRES:
        return number(o, m, 1, INT32_MAX, &o->expires_s);
    case REJECT:
        return number(o, m, 300, 699, &o->reject);
    case CALLS_AT_ONCE:
        return number(o, m, 1, 10000, &o->calls);
    case FOR:
    case AFTER:
    case TIMEOUT:
        return take_time(o, m);
    case TRUST_ALL:
    case ONCE:
    case OUTBOUND:
    case LATCH:
    case JSON:
    case VERBOSE:
    case TRACE:
    case HELP:
        *flag_of(o, m) = true;
        return PHONE_DONE;
    default:
        *text_of(o, m) = optarg;
        return PHONE_DONE;
    }
}

/* --- what stands without an option --- */

static int missing(const struct phone_options *o, const char *what)
{
    fprintf(stderr, "tandem: %s: %s is missing; see tandem help %s\n", o->name, what, o->name);
    return PHONE_BAD_USAGE;
}

static int take_aors(struct phone_options *o, char **words, int n)
{
    int status = PHONE_DONE;
    for (int i = 0; i < n && !status; i++)
        status = add_aor(o, words[i]);
    return status || o->n_as > 0 ? status : missing(o, "AOR");
}

static int take_words(struct phone_options *o, char **words, int n)
{
    int at = 0;
    if (o->command == PHONE_REGISTER)
        return take_aors(o, words, n);
    if (o->command == PHONE_REQUEST)
        o->method = at < n ? words[at++] : NULL;
    if (o->command == PHONE_REQUEST && !o->method)
        return missing(o, "METHOD");
    if (o->command == PHONE_SUBSCRIBE && !(o->event = at < n ? words[at++] : NULL))
        return missing(o, "EVENT");
    if (o->command != PHONE_ANSWER && !(o->target = at < n ? words[at++] : NULL))
        return missing(o, "URI");
    if (o->command == PHONE_MESSAGE && !(o->text = at < n ? words[at++] : NULL))
        return missing(o, "TEXT");
    if (o->command == PHONE_ANSWER && o->n_as == 0)
        return missing(o, "--as AOR");
    if (at < n)
        return phone_complain(o, words[at], "unexpected argument", PHONE_BAD_USAGE);
    return PHONE_DONE;
}

static void fill(struct phone_options *o, enum phone_command command)
{
    *o = (struct phone_options){
        .command = command, .name = names[command], .expires_s = 3600, .calls = 1};
}

int phone_options_read(struct phone_options *o, enum phone_command command, int argc, char **argv)
{
    struct option known[N_OPTIONS + 1];
    size_t n = 0;
    int option, status = PHONE_DONE;
    fill(o, command);
    for (size_t i = 0; i < N_OPTIONS; i++)
        if (table[i].commands & BIT(command))
            known[n++] = table[i].option;
    known[n] = (struct option){0};
    optind = 0;
    opterr = 0;
    while (!status && (option = getopt_long(argc, argv, ":vh", known, NULL)) != -1) {
        if (option == ':')
            status = phone_complain(o, argv[optind - 1], "a value is missing", PHONE_BAD_USAGE);
        else if (option == '?')
            status = phone_complain(o, argv[optind - 1], "unknown option; see tandem help",
                                    PHONE_BAD_USAGE);
        else
            status = take(o, option == 'v' ? VERBOSE : option == 'h' ? HELP : (enum meaning)option);
    }
    if (status || o->help)
        return status;
    return take_words(o, argv + optind, argc - optind);
}

bool phone_options_take(struct phone_options *o, enum phone_command command, int argc, char **argv,
                        const char *help, int *status)
{
    *status = phone_options_read(o, command, argc, argv);
    if (!*status && o->help)
        fputs(help, stdout);
    return !*status && !o->help;
}
