/* The user of a fuzzed engine: what it commands, and what the engine has told it so far. */
#ifndef FUZZ_ENGINE_USER_H
#define FUZZ_ENGINE_USER_H

#include "stage.h"

#define USER_OWNER 3
#define USER_CLIENTS 128
#define USER_SERVERS 1024
#define USER_HELD 4

struct user_client {
    tx_id tx;
    bool invite, provisional;
    bool accepted; /* a 2xx came */
    bool ended;    /* another final answer, a timeout or a transport error came */
};

struct user_server {
    tx_id tx;
    bool ended;
};

struct user {
    struct stage stage;
    struct user_client clients[USER_CLIENTS];
    unsigned n_clients;
    struct user_server servers[USER_SERVERS];
    unsigned n_servers;
    uint64_t asked[USER_CLIENTS]; /* of the store, not answered yet */
    unsigned n_asked;
    struct msg *requests[USER_HELD], *responses[USER_HELD]; /* the latest, or NULL */
    unsigned n_requests, n_responses;
    bool cut; /* no end is waited for */
};

static inline struct engine *engine_of(const void *user)
{
    return ((const struct user *)user)->stage.engine;
}

void user_init(struct user *);
void user_take_events(void *user);
void user_asked(void *user, uint64_t query, const struct store_ask *);
/* Plays an act of the user:
 *   i  answers a request: which transaction, status, headers, tag, body
 *   j  sends a request of its own: method, where to, by which flow, body, branch suffix
 *   l  sends a request on: which, where to, by which flow, with a transaction or without
 *   s  passes a response on: which transaction, which response
 *   q  cancels: which transaction, headers
 *   y  asks the store, answers for it, owns, drains, answers without a transaction,
 *      asks for quiet, cuts all off */
void user_play(struct user *, char letter);
/* Answers and cancels what is open, lets all of it end and checks that it did. */
void user_end(struct user *);

#endif
