/* How many guesses at the password of one account are looked at, wherever they come from, and from
 * which addresses an account is used: who guesses from many of them gets no more than from one.
 * Bounded and of fixed size. Knows no password, and no message's way. */
#ifndef TANDEM_SRC_ELEMENT_SLOW_H
#define TANDEM_SRC_ELEMENT_SLOW_H

#include "base/addr.h"
#include "base/mem.h"
#include "base/siphash.h"
#include "base/time.h"

struct slow;

/* NULL: no memory. */
struct slow *slow_new(struct mem *, const struct hash_key *);
/* NULL is legal. */
void slow_free(struct slow *);

/* What names an account below, whether there is one or not; `key`: account_key's. */
uint64_t slow_account(const struct slow *, struct str key);

/* Takes one of the account's LIMIT_SLOW_GUESSES guesses, of which each comes back after
 * LIMIT_SLOW_GUESS_S. False: none is left, and none is taken. Where too many accounts are guessed
 * at, the one with the fewest guesses is forgotten. */
MUST_USE bool slow_take(struct slow *, uint64_t account, time_ns now);
/* It was no guess, but right: undoes one slow_take. */
void slow_give_back(struct slow *, uint64_t account, time_ns now);

/* Somebody at this address, or in its 64 bits of IPv6, was right; the port does not count. Where
 * there are too many the one that was so the longest ago is forgotten. */
void slow_proved(struct slow *, uint64_t account, const struct addr *, time_ns now);
/* Was somebody there right within LIMIT_SLOW_KNOWN_S? */
bool slow_knows(const struct slow *, uint64_t account, const struct addr *, time_ns now);

#endif
