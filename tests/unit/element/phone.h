/* A phone that knows a password: it answers the challenge that it got last, or whatever else a test
 * makes of it. */
#ifndef TANDEM_TESTS_ELEMENT_PHONE_H
#define TANDEM_TESTS_ELEMENT_PHONE_H

#include "auth/account.h"
#include "world.h"

struct phone {
    struct world *w;
    const char *at, *user, *password;
    const char *from, *to; /* NULL: the user's own at example.com */
    enum digest_algorithm algorithm;
    enum digest_qop qop;
    const char *lines, *body; /* may be NULL */
    char realm[64], nonce[128], method[16], call_id[32], uri[64];
    unsigned count, cseq, branch;
};

void phone_init(struct phone *, struct world *, const char *at, const char *user,
                const char *password);
/* What it would compute of a password, for accounts: puts one into the world's store. */
void account_put(struct world *, const char *user, const char *password, unsigned algorithms);

/* Sends without credentials. A new CSeq. */
void phone_ask(struct phone *, const char *method, const char *uri, const char *call_id);
/* Takes realm and nonce from the last answer to it; false: there is no challenge of its algorithm.
 */
bool phone_challenged(struct phone *);
/* The same request again with credentials: a new CSeq, the next count. */
void phone_answer(struct phone *);
/* The same bytes of credentials again: the last count. */
void phone_repeat(struct phone *);
/* All of it. */
void phone_call(struct phone *, const char *method, const char *uri, const char *call_id);
unsigned phone_status(const struct phone *);

#endif
