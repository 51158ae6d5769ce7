/* Route sets: the servers that a dialog's requests must visit (RFC 3261 12.1, 12.2.1.1, 16.12). A
 * route set is text in the form of a Route header's value, "<sip:p1;lr>,<sip:p2;lr>": each URI in
 * angle brackets with all its parameters, one comma between two. It holds no memory and no dialog.
 */
#ifndef TANDEM_DIALOG_ROUTE_SET_H
#define TANDEM_DIALOG_ROUTE_SET_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "msg/msg.h"

enum route_order {
    ROUTE_AS_RECEIVED, /* UAS, RFC 3261 12.1.1 */
    ROUTE_REVERSED     /* UAC, RFC 3261 12.1.2 */
};

/* Writes the route set that the Record-Route values of `m` make; nothing where there is none.
 * ERR_INVALID: a Record-Route is malformed or no SIP URI. ERR_LIMIT: more than
 * LIMIT_DIALOG_ROUTES values. After an error `b` may hold a part. */
MUST_USE int route_set_record(struct buf *b, struct msg *m, enum route_order order);

/* Where a request goes. Everything but `hop` and `request_uri` borrows from what was handed in. */
struct route_plan {
    struct uri request_uri; /* print it with route_print_request_uri */
    struct uri hop;         /* the next hop: the first Route's URI, or the Request-URI */
    struct str routes;      /* values of the Route header; empty: none before `last` */
    struct str last;        /* the URI to append in angle brackets as the last Route; empty: none */
};

/* RFC 3261 12.2.1.1: the Request-URI and Route of a request to `target` through `routes`. A first
 * URI without "lr" is a strict router: it becomes the Request-URI and the target the last Route.
 * ERR_INVALID: the target or the first route is no URI. */
MUST_USE int route_plan(struct str routes, struct str target, struct route_plan *out);

/* The URI without what RFC 3261 19.1.1, table 1 forbids in a Request-URI: the method parameter and
 * the headers. URIs of other schemes are written whole. */
void route_print_request_uri(struct buf *b, const struct uri *u);
/* The Route line with its CRLF; nothing where the plan has no route. */
void route_print_header(struct buf *b, const struct route_plan *p);

#endif
