/* The copy of a request that goes to one target, as edits of the received one (RFC 3261 16.6). */
#ifndef TANDEM_SRC_PROXY_FORWARD_H
#define TANDEM_SRC_PROXY_FORWARD_H

#include "proxy/context.h"

#define FORWARD_TEXT_MAX 2048 /* two Record-Route lines, Max-Forwards, Max-Breadth, Content-Length */

struct forward {
    struct edits edits;
    const struct flow *flow; /* NULL: by the hop */
    struct uri hop;
    struct buf text; /* what the edits insert, but for views into the request and the target */
    char space[FORWARD_TEXT_MAX];
};

/* Steps 1 to 9 without Via, by p->plan. `target` NULL: the Request-URI is the target. `target_uri` is
 * its URI decoded. `breadth`: this branch's Max-Breadth (RFC 5393 5). False: the path or Route of
 * the target cannot be read. */
bool forward_build(struct proxy *p, struct forward *f, struct msg *m, const struct target *target,
                   const struct uri *target_uri, unsigned breadth);

/* RFC 3261 16.6 steps 3 and 9, and RFC 5393 5.3.3: the numbers that change or were missing. The lines
 * to insert are appended to f->text. */
void forward_numbers(struct forward *f, struct msg *m, int max_forwards, unsigned breadth);

/* What a request brings: a header of its own up to the maximum, else the maximum. */
unsigned forward_breadth(struct msg *m);

#endif
