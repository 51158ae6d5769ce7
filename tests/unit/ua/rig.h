/* Three user agents on engines of their own, joined by a network of the test's, and a peer that is
 * played by the test with raw messages; all in virtual time.
 *
 *   alice  192.0.2.1:5060     bob  192.0.2.2:5060     carol  192.0.2.3:5060
 *   the peer  192.0.2.9:5060 */
#ifndef TANDEM_TESTS_UA_RIG_H
#define TANDEM_TESTS_UA_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "../base/mem_counting.h"
#include "ua/call.h"

#define RIG_SENT_MAX 4096
#define RIG_EVENTS_MAX 128
#define MS NS_PER_MS
#define SECOND NS_PER_S

enum rig_who { ALICE, BOB, CAROL, PEER };

struct rig_event {
    struct ua_event ev; /* ev.msg is NULL */
    char *text;         /* of its message; NULL: none */
    struct sdp_agreed agreed[4];
    char codec[16]; /* UA_CALL_MEDIA: what the first stream sends with, as its side named it */
};

struct rig_side {
    struct mem_counting mem;
    struct engine *engine;
    struct ua *ua;
    ua_account account;
    struct rig_event events[RIG_EVENTS_MAX];
    size_t n_events, n_read;
};

struct rig_sent {
    enum rig_who from, to;
    time_ns at, arrives;
    bool delivered;
    char *text;
};

struct rig {
    struct rig_side side[PEER];
    time_ns now, delay; /* 10 ms each way */
    struct rig_sent sent[RIG_SENT_MAX];
    size_t n_sent, n_moved;
    size_t n_seen;            /* by the peer */
    const char *peer_contact; /* of its answers */
    /* What starts so is lost, as often as is said. */
    const char *lose;
    unsigned n_lose;
    struct ua_config config; /* of all: to be changed between rig_config and rig_start */
    const char *password;    /* Alice's */
    unsigned n_workers;      /* of her program; she is the first */
};

void rig_config(struct rig *);
void rig_start(struct rig *);
void rig_new(struct rig *); /* both of these */
/* Lets ten minutes pass and checks that nothing is left: calls, transactions, memory. */
void rig_end(struct rig *);
/* Frees at once; checks the memory. */
void rig_free(struct rig *);

/* After a command: what it brings is sent. */
void rig_drain(struct rig *);
void rig_pass(struct rig *, time_ns span);

/* One stream of audio at this port, PCMU, PCMA and events. The n-th call's is another one's. */
const struct sdp_local *rig_media(uint16_t port);
/* Alice calls; `target` NULL: Bob. */
ua_call rig_call(struct rig *, const char *target);
/* Alice calls Bob, who answers; both ids. Events are read. */
void rig_talk(struct rig *, ua_call *alice, ua_call *bob);

/* The next event of this side, which has to be of this kind. */
const struct rig_event *rig_expect(struct rig *, enum rig_who, enum ua_event_kind);
/* … that is an end for this reason. */
const struct rig_event *rig_expect_end(struct rig *, enum rig_who, enum call_end);
/* Nothing more is told. */
void rig_expect_none(struct rig *, enum rig_who);

/* Messages that this side has sent which start so. */
size_t rig_count(const struct rig *, enum rig_who, const char *start);
/* The last of them; the test fails where there is none. */
const char *rig_last(const struct rig *, enum rig_who, const char *start);
bool rig_has(const char *text, const char *piece);
/* The value of a header line; empty where there is none. Borrowed until the tenth next call. */
const char *rig_value(const char *text, const char *name);

/* --- the peer --- */
/* What came to the peer next that starts so (or at all, where it is empty). */
const char *rig_peer_next(struct rig *, const char *start);
/* Sends a text to Alice or Bob; `%` lines are as in printf. */
void rig_peer_send(struct rig *, enum rig_who to, const char *text);
/* Answers a request that came. `more`: further header lines; `body` may be "". */
void rig_peer_answer(struct rig *, enum rig_who to, const char *request, unsigned status,
                     const char *to_tag, const char *more, const char *body);
/* A request of a dialog's other side: `of` is a message of that dialog that the UA sent (a request
 * or a response), `cseq` its number. */
void rig_peer_request(struct rig *, enum rig_who to, const char *method, const char *of,
                      unsigned cseq, const char *more, const char *body);
/* A NOTIFY to who sent this SUBSCRIBE or REFER outside of dialogs; `tag` is the notifier's. */
void rig_peer_notify(struct rig *, enum rig_who to, const char *request, const char *tag,
                     unsigned cseq, const char *more, const char *body);
/* An INVITE of a new dialog to Bob. */
const char *rig_peer_invite(struct rig *, const char *call_id, const char *more, const char *body);
/* A description of the peer's at this port, with an attribute (may be ""). */
const char *rig_sdp(uint16_t port, const char *attribute);

#endif
