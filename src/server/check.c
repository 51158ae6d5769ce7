/* `tandem check`: says everything that is wrong with a configuration file; changes nothing. */
#include "server/check.h"

#include <getopt.h>
#include <stdio.h>

#include "base/json.h"
#include "config/example.h"
#include "server/config_file.h"
#include "server/machine.h"

const char check_help[] =
    "usage: tandem check [--file-only] [--json] FILE\n"
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
    "  --example     prints a file with every key, its sentence, default and an example\n"
    "\n"
    "Exit status: 0 it can be used, 2 it has faults or cannot be read.\n";

enum { GOOD = 0, FAULTY = 2, OUR_FAULT = 4 };

struct settings {
    bool json, help, example, file_only;
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

static int read_options(struct settings *s, int argc, char **argv)
{
    static const struct option table[] = {{"json", no_argument, NULL, 'j'},
                                          {"file-only", no_argument, NULL, 'f'},
                                          {"example", no_argument, NULL, 'e'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
        s->json |= option == 'j';
        s->file_only |= option == 'f';
        s->example |= option == 'e';
        s->help |= option == 'h';
        if (option == '?')
            return complain(argv[optind - 1], "unknown option; see tandem help check", FAULTY);
    }
    return GOOD;
}

int check_main(int argc, char **argv)
{
    struct settings s = {0};
    int status = read_options(&s, argc, argv);

    if (status)
        return status;
    if (s.help)
        fputs(check_help, stdout);
    else if (s.example)
        config_print_example(stdout);
    else if (optind + 1 != argc)
        return complain("FILE", "expected one configuration file; see tandem help check", FAULTY);
    else
        status = check(argv[optind], &s);
    if (fflush(stdout) != 0)
        return complain("standard output", "cannot be written", OUR_FAULT);
    return status;
}
