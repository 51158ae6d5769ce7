/* The wall clock, for rules that ask what time it is. */
#ifndef TANDEM_SRC_SERVER_WALL_CLOCK_H
#define TANDEM_SRC_SERVER_WALL_CLOCK_H

#include "element/element.h"

/* In one thread, before the sandbox: the time zone is read. */
void wall_clock_init(void);
/* How long it is since Monday 00:00, as the machine's time zone has it. */
time_ns wall_clock_week(void);
/* Tells the element, once in half a minute: clocks are set, and summer time begins. *told: when it
 * was told last; 0: never. */
void wall_clock_tell(struct element *, time_ns *told, time_ns now);

#endif
