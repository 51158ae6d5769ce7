/* Reports of a REFER: the status line that a message/sipfrag begins with (RFC 3515 2.4.5, RFC
 * 3420). Private to ua/. */
#ifndef TANDEM_SRC_UA_SIPFRAG_H
#define TANDEM_SRC_UA_SIPFRAG_H

#include "base/buf.h"

/* 100 to 699; 0: it begins with no status line. */
unsigned sipfrag_status(struct str body);
void sipfrag_put(struct buf *, unsigned status);

#endif
