/* Names to addresses, beside the workers: a thread of its own asks the system's resolver, so that
 * nobody else waits. */
#ifndef TANDEM_NET_RESOLVE_H
#define TANDEM_NET_RESOLVE_H

#include "base/addr.h"
#include "base/attr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/time.h"
#include "net/lane.h"

#define RESOLVE_NAME_MAX 253

struct resolve_answer {
    uint64_t query;
    unsigned n; /* 0: the name has none */
    struct addr addrs[LIMIT_RESOLVE_ADDRESSES];
};

struct resolver;

/* Starts the thread for `n_askers` workers; bells[i] is rung when there is an answer for asker i.
 * NULL: no memory or no thread. */
struct resolver *resolver_new(struct mem *mem, unsigned n_askers, struct bell *const *bells);
/* Ends the thread and frees. False: the system is busy with a question for longer than that; the
 * thread goes on, and what it uses, the bells too, must stay until the process ends. NULL is legal.
 */
MUST_USE bool resolver_free(struct resolver *r, time_ns within);

/* Asks, in asker's thread. False: too many questions wait, or the name is no name: take it as
 * having no addresses. */
MUST_USE bool resolver_ask(struct resolver *r, unsigned asker, uint64_t query, struct str name,
                           uint16_t port);
/* Takes an answer, in asker's thread. False: none is there. */
MUST_USE bool resolver_answer(struct resolver *r, unsigned asker, struct resolve_answer *out);
bool resolver_has_answer(const struct resolver *r, unsigned asker);

#endif
