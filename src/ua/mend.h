/* What of a request of ours changes after a final response that names what was not understood
 * (RFC 3261 8.1.3.5). Private to ua/. */
#ifndef TANDEM_SRC_UA_MEND_H
#define TANDEM_SRC_UA_MEND_H

#include "ua/account.h"

/* 416: a SIP URI of our domain for a telephone number. False: there is none: the target is no
 * number. A SIPS URI stays one (RFC 5630 4). */
bool mend_target(const struct ua_identity *, struct str target, struct buf *);
/* 420: the header lines without the options of its Unsupported. False: none of them can be spared,
 * or one of them cannot. */
bool mend_headers(struct str headers, struct msg *response, struct buf *);

#endif
