/* What the configuration means for a worker's guard. */
#ifndef TANDEM_SERVER_GUARD_CONFIG_H
#define TANDEM_SERVER_GUARD_CONFIG_H

#include "guard/guard.h"
#include "server/shared.h"

/* Everybody who is trusted. */
struct guard_trusted {
    struct addr_block list[LIMIT_TRUSTED + LIMIT_PEERS + 2];
    size_t n;
};

/* At the start, at each reload, and when the first account appears or the last one goes. `key` is
 * the caller's to set; *out borrows *trusted. */
void guard_config_of(struct guard_config *out, struct guard_trusted *trusted,
                     const struct shared *s, const struct config *config);

#endif
