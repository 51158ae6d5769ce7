/* What one direction of a stream carries: SIP itself, WebSocket, or TLS around either. It is found
 * out by how it looks, from the beginning or from the middle on. Knows no TCP. RFC 3261 18.3, RFC
 * 6455, RFC 7118, RFC 8446. */
#ifndef TANDEM_CAPTURE_CONTENT_H
#define TANDEM_CAPTURE_CONTENT_H

#include "base/mem.h"
#include "msg/frame.h"

struct capture;
struct way;
struct tls_session;

enum content_kind { CONTENT_UNKNOWN, CONTENT_SIP, CONTENT_WEB, CONTENT_TLS };

/* Bytes that wait for more. */
struct held {
    char *at;
    size_t len, cap;
};

struct content {
    uint8_t kind; /* enum content_kind */
    struct held held;
    struct frame frame;    /* with CONTENT_SIP */
    struct held message;   /* with CONTENT_WEB: of a message in several frames */
    struct content *inner; /* with CONTENT_TLS: what is in it; NULL: nothing yet */
};

void content_init(struct content *);
void content_fini(struct content *, struct mem *);

/* The session that both directions share is made at *tls where there is TLS; `side` (0 or 1) says
 * which direction this is. */
void content_take(struct capture *, struct content *, struct tls_session **tls, unsigned side,
                  const struct way *, struct str bytes);

/* Bytes are missing before what comes next. */
void content_gap(struct content *);

/* Room for `len` more bytes, at least one, behind what is held. NULL: no memory. */
char *held_room(struct held *, struct mem *, size_t len);
void held_free(struct held *, struct mem *);
void held_drop(struct held *, size_t len);

#endif
