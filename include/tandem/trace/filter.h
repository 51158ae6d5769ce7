/* Which calls of a table are looked for. */
#ifndef TANDEM_TRACE_FILTER_H
#define TANDEM_TRACE_FILTER_H

#include "base/attr.h"
#include "trace/call.h"

/* What is empty or 0 does not count; all that counts has to hold of one call. */
struct trace_filter {
    struct str user; /* of From or To, or called by any request: the URI's user, in any case */
    struct str
        number; /* the last digits of such a user; what is no digit in either is passed over */
    struct str method;              /* of its first request, in any case */
    struct str text;                /* somewhere in a message or note, in any case */
    struct addr address;            /* of some sender or receiver; without a port: any */
    unsigned code_least, code_most; /* the answer that its caller got at last is among them */
    unix_ns since, until;           /* it has lasted into this span; `until` 0: to the end */
};

/* "404", "4xx", "400-499". False: it is none of these, and the filter is as before. */
MUST_USE bool trace_filter_read_codes(struct trace_filter *, struct str);

/* It asks for something. */
bool trace_filter_is_set(const struct trace_filter *);

bool trace_filter_fits(const struct trace_filter *, const struct trace_call *);

#endif
