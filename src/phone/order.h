/* What a person or a script tells the phone to do, as words and as single keys. Does nothing
 * itself.
 *
 *   hold · resume · mute · unmute · codecs NAMES · dtmf DIGITS · answer · reject [CODE] · hangup ·
 *   call URI · transfer URI · transfer CALL · status · message TEXT · help
 *
 * With a number before it, an order is for that call; else for the latest one. */
#ifndef TANDEM_PHONE_ORDER_H
#define TANDEM_PHONE_ORDER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"

enum order_kind {
    ORDER_NONE, /* an empty line */
    ORDER_HOLD,
    ORDER_RESUME,
    ORDER_TURN_HOLD, /* the one of them that changes something: a key */
    ORDER_MUTE,
    ORDER_UNMUTE,
    ORDER_TURN_MUTE, /* likewise */
    ORDER_CODECS,
    ORDER_DTMF,
    ORDER_ANSWER,
    ORDER_REJECT,
    ORDER_HANGUP,
    ORDER_CALL,
    ORDER_TRANSFER,
    ORDER_STATUS,
    ORDER_MESSAGE,
    ORDER_HELP,
    N_ORDER_KINDS
};

struct order {
    enum order_kind kind;
    unsigned call;       /* 0: the latest */
    struct str argument; /* into the line */
};

/* NULL, or what is wrong with the line, for people. A '/' before the first word is allowed. */
MUST_USE const char *order_parse(struct str line, struct order *out);
/* Of one key; ORDER_NONE: it means nothing. The argument of a digit is the digit. */
struct order order_of_key(const char *key);
/* For people: the words with what they do, a line each. */
extern const char order_words[], order_keys[];

#endif
