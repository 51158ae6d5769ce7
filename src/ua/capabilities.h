/* What we understand, for our answers and for others' requests. Private to ua/. */
#ifndef TANDEM_SRC_UA_CAPABILITIES_H
#define TANDEM_SRC_UA_CAPABILITIES_H

#include "ua/parts.h"

#define UA_ALLOW                                                                      \
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, REFER, " \
    "NOTIFY, SUBSCRIBE\r\n"
#define UA_EXTENSIONS "timer, replaces, join, norefersub, tdialog"
/* RFC 3312 11: no preconditions without 100rel. */
#define UA_SUPPORTED "Supported: 100rel, " UA_EXTENSIONS ", precondition\r\n"
#define UA_SUPPORTED_BUT_100REL "Supported: " UA_EXTENSIONS "\r\n"
#define UA_EVENTS "Allow-Events: refer\r\n"
#define UA_ACCEPT "Accept: application/sdp\r\n"

/* Answers a request that RFC 3261 8.2.1, 8.2.2 or 8.2.3 refuse whatever it is about: a method
 * (405, 501), a Request-URI (416), a merged request (482), an extension (420). True: it is done. */
bool capabilities_refuse(struct ua *, const struct engine_event *, time_ns now);
/* RFC 3261 11.2 */
void capabilities_answer(struct ua *, const struct engine_event *, time_ns now);

#endif
