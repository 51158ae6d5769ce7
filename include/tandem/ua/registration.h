/* Registrations: an account's contact, bound at its registrar and kept so (RFC 3261 10.2):
 * refreshed before it ends, tried again after failures with growing pauses, ended on command. With
 * RFC 5626 (outbound: instance and reg-id, flows that are kept open), RFC 5627 (GRUU), RFC 3608
 * (Service-Route: requests of the account go by it) and RFC 6223.
 *
 *   registration_start ─► UA_REGISTERED* ─► registration_end ─► UA_UNREGISTERED
 *                      └► UA_REGISTRATION_FAILED*
 *
 * Each is one contact of one account; several of one account are several registrations. */
#ifndef TANDEM_UA_REGISTRATION_H
#define TANDEM_UA_REGISTRATION_H

#include "ua/ua.h"

struct registration_start {
    ua_account account;
    struct str registrar; /* the Request-URI; empty: "sip:" and the host of the account's address */
    unsigned expires_s;   /* that is asked for; 1 to 2^31-1 */
    struct str instance;  /* "urn:uuid:…" (RFC 5626 4.1), which asks for outbound and a GRUU, too;
                             empty: neither */
    unsigned reg_id;      /* RFC 5626 4.2; 0: no outbound */
    unsigned keep_s; /* the flow is kept open by an empty line so often, where the registrar says
                        nothing of it (Flow-Timer); 0: then it is not */
    bool once;       /* no refresh, and no further try after a failure */
    uint64_t user;   /* the application's; comes with the events */
};

/* All is copied. ERR_STALE: no such account. ERR_INVALID: the registrar is no URI. ERR_LIMIT,
 * ERR_NOMEM, ERR_NO_ROUTE: nothing was sent. */
MUST_USE int registration_start(struct ua *, const struct registration_start *, time_ns now,
                                ua_registration *out);
/* Takes the binding back, where there is or may be one; UA_UNREGISTERED tells when that is done, or
 * has failed (`status`), and the id has ended. ERR_STALE. */
int registration_end(struct ua *, ua_registration, time_ns now);
/* A REGISTER now, unless one is under way: another password, another network. ERR_STALE. */
int registration_refresh(struct ua *, ua_registration, time_ns now);

struct registration_view {
    bool is_registered; /* as far as we know */
    ua_account account;
    uint64_t user;
    time_ns expires;    /* when the binding ends; TIME_NEVER: there is none */
    time_ns next;       /* when the next REGISTER goes; TIME_NEVER: none does */
    unsigned failures;  /* since the last success */
    struct str contact; /* our URI. All texts are borrowed until the next input or command */
    struct str pub_gruu, temp_gruu, service_route; /* empty: none */
};
MUST_USE int registration_look(const struct ua *, ua_registration, struct registration_view *);

#endif
