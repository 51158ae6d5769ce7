/* One long scene for the tests that run it again and again: a proxied call, CANCEL, TCP, names,
 * faults. */
#ifndef TANDEM_TESTS_ENGINE_SCENE_H
#define TANDEM_TESTS_ENGINE_SCENE_H

#include "rig.h"

/* Plays it; every error but ERR_NOMEM fails the test. Whatever memory refuses is left out, the
 * scene goes on. */
void scene_play(struct rig *);

#endif
