/* What must hold after every scenario, and the assertion that prints the ladder where it does not.
 */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "sim/agent.h"
#include "sim/peer.h"

#define EXPECT(w, condition) check_that((w), (condition), #condition, __FILE__, __LINE__)
/* What is done about a condition that does not hold. `w` is NULL where the world is gone. It must
 * not return. */
extern void (*check_on_violation)(const struct world *w, const char *what, const char *file,
                                  int line);
/* What it is at first: prints the ladder and the seed and fails the cmocka test. */
void check_fail_test(const struct world *w, const char *what, const char *file, int line);
void check_that(const struct world *w, bool holds, const char *what, const char *file, int line);

/* Ten minutes pass; then every node is idle, every call came to exactly one end, each 2xx that
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
/* Has the record of this address-of-record, as this worker finds it, such a contact? */
bool check_is_bound(const char *of, const char *contact, const struct node *worker);

/* check_auth.c: whom servers that ask for passwords let in, and whom they refused. */
void check_auth(const struct world *w);

/* --- check_change.c --- */
/* Servers that drain refuse what is new and nothing else; a call goes on whatever its servers are
 * told meanwhile; none counts that is over. */
void check_change(const struct world *w);
/* A server that drains is about to end because it has nothing to do any more. */
void check_drained(const struct world *w, const struct node *n);

/* --- check_schedule.c --- */
/* RFC 3261 17.1, 17.2.1: no request of a client transaction, and no final response of a server
 * transaction to INVITE, left sooner or oftener than the timers of its sender let it. */
void check_schedule(const struct world *w);

/* check_names.c: a name with one server that lives leads there, and who needs no name is not
 * harmed by bad ones. */
void check_names(const struct world *w);

/* --- check_flows.c --- */
/* No phone hears of a flow that has failed, rings twice for one call, or is reached by a forged
 * token; an address of one phone leads to no other. */
void check_flows(const struct world *w);
/* The call was made for this phone: it is looked after from now on. */
void check_wanted(struct call *c, const struct agent *to);
/* The call's INVITE as it first went to this phone (NULL: to any); NULL: it did not. */
const struct rung *check_arrival(const struct world *w, const struct call *c,
                                 const struct agent *at);

/* check_identity.c: nobody is believed who has not proved who he is, and nobody outside learns what
 * is private. */
void check_identity(const struct world *w);
/* check_forwards.c: who has all his calls forwarded is not called. */
void check_forwards(const struct world *w);

/* check_sessions.c: no session is shorter than anybody on its way allows. */
void check_sessions(const struct world *w);
/* Did any session have a timer? Who does not hear of it any more may forget its call. */
bool check_has_timers(const struct world *w);
/* --- check_softphones.c --- */
struct softphone_call;
/* Whoever talks by softphones agrees with the other side that they do, and on what; `late`: a side
 * that heard nothing of an end has had the time to find out. Registrations stand. */
void check_softphones_talk(const struct world *w, bool late);
/* Every call that began has ended; nothing is left. */
void check_softphones(const struct world *w);
/* check_offers.c: what softphones say of sessions comes in its turn and under its version, and they
 * acknowledge each 2xx. */
void check_offers(const struct world *w);
/* --- check_numbers.c --- */
/* A call to a telephone number comes to whom it leads to, or to an end. */
void check_numbers(const struct world *w);
/* The call was made to a number that leads to him (empty: to nobody): it is looked after from now
 * on. `may_leave`: the caller may call whom he likes. */
void check_dialled(struct call *c, const char *aor, bool may_leave);
/* --- check_gates.c --- */
struct gates;
/* No gateway got more, or sooner, than its set has it, nor anything new once it was taken out. */
void check_gates(const struct gates *);
/* At any moment: no gateway has more calls than it takes; what is known of those that live and of
 * those that are dead is true. */
void check_gates_now(const struct gates *);
/* --- check_ended.c --- */
/* Who ends a call says so to both sides once, and why; no place is held by a call that is over. */
void check_ended(const struct world *w);
/* At any moment: a server has no more calls than it may have. */
void check_limits(const struct node *n);
/* check_branches.c: each branch of a fork comes to an end, is cancelled in time or not at all; one
 * final answer comes of all. */
void check_branches(const struct world *w);
/* check_passed.c: a response goes to who asked; a server that keeps no state passes on each copy
 * once, and all that belongs together by one way. */
void check_passed(const struct world *w);
/* Is there a server that keeps no state? */
bool check_has_stateless(const struct world *w);
/* Did a binding begin, change or end between the two, as far as the wire tells? */
bool check_moved(const struct world *w, time_ns from, time_ns to);
/* check_followed.c: what servers know of calls is true, and those that they end are over. */
void check_followed(const struct world *w);

/* --- check_tapes.c --- */
struct tape;
/* At random moments: the recorder holds the last messages that the wire had, in their order, byte
 * for byte, in no more memory than it may take. */
void check_tape_now(struct tape *);
/* The same of every server; no secret is told of it; each call's end is told as it was. */
void check_tapes(const struct world *w);

/* --- check_growth.c --- */
/* RFC 3261 16.3, 16.6: no request goes round for ever, and none grows but by what each hop adds. */
void check_growth(const struct world *w);

#endif
