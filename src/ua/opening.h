/* What a dialog of ours begins with (RFC 3261 8.1.1): a Call-ID and a tag of its own, and the
 * contact that its requests bear. Private to ua/. */
#ifndef TANDEM_SRC_UA_OPENING_H
#define TANDEM_SRC_UA_OPENING_H

#include "ua/account.h"

struct opening {
    char call_id[CALL_ID_LEN], tag[TAG_LEN], contact[LIMIT_DIALOG_BYTES];
    struct dialog_start start; /* borrows from here, from the account and from what was handed in */
};

/* Without a contact, for requests that make no dialog. `to` may be empty: the target. It must not
 * be moved. */
void opening_make(struct ua *, const struct ua_identity *, struct str routes, struct str target,
                  struct str to, struct opening *out);
/* … and with one, for those that do. ERR_INVALID: the target or a route is no URI. ERR_LIMIT: our
 * own contact is too long. */
MUST_USE int opening_make_dialog(struct ua *, const struct ua_identity *, struct str target,
                                 struct str to, struct opening *out);

#endif
