/* Accounts of a domain that is none of the server's: nobody is ever asked for their passwords, and
 * whoever made them wonders. */
#ifndef TANDEM_SERVER_STRAYS_H
#define TANDEM_SERVER_STRAYS_H

#include "config/config.h"
#include "server/store.h"

struct strays {
    uint64_t n;
    char first[LIMIT_AOR_BYTES]; /* its key */
    size_t first_len;
};

/* An account was read, by its key: counted where it is one. */
void strays_account(struct strays *, const struct config *, struct str key);
/* Tells the log of those that were counted since, and counts anew. */
void strays_tell(struct strays *, const struct log *);
/* Looks at all accounts that there are, as after another configuration, and tells the log. */
void strays_look(struct store *, const struct config *, const struct log *);

#endif
