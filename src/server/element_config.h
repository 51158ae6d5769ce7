/* What the configuration means for a worker's element. */
#ifndef TANDEM_SERVER_ELEMENT_CONFIG_H
#define TANDEM_SERVER_ELEMENT_CONFIG_H

#include "element/element.h"
#include "server/shared.h"

/* Everything that does not differ from worker to worker; views of `config`. At the start and at
 * each reload. */
void element_config_of(struct element_config *out, const struct shared *s,
                       const struct config *config);
/* What Via and Record-Route call this listener; empty: its address. */
struct str element_host_of(const struct shared *s, const struct listen_at *at);
/* Must everybody say who they are (CLI.md, who may do what by default)? */
bool element_needs_accounts(const struct shared *s, const struct config *config);

#endif
