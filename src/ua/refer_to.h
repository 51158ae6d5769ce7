/* Refer-To: whom to call, and what of that request it may say (RFC 3515 2.1, RFC 3261 19.1.5).
 * Private to ua/. */
#ifndef TANDEM_SRC_UA_REFER_TO_H
#define TANDEM_SRC_UA_REFER_TO_H

#include "dialog/dialog.h"

struct refer_to {
    struct uri uri;    /* borrows from the message */
    bool replaces;     /* it has a Replaces header */
    unsigned status;   /* to refuse the REFER with; 0: it can be called */
    struct str reason; /* its phrase; empty: the registered one */
};
void refer_to_read(struct msg *, struct refer_to *);
/* The URI without its headers; and those that we follow as header lines: Replaces, Join (each with
 * its Require) and Subject. Others are passed over. */
void refer_to_put_target(struct buf *, const struct refer_to *);
void refer_to_put_lines(struct buf *, const struct refer_to *);

/* Our side: the far end of this dialog, with a Replaces for it (RFC 5589 7). */
void refer_to_put_replacing(struct buf *, const struct dialog *);

#endif
