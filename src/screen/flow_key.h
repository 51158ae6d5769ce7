/* What a rung of a ladder is about, outlasting the ladder: the n-th of its kind and call at this
 * time. */
#ifndef TANDEM_SRC_SCREEN_FLOW_KEY_H
#define TANDEM_SRC_SCREEN_FLOW_KEY_H

#include "trace/ladder.h"

struct flow_key {
    uint64_t call; /* its serial; 0: nothing */
    enum trace_rung_kind kind;
    unix_ns at;
    unsigned nth;
};

bool flow_key_equal(const struct flow_key *, const struct flow_key *);
struct flow_key flow_key_of(const struct trace_ladder *, unsigned rung);
/* NULL: there is none (any more). */
const struct trace_rung *flow_key_find(const struct trace_ladder *, const struct flow_key *);

#endif
