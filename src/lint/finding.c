/* What data/findings.def and data/sdp_faults.def say of each code. Judges nothing. */
#include "lint/lint.h"

struct row {
    const char *name, *what, *remedy, *why, *rfc;
    enum lint_severity severity;
};

#define ODD LINT_WARNING
#define BROKEN LINT_ERROR
#define SDP_WHY                                                              \
    "Session descriptions are read line by line, each with a grammar and a " \
    "place of its own. Receivers differ in what else they let pass."

static const struct row rows[LINT_N_CODES] = {
    [LINT_OK] = {"ok", "Nothing", "", "", "", LINT_HINT},
#define FINDING(id, text, severity, what, remedy, why, rfc) \
    [LINT_##id] = {text, what, remedy, why, rfc, LINT_##severity},
#include "findings.def"
#undef FINDING
#define FAULT(id, text, what, rfc, harm, remedy) \
    [LINT_SDP_##id] = {"sdp_" text, what, remedy, SDP_WHY, rfc, harm},
#include "sdp_faults.def"
#undef FAULT
};

static const struct row *row_of(enum lint_code code)
{
    return &rows[(unsigned)code < LINT_N_CODES ? code : LINT_OK];
}

const char *lint_name(enum lint_code code)
{
    return row_of(code)->name;
}

enum lint_severity lint_severity(enum lint_code code)
{
    return row_of(code)->severity;
}

const char *lint_severity_name(enum lint_severity severity)
{
    static const char *const names[] = {"hint", "warning", "error"};
    return names[(unsigned)severity <= LINT_ERROR ? severity : LINT_HINT];
}

const char *lint_what(enum lint_code code)
{
    return row_of(code)->what;
}

const char *lint_remedy(enum lint_code code)
{
    return row_of(code)->remedy;
}

const char *lint_why(enum lint_code code)
{
    return row_of(code)->why;
}

const char *lint_rfc(enum lint_code code)
{
    return row_of(code)->rfc;
}

enum lint_code lint_code_of(struct str name)
{
    for (unsigned i = 1; i < LINT_N_CODES; i++)
        if (str_equal(name, str_from(rows[i].name)))
            return (enum lint_code)i;
    return LINT_OK;
}
