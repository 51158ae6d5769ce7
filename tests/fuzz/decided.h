/* What rules decide of a request, looked at: for targets that make rules of their input. */
#ifndef TANDEM_TESTS_FUZZ_DECIDED_H
#define TANDEM_TESTS_FUZZ_DECIDED_H

#include "route/route.h"

/* A request, of which the turn says who sends it and when. No name of a host is longer than what is
 * ours, and every second set has room. */
struct route_request decided_request(struct msg *, unsigned turn);
/* Its status, URI and targets are good, and what it makes of the request is a message that has what
 * it must have. */
void decided_check(const struct routes *, const struct route_decision *, struct msg *);

#endif
