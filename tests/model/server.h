/* A server transaction and its TU, with the properties of RFC 3261 17.2 checked at each step. Knows
 * no network: the model sends what server_sent says. */
#ifndef TANDEM_MODEL_SERVER_H
#define TANDEM_MODEL_SERVER_H

#include "machine.h"

enum said { SILENT, PROVISIONAL, SUCCESS, FAILURE };

struct server {
    struct machine tx;
    uint8_t said;  /* enum said: by the TU */
    uint8_t last;  /* enum said: what RESEND sends */
    uint8_t acked; /* an ACK of its final response has come, of any kind */
    uint8_t told;  /* its TU knows that no ACK came */
};

void server_start(struct server *, enum tx_kind, bool reliable);
/* One event, the TU's answers among them: the actions. */
unsigned server_step(struct explore *, struct server *, enum tx_event);
void server_watch(struct explore *, struct server *, enum tx_event, unsigned state,
                  unsigned actions);
/* Which response these actions send; SILENT: none. */
enum said server_sent(const struct server *, unsigned actions);
/* May the TU do this now: answer as it has not yet, give a 2xx to INVITE again until its ACK? To
 * other requests it may answer twice, which the machine discards (RFC 3261 17.2.2), and give a 100
 * over unreliable transports not before the machine's own (RFC 4320 4.1). */
bool server_may(const struct server *, enum tx_event);
/* The ACK of a 2xx has come to the TU. */
void server_take_ack(struct server *);

#endif
