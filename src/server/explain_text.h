/* The sentences of explanations. */
#ifndef TANDEM_SRC_SERVER_EXPLAIN_TEXT_H
#define TANDEM_SRC_SERVER_EXPLAIN_TEXT_H

#include "config/config.h"
#include "element/element.h"

#define EXPLAIN_TEXT 1024

/* Each returns the outcome in a word; a sentence that does not fit is cut. */
const char *explain_put_step(struct buf *, const struct route_step *, const struct config_route *);
const char *explain_put_outlook(struct buf *, const struct element_outlook *,
                                const struct config *);

#endif
