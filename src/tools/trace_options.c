/* The command line of `tandem trace`. Does nothing of what it says. */
#include "tools/trace_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "msg/print.h"
#include "tools/trace_tell.h"
#include "tools/trace_time.h"

enum option_key {
    KEY_HELP = 'h',
    KEY_LIST = 256,
    KEY_TEXT_FORM,
    KEY_ASCII,
    KEY_EXPLAIN,
    KEY_STREAMS,
    KEY_LINT,
    KEY_SARIF,
    KEY_SEVERITY,
    KEY_IGNORE,
    KEY_SOCKET,
    KEY_DATA,
    KEY_JSON,
    KEY_SCREEN,
    KEY_CALL,
    KEY_USER,
    KEY_NUMBER,
    KEY_METHOD,
    KEY_CODE,
    KEY_FROM_TIME,
    KEY_TO_TIME,
    KEY_ADDRESS,
    KEY_CONTAINS,
    KEY_SVG,
    KEY_HTML,
    KEY_PCAP,
    KEY_HEP,
    KEY_KEY_LOG,
    KEY_INTERFACE,
    KEY_LISTEN,
    KEY_FILTER,
    KEY_FOLLOW
};

static const struct option table[] = {
    {"help", no_argument, NULL, KEY_HELP},
    {"list", no_argument, NULL, KEY_LIST},
    {"text", no_argument, NULL, KEY_TEXT_FORM},
    {"ascii", no_argument, NULL, KEY_ASCII},
    {"explain", no_argument, NULL, KEY_EXPLAIN},
    {"streams", no_argument, NULL, KEY_STREAMS},
    {"lint", no_argument, NULL, KEY_LINT},
    {"sarif", no_argument, NULL, KEY_SARIF},
    {"severity", required_argument, NULL, KEY_SEVERITY},
    {"ignore", required_argument, NULL, KEY_IGNORE},
    {"socket", required_argument, NULL, KEY_SOCKET},
    {"data", required_argument, NULL, KEY_DATA},
    {"json", no_argument, NULL, KEY_JSON},
    {"screen", no_argument, NULL, KEY_SCREEN},
    {"call", required_argument, NULL, KEY_CALL},
    {"user", required_argument, NULL, KEY_USER},
    {"number", required_argument, NULL, KEY_NUMBER},
    {"method", required_argument, NULL, KEY_METHOD},
    {"code", required_argument, NULL, KEY_CODE},
    {"from-time", required_argument, NULL, KEY_FROM_TIME},
    {"to-time", required_argument, NULL, KEY_TO_TIME},
    {"address", required_argument, NULL, KEY_ADDRESS},
    {"contains", required_argument, NULL, KEY_CONTAINS},
    {"svg", required_argument, NULL, KEY_SVG},
    {"html", required_argument, NULL, KEY_HTML},
    {"pcap", required_argument, NULL, KEY_PCAP},
    {"hep", required_argument, NULL, KEY_HEP},
    {"keylog", required_argument, NULL, KEY_KEY_LOG},
    {"interface", required_argument, NULL, KEY_INTERFACE},
    {"listen", required_argument, NULL, KEY_LISTEN},
    {"filter", required_argument, NULL, KEY_FILTER},
    {"follow", no_argument, NULL, KEY_FOLLOW},
    {0},
};

static void set_form(struct trace_options *o, enum trace_form form)
{
    o->form = form;
    o->has_form = true;
}

/* NULL, or what is wrong with the value. */
static const char *take_filter(struct trace_filter *f, int key, struct str value)
{
    switch (key) {
    case KEY_USER:
        f->user = value;
        return NULL;
    case KEY_NUMBER:
        f->number = value;
        return NULL;
    case KEY_METHOD:
        f->method = value;
        return NULL;
    case KEY_CONTAINS:
        f->text = value;
        return NULL;
    case KEY_CODE:
        return trace_filter_read_codes(f, value) ? NULL : "no status such as 404, 4xx or 400-499";
    case KEY_FROM_TIME:
        return trace_time_read(value, &f->since) ? NULL : trace_time_form;
    case KEY_TO_TIME:
        return trace_time_read(value, &f->until) ? NULL : trace_time_form;
    default:
        return addr_parse(value, &f->address) || addr_parse_ip(value, &f->address)
                   ? NULL
                   : "no address such as 192.0.2.1 or [2001:db8::1]:5060";
    }
}

/* "hep:udp:127.0.0.1:9060" */
static const char *take_agents(struct trace_options *o, struct str value)
{
    struct str hep = STR("hep:"), rest = str_slice(value, hep.len, value.len);
    size_t colon = str_find(rest, ':');

    o->agents.transport = (uint8_t)transport_of(str_slice(rest, 0, colon));
    if (!str_starts(value, hep) ||
        (o->agents.transport != TRANSPORT_UDP && o->agents.transport != TRANSPORT_TCP) ||
        !addr_parse(str_slice(rest, colon + 1, rest.len), &o->agents.addr))
        return "no place for capture agents such as hep:udp:127.0.0.1:9060";
    return NULL;
}

static const char *take_packets(struct trace_options *o, struct str value)
{
    static char text[160];
    size_t at;
    const char *wrong = capture_filter_read(&o->packets, value, &at);

    if (wrong)
        snprintf(text, sizeof(text), "at byte %zu: %s; see tandem help trace", at + 1, wrong);
    return wrong ? text : NULL;
}

/* What is told of findings. */
static const char *take_lint(struct trace_options *o, int key, const char *value)
{
    switch (key) {
    case KEY_SARIF:
        set_form(o, TRACE_FORM_LINT);
        o->lint.form = PARSE_SARIF;
        return NULL;
    case KEY_SEVERITY:
        return parse_options_severity(&o->lint, value);
    case KEY_IGNORE:
        return parse_options_ignore(&o->lint, value);
    default:
        set_form(o, TRACE_FORM_LINT);
        return NULL;
    }
}

/* Where packets come from, and which. */
static const char *take_source(struct trace_options *o, int key, const char *value)
{
    switch (key) {
    case KEY_LINT:
    case KEY_SARIF:
    case KEY_SEVERITY:
    case KEY_IGNORE:
        return take_lint(o, key, value);
    case KEY_INTERFACE:
        o->interface = value;
        return NULL;
    case KEY_LISTEN:
        return take_agents(o, str_from(value));
    case KEY_FILTER:
        return take_packets(o, str_from(value));
    case KEY_SOCKET:
        o->socket = value;
        return NULL;
    case KEY_DATA:
        o->data = value;
        return NULL;
    case KEY_KEY_LOG:
        o->key_log = value;
        return NULL;
    default:
        return take_filter(&o->filter, key, str_from(value));
    }
}

static const char *take(struct trace_options *o, int key, const char *value)
{
    switch (key) {
    case KEY_HELP:
        o->help = true;
        return NULL;
    case KEY_LIST:
        set_form(o, TRACE_FORM_LIST);
        return NULL;
    case KEY_TEXT_FORM:
        set_form(o, TRACE_FORM_TEXT);
        return NULL;
    case KEY_ASCII:
        set_form(o, TRACE_FORM_ASCII);
        return NULL;
    case KEY_EXPLAIN:
        set_form(o, TRACE_FORM_EXPLAIN);
        return NULL;
    case KEY_STREAMS:
        set_form(o, TRACE_FORM_STREAMS);
        return NULL;
    case KEY_FOLLOW:
        o->follow = true;
        return NULL;
    case KEY_JSON:
        o->json = true;
        return NULL;
    case KEY_SCREEN:
        o->has_screen = true;
        return NULL;
    case KEY_CALL:
        o->call = str_from(value);
        return NULL;
    case KEY_SVG:
        o->svg = value;
        return NULL;
    case KEY_HTML:
        o->html = value;
        return NULL;
    case KEY_PCAP:
        o->pcap = value;
        return NULL;
    case KEY_HEP:
        return addr_parse(str_from(value), &o->hep) && o->hep.port ? NULL
                                                                   : "no ADDRESS:PORT to send to";
    default:
        return take_source(o, key, value);
    }
}

bool trace_options_are_live(const struct trace_options *o)
{
    return o->from == TRACE_FROM_INTERFACE || o->from == TRACE_FROM_AGENTS;
}

bool trace_options_ask_for_more(const struct trace_options *o)
{
    return o->has_form || o->json || o->follow || o->call.len > 0 || o->svg || o->html || o->pcap ||
           o->hep.family != ADDR_NONE;
}

/* No file is named: what a shell gives to read, or else the server that runs here. */
static bool has_something_to_read(void)
{
    struct stat s;

    return fstat(STDIN_FILENO, &s) == 0 && !S_ISCHR(s.st_mode);
}

/* A word that is no file's name, and does not look like one, may be a call's. */
static bool may_be_call(const char *word)
{
    return strcmp(word, "-") != 0 && !strchr(word, '/') && !strstr(word, ".pcap") &&
           access(word, F_OK) != 0 && errno == ENOENT;
}

static void choose_source(struct trace_options *o, char **words, int n)
{
    static char dash[] = "-";
    static char *standard_input[] = {dash};

    if (o->interface || o->agents.transport) {
        o->from = o->interface ? TRACE_FROM_INTERFACE : TRACE_FROM_AGENTS;
        o->files = words;
        o->n_files = n;
        return;
    }
    if (n == 1 && o->call.len == 0 && may_be_call(words[0])) {
        o->call = str_from(words[0]);
        o->call_or_file = true;
        n = 0;
    }
    if (n == 0 && (o->socket || o->data || o->call.len > 0 || !has_something_to_read()))
        o->from = TRACE_FROM_SERVER;
    o->files = n > 0 || o->call_or_file ? words : standard_input;
    o->n_files = n > 0 ? n : o->from == TRACE_FROM_FILES;
}

/* What cannot be asked for together; NULL: all is well. */
static const char *contradiction(const struct trace_options *o, const char **where)
{
    bool is_live = trace_options_are_live(o);
    struct trace_options rest = *o;

    *where = o->interface ? "--interface" : "--listen";
    if (is_live &&
        (o->n_files > 0 || o->socket || o->data || (o->interface && o->agents.transport)))
        return "is one source, and a file, a server or --listen another";
    *where = "--pcap";
    if (is_live && o->pcap && (o->call.len > 0 || trace_filter_is_set(&o->filter)))
        return "holds all that comes, as long as calls go on: pick from that file afterwards";
    *where = "--screen";
    if (is_live) /* which it is recorded beside */
        rest.pcap = NULL;
    if (o->has_screen && trace_options_ask_for_more(&rest))
        return "shows all that is picked, and writes nothing by itself: see tandem help trace";
    return NULL;
}

int trace_options_read(struct trace_options *o, int argc, char **argv)
{
    int key, index = 0;

    *o = (struct trace_options){0};
    optind = 0;
    opterr = 0;
    while ((key = getopt_long(argc, argv, "h", table, &index)) != -1) {
        if (key == '?')
            return trace_complain(argv[optind - 1],
                                  "unknown option, or without its value; see tandem help trace",
                                  TRACE_EXIT_BAD_USAGE);
        const char *wrong = take(o, key, optarg);

        if (wrong)
            return trace_complain(optarg, wrong, TRACE_EXIT_BAD_USAGE);
    }
    choose_source(o, argv + optind, argc - optind);
    if (!o->has_form && o->call.len > 0)
        o->form = TRACE_FORM_TEXT;
    if (o->json && o->lint.form == PARSE_TEXT)
        o->lint.form = PARSE_JSON;
    const char *where, *wrong = contradiction(o, &where);

    return wrong ? trace_complain(where, wrong, TRACE_EXIT_BAD_USAGE) : 0;
}
