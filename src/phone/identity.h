/* Who the phone is: its AORs, each an account of the user agent with its password. */
#ifndef TANDEM_PHONE_IDENTITY_H
#define TANDEM_PHONE_IDENTITY_H

#include "phone/address.h"
#include "ua/ua.h"

struct identity {
    struct address own; /* empty: nobody, and nobody is asked for a password */
    ua_account account;
    bool has_password;
};

struct identities {
    struct identity of[PHONE_AORS];
    unsigned n; /* at least one */
};

/* Those of the options. PHONE_DONE, or the exit status once what is wrong was said. */
MUST_USE int identities_read(struct identities *, const struct phone_options *);
/* Adds each to the user agent, with the password that it has by --password-file or TANDEM_PASSWORD;
 * `host`: of who is nobody. Results likewise. */
MUST_USE int identities_add(struct identities *, const struct phone_options *, struct ua *,
                            struct str routes, const struct addr *host);
/* Asks for the password of one that has none, where somebody is there to answer. True: there is one
 * now. */
MUST_USE bool identities_ask(struct identities *, const struct phone_options *, struct ua *,
                             struct str routes, ua_account);
/* A URI in the domain of all of them; NULL: there are several domains. */
const struct uri *identities_domain(const struct identities *);
/* NULL: none of ours. */
struct identity *identities_find(struct identities *, ua_account);

#endif
