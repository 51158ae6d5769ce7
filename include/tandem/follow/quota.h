/* How many calls there are at once, in all and of each account: counters that all workers of a
 * server share. Each operation is a few atomic ones; nobody ever waits. */
#ifndef TANDEM_FOLLOW_QUOTA_H
#define TANDEM_FOLLOW_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mem.h"

struct follow_quota;

/* NULL: no memory. */
struct follow_quota *follow_quota_new(struct mem *);
void follow_quota_free(struct mem *, struct follow_quota *); /* NULL is legal */

enum quota_verdict {
    QUOTA_OK,
    QUOTA_ALL, /* so many are there in all */
    QUOTA_USER /* … of this account, or there is no place to count one more account */
};

/* One call more, of the account with this hash (0: nobody's). Limits of 0 are none: then the
 * account is not counted, and *counted says so, which follow_quota_give is to be told. Two calls
 * that begin in the same instant at two workers may both be let in where one place was left. */
MUST_USE enum quota_verdict follow_quota_take(struct follow_quota *, uint64_t account,
                                              uint32_t most, uint32_t most_of_one, bool *counted);
/* … one less. `account` 0: it was not counted. */
void follow_quota_give(struct follow_quota *, uint64_t account);
/* One more whatever the limits: a fork of a call that is there already. */
void follow_quota_add(struct follow_quota *);
uint32_t follow_quota_all(const struct follow_quota *);

#endif
