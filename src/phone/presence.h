/* How presence documents are shown: as a person reads them, or as JSON. */
#ifndef TANDEM_PHONE_PRESENCE_H
#define TANDEM_PHONE_PRESENCE_H

#include "msg/msg.h"
#include "ua/presence.h"

struct presence_shown {
    bool is_there; /* the message has a presence document */
    struct presence presence;
    void *space;
};

/* Reads the body of a NOTIFY. Without memory that is its fault. */
void presence_read(struct presence_shown *, struct msg *, struct rand *);
void presence_free(struct presence_shown *);

/* Fields of the object that is begun: "entity", "notes"; "fault" where the document errs. */
void presence_say(const struct presence_shown *);
/* An object for each tuple, person and device. */
void presence_say_items(const struct presence_shown *);
/* Lines for people, the first of which is begun. False: the document errs, which is told, and is to
 * be shown as it stands. */
MUST_USE bool presence_print(const struct presence_shown *);

#endif
