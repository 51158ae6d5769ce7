/* What uses a dialog besides its session (RFC 5057): a subscription, in the dialog of a call's leg
 * or in one of its own. Private to ua/. */
#ifndef TANDEM_SRC_UA_USAGE_H
#define TANDEM_SRC_UA_USAGE_H

#include "ua/call_parts.h"

enum usage_kind { USAGE_WATCH, USAGE_REFERRAL };

struct usage {
    enum usage_kind kind;
    struct leg *leg;   /* whose dialog it is in; NULL: its own */
    struct list node;  /* leg->usages */
    struct dialog own; /* in ua->usages, once it stands */
    bool stands;
};

void usage_init(struct usage *, enum usage_kind);
/* It lives in this leg's dialog, which lasts at least as long. */
void usage_join(struct usage *, struct leg *);
/* `own` is filled. */
void usage_stand(struct ua *, struct usage *);
/* Where its requests go; NULL: nowhere yet. */
struct dialog *usage_dialog(struct usage *);
/* It is over. The call of its leg may be gone then. */
void usage_end(struct ua *, struct usage *);
/* The same where everything is freed. */
void usage_drop(struct ua *, struct usage *);

/* Whose own dialog a message is of; NULL: nobody's. */
struct usage *usage_of(struct ua *, struct msg *);
/* A request with a To tag that is of no leg. */
void usage_take(struct ua *, const struct engine_event *, time_ns now);
/* A SUBSCRIBE to what is not there: we notify of REFERs alone (RFC 3515 2.4.4, RFC 6665 4.2.1.1).
 */
void usage_refuse(struct ua *, const struct engine_event *, time_ns now);
/* A NOTIFY or SUBSCRIBE in a leg's dialog. */
void usage_take_within(struct ua *, struct leg *, const struct engine_event *, time_ns now);

#endif
