/* What the Path values of an edge proxy carry: the flow to the phone, proven ours (RFC 5626 5.1 to
 * 5.3). */
#ifndef TANDEM_SRC_PROXY_PATH_H
#define TANDEM_SRC_PROXY_PATH_H

#include "proxy/forward.h"

/* Is this a REGISTER with outbound that passes us on its first hop? Then we are in its Path. */
bool path_is_due(struct msg *m);
/* RFC 3327 5.2: … and the phone has not said that it understands one: 421. */
bool path_is_unknown(struct msg *m);
/* Appends the whole line to f->text; `out` is the listener that the copy leaves by. */
void path_print(const struct proxy *p, struct forward *f, struct msg *m, unsigned out);

enum path_token {
    PATH_NONE, /* no URI of these */
    PATH_OURS, /* *flow is where it leads */
    PATH_BAD   /* somebody made it, or changed it */
};
enum path_token path_read(const struct proxy *p, const struct uri *u, struct flow *flow);

#endif
