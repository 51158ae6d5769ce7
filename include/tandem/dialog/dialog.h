/* Dialogs (RFC 3261 section 12): a peer-to-peer relationship of two user agents, its identity, its
 * sequence numbers, its remote target and route set, and the requests that are sent within it. It
 * knows no transaction, no session description and no time.
 *
 * A dialog's texts lie in one allocation of its own; each change of them is made whole or, with
 * ERR_NOMEM, not at all. The struct may lie anywhere but must not move while it is in a table. */
#ifndef TANDEM_DIALOG_DIALOG_H
#define TANDEM_DIALOG_DIALOG_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "msg/msg.h"

/* RFC 3261 12, RFC 4235 3.7.1. The order is that of life. */
enum dialog_state {
    DIALOG_TRYING,    /* a UAC's own side before any response: prints the first request */
    DIALOG_EARLY,     /* 101-199 with a To tag was sent or received */
    DIALOG_CONFIRMED, /* 2xx was sent or received */
    DIALOG_TERMINATED
};

/* Empty tags are the null tags of RFC 2543 peers (RFC 3261 12.1.1, 12.1.2). */
struct dialog_id {
    struct str call_id, local_tag, remote_tag;
};

struct dialog {
    struct mem *mem;
    enum dialog_state state;
    bool is_uac;   /* of the request that made it */
    bool answered; /* a 2xx was sent or received */
    bool secure;   /* RFC 3261 12.1: made over TLS for a SIPS Request-URI */
    bool has_local_seq, has_remote_seq;
    uint32_t local_seq, remote_seq;
    uint32_t invite_seq; /* number of the last INVITE printed here, for its ACK */
    struct dialog_id id;
    struct str local, remote; /* name-addr without tag: what From and To show */
    struct str remote_target; /* URI */
    struct str contact;       /* our own URI, without brackets; empty: none is printed */
    struct str routes;        /* see route_set.h */
    char *text;               /* the allocation behind all these texts */
    size_t text_len;
    struct list node;         /* its early set's, see early.h */
    struct map_node in_table; /* its table's, see table.h */
    uint64_t user;            /* the application's */
};

/* --- identity --- */
/* Views into the message. Computed as its receiver does (RFC 3261 12): for a request the local tag
 * is To's, for a response From's. False: From, To or Call-ID is missing or malformed. */
bool dialog_id_of(struct msg *m, struct dialog_id *out);
/* Call-ID and tags compare bytewise (RFC 3261 20.8, 19.3). */
bool dialog_id_equal(const struct dialog_id *a, const struct dialog_id *b);
struct hash_key;
uint64_t dialog_id_hash(const struct dialog_id *id, const struct hash_key *key);

/* --- creation --- */
/* What a UAC decides before its first request (RFC 3261 8.1.1). All texts are copied. */
struct dialog_start {
    struct str call_id, local_tag;
    struct str local, remote; /* From and To: name-addr or a bare URI, without tag */
    struct str target;        /* the Request-URI; of any scheme */
    struct str contact;       /* our URI, without brackets */
    struct str routes; /* pre-existing route set (RFC 3261 8.1.2), in the form of route_set.h */
    uint32_t cseq;     /* the first request's number, 1 to 2^31-1 */
    bool over_tls;     /* it leaves over TLS */
};

/* A dialog to be, in TRYING: dialog_print_request then prints the first request (again, with the
 * next number, after a challenge or a redirection). Call-ID, local tag, both URIs and target are
 * required. ERR_INVALID: one is missing, or the target is no URI. ERR_LIMIT: the texts exceed
 * LIMIT_DIALOG_BYTES. ERR_NOMEM. After an error the struct holds nothing. */
MUST_USE int dialog_init_trying(struct dialog *d, struct mem *mem, const struct dialog_start *s);

/* RFC 3261 8.1.3.4: the next request of a dialog to be goes to this URI instead; To stays.
 * ERR_INVALID: it is no URI, or the dialog is not in TRYING. ERR_LIMIT, ERR_NOMEM: nothing changed.
 */
MUST_USE int dialog_retarget(struct dialog *d, struct str target);

/* RFC 3261 12.1.2: the dialog that `response` (101-199 with a To tag, or 2xx) to the request of
 * `trying` makes: route set from Record-Route reversed, remote target from Contact; where there is
 * no Contact, as RFC 2543 allows, the request's own target stays. `trying` is left as it is.
 * ERR_INVALID: the response makes no dialog, or its To, Contact or Record-Route is malformed;
 * ERR_LIMIT, ERR_NOMEM: as above. */
MUST_USE int dialog_init_uac(struct dialog *d, const struct dialog *trying, struct msg *response);

/* RFC 3261 12.1.1: the dialog that our answer `status` (101-299) to `request` makes. `local_tag` is
 * the To tag of that answer, `contact` its Contact URI. Without a Contact in the request, as RFC
 * 2543 allows, its From is the remote target. ERR_INVALID: From, To, Contact, CSeq or Record-Route
 * is malformed: answer 400. ERR_LIMIT, ERR_NOMEM: answer 503. */
MUST_USE int dialog_init_uas(struct dialog *d, struct mem *mem, struct msg *request,
                             unsigned status, struct str local_tag, struct str contact);

/* RFC 3261 12.1.1: must our Contact in the answer to this request be a SIPS URI? */
bool dialog_wants_sips(struct msg *request);

/* Frees the texts; legal for a zeroed struct and twice. It must be in no set and no table. */
void dialog_fini(struct dialog *d);

/* --- life --- */
/* UAS: a 2xx was sent. */
void dialog_confirm(struct dialog *d);
/* RFC 3261 13.2.2.4: a 2xx to the INVITE that made this UAC dialog: CONFIRMED, and where it was
 * early the route set is made anew and the remote target taken from Contact, if there is one. A
 * retransmission changes nothing. ERR_INVALID, ERR_LIMIT: Record-Route or Contact is unusable and
 * those of the early dialog stay; the dialog is confirmed all the same (acknowledge and end it).
 * ERR_NOMEM: nothing changed. */
MUST_USE int dialog_confirm_uac(struct dialog *d, struct msg *response);
void dialog_terminate(struct dialog *d);

/* RFC 3261 12.2.2: a request that has this dialog's id. 0: go on; the remote sequence number is
 * taken over. Else the status to refuse it with: 500 (out of order), 481 (terminated), 400 (no
 * CSeq). ACK and CANCEL have the number of their INVITE: always 0. */
unsigned dialog_receive(struct dialog *d, struct msg *request);

/* RFC 3261 12.2.2: the request is being accepted with a 2xx: where it is a target refresh its
 * Contact becomes the remote target. Others change nothing. ERR_INVALID: its Contact is unusable:
 * answer 400. ERR_LIMIT, ERR_NOMEM: answer 503 instead. */
MUST_USE int dialog_refresh(struct dialog *d, struct msg *request);

/* RFC 3261 12.2.1.2: a response to a request sent within the dialog; a 2xx to a target refresh
 * moves the remote target. ERR_INVALID, ERR_LIMIT, ERR_NOMEM: the target stays. */
MUST_USE int dialog_answered(struct dialog *d, struct msg *response);
/* RFC 3261 12.2.1.2: does this answer (408 stands for a timeout) end the dialog? Then a dialog made
 * by an INVITE is ended by sending BYE, any other with dialog_terminate. */
bool dialog_ends_on(unsigned status);

/* Methods by what data/methods.def says. */
bool dialog_is_target_refresh(enum method m);

/* --- requests within it --- */
struct dialog_request {
    struct str method;
    struct str headers; /* whole lines, each with CRLF: Content-Type, credentials, … */
    struct str body;
    uint32_t ack; /* ACK only: number of the INVITE that is acknowledged; 0: the last one printed */
};

/* RFC 3261 12.2.1.1: writes the whole request without Via: Route, Max-Forwards 70, From, To,
 * Call-ID, CSeq (the next number; for ACK the INVITE's, RFC 3261 13.2.2.4), Contact in target
 * refreshes, `headers`, Content-Length, the body. *hop is the next hop; it borrows from the dialog
 * until its next change. Nothing but the sequence number changes.
 * ERR_INVALID: no method, or the dialog is terminated and this is no ACK. ERR_LIMIT: it does not
 * fit into `b`, or the numbers are used up (2^31-1); the number is not taken and what `b` holds is
 * of no use. */
MUST_USE int dialog_print_request(struct dialog *d, const struct dialog_request *r, struct buf *b,
                                  struct uri *hop);

#endif
