/* Owns the counters of calls that workers share: one of all, and a table without locks of those of
 * each account. A place is one word: 48 bits of the account's hash and 16 of its calls. */
#include "follow/quota.h"

#include <stdatomic.h>

#include "base/limits.h"

#define COUNT_BITS 16
#define COUNT_MOST ((1u << COUNT_BITS) - 1)
#define WINDOW 32 /* places in which an account may be */

struct follow_quota {
    _Atomic uint32_t all;
    _Atomic uint64_t places[LIMIT_CALL_ACCOUNTS];
};

struct follow_quota *follow_quota_new(struct mem *mem)
{
    return mem_alloc_zero(mem, sizeof(struct follow_quota));
}

void follow_quota_free(struct mem *mem, struct follow_quota *q)
{
    if (q)
        mem_free(mem, q, sizeof *q);
}

static uint64_t name_of(uint64_t account)
{
    return account >> COUNT_BITS << COUNT_BITS;
}

static _Atomic uint64_t *place(struct follow_quota *q, uint64_t account, unsigned i)
{
    return &q->places[(account + i) % LIMIT_CALL_ACCOUNTS];
}

/* The account's place, else (`free`) one that is free: a word without calls. NULL: neither. */
static _Atomic uint64_t *find(struct follow_quota *q, uint64_t account, bool free, uint64_t *word)
{
    _Atomic uint64_t *unused = NULL;
    for (unsigned i = 0; i < WINDOW; i++) {
        _Atomic uint64_t *p = place(q, account, i);
        uint64_t there = atomic_load(p);
        if ((there & COUNT_MOST) > 0 && name_of(there) == name_of(account)) {
            *word = there;
            return p;
        }
        if ((there & COUNT_MOST) == 0 && !unused && free) {
            unused = p;
            *word = there;
        }
    }
    return unused;
}

static bool take_account(struct follow_quota *q, uint64_t account, uint32_t most)
{
    uint64_t there;
    _Atomic uint64_t *p;
    while ((p = find(q, account, true, &there))) {
        uint64_t calls = there & COUNT_MOST;
        if (calls >= most || calls == COUNT_MOST)
            return false;
        if (atomic_compare_exchange_strong(p, &there, name_of(account) | (calls + 1)))
            return true;
    }
    return false;
}

static void give_account(struct follow_quota *q, uint64_t account)
{
    uint64_t there;
    _Atomic uint64_t *p;
    while ((p = find(q, account, false, &there)))
        if (atomic_compare_exchange_strong(p, &there, there - 1))
            return;
}

enum quota_verdict follow_quota_take(struct follow_quota *q, uint64_t account, uint32_t most,
                                     uint32_t most_of_one, bool *counted)
{
    *counted = account != 0 && most_of_one > 0;
    if (*counted && !take_account(q, account, most_of_one))
        return QUOTA_USER;
    uint32_t all = atomic_fetch_add(&q->all, 1);
    if (most == 0 || all < most)
        return QUOTA_OK;
    follow_quota_give(q, *counted ? account : 0);
    return QUOTA_ALL;
}

void follow_quota_add(struct follow_quota *q)
{
    atomic_fetch_add(&q->all, 1);
}

void follow_quota_give(struct follow_quota *q, uint64_t account)
{
    atomic_fetch_sub(&q->all, 1);
    if (account)
        give_account(q, account);
}

uint32_t follow_quota_all(const struct follow_quota *q)
{
    return atomic_load(&q->all);
}
