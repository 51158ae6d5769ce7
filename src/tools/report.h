/* What `tandem parse` says of one message, in each of its forms. */
#ifndef TANDEM_TOOLS_REPORT_H
#define TANDEM_TOOLS_REPORT_H

#include <stdio.h>

#include "base/attr.h"
#include "lint/lint.h"
#include "tools/parse_options.h"

/* Of a message that is part of a call: whose it is, and how it went. */
struct report_origin {
    struct str call_id;
    unsigned number; /* among the messages of its call, from 1 */
    struct str time, from, to;
};

struct report {
    const char *file;
    struct str data; /* the whole file; the message stands in it */
    struct msg msg;  /* parsed and checked */
    struct lint found;
    void *space;                        /* the message's */
    const struct report_origin *origin; /* NULL: it is a file's, and known by that */
};

/* Parses, checks and judges `message`, which stands in `data`; both have to live as long as *r.
 * False: no memory, and nothing to close. */
MUST_USE bool report_open(struct report *r, const char *file, struct str data, struct str message);
void report_close(struct report *r);

/* A response, be its status ever so wrong. */
bool report_is_response(const struct report *r);

/* The header's name where the sentence does not begin with it; else NULL. */
const char *report_header(uint8_t header, const char *what);

struct place {
    size_t line, column; /* from 1; columns count bytes */
    struct str text;     /* the line without its end */
};
/* Where an offset, which counts from the message's first byte, is in the file. */
struct place report_place(const struct report *r, uint32_t offset);

/* Where reports go. */
struct reporter {
    FILE *out;
    const struct parse_options *options;
    bool colour;
    bool seen_errors[MSG_N_ERRORS], seen_findings[LINT_N_CODES]; /* SARIF's list of rules */
    bool seen_any;
};
void reporter_begin(struct reporter *);
/* Leaves out of r->found what the options do not want, and tells the rest. */
void reporter_tell(struct reporter *, struct report *r);
void reporter_end(struct reporter *);

/* One object on one line, with the members of CLI.md. */
void report_json(FILE *f, const struct report *r);
/* For people: what it is, its headers, and each fault with its line and a caret. */
void report_text(FILE *f, const struct report *r, bool colour);
/* The same of a message of a call, without its headers; nothing where there is no fault. */
void report_text_of_call(FILE *f, const struct report *r, bool colour);
/* SARIF 2.1.0: the results of one message; what goes round all of them. */
void report_sarif(struct reporter *, const struct report *r);
void report_sarif_begin(struct reporter *);
void report_sarif_end(struct reporter *);

#endif
