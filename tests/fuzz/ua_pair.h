/* Two user agents for a fuzz target, and what lies between them: messages that are delivered,
 * lost, repeated, reordered and changed as acts say, and what a third party makes of those that
 * went. It holds what must be true of what is told: each call ends once, and nothing comes after.
 */
#ifndef FUZZ_UA_PAIR_H
#define FUZZ_UA_PAIR_H

#include "acts.h"
#include "heap.h"
#include "ua/subscription.h"
#include "ua/transfer.h"

#define PAIR_CALLS 64
#define PAIR_WAITING 64
#define PAIR_TEXT 8192

struct pair_call {
    ua_call id;
    bool incoming, ended;
};

struct pair_side {
    struct engine *engine;
    struct ua *ua;
    ua_account account;
    struct pair_call calls[PAIR_CALLS];
    unsigned n_calls;
    tx_id request; /* the last UA_REQUEST; 0: none waits */
    ua_referral referral;
    ua_subscription subscription;
};

struct pair_message {
    unsigned to; /* side; 2: the third party, who has it lost */
    unsigned from;
    size_t len;
    char text[PAIR_TEXT];
};

struct pair {
    struct fuzz_heap heap;
    struct acts acts;
    time_ns now;
    struct pair_side side[2];
    struct pair_message waiting[PAIR_WAITING];
    unsigned n_waiting;
    struct pair_message last[8]; /* that went */
    unsigned n_last;             /* ever */
    unsigned serial;             /* of the third party's branches */
};

void pair_init(struct pair *, const uint8_t *data, size_t size);
/* Events and outputs, until there are none. */
void pair_drain(struct pair *);
/* Ends all calls, lets all pass, and checks that nothing is left. */
void pair_end(struct pair *);
/* The clock goes on, deadline by deadline; what waits is delivered after 10 ms where `delivers`. */
void pair_pass(struct pair *, time_ns span);
/* Plays an act of the network's:
 *   d  delivers one that waits: which        x  loses it
 *   p  delivers it, and it stays             t  changes it: where, how much, a text up to '^'
 *   n  answers a request that went: which, status, To tag, a line, a description
 *   q  a request in the dialog of one that went: which, method, number, a line, a description
 *   m  any text up to '^', to a side
 *   w  time passes                           z  memory fails
 * False: the letter is none of these. */
bool pair_play(struct pair *, char letter);
/* A description: one of a few, broken ones among them. */
const char *pair_sdp(struct pair *);
/* One of the side's latest calls, whether it has ended or not; 0: there was none. */
ua_call pair_pick(struct pair *, unsigned side);

#endif
