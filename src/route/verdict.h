/* What a script's answer means for one request. */
#ifndef TANDEM_SRC_ROUTE_VERDICT_H
#define TANDEM_SRC_ROUTE_VERDICT_H

#include "route/rule.h"

struct verdict {
    struct rule
        rule; /* what it does; its lists of headers are empty: those stand in the decision */
    struct str tags[LIMIT_ROUTE_TAGS]; /* views into the answer */
    unsigned n_tags;
};

/* False: it means nothing, `why` says what is wrong, and the decision is as it was. */
MUST_USE bool verdict_read(struct verdict *, const struct routes *, const struct hook_answer *,
                           struct route_decision *, struct buf *why);

#endif
