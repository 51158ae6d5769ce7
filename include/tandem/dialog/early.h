/* The dialogs that one INVITE of ours makes (RFC 3261 13.2.2): a forking proxy may bring several,
 * told apart by their To tags, first early, then confirmed. It owns them and says when those that
 * nobody confirmed are over. It knows no transaction and keeps no clock. */
#ifndef TANDEM_DIALOG_EARLY_H
#define TANDEM_DIALOG_EARLY_H

#include "base/time.h"
#include "dialog/dialog.h"

struct early {
    struct dialog trying; /* the INVITE's own side: prints it */
    struct list dialogs;  /* struct dialog by `node`, in the order of their first response */
    unsigned n;
    bool failed; /* a final response other than 2xx came */
    bool any_2xx;
    bool completed;  /* the INVITE is over: no new dialog is made */
    time_ns ends_at; /* TIME_NEVER before the first 2xx */
    time_ns linger;  /* 64*T1 */
};

/* ERR_INVALID, ERR_LIMIT, ERR_NOMEM as dialog_init_trying. `linger` is 64*T1 (RFC 3261 13.2.2.4).
 */
MUST_USE int early_init(struct early *e, struct mem *mem, const struct dialog_start *s,
                        time_ns linger);
/* Frees all dialogs; they must be in no table. */
void early_fini(struct early *e);

/* The INVITE has failed and goes once more (RFC 3261 8.1.3.4, 8.1.3.5, 22.2): its dialogs are
 * freed, they must be in no table; `trying` prints the next one. */
void early_restart(struct early *e);

enum early_result {
    EARLY_NONE,      /* no dialog is concerned: 100, no To tag, or the INVITE is over */
    EARLY_NEW,       /* *d is new and early */
    EARLY_KNOWN,     /* *d had a response before */
    EARLY_CONFIRMED, /* *d had its first 2xx: acknowledge it */
    EARLY_AGAIN,     /* *d had a 2xx before: send the same ACK again */
    EARLY_FAILED     /* a final response other than 2xx: all early dialogs are terminated */
};

/* A response to the INVITE. A value below zero is an enum err and no dialog changed:
 * ERR_LIMIT: LIMIT_EARLY_DIALOGS are there or the texts are too long; ERR_INVALID: it makes no
 * dialog; ERR_NOMEM. Of these a provisional one may be ignored; a 2xx will come again. */
MUST_USE int early_response(struct early *e, struct msg *response, time_ns now, struct dialog **d);
/* No final response came at all: as a 408 (RFC 3261 8.1.3.1, 13.2.2). */
void early_timeout(struct early *e);

/* RFC 3261 13.2.2.4: 64*T1 after the first 2xx those still early are terminated. */
void early_time(struct early *e, time_ns now);
time_ns early_deadline(const struct early *e);

/* NULL: none has this remote tag. */
struct dialog *early_find(const struct early *e, struct str remote_tag);
/* Frees one that has ended; it must be in no table. */
void early_drop(struct early *e, struct dialog *d);
/* Dialogs in this state. */
unsigned early_count(const struct early *e, enum dialog_state state);

#endif
