/* Says what the rules of a configuration make of a request that nobody sends: which of them it
 * meets, why each does not hold, which takes it. What decides is the code that decides for real. */
#ifndef TANDEM_SRC_SERVER_EXPLAIN_H
#define TANDEM_SRC_SERVER_EXPLAIN_H

#include <stdio.h>

#include "server/shared.h"

#define EXPLAIN_HEADERS 8

/* A request as people write it. */
struct explain_ask {
    struct str request; /* "INVITE sip:bob@example.com" */
    struct str message; /* in its place a whole one; empty: none */
    struct str from;    /* a URI; empty: an anonymous one */
    struct str source, transport, sender;
    struct str headers[EXPLAIN_HEADERS];
    unsigned n_headers;
};

/* A line of the explanation: a rule, or (last) what becomes of the request. Borrowed for the call.
 */
struct explain_row {
    unsigned rule, line; /* from 1; 0: the last row */
    struct str name;
    const char *outcome; /* "missed", "changed", "took"; the last row's is the decision */
    struct str what;     /* a sentence for people */
    const char *key;     /* "missed": the condition */
    struct str found;    /* … and what the request has there */
    struct str uri;      /* the last row: the Request-URI as the rules leave it */
    bool asked;          /* … whether it has to say first who sends it */
};
typedef void explain_tell(void *arg, const struct explain_row *);

/* `message` is set before (empty: none). Reads "--from URI", "--source ADDR", "--transport T",
 * "--sender WHO", "--header 'N: V'" and the request itself. NULL, or what is wrong. */
MUST_USE const char *explain_read(struct explain_ask *, const struct str *words, unsigned n);
/* By a configuration on listeners; `s` is a server, or as much of one as there is. NULL, or what is
 * wrong with the request. */
MUST_USE const char *explain(const struct shared *s, const struct config *,
                             const struct explain_ask *, explain_tell *, void *arg);
/* One object, without an end of line. */
void explain_put_json(FILE *, const struct explain_row *);

#endif
