/* Whom and whence: URIs as people write them, and the addresses that a phone listens on. */
#ifndef TANDEM_PHONE_ADDRESS_H
#define TANDEM_PHONE_ADDRESS_H

#include "host/listen.h"
#include "msg/uri.h"
#include "phone/options.h"

#define ADDRESS_BYTES 512

struct address {
    char text[ADDRESS_BYTES];
    struct str uri_text; /* into `text` */
    struct uri uri;      /* likewise */
};

/* "alice@example.com", "127.0.0.1:5080" and "+4930123" get the scheme that they lack. False: it is
 * no SIP, SIPS or tel URI. */
MUST_USE bool address_read(struct address *, const char *text);

/* Where to listen, for a phone that speaks with `hop` (NULL: with anybody): the --listen ones, else
 * by UDP and TCP, and TLS where that may be needed, on the address that leads to the hop, any free
 * port; where that is a name, on those of the loopback and of the way out. */
void address_listen(const struct phone_options *, const struct uri *hop, struct listen_list *out);

#endif
