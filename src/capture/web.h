/* WebSocket as somebody between sees it: frames of either side, masked or not, from the beginning
 * or from the middle on (RFC 6455 5). What a party to it must do is net/ws.h. */
#ifndef TANDEM_CAPTURE_WEB_H
#define TANDEM_CAPTURE_WEB_H

#include "content.h"

/* The length of an HTTP head (or of a SIP one) with its empty line; 0: it is not whole. */
size_t web_handshake_end(struct str head);
/* Does it ask for a WebSocket, or grant one (RFC 6455 4.1, 4.2.2)? */
bool web_is_handshake(struct str head);

/* Is this one whole frame, or the whole first of several, whose payload begins like SIP? */
bool web_is_sip(struct str bytes);

enum web_result {
    WEB_MORE,    /* *done bytes are; 0: the frame is not whole */
    WEB_MESSAGE, /* *message is one, borrowed from `at` or `gathered` */
    WEB_BAD      /* no frame begins here, or one is too long */
};

/* The frame that begins at `at`, which is unmasked there. `gathered` has the message whose frames
 * come; the caller empties it after WEB_MESSAGE. */
enum web_result web_next(struct held *gathered, struct mem *, char *at, size_t len, size_t *done,
                         struct str *message);

#endif
