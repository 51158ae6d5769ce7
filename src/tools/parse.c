/* `tandem parse`: reads files, each one message, and reports on them. */
#include "tools/parse.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tools/input.h"
#include "tools/report.h"

const char parse_help[] =
    "usage: tandem parse [--json] [FILE...|-]\n"
    "\n"
    "Says what each message is and what is wrong with it. A file holds one message as a UDP "
    "packet\n"
    "would; - or no file at all is standard input.\n"
    "\n"
    "  --json   an object a message: file, valid, type, method, uri, status, headers,\n"
    "           body_length, errors and answer, the status a server gives it on those grounds\n"
    "\n"
    "Exit status: 0 every message is valid, 1 one is not, 2 a file cannot be read.\n";

enum { VALID = 0, INVALID = 1, UNREADABLE = 2, OUR_FAULT = 4 };

/* A file much longer than any message is read as far as it takes to say so. */
#define FILE_MOST ((size_t)16 << 20)

struct settings {
    bool json, help;
};

static int complain(const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: parse: %s: %s\n", where, what);
    return status;
}

static int report(const struct settings *s, const char *path, struct str data, void *space,
                  size_t space_len)
{
    struct msg m;
    struct report r = {.file = path, .data = data, .msg = &m};

    (void)msg_parse(&m, data, MSG_DATAGRAM, space, space_len);
    (void)msg_check(&m);
    if (s->json)
        report_json(stdout, &r);
    else
        report_text(stdout, &r);
    return m.n_errors ? INVALID : VALID;
}

static int parse_file(const struct settings *s, const char *path)
{
    struct input in;
    int error = input_read(&in, path, FILE_MOST);

    if (error)
        return complain(path, strerror(error), UNREADABLE);
    size_t space_len = (msg_space(in.len) + 15) / 16 * 16;
    void *space = aligned_alloc(16, space_len ? space_len : 16);
    int status = space ? report(s, path, (struct str){in.at, in.len}, space, space_len)
                       : complain(path, "no memory", OUR_FAULT);

    free(space);
    input_free(&in);
    return status;
}

static int read_options(struct settings *s, int argc, char **argv)
{
    static const struct option table[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
        if (option == 'j')
            s->json = true;
        else if (option == 'h')
            s->help = true;
        else
            return complain(argv[optind - 1], "unknown option; see tandem help parse", UNREADABLE);
    }
    return 0;
}

int parse_main(int argc, char **argv)
{
    struct settings s = {0};
    int worst = read_options(&s, argc, argv);

    if (worst)
        return worst;
    if (s.help) {
        fputs(parse_help, stdout);
        return VALID;
    }
    if (optind == argc)
        worst = parse_file(&s, "-");
    for (int i = optind; i < argc; i++) {
        int status = parse_file(&s, argv[i]);

        worst = status > worst ? status : worst;
    }
    if (fflush(stdout) != 0)
        return complain("standard output", "cannot be written", OUR_FAULT);
    return worst;
}
