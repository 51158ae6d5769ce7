/* What our Record-Route URIs carry of a dialog: the flows by which its two sides are reached, where
 * nothing else reaches them, and the mark that proves them ours (RFC 5626 5.1). */
#ifndef TANDEM_SRC_PROXY_MARK_H
#define TANDEM_SRC_PROXY_MARK_H

#include "proxy/plan.h"

#define MARK_LEN 16       /* digits */
#define FLOW_TOKEN_MAX 48 /* IPv6 with a zone: 46 */

/* Flow tokens of the caller's and of the callee's side; empty: none. */
struct mark {
    struct str from, to;
    bool stateless; /* the dialog's requests are passed on without state */
};

/* A keyed hash of the Call-ID, the caller's tag, both tokens and the mode, for a request of the
 * caller's. */
void mark_print(const struct proxy *p, struct buf *b, struct msg *m, struct mark mark);
/* Does a URI of ours bear the mark of this request's dialog? Then *has_flow tells whether it knows
 * the flow to the side that did not send the request, which *flow becomes. Otherwise *has_flow is
 * false. */
bool mark_read(const struct proxy *p, struct msg *m, const struct uri *u, struct flow *flow,
               bool *has_flow, bool *stateless);

/* Is it one of ours in a message of the caller's dialog whose From is the caller's? Then *mark has
 * its flow tokens, views into it. */
bool mark_of_caller(const struct proxy *p, struct msg *m, const struct uri *u, struct mark *mark);

/* Lower-case hexadecimal: the listener (2 digits), then for a connection its worker (2) and serial
 * number, for datagrams the remote port (4), address (8 or 32) and, where there is one, zone (8).
 */
void flow_token_print(struct buf *b, const struct flow *f);
/* False: it names no flow of ours. */
bool flow_token_parse(const struct proxy *p, struct str token, struct flow *out);

#endif
