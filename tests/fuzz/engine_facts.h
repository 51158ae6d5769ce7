/* What an engine has told its user of each transaction, held against what it may tell. */
#ifndef FUZZ_ENGINE_FACTS_H
#define FUZZ_ENGINE_FACTS_H

#include "engine_user.h"

void facts_add_client(struct user *, tx_id, bool invite);
/* No server transaction with this id lives. */
void facts_check_gone(const struct user *, tx_id);
/* Every transaction had its end. */
void facts_check_end(const struct user *);
/* Gives back the messages that the user holds. */
void facts_release(struct user *);

#endif
