/* What requests outside of dialogs share. Private to ua/. */
#ifndef TANDEM_SRC_UA_REQUESTS_H
#define TANDEM_SRC_UA_REQUESTS_H

#include "ua/account.h"
#include "ua/ask.h"

/* --- request.c --- */
void requests_init(struct ua *);
void requests_fini(struct ua *);
/* The final answer to the request of this id. */
void request_answered(struct ua *, uint64_t id, const struct ask_answer *);

/* --- registration.c --- */
void registrations_init(struct ua *);
void registrations_fini(struct ua *);
void registration_answered(struct ua *, uint64_t id, const struct ask_answer *, time_ns now);
/* The alarm of a registration. */
void registration_fire(struct ua *, struct alarm *, time_ns now);

#endif
