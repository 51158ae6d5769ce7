/* What must hold after every scenario, and the assertion that prints the ladder where it does not.
 */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "sim/agent.h"
#include "sim/peer.h"

/* Prints the ladder and the seed and fails the test. */
#define EXPECT(w, condition) check_that((w), (condition), #condition, __FILE__, __LINE__)
/* What a violation does after the ladder is printed: fails the cmocka test. It must not return. */
extern void (*check_on_violation)(const char *file, int line);
void check_that(const struct world *w, bool holds, const char *what, const char *file, int line);

/* Five minutes pass; then every node is idle, every call came to exactly one end, each 2xx that
 * arrived was acknowledged, connections broken off leave nothing, and with the nodes gone the heap
 * is balanced. Ends the world. */
void check_and_end(struct world *w);
/* check_calls.c: what must hold of every agent's requests and calls, and of the two ends of each;
 * the strict form where the world was kind. */
void check_calls(const struct world *w);
/* Nothing was lost, cut, broken off, stopped or refused, and nobody obeyed no rule. */
bool check_is_kind(const struct world *w);
/* check_bindings.c: at any moment, the registrars' records agree with what they acknowledged. */
void check_bindings(const struct world *w);
/* RFC 3261 17.1: no request of a client transaction left sooner or oftener than Timers A, B, E and
 * F let it. */
void check_retransmissions(const struct world *w);

#endif
