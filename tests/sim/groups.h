/* The messages of a run put together by a key, in the order in which they left: what checks of the
 * whole ladder walk over. */
#ifndef SIM_GROUPS_H
#define SIM_GROUPS_H

#include "sim/world.h"

#define GROUP_END SIZE_MAX

struct groups {
    size_t *next;   /* of each rung the next in its group; GROUP_END */
    bool *is_first; /* of its group */
};

/* The key of a rung; 0: it belongs to no group. */
typedef uint64_t group_key(const struct rung *);

void groups_init(struct groups *, const struct ladder *, group_key *);
void groups_fini(struct groups *);
size_t groups_size(const struct groups *, size_t first);

#endif
