/* Are these bytes the beginning of a SIP message? */
#ifndef TANDEM_CAPTURE_SIP_LIKE_H
#define TANDEM_CAPTURE_SIP_LIKE_H

#include "base/str.h"

enum sip_like {
    SIP_NOT,
    SIP_PERHAPS, /* all that is there could be; the start line is not whole */
    SIP_LIKE
};

/* By the start line alone (RFC 3261 7.1, 7.2): a token, something, SIP/2.0; or SIP/2.0 and a
 * status. Line ends before it are no part of the message: step over them first. */
enum sip_like sip_like(struct str bytes);

/* Without the line ends that may stand before a message. */
struct str sip_behind_line_ends(struct str bytes);

#endif
