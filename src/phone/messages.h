/* What comes while a command runs: instant messages, and what it does not take. */
#ifndef TANDEM_PHONE_MESSAGES_H
#define TANDEM_PHONE_MESSAGES_H

#include "phone/phone.h"

/* Refuses calls, transfers and requests, where nobody is there to take them. */
void messages_decline(struct phone *, const struct ua_event *);
/* Answers a UA_REQUEST; a MESSAGE of text is shown. */
void messages_take(struct phone *, const struct ua_event *);

#endif
