/* A Unix stream socket from the side of a client that may wait: lines out, lines in. */
#ifndef TANDEM_NET_WIRE_H
#define TANDEM_NET_WIRE_H

#include "base/attr.h"
#include "base/str.h"

#define WIRE_SILENT_MS 30000 /* after which a server counts as not answering */

struct wire {
    int fd;
    char *buffer; /* what was read and not yet taken */
    size_t at, len, cap;
};

/* 0 or an errno value. */
MUST_USE int wire_open(struct wire *, const char *path);
void wire_close(struct wire *);
/* 0 or an errno value. */
MUST_USE int wire_send(struct wire *, struct str line);
/* The next line without its end, borrowed until the next call. 0 or an errno value: ETIMEDOUT,
 * ECONNRESET at the end. */
MUST_USE int wire_receive(struct wire *, struct str *line);

#endif
