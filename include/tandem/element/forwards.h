/* Where the calls of a user go besides his phones, because he said so; and the record that it is
 * stored as, a record of STORE_LOCATIONS under a key of its own. A record is data: whatever its
 * bytes, reading it is safe. */
#ifndef TANDEM_ELEMENT_FORWARDS_H
#define TANDEM_ELEMENT_FORWARDS_H

#include "base/attr.h"
#include "base/buf.h"
#include "engine/target.h"

/* When: the words of the record, the control command and the documentation. */
enum forward_when {
    FORWARD_ALWAYS,    /* his phones do not ring */
    FORWARD_BUSY,      /* a phone said 486 */
    FORWARD_NO_ANSWER, /* they rang for no_answer_s, or said 408 or 480 */
    FORWARD_OFFLINE,   /* none is registered, or none can be reached */
    N_FORWARDS
};

struct forwards {
    struct str to[N_FORWARDS]; /* a sip, sips or tel URI; empty: none */
    unsigned no_answer_s;      /* 1 to LIMIT_FORWARD_RING_S */
};

/* "always", "busy", "no-answer", "offline" */
struct str forward_word(enum forward_when);
/* N_FORWARDS: it is none of them. */
enum forward_when forward_named(struct str word);
/* Is this a URI that calls may be forwarded to? At most LIMIT_FORWARD_URI bytes. */
bool forward_is_uri(struct str uri);

/* The key of the record, from that of the location record (registrar_key). */
void forwards_key(struct buf *, struct str aor);
/* Is it the key of such a record? */
bool forwards_is_key(struct str key);
/* Views into `record`; an empty one has none. False: it is no record (none then, too). */
MUST_USE bool forwards_read(struct str record, struct forwards *out);
/* Writes nothing where there is none: then the record is to be removed. */
void forwards_write(struct buf *, const struct forwards *);

/* The record's user is called: his n phones become what is tried, N_FORWARDS more at most; how many
 * there are. `waits`: where there is none, one may still come. The texts are the record's. */
size_t forwards_apply(struct str record, struct target *, size_t n, bool waits);

#define FORWARDS_BYTES 1200 /* no record is longer */

#endif
