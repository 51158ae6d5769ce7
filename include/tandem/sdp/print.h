/* Session descriptions written (RFC 8866): line by line into a buf, or as a whole from one that was
 * read. What does not fit sticks in the buf. */
#ifndef TANDEM_SDP_PRINT_H
#define TANDEM_SDP_PRINT_H

#include "sdp/attribute.h"

/* Lines have to be put in the order of RFC 8866 5; values have no CR, LF or NUL. */
void sdp_put_line(struct buf *, char type, struct str value);
/* "c=IN IP4 192.0.2.1"; the port of `addr` does not count. */
void sdp_put_connection(struct buf *, const struct addr *);
/* v=, o=, s= and t= of a session that is called for (RFC 3264 5): "o=- ID VERSION IN IP4 …",
 * "s=-", "t=0 0". The connection stands between: `addr` is both its and the origin's. */
void sdp_put_session(struct buf *, uint64_t id, uint64_t version, const struct addr *addr);
/* An m= line; `formats` as in sdp_media, at least one. */
void sdp_put_media(struct buf *, const struct sdp_media *);
void sdp_put_attribute(struct buf *, struct str name, struct str value); /* "a=name:value" */
void sdp_put_flag(struct buf *, struct str name);                        /* "a=name" */
void sdp_put_rtpmap(struct buf *, const struct sdp_rtpmap *);
void sdp_put_number(struct buf *, struct str name, uint64_t value); /* "a=ptime:20" */

/* The normal form of a description that is not broken: each line's bytes as they were, in the order
 * of RFC 8866 5 (those of one type in their own), with CRLF; where s= or t= is missing the usual
 * "s=-" and "t=0 0" stand; what does not belong into a section comes last in it. Reading it finds
 * no fault of order or line ends. */
void sdp_print(struct buf *, const struct sdp *);

/* Do both mean the same? Regardless of where a value of the session or of the medium stands, of the
 * order of attributes, of spelling (addresses, numbers, case of encodings and transports), and of
 * an a=rtpmap that says what RFC 3551 says anyway. The order of media and of formats counts, and so
 * do o= and all that is not known. Both have to be not broken. */
bool sdp_equal(const struct sdp *, const struct sdp *);

#endif
