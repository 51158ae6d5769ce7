/* The thread that makes the shared records last: it writes what was changed, many changes with one
 * commit, tells who waits for that, and reads the accounts when they change. Nobody waits for it.
 */
#ifndef TANDEM_SERVER_KEEPER_H
#define TANDEM_SERVER_KEEPER_H

#include "base/log.h"
#include "net/clock.h"
#include "net/lane.h"
#include "server/location.h"
#include "store/folder.h"

struct keeper;

struct keeper_config {
    unsigned n_askers;
    struct bell *const *bells; /* bells[i] is rung when there is an answer for asker i */
    const struct log *log;     /* the keeper's own */
    const struct net_clock *clock;
    /* How many accounts there are, in the caller's thread at first and in the keeper's when they
     * have changed; NULL: nobody wants to know. */
    void (*accounts_known)(void *arg, size_t n);
    /* Sees the key of each account that is read, in the same threads; NULL: nobody wants to. */
    void (*account_read)(void *arg, struct str key);
    /* Sees the value of each location record that an earlier run wrote, and may change it in place;
     * NULL: it stays as it is. */
    void (*restart)(void *arg, char *value, size_t len);
    void *arg;
};

#define KEEPER_BUCKETS 14
/* Of a commit's duration. */
static const time_ns keeper_bounds[KEEPER_BUCKETS] = {
    100000,          250000,          500000,         NS_PER_MS,      2500000,
    5 * NS_PER_MS,   10 * NS_PER_MS,  25 * NS_PER_MS, 50 * NS_PER_MS, 100 * NS_PER_MS,
    250 * NS_PER_MS, 500 * NS_PER_MS, NS_PER_S,       5 * NS_PER_S};

struct keeper_stats {
    uint64_t commits_within[KEEPER_BUCKETS]; /* took at most this bound, and more than the last */
    uint64_t commits, writes, failures;      /* failures: commits of which nothing lasts */
    uint64_t commit_ns;                      /* that all commits took together */
    uint64_t rows;                           /* in the journal */
    bool failing;                            /* the last commit failed */
};

/* Reads what the folder keeps into the two tables and starts the thread. NULL: the fault says why.
 */
struct keeper *keeper_new(struct mem *mem, const char *folder, const struct keeper_config *config,
                          struct locations *locations, struct locations *accounts,
                          struct store_fault *fault);
/* Ends the thread after a last commit. NULL is legal. False: it did not end `within` that time,
 * since the disk stands still; all that the keeper uses then has to stay until the process ends. */
MUST_USE bool keeper_free(struct keeper *k, time_ns within);
/* The writes that their askers have no answer to: such a one may last or not. Once no asker asks
 * any more. */
size_t keeper_unanswered(const struct keeper *k);

/* In the asker's thread: locations_change, with the answer by keeper_answer. False: the answer is
 * there, STORE_FAILED where LIMIT_STORE_QUEUE writes of this asker wait. */
MUST_USE bool keeper_write(struct keeper *k, struct locations_asker who,
                           const struct store_ask *ask, time_ns now, struct block_pool *pool,
                           struct store_answer *answer, struct block **copy);
MUST_USE bool keeper_answer(struct keeper *k, unsigned asker, struct store_answer *out);
bool keeper_has_answer(const struct keeper *k, unsigned asker);
/* In any thread. */
void keeper_nudge(struct keeper *k);
void keeper_stats(const struct keeper *k, struct keeper_stats *out);

#endif
