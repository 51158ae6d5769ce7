/* What a message on the wire says, read without a parser: for checks that look at the ladder. */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include "sim/ladder.h"

bool wire_is_request(const struct rung *);
/* "INVITE", of responses too: CSeq has it. */
struct str wire_method(const struct rung *);
/* The number in CSeq. */
unsigned long wire_cseq(const struct rung *);
/* The first line. */
struct str wire_start(const struct rung *);
/* The status of a response; 0: it is a request. */
unsigned wire_status(const struct rung *);
/* The value of a Via, the topmost being 0; empty: it has no so many. Each in a line of its own. */
struct str wire_via(const struct rung *, unsigned n);
/* The branch in it; empty: there is none. */
struct str wire_branch(const struct rung *, unsigned n);
/* The topmost one names no transaction: RFC 3261 16.11. */
bool wire_is_stateless(const struct rung *);
/* The tag in From or To. */
struct str wire_tag(const struct rung *, const char *header);
/* How often it arrived. */
unsigned wire_arrivals(const struct rung *);
/* Did any arrive without its end? */
bool wire_was_cut(const struct ladder *);

#endif
