/* A client transaction and what its TU has been told, with the properties of RFC 3261 17.1 checked
 * at each step. Knows no network: the model sends what the actions say. */
#ifndef TANDEM_MODEL_CLIENT_H
#define TANDEM_MODEL_CLIENT_H

#include "machine.h"

enum outcome { PENDING, SUCCEEDED, REFUSED, TIMED_OUT, FAILED };

struct client {
    struct machine tx;
    uint8_t outcome; /* enum outcome */
    uint8_t heard;   /* a response has come */
};

void client_start(struct client *, enum tx_kind, bool reliable);
/* One event: the actions. */
unsigned client_step(struct explore *, struct client *, enum tx_event);
/* What client_step checks, for a machine that was stepped elsewhere: `tx` is what it was before,
 * `state` what it became. */
void client_watch(struct explore *, struct client *, enum tx_event, unsigned state,
                  unsigned actions);
bool client_is_over(const struct client *);

#endif
