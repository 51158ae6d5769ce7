/* The options of `tandem parse`: what is asked for, and what is not understood. */
#include "tools/parse_options.h"

#include <getopt.h>
#include <stdio.h>

enum { UNDERSTOOD = 0, BAD_USAGE = 2 };

int parse_complain(const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: parse: %s: %s\n", where, what);
    return status;
}

const char *parse_options_severity(struct parse_options *o, const char *name)
{
    for (enum lint_severity s = LINT_HINT; s <= LINT_ERROR; s++)
        if (str_equal(str_from(name), str_from(lint_severity_name(s)))) {
            o->least = s;
            return NULL;
        }
    return "no severity: hint, warning or error";
}

const char *parse_options_ignore(struct parse_options *o, const char *name)
{
    enum lint_code code = lint_code_of(str_from(name));

    if (code == LINT_OK)
        return "no code of a finding; faults that make a message invalid are told always";
    o->ignored[code] = true;
    return NULL;
}

static int tell_wrong(const char *word, const char *wrong)
{
    return wrong ? parse_complain(word, wrong, BAD_USAGE) : UNDERSTOOD;
}

static int read_one(struct parse_options *o, int option, const char *word)
{
    switch (option) {
    case 'j':
        o->form = PARSE_JSON;
        return UNDERSTOOD;
    case 's':
        o->form = PARSE_SARIF;
        return UNDERSTOOD;
    case 'q':
        o->sequence = true;
        return UNDERSTOOD;
    case 'l':
        return tell_wrong(optarg, parse_options_severity(o, optarg));
    case 'i':
        return tell_wrong(optarg, parse_options_ignore(o, optarg));
    case 'e':
        o->explain = optarg;
        return UNDERSTOOD;
    case 'h':
        o->help = true;
        return UNDERSTOOD;
    case ':':
        return parse_complain(word, "needs a value", BAD_USAGE);
    default:
        return parse_complain(word, "unknown option; see tandem help parse", BAD_USAGE);
    }
}

int parse_options_read(struct parse_options *o, int argc, char **argv)
{
    static const struct option table[] = {
        {"json", no_argument, NULL, 'j'},         {"sarif", no_argument, NULL, 's'},
        {"sequence", no_argument, NULL, 'q'},     {"severity", required_argument, NULL, 'l'},
        {"ignore", required_argument, NULL, 'i'}, {"explain", required_argument, NULL, 'e'},
        {"help", no_argument, NULL, 'h'},         {0}};
    int option;

    *o = (struct parse_options){.least = LINT_HINT};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        int status = read_one(o, option, argv[optind - 1]);

        if (status)
            return status;
    }
    return UNDERSTOOD;
}
