/* `tandem check`: says everything that is wrong with a configuration file; changes nothing. */
#include "server/check.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "config/example.h"
#include "net/socket.h"
#include "server/check_script.h"
#include "server/config_file.h"
#include "server/explain.h"
#include "server/machine.h"
#include "server/wall_clock.h"

const char check_help[] =
    "usage: tandem check [--file-only] [--json] FILE\n"
    "       tandem check --explain 'METHOD URI' [--from URI] [--source ADDR] [--transport T]\n"
    "             [--sender WHO] [--header 'N: V']... [--json] FILE\n"
    "       tandem check --script LUA [--function NAME] {--explain 'METHOD URI' | --request FILE}\n"
    "             [--from URI]...\n"
    "       tandem check --example\n"
    "\n"
    "Says everything that is wrong with a configuration file, with line and key and what to\n"
    "write instead, and what would keep a server with it from starting on this machine: a port\n"
    "that is taken, an address that is not this machine's, a folder that cannot be written, an\n"
    "unknown user. - is standard input.\n"
    "\n"
    "  --file-only   looks at the file alone, not at this machine: the server runs already, say,\n"
    "                and has its ports\n"
    "  --json        an object a fault, and one at the end\n"
    "  --explain     says what the rules of the file make of a request: each rule that is tried,\n"
    "                why it does not hold, which takes it and what it does. --source is the "
    "address\n"
    "                that it comes from, --sender what its sender proves to be: account, peer or\n"
    "                stranger\n"
    "  --request     a file with the request that is explained, as it would come\n"
    "  --script      tries a function of a script in Lua (route, where --function says nothing) "
    "on\n"
    "                the request, without a configuration: what it gives back, and what it takes\n"
    "  --example     prints a file with every key, its sentence, default and an example\n"
    "\n"
    "Exit status: 0 it can be used, 2 it has faults or cannot be read.\n";

enum { GOOD = 0, FAULTY = 2, OUR_FAULT = 4 };

struct settings {
    bool json, help, example, file_only, explain;
    const char *script, *function, *request;
    struct str words[2 * EXPLAIN_HEADERS + 16]; /* of what is to be explained */
    unsigned n_words;
    struct str message; /* of --request; empty: none */
};

struct count {
    const struct settings *settings;
    unsigned faults, warnings;
};

static int complain(const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: check: %s: %s\n", where, what);
    return status;
}

static void print_text(const char *key, const char *text)
{
    printf(",\"%s\":", key);
    json_string(stdout, str_from(text));
}

static void print_json(const struct config_fault *f)
{
    fputs("{\"event\":\"fault\"", stdout);
    print_text("file", f->file);
    if (f->line > 0)
        printf(",\"line\":%u", f->line);
    else
        fputs(",\"line\":null", stdout);
    print_text("key", f->key);
    print_text("what", f->what);
    printf(",\"warning\":%s}\n", f->warning ? "true" : "false");
}

static void tell(void *arg, const struct config_fault *f)
{
    struct count *c = arg;

    c->faults += !f->warning;
    c->warnings += f->warning;
    if (c->settings->json)
        print_json(f);
    else
        config_fault_print(stderr, f);
}

static void conclude(const char *file, const struct count *c)
{
    if (c->settings->json) {
        fputs("{\"event\":\"checked\"", stdout);
        print_text("file", file);
        printf(",\"faults\":%u,\"warnings\":%u}\n", c->faults, c->warnings);
    } else if (c->faults == 0) {
        printf("%s: good\n", file);
    }
}

static int check(const char *file, const struct settings *s)
{
    struct count count = {.settings = s};
    struct config_source source = {.file = file};
    struct config *c = config_file_read(&mem_libc, &source, tell, &count);

    if (c && !s->file_only)
        (void)machine_check(c, file, tell, &count);
    config_free(c);
    conclude(file, &count);
    return count.faults > 0 ? FAULTY : GOOD;
}

static void print_row(void *arg, const struct explain_row *row)
{
    const struct settings *s = arg;

    if (s->json) {
        explain_put_json(stdout, row);
        putchar('\n');
    } else if (row->rule == 0) {
        printf("%s: %.*s\n", row->outcome, STR_ARG(row->what));
    } else {
        printf("rule %u", row->rule);
        if (row->name.len > 0)
            printf(" \"%.*s\"", STR_ARG(row->name));
        printf(" (line %u) %s: %.*s\n", row->line, row->outcome, STR_ARG(row->what));
    }
}

/* As a server with this file would, if nobody else were there: the machine is not asked. */
static const char *explain_by(struct config *c, const struct settings *s)
{
    static struct shared shared;
    struct explain_ask ask = {.message = s->message};
    const char *wrong = explain_read(&ask, s->words, s->n_words);

    if (wrong)
        return wrong;
    wall_clock_init();
    shared.mem = &mem_libc;
    shared.n_workers = 1;
    shared.config = c;
    wrong = listen_read(&shared.listen, &c->listen, socket_has_ip6());
    if (wrong)
        return wrong;
    shared.all_loopback = listen_all_loopback(&shared.listen);
    return explain(&shared, c, &ask, print_row, (void *)(uintptr_t)s);
}

static int explain_file(const char *file, const struct settings *s)
{
    struct count count = {.settings = s};
    struct config_source source = {.file = file};
    struct config *c = s->script ? check_script_config(s->script, s->function, tell, &count)
                                 : config_file_read(&mem_libc, &source, tell, &count);
    const char *wrong = c ? explain_by(c, s) : NULL;

    config_free(c);
    if (wrong)
        return complain("--explain", wrong, FAULTY);
    return c ? GOOD : FAULTY;
}

/* `file` NULL: there is a script. */
static int explain_request(const char *file, struct settings *s)
{
    if (s->request && !check_request_read(s->request, &s->message))
        return complain(s->request, strerror(errno), FAULTY);
    int status = explain_file(file, s);
    free((char *)(uintptr_t)s->message.at);
    return status;
}

static const char *option_name(const char *name)
{
    static const char *const names[] = {"--from", "--source", "--transport", "--sender",
                                        "--header"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i] + 2, name) == 0)
            return names[i];
    return NULL;
}

/* The names of options of what is explained are words of it, too. */
static bool keep_word(struct settings *s, const char *name, const char *value)
{
    if (s->n_words + 2 > sizeof(s->words) / sizeof(s->words[0]))
        return false;
    if (name)
        s->words[s->n_words++] = str_from(name);
    s->words[s->n_words++] = str_from(value);
    return true;
}

static int read_options(struct settings *s, int argc, char **argv)
{
    static const struct option table[] = {
        {"json", no_argument, NULL, 'j'},           {"file-only", no_argument, NULL, 'f'},
        {"example", no_argument, NULL, 'e'},        {"explain", required_argument, NULL, 'x'},
        {"request", required_argument, NULL, 'r'},  {"script", required_argument, NULL, 's'},
        {"function", required_argument, NULL, 'n'}, {"from", required_argument, NULL, 'w'},
        {"source", required_argument, NULL, 'w'},   {"transport", required_argument, NULL, 'w'},
        {"sender", required_argument, NULL, 'w'},   {"header", required_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},           {0}};
    int option, which = 0;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", table, &which)) != -1) {
        s->json |= option == 'j';
        s->file_only |= option == 'f';
        s->example |= option == 'e';
        s->help |= option == 'h';
        s->explain |= option == 'x' || option == 'r';
        s->request = option == 'r' ? optarg : s->request;
        s->script = option == 's' ? optarg : s->script;
        s->function = option == 'n' ? optarg : s->function;
        if ((option == 'x' && !keep_word(s, NULL, optarg)) ||
            (option == 'w' && !keep_word(s, option_name(table[which].name), optarg)))
            return complain("--header", "too many", FAULTY);
        if (option == '?')
            return complain(argv[optind - 1], "unknown option; see tandem help check", FAULTY);
    }
    return GOOD;
}

int check_main(int argc, char **argv)
{
    struct settings s = {.function = "route"};
    int status = read_options(&s, argc, argv);

    if (status)
        return status;
    if (s.help)
        fputs(check_help, stdout);
    else if (s.example)
        config_print_example(stdout);
    else if ((s.n_words > 0 || s.script) && !s.explain)
        return complain("--explain", "expected a request; see tandem help check", FAULTY);
    else if (s.script && optind == argc)
        status = explain_request(NULL, &s);
    else if (s.script || optind + 1 != argc)
        return complain("FILE", "expected one configuration file; see tandem help check", FAULTY);
    else if (s.explain)
        status = explain_request(argv[optind], &s);
    else
        status = check(argv[optind], &s);
    if (fflush(stdout) != 0)
        return complain("standard output", "cannot be written", OUR_FAULT);
    return status;
}
