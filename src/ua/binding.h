/* What a registrar's 200 says of our contact. Private to ua/. */
#ifndef TANDEM_SRC_UA_BINDING_H
#define TANDEM_SRC_UA_BINDING_H

#include "ua/parts.h"
#include "ua/registration.h"

struct binding {
    unsigned expires_s;
    unsigned flow_timer_s;       /* RFC 5626 4.4.1, or the keep of RFC 6223; 0: nothing was said */
    struct flow flow;            /* by which the answer came */
    struct block *service_route; /* in the form of dialog/route_set.h */
    struct block *pub_gruu, *temp_gruu;
};

void binding_fini(struct ua *, struct binding *);
/* `asked_s` counts where the answer says nothing. ERR_INVALID: it binds nothing: our contact is not
 * there, or for no time. ERR_NOMEM. The old one stays then. */
MUST_USE int binding_read(struct ua *, struct binding *, struct msg *response, struct str contact,
                          unsigned asked_s);
void binding_show(const struct binding *, struct registration_view *);

#endif
