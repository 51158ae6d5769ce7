/* What the DNS of a drawn world says of its domains. */
#ifndef SIM_NAMES_H
#define SIM_NAMES_H

#include "sim/node.h"

/* The server's domain is served by a set: itself, up to `dead` others that would be tried before it
 * and are not there, and as many behind it. Before the first question. */
void names_spread(struct world *w, const struct node *server, unsigned dead);

#endif
