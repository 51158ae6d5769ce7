/* The thread that starts the workers, says `ready`, hears signals and sees to an orderly end. */
#ifndef TANDEM_SERVER_BOSS_H
#define TANDEM_SERVER_BOSS_H

#include <stdbool.h>

struct shared;
struct worker;

/* Before any thread is started: signals are the boss's alone. */
void boss_block_signals(void);
/* Starts the workers, serves until SIGTERM or SIGINT, drains, and ends them. Returns the exit
 * status. */
int boss_run(struct shared *s, struct worker **workers);
/* In any thread: what SIGTERM does. */
void boss_end(struct shared *s);

#endif
