/* `tandem parse`: reads files, each one message or several in a sequence, and reports on them. */
#include "tools/parse.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "capture/file.h"
#include "tools/explain_finding.h"
#include "tools/input.h"
#include "tools/parse_options.h"
#include "tools/report.h"
#include "tools/sequence.h"

const char parse_help[] =
    "usage: tandem parse [OPTION...] [FILE...|-]\n"
    "       tandem parse --explain CODE\n"
    "\n"
    "Says what each message is and what is wrong with it. A file holds one message as a UDP "
    "packet\n"
    "would; - or no file at all is standard input.\n"
    "\n"
    "  --sequence        judges the messages of all files by each other, too, in their order: one\n"
    "                    or several calls; a file may hold several messages\n"
    "  --severity LEVEL  tells findings from this severity on: hint (all), warning or error\n"
    "  --ignore CODE     does not tell findings of this code; may be given many times\n"
    "  --explain CODE    says what a code means, why, and what to do\n"
    "  --json            an object a message: file, valid, type, method, uri, status, headers,\n"
    "                    body_length, errors, answer (the status that a server gives it on those\n"
    "                    grounds) and findings\n"
    "  --sarif           all errors and findings as one SARIF 2.1.0 log\n"
    "\n"
    "Exit status: 0 every message is valid, 1 one is not, 2 a file cannot be read or the usage is\n"
    "wrong. Findings do not change it.\n";

enum { VALID = 0, INVALID = 1, UNREADABLE = 2, OUR_FAULT = 4 };

/* A file much longer than any message is read as far as it takes to say so. */
#define FILE_MOST ((size_t)16 << 20)

static int judge(struct reporter *to, const char *path, struct str data)
{
    struct report r;

    if (!report_open(&r, path, data, data))
        return parse_complain(path, "no memory", OUR_FAULT);
    reporter_tell(to, &r);
    int status = r.msg.n_errors ? INVALID : VALID;
    report_close(&r);
    return status;
}

static bool is_capture(struct str data)
{
    struct capture_file f;
    struct capture_frame frame;
    size_t used;

    capture_file_init(&f);
    return capture_file_next(&f, data, &used, &frame) != CAPTURE_READ_BAD && used > 0;
}

static int parse_file(struct reporter *to, const char *path, struct sequence_files *together)
{
    struct input in;
    int error = input_read(&in, path, FILE_MOST);

    if (error)
        return parse_complain(path, strerror(error), UNREADABLE);
    if (is_capture((struct str){in.at, in.len})) {
        input_free(&in);
        return parse_complain(path, "a capture: tandem trace --lint judges its messages",
                              UNREADABLE);
    }
    if (together) /* which keeps what was read */
        return sequence_add(together, path, &in) ? VALID
                                                 : parse_complain(path, "no memory", OUR_FAULT);
    int status = judge(to, path, (struct str){in.at, in.len});
    input_free(&in);
    return status;
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

static int parse_files(const struct parse_options *o, int argc, char **argv)
{
    static char standard_input[] = "-";
    char *none[] = {standard_input};
    struct sequence_files together = {0};
    struct reporter to = {.out = stdout, .options = o, .colour = false};
    bool have_none = optind == argc;
    char **files = have_none ? none : argv + optind;
    int worst = VALID;

    to.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    reporter_begin(&to);
    for (int i = 0; i < (have_none ? 1 : argc - optind); i++)
        worst = worse(worst, parse_file(&to, files[i], o->sequence ? &together : NULL));
    if (o->sequence && worst < OUR_FAULT)
        worst = worse(worst, sequence_judge(&together, &to));
    sequence_free(&together);
    reporter_end(&to);
    return worst;
}

int parse_main(int argc, char **argv)
{
    struct parse_options o;
    int status = parse_options_read(&o, argc, argv);

    if (status)
        return status;
    if (o.help)
        fputs(parse_help, stdout);
    else if (o.explain)
        status = explain_finding(stdout, str_from(o.explain))
                     ? VALID
                     : parse_complain(o.explain, "no such code", UNREADABLE);
    else
        status = parse_files(&o, argc, argv);
    if (fflush(stdout) != 0)
        return parse_complain("standard output", "cannot be written", OUR_FAULT);
    return status;
}
