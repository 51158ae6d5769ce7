/* Who we are: accounts, and by which URI we are reached. Private to ua/. */
#ifndef TANDEM_SRC_UA_ACCOUNT_H
#define TANDEM_SRC_UA_ACCOUNT_H

#include "auth/respond.h"
#include "ua/parts.h"

struct ua_identity {
    ua_account id;
    char *text; /* the allocation behind the views */
    size_t text_len;
    struct str address, contact, routes;
    struct block *service_route; /* RFC 3608: instead of `routes`, but for REGISTER; NULL: none */
    struct uri uri;              /* of the address */
    struct responder *responder; /* NULL: no credentials */
};

/* NULL: there is none. */
struct ua_identity *account_get(const struct ua *, ua_account);
/* The route set that requests of it begin with, REGISTER apart. */
struct str account_routes(const struct ua_identity *);
/* What the registrar says of it from now on (RFC 3608 5): in the form of dialog/route_set.h, empty:
 * nothing. Without memory it is what it was. */
void account_route(struct ua *, ua_account, struct str service_route);
/* Whom a request is for: the account that its Request-URI names (of one user in several domains the
 * one that To names, too), else its To; NULL: none. */
struct ua_identity *account_for(struct ua *, struct msg *request);
/* The contact URI of a request to `hop`, or (with `flow`) of an answer to what came by it. An
 * overflow sticks. `secure`: it has to be a SIPS URI (RFC 3261 8.1.1.8, 12.1.1). */
void account_put_contact(struct ua *, struct buf *, const struct ua_identity *,
                         const struct uri *hop, const struct flow *flow, bool secure);
void account_free(struct ua *, struct ua_identity *);

#endif
