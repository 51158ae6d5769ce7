/* What the link's files share among themselves. */
#ifndef SIM_LINK_H
#define SIM_LINK_H

#include "sim/node.h"

/* The rule from here to there; `to` may be NULL. */
const struct link *link_between(const struct world *w, const struct node *from,
                                const struct node *to);
/* How long something takes this time. */
time_ns link_delay(struct world *w, const struct link *l);
/* What was sent, for the ladder and the digest. */
void link_note(struct node *from, struct node *to, enum fate fate, struct str bytes);

#endif
