/* What a phone can do (RFC 3840) beside what a caller wants (RFC 3841): feature parameters, and
 * whether they agree. Knows no target and no order. */
#ifndef TANDEM_SRC_PROXY_CAPABILITIES_H
#define TANDEM_SRC_PROXY_CAPABILITIES_H

#include "msg/types.h"

/* RFC 3841 7.2.3: is there any feature parameter among them? */
bool features_any(struct params p);

/* RFC 3841 7.2.4: `wanted` beside what a contact has. */
struct feature_match {
    bool agrees;    /* RFC 2533: nothing that both speak of excludes the other */
    bool names_all; /* the contact speaks of all that is wanted */
    unsigned score; /* the part that it speaks of, in thousandths; 1000 where nothing is wanted */
};
struct feature_match features_match(struct params wanted, struct params contact);

#endif
