/* A server's guard in the simulated world: what its element noted is weighed, and who is banned is
 * not heard. The limits are those that a server has by itself, with few strikes where somebody
 * obeys no rule. */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "element/element.h"
#include "guard/guard.h"
#include "sim/world.h"

/* Before memory fails. Freed with guard_free. */
struct guard *watch_begin(struct world *, const struct addr_block *trusted, size_t n);
/* The same limits and trust as if it began now. */
void watch_anew(struct guard *, struct world *, const struct addr_block *trusted, size_t n,
                time_ns now);
/* True: *ban is a new one, which the other workers are to be told of. */
MUST_USE bool watch_note(struct guard *, const struct element_note *, time_ns now,
                         struct guard_ban *ban);

#endif
