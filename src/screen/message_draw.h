/* Draws lines of messages. */
#ifndef TANDEM_SRC_SCREEN_MESSAGE_DRAW_H
#define TANDEM_SRC_SCREEN_MESSAGE_DRAW_H

#include "screen/inside.h"
#include "screen/message.h"

/* From row `row` on, without the first `skip` lines; returns the row behind them. */
int message_draw(const struct screen *, struct pane, int row, struct str text, size_t skip);

#endif
