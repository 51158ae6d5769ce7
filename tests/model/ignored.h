/* Which events a state may ignore: the blank cells that a model comes to. */
#ifndef TANDEM_MODEL_IGNORED_H
#define TANDEM_MODEL_IGNORED_H

#include "tx/tx.h"

/* Does the RFC's figure leave this event out of this state? */
bool may_ignore(enum tx_kind, enum tx_state, enum tx_event);
/* Is the pair in the list? The i-th one; false: no more. */
bool ignored_at(unsigned i, enum tx_kind *, enum tx_state *, enum tx_event *);

#endif
