/* `tandem parse --explain`: a code's sentences, for people. */
#include "tools/explain_finding.h"

#include "lint/lint.h"

#define WIDTH 80

/* Lines broken at spaces. */
static void put_wrapped(FILE *f, const char *text)
{
    struct str rest = str_from(text);
    size_t column = 0;

    while (rest.len > 0) {
        struct str word = str_slice(rest, 0, str_find(rest, ' '));

        if (column > 0 && column + 1 + word.len > WIDTH) {
            putc('\n', f);
            column = 0;
        }
        fprintf(f, "%s%.*s", column ? " " : "", STR_ARG(word));
        column += word.len + (column > 0);
        rest = str_slice(rest, word.len + 1, rest.len);
    }
    fputs("\n", f);
}

static bool explain_error(FILE *f, struct str name)
{
    for (unsigned i = 1; i < MSG_N_ERRORS; i++) {
        enum msg_error_code code = (enum msg_error_code)i;

        if (!str_equal(name, str_from(msg_error_name(code))))
            continue;
        fprintf(f, "%.*s: invalid, RFC %s\n\n%s.\n\nThe message is invalid", STR_ARG(name),
                msg_error_rfc(code), msg_error_what(code));
        if (msg_error_answer(code))
            fprintf(f, "; a server answers such a request with %u", msg_error_answer(code));
        fprintf(f, ".\n\n%s\n", msg_error_remedy(code));
        return true;
    }
    return false;
}

bool explain_finding(FILE *f, struct str name)
{
    enum lint_code code = lint_code_of(name);

    if (code == LINT_OK)
        return explain_error(f, name);
    fprintf(f, "%.*s: %s, RFC %s\n\n%s.\n\n", STR_ARG(name),
            lint_severity_name(lint_severity(code)), lint_rfc(code), lint_what(code));
    put_wrapped(f, lint_why(code));
    putc('\n', f);
    put_wrapped(f, lint_remedy(code));
    return true;
}
