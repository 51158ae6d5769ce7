/* What the client commands print: events as JSON Lines, or lines for people. */
#ifndef TANDEM_PHONE_SAY_H
#define TANDEM_PHONE_SAY_H

#include <stdio.h>

#include "base/flow.h"
#include "base/str.h"
#include "base/time.h"
#include "msg/msg.h"

/* {"event":"NAME", … }: say_end writes the end of the line, and hands it to whoever reads. */
void say_begin(FILE *, const char *event);
void say_text(FILE *, const char *key, struct str value);
void say_number(FILE *, const char *key, uint64_t value);
void say_real(FILE *, const char *key, double value, int digits);
void say_bool(FILE *, const char *key, bool value);
/* An array; of none, nothing. */
void say_texts(FILE *, const char *key, const struct str *values, unsigned n);
/* "key":{ … say_close. */
void say_open(FILE *, const char *key);
void say_close(FILE *);
void say_end(FILE *);

/* "headers":[{"name":…,"value":…}…],"body":… of a message. */
void say_message(FILE *, struct msg *);
/* "udp:127.0.0.1:5060" */
void say_flow(FILE *, const char *key, const struct flow *);
/* The same for people. */
void say_print_flow(FILE *, const struct flow *);
/* Text of others for a terminal: what would drive it is shown as a dot. */
void say_print_text(FILE *, struct str);

#endif
