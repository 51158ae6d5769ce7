/* Forged flow tokens. */
#ifndef SIM_FORGE_H
#define SIM_FORGE_H

#include "sim/agent.h"

/* `a` sends a MESSAGE for the phone by the last token of its proxy, with another character in place
 * of one. Nothing where there is no token. */
void forge_token(struct agent *a, const struct agent *to, uint32_t which);

#endif
