/* A client's registrations, one of each AOR, as `register` and `answer` have them. */
#ifndef TANDEM_PHONE_ENROL_H
#define TANDEM_PHONE_ENROL_H

#include "phone/phone.h"
#include "ua/registration.h"

struct enrolment {
    ua_registration id; /* 0: it is over */
    bool stands;
};

struct enrol {
    struct enrolment of[PHONE_AORS];
    unsigned n;
    int status; /* the exit status: of the first one that failed before it stood, if any did */
};

/* PHONE_DONE, or the exit status once what is wrong was said. */
MUST_USE int enrol_begin(struct enrol *, struct phone *);
/* Takes what is told of one, and tells it. False: the event is not of any. One that fails before it
 * stood is over; the others go on. */
bool enrol_take(struct enrol *, struct phone *, const struct ua_event *);
/* Takes the bindings back; it lasts until that is done. */
void enrol_end(struct enrol *, struct phone *);
bool enrol_lasts(const struct enrol *);
/* All that last stand. */
bool enrol_stands(const struct enrol *);

#endif
