/* Instant messages that come while a command runs. */
#ifndef TANDEM_PHONE_MESSAGES_H
#define TANDEM_PHONE_MESSAGES_H

#include "phone/phone.h"

/* Answers a UA_REQUEST; a MESSAGE of text is shown. */
void messages_take(struct phone *, const struct ua_event *);

#endif
