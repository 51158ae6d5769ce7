/* A client's registration, as `register` and `answer` have it. */
#ifndef TANDEM_PHONE_ENROL_H
#define TANDEM_PHONE_ENROL_H

#include "phone/phone.h"
#include "ua/registration.h"

struct enrol {
    ua_registration id; /* 0: none, or it is over */
    bool stands;
    int status; /* the exit status where it is over or failed before it stood; -1: it goes on */
};

/* PHONE_DONE, or the exit status once what is wrong was said. */
MUST_USE int enrol_begin(struct enrol *, struct phone *);
/* Takes what is told of it, and tells it. False: the event is not of it. */
bool enrol_take(struct enrol *, struct phone *, const struct ua_event *);
/* Takes the binding back; enrol->id becomes 0 when that is done. */
void enrol_end(struct enrol *, struct phone *);

#endif
