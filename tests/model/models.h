/* The models of this folder. */
#ifndef TANDEM_MODEL_MODELS_H
#define TANDEM_MODEL_MODELS_H

#include "explore.h"

/* Each of them twice: over unreliable transports and (variant 1) over reliable ones. */
extern const struct model non_invite_models[2];
extern const struct model invite_models[2];
extern const struct model fork_models[2];

/* With clocks, packets less than T1 apart in lateness. */
extern const struct model timed_models[4];
/* With packets that may be as late as T4: the RFC's 64*T1 does not outlive its own last
 * retransmission then, and the search finds the way there. */
extern const struct model late_models[2];

#endif
