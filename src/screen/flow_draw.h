/* Draws the ladder. */
#ifndef TANDEM_SRC_SCREEN_FLOW_DRAW_H
#define TANDEM_SRC_SCREEN_FLOW_DRAW_H

#include "screen/inside.h"

void flow_draw(struct screen *, struct pane);
/* The columns of the message beside the ladder; 0: there is none. */
int flow_message_cols(const struct screen *);

#endif
