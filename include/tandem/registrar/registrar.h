/* The registrar of RFC 3261 section 10: turns REGISTER requests into changes of an
 * address-of-record's bindings. It keeps no bindings: they are records of the store, read and
 * written back under a version, so that all contacts of a request take effect or none.
 *
 * Where the RFC leaves a choice:
 *  - a request whose CSeq is not higher than that of a binding with its Call-ID: 500, nothing
 *    changes; a contact named twice in one request counts as it stands last;
 *  - more contacts than max_contacts, LIMIT_REGISTER_CONTACTS or LIMIT_RECORD_BYTES allow: 403 with
 *    the reason; refreshing is refused to nobody when a limit was lowered;
 *  - an expires value that is no number counts as 3600 (RFC 3261 10.2.1.1), also in Expires;
 *  - a contact with the +sip.instance and reg-id of a binding replaces it whatever its URI, where
 * we are the phone's first hop or a Path value says "ob" (RFC 5626 6); else reg-id counts for
 *    nothing, or for 439 where outbound was asked for. "ob" counts in whichever Path value it
 *    stands: no other hop may say it;
 *  - such a binding is reached by its flow or its Path alone; it is no target once its flow is
 * gone;
 *  - each REGISTER that asks for GRUUs gets a temporary one of its own (RFC 5627 5.1); those before
 *    are valid as long as it has bindings and its Call-ID is the same;
 *  - Path (RFC 3327) is kept also without "Supported: path", and echoed with it;
 *  - a user stays known for LIMIT_RECORD_KEPT_S after the last binding ended: the record then holds
 *    none. */
#ifndef TANDEM_REGISTRAR_REGISTRAR_H
#define TANDEM_REGISTRAR_REGISTRAR_H

#include "engine/engine.h"
#include "engine/target.h"

struct registrar;

struct registrar_config {
    uint32_t min_expires_s;          /* below: 423 with Min-Expires */
    uint32_t max_expires_s;          /* longer wishes are cut to it */
    uint32_t default_expires_s;      /* where the request names none */
    unsigned max_contacts;           /* bindings of one user */
    uint32_t flow_timer_s;           /* Flow-Timer of RFC 5626 6; 0: none */
    const struct str *service_route; /* hosts of RFC 3608's header, at most LIMIT_SERVICE_ROUTE;
                                        copied */
    size_t n_service_route;
    struct hash_key key; /* signs and hides what is in temporary GRUUs; durable */
    uint8_t owner;       /* our transactions and store questions carry it */
};

/* `config` is copied; its key and owner stay for ever; max_contacts is at most LIMIT_BINDINGS. The
 * engine must outlive it. NULL: no memory. */
struct registrar *registrar_new(struct engine *, const struct registrar_config *);
/* Drops what is pending without answering it. NULL is legal. */
void registrar_free(struct registrar *);
/* From now on this configuration holds, but for its owner; what waits goes on by it. */
void registrar_reconfigure(struct registrar *, const struct registrar_config *);

/* A REGISTER for one of our domains (EVENT_REQUEST): answers it, now or once the store has
 * answered. `merged` as in the event. `aor`: what its To names, in the form that registrar_key
 * takes; NULL: no user of our domains (404, RFC 3261 10.3 step 5). `info`: whole lines that its 200
 * bears as well; copied. ERR_NOMEM: not answered. */
int registrar_request(struct registrar *, const struct engine_event *, const struct uri *aor,
                      struct str info, time_ns now);
/* What took effect. */
struct registrar_effect {
    struct msg *request; /* the REGISTER, with a reference that is the caller's; NULL: nothing did,
                            and the rest is not set */
    bool is_alone;       /* its user had no phone before, or has none now */
    uint16_t key_len;
    char key[LIMIT_AOR_BYTES]; /* of its user's record */
};
/* An EVENT_STORE of ours: decides, writes, answers. `out` may be NULL. ERR_STALE: its request has
 * ended. Else as engine_reply has it. */
int registrar_stored(struct registrar *, const struct engine_event *, time_ns now,
                     struct registrar_effect *out);
/* EVENT_SERVER_END: a server transaction of ours is gone. ERR_STALE: nothing waited for it. */
int registrar_forget(struct registrar *, const struct engine_event *);
/* RFC 5626 7: a connection, ours or another worker's, has ended: bindings that nothing but it leads
 * to end (outbound, WebSocket), others are reached by their URI from now on. */
void registrar_flow_ended(struct registrar *, conn_id);
/* The phone of a binding does not answer: the one of this record's that has this flow and this end
 * ends now. Without memory it stays. */
void registrar_unanswered(struct registrar *, struct str key, const struct flow *, time_ns expires);
/* REGISTERs that wait for the store. */
size_t registrar_pending(const struct registrar *);

/* The key of a location record for a URI of one of our domains: its canonical address-of-record.
 * Spellings of one domain (a listener's address, a port) are the caller's to make one beforehand.
 */
void registrar_key(struct buf *b, const struct uri *aor);
/* The bindings of a record that are alive at `now`, best q first, newest first among equals. Views
 * into `record`. Returns how many were written. */
size_t registrar_targets(struct str record, time_ns now, struct target *out, size_t max);
/* RFC 5627 6.1: what a Request-URI with "gr" leads to: one instance of a user. */
struct gruu {
    bool is_temporary;
    uint64_t instance; /* a keyed hash of it */
    time_ns begun;     /* of a temporary one */
};
/* `uri`: as registrar_key takes it, with its parameters; `key` becomes that of the user's record.
 * False: it is no GRUU that we ever gave (404). */
bool registrar_gruu(const struct registrar *, const struct uri *, struct buf *key, struct gruu *);
/* The bindings of a record that it leads to, newest first. *valid false: it is not valid any more,
 * or never was (404); else, where there is none now, 480. A public one counts as valid as long as
 * its user is known. */
size_t registrar_gruu_targets(const struct registrar *, struct str record, const struct gruu *,
                              time_ns now, struct target *out, size_t max, bool *valid);
/* The index of the listener at `local`; negative: there is none. */
typedef int registrar_listener(void *arg, enum transport, const struct addr *local);
/* An earlier run of the server wrote this record. In place: its connections are gone, and the flows
 * of datagrams are those of the listeners as they are now. Bytes that are no record stay as they
 * are. */
void registrar_restart(char *record, size_t len, registrar_listener *find, void *arg);
/* Is one of the record's live bindings registered from this flow's remote address (and connection,
 * for streams)? */
bool registrar_is_from(struct str record, const struct flow *, time_ns now);
/* Is one of them from this address? Ports and connections do not count. */
bool registrar_is_at(struct str record, const struct addr *, time_ns now);

/* A binding as who looks after a server wants to see it; texts are views into the record. */
struct registered {
    struct str contact;  /* its URI */
    struct str instance; /* +sip.instance without quotes and brackets; empty: none */
    struct str path, call_id;
    unsigned q;   /* 0-1000 */
    bool by_flow; /* the phone itself registered: it is reached by its flow */
    struct flow flow;
    time_ns expires;
};
/* The bindings of a record that are alive at `now`, newest first. Returns how many there are, of
 * which `max` at most are written. */
size_t registrar_bindings(struct str record, time_ns now, struct registered *out, size_t max);
/* The record without the live bindings of this contact (as it was registered; empty: without any),
 * to be written in its place until *expires. *removed: how many that takes away; 0: NULL is
 * returned. NULL else: no memory. The caller gives the block back. */
struct block *registrar_without(struct block_pool *, struct str record, struct str contact,
                                time_ns now, size_t *removed, time_ns *expires);

#endif
