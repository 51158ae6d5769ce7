/* The models of this folder. */
#ifndef TANDEM_MODEL_MODELS_H
#define TANDEM_MODEL_MODELS_H

#include "explore.h"

/* Each of them twice: over unreliable transports and (variant 1) over reliable ones. */
extern const struct model non_invite_models[2];
extern const struct model invite_models[2];
extern const struct model fork_models[2];

#endif
