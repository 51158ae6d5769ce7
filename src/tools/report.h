/* What `tandem parse` says of one message. */
#ifndef TANDEM_TOOLS_REPORT_H
#define TANDEM_TOOLS_REPORT_H

#include <stdio.h>

#include "msg/msg.h"

struct report {
    const char *file;
    struct str data; /* the whole file; the message stands in it */
    struct msg *msg; /* parsed and checked */
};

/* One object on one line, with the members of CLI.md. */
void report_json(FILE *f, const struct report *r);
/* For people: what it is, its headers, and each fault with its line and a caret. */
void report_text(FILE *f, const struct report *r);

/* A response, be its status ever so wrong. */
bool report_is_response(const struct report *r);

struct place {
    size_t line, column; /* from 1; columns count bytes */
    struct str text;     /* the line without its end */
};
/* Where an error's offset, which counts from the message's first byte, is in the file. */
struct place report_place(const struct report *r, uint32_t offset);

#endif
