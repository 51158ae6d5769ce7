/* The name of an account as people write it, and the account's record. */
#ifndef TANDEM_TOOLS_USER_NAME_H
#define TANDEM_TOOLS_USER_NAME_H

#include "auth/account.h"
#include "base/limits.h"

#define USER_NAME_EXPECTED "expected a user and a domain, as alice@example.com"

struct user_name {
    char user_text[LIMIT_AOR_BYTES], realm_text[LIMIT_AOR_BYTES], key_text[LIMIT_AOR_BYTES];
    struct buf user, realm, key;
};

/* "alice@example.com", "sip:alice@example.com". False: neither, or too long. */
MUST_USE bool user_name_read(struct user_name *, struct str aor);
/* What the store knows the account by. */
static inline struct str user_name_key(const struct user_name *n)
{
    return buf_str(&n->key);
}
/* The record of the account with this password. False: no memory, or it is too long. */
MUST_USE bool user_name_record(const struct user_name *, struct digester *, struct str password,
                               struct buf *record);

#endif
