/* Session timers at a proxy (RFC 4028 8): what is asked for in a request, and remembered for its
 * response. */
#ifndef TANDEM_SRC_PROXY_SESSION_H
#define TANDEM_SRC_PROXY_SESSION_H

#include <stdbool.h>

#define SESSION_TEXT 96 /* what a response may get */

struct proxy;
struct context;
struct forward;
struct edits;
struct msg;

/* For the duration of the transaction (RFC 4028 8.1). */
struct session {
    unsigned seconds; /* of Session-Expires as the request goes on; 0: no timer is asked for */
    unsigned min;     /* Min-SE as it goes on; 0: as it came */
    bool changed;     /* it came with another value, or none */
    bool supported;   /* the UAC knows session timers */
};

struct session session_of(const struct proxy *p, struct msg *m, bool in_path);
/* RFC 4028 8.1: the session is shorter than we allow, and the UAC would understand a 422: it gets
 * `min` in Min-SE. */
bool session_is_too_short(const struct proxy *p, struct msg *m, unsigned *min);
/* Edits the values that are there, and appends to f->text the lines of those that are not. */
void session_edit(struct forward *f, struct msg *m, const struct session *s);
void session_put(struct forward *f, struct msg *m, const struct session *s);
/* RFC 4028 8.2: a 2xx that knows no timer tells the UAC of ours. `edits` (NULL: none yet) are added
 * to, or begun in *space; text[SESSION_TEXT] must live as long. */
struct edits *session_answer(const struct context *c, struct msg *m, struct edits *edits,
                             struct edits *space, char *text);
/* How long the session lasts as the 2xx goes on; 0: without end. */
unsigned session_seconds(const struct context *c, struct msg *m);

#endif
