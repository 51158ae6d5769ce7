/* HTTP as far as a WebSocket's opening handshake needs it, on either side (RFC 9112, RFC 6455 4).
 */
#ifndef TANDEM_NET_WS_HTTP_H
#define TANDEM_NET_WS_HTTP_H

#include "base/buf.h"

/* Where a head ends in `bytes`, the empty line included; 0: not yet. */
size_t http_end(struct str bytes);
/* Takes a line from the front of a head, without its end. */
struct str http_line(struct str *rest);
/* RFC 9112 5.1, 5.2: no white space before the colon, no folding. False: the line is no field. */
bool http_field(struct str line, struct str *name, struct str *value);
/* Is it among the values of a list, case ignored (RFC 9110 5.6.1)? */
bool http_has_token(struct str list, struct str wanted);
/* No stray control stands in the head. */
bool http_is_clean(struct str head);

#define HTTP_KEY_LEN 24 /* RFC 6455 4.1: 16 bytes in Base64 */
/* The value of Sec-WebSocket-Accept for a key of that length (RFC 6455 4.2.2 step 5.4). */
void http_accept(struct buf *, struct str key);

#endif
