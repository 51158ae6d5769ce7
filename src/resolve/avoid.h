/* Places that did not answer, for as long as they are tried last. Bounded; changes no order itself.
 */
#ifndef TANDEM_SRC_RESOLVE_AVOID_H
#define TANDEM_SRC_RESOLVE_AVOID_H

#include "base/siphash.h"
#include "resolve/resolve.h"

#define AVOID_WAYS 4 /* places of the table that one target may have */

struct avoided {
    struct resolve_target target;
    time_ns until; /* 0: nobody's place */
};

struct avoid {
    struct hash_key key;
    struct avoided list[LIMIT_RESOLVE_AVOIDED];
};

void avoid_add(struct avoid *, const struct resolve_target *, time_ns now, time_ns until);
void avoid_remove(struct avoid *, const struct resolve_target *);
bool avoid_has(const struct avoid *, const struct resolve_target *, time_ns now);
size_t avoid_count(const struct avoid *, time_ns now);

#endif
