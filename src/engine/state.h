/* What the engine's files share: its objects and the calls between them. Not seen outside
 * src/engine. */
#ifndef TANDEM_SRC_ENGINE_STATE_H
#define TANDEM_SRC_ENGINE_STATE_H

#include "base/limits.h"
#include "base/map.h"
#include "base/wheel.h"
#include "engine/engine.h"
#include "engine/ring.h"
#include "msg/frame.h"
#include "resolve/resolve.h"
#include "tx/match.h"
#include "tx/tx.h"

#define BRANCH_MAX (7 + 32 + 1 + LIMIT_BRANCH_SUFFIX)
#define KEY_INLINE 168
#define REPLY_TAG_MAX 256
#define SERVER_BIT (UINT64_C(1) << 31) /* in a tx_id: a server transaction */

enum alarm_kind { ALARM_CLIENT, ALARM_SERVER, ALARM_CONN, ALARM_SWEEP, ALARM_NAMES };

struct alarm {
    struct timer timer;
    enum alarm_kind kind;
};

/* What client and server transactions have in common. */
struct job {
    struct tx tx;
    struct alarm alarm;
    tx_id id;
    uint64_t user;
    uint8_t owner;
    struct flow flow; /* where it sends */
    struct conn
        *conn; /* the connection that it sends on; NULL: datagrams, or that connection is gone */
    struct list on_conn; /* in conn->jobs */
    time_ns owed_at;     /* when to try again what there was no memory for; TIME_NEVER: nothing */
    time_ns next_at;     /* a client: when the next target has its turn; TIME_NEVER: by failure */
};

/* A request on its way out: its bytes, and where in them our Via stands (via_at == via_end: not yet
 * there). */
struct parcel {
    struct block *bytes;
    struct block *domain; /* of secure transports: whom to expect there; NULL: anybody */
    uint32_t via_at, via_end;
    struct flow flow;
    bool by_size; /* goes by TCP for its size alone: UDP where no connection can be made */
    uint8_t branch_len;
    char branch[BRANCH_MAX]; /* and the parameters of our Via that follow it */
};

struct client {
    struct job job;
    struct parcel parcel; /* bytes: NULL once nothing more can be made of the request */
    struct block *ack;    /* to a final response of 300-699 */
    struct block *cancel_headers;
    struct block *others; /* targets.c */
    time_ns sent_at;
    time_ns until;  /* all targets together */
    uint64_t query; /* of the name that is being resolved; 0: none */
    tx_id heir;     /* of one that was left */
    uint8_t method;
    uint8_t
        hop_transport; /* as the target has it: what goes by TCP for its size is meant for UDP */
    bool by_name;      /* the target is one that a name led to */
    bool waits;        /* for its connection or an address */
    bool cancel;       /* wanted, not yet sent */
    bool cancelled;    /* sent */
    bool is_cancel;    /* a CANCEL of ours: nobody hears its events */
    bool is_left;      /* an INVITE to a target that was given up: likewise */
    bool answered;     /* by a target that had been given up: only a further 2xx is told */
    struct map_node by_branch; /* those two only: others are found by the id in the branch */
};

struct server {
    struct job job;
    struct map_node by_key;
    struct tx_key key;
    char key_text[KEY_INLINE];
    struct block *key_block; /* where key_text is too small, and for RFC 2543 keys */
    struct str reply_tag;    /* To tag of the last response, for RFC 2543's ACK */
    uint64_t tag;            /* 0: not yet made */
    time_ns since;           /* when the request came */
    struct msg *request;     /* until the final response; a UAS's 2xx to INVITE keeps it */
    struct block *last;      /* what a retransmission of the request gets */
    time_ns owed_until;      /* with job.owed_at: then the transaction ends unanswered */
    uint16_t owed;           /* the status of that answer */
    uint16_t sent_by_port;
    bool opens;         /* without a To tag: others may merge with it */
    bool silent;        /* a CANCEL, answered by the engine: no EVENT_SERVER_END */
    bool answers_again; /* a UAS's 2xx to INVITE was given and may be given again */
    bool has_rport;     /* RFC 3581: the answer goes to where the request came from */
    bool elsewhere;     /* ICMP has sent its response to where its Via leads */
};

enum conn_state { CONN_CONNECTING, CONN_OPEN, CONN_FOREIGN };

/* What becomes of what waits for a connection that then cannot be made: it goes by another flow in
 * other bytes; else to the query's next place; else a response to where its Via leads. */
struct fallback {
    struct block *bytes;
    struct flow flow;
    uint64_t query;
    tx_id tx; /* of a response: its server transaction; 0: it has none, or no more */
};

struct pending {
    struct list node;
    pool_id id;
    struct block *bytes;
    struct fallback or_else;
    time_ns until; /* of what is held for a foreign connection */
};

struct conn {
    pool_id slot;
    conn_id id;
    enum conn_state state;
    bool silent;  /* accepted, and no whole message yet */
    bool partial; /* a message has begun */
    struct flow flow;
    struct map_node by_id, by_remote;
    struct list jobs;
    size_t n_jobs;
    struct list pending;
    size_t n_pending;
    struct frame frame;
    struct block *domain; /* whom a connection of ours expects there; NULL: anybody, or accepted */
    struct block *names;  /* what the far end of an accepted one proved to be; NULL: nothing */
    struct map_node by_alias; /* where it has one */
    bool has_alias;
    uint16_t alias_port;
    struct list alias_told; /* in engine.aliases until the other workers were told */
    struct block *in;       /* what is not yet a whole message */
    struct alarm alarm;
    time_ns active_at, partial_at;
    bool stalled; /* bytes wait in `in` for memory */
    bool broken;  /* bytes were lost for want of it: it ends */
};

/* What the store is asked, until it answers. */
struct question {
    uint8_t owner; /* who gets the answer */
    uint64_t user;
    struct block *text; /* under the key and the value */
    struct store_ask ask;
};

enum query_kind { QUERY_CLIENT, QUERY_PARCEL, QUERY_RESPONSE, QUERY_NUMBER };

struct query {
    enum query_kind kind;
    tx_id tx; /* whose places are searched: a client transaction; a response's; 0: it has none */
    uint8_t owner;
    uint64_t user;
    struct parcel parcel; /* what has no client transaction; a response has no Via of ours */
    struct block *others; /* its places (targets.c) */
    pool_id search;       /* 0: none is under way */
    time_ns since;        /* when the parcel came */
};

struct event {
    struct engine_event ev;
    struct block *hold; /* under ev.store.value or ev.uri */
};

struct output {
    enum engine_output_kind kind;
    unsigned worker;
    struct flow flow;
    conn_id conn;
    struct block *bytes;
    uint64_t query;
    struct msg *msg;
};

struct own_listener {
    struct listener shown;
    struct str via; /* "Via: SIP/2.0/UDP host:port;rport;branch=" */
    char *text;
    size_t text_size;
};

struct unreachable {
    struct addr remote;
    time_ns at;
};

struct engine {
    struct mem *mem;
    struct engine_config config;
    char *software; /* "Server: …" with CRLF; NULL: none */
    size_t software_size;
    struct rand rand;
    struct hash_key key;
    struct block_pool blocks;
    struct pool clients, servers, conns, pendings, queries, questions;
    struct map by_key, by_branch, conns_by_id, conns_by_remote, conns_by_alias;
    struct list aliases; /* of ours, that the other workers have not been told of */
    struct wheel wheel;
    struct ring events, outputs;
    struct {
        struct msg *msg;
        struct block *hold;
    } lent; /* by the event that was taken last */
    struct own_listener listeners[LIMIT_LISTENERS];
    unsigned n_listeners;
    uint64_t conn_serial;
    size_t n_silent;
    struct unreachable unreachable[LIMIT_UNREACHABLE];
    unsigned n_unreachable;
    struct alarm sweep;
    time_ns swept_at;
    struct resolver *resolver;
    struct alarm names; /* of open questions, and of what there was no room to hand out */
    /* SCRATCH_SIZE each: messages are made here, then copied to a block of their size; the topmost
     * Via as a receiver completes it */
    char *scratch, *via_text;
    char length_text[40];
    bool draining; /* engine_drain */
    enum engine_load load;
    struct engine_stats stats;
    struct log_gate log_gate;
};
#define SCRATCH_SIZE (LIMIT_MSG_BYTES + 4096)

/* length.c: the Content-Length that a message lacks which is passed on; in length_text. */
void length_put(struct engine *, const struct msg *, struct edits *);

/* output.c, event.c. Room is made at the start of a mutation, so that pushing cannot fail. */
MUST_USE bool engine_room(struct engine *, size_t events, size_t outputs);
void output_send(struct engine *, const struct flow *,
                 struct block *bytes); /* takes a reference of its own */
void output_connect(struct engine *, const struct conn *);
void output_close(struct engine *, const struct conn *);
void output_question(struct engine *, pool_id);
void output_handover(struct engine *, struct msg *, unsigned worker); /* takes the reference */
void output_drop_all(struct engine *);
void event_message(struct engine *, enum engine_event_kind, const struct job *,
                   struct msg *); /* takes a reference of its own */
struct engine_event *event_push(struct engine *, enum engine_event_kind, const struct job *);
void event_store(struct engine *, const struct question *, const struct store_answer *,
                 struct block *hold);
void event_number(struct engine *, const struct query *, enum number_outcome, struct block *uri);
void event_drop_all(struct engine *);

/* block of exactly what scratch holds; NULL: no memory or overflow */
struct block *engine_block_of(struct engine *, const struct buf *);

/* job.c */
void job_init(struct job *, enum alarm_kind);
void job_arm(struct engine *, struct job *);
void job_detach(struct job *);
void job_attach(struct job *, struct conn *);
/* Sends on the job's flow or connection, opening one where the old one is gone. ERR_NOMEM,
 * ERR_NO_ROUTE, ERR_LIMIT: not sent. */
int job_send(struct engine *, struct job *, struct block *, time_ns now);
/* Client or server of an id; NULL: gone. */
struct client *client_get(const struct engine *, tx_id);
struct server *server_get(const struct engine *, tx_id);
struct job *job_get(const struct engine *, tx_id);

/* receive.c */
/* Works on a parsed message: takes the reference. Room for 4 events and 8 outputs must be there. */
int engine_take(struct engine *, struct msg *, time_ns now);
void engine_reject(struct engine *, struct msg *, enum msg_error_code);
/* It came: the recorder keeps it. */
void engine_record(const struct engine *, const struct msg *, time_ns now);
/* A line for the log: what a message that was not taken lacks, and who sent it. */
void engine_report(struct engine *, const struct msg *, struct str what);

/* request.c, response.c */
int engine_take_request(struct engine *, struct msg *, time_ns now);
int engine_take_response(struct engine *, struct msg *, time_ns now);
/* A response to this client. ERR_NOMEM: as if it had not come. */
int response_take(struct engine *, struct client *, struct msg *, time_ns now);

/* server.c */
MUST_USE int server_new(struct engine *, struct msg *, const struct tx_key *, uint64_t hash,
                        time_ns now, struct server **);
void server_end(struct engine *, struct server *, bool tell);
void server_fire(struct engine *, struct server *, time_ns now);
void server_transport_error(struct engine *, struct server *, time_ns now);
/* Does what a step has asked for. */
void server_act(struct engine *, struct server *, unsigned actions, time_ns now);
void server_after_step(struct engine *, struct server *);
int server_reply(struct engine *, struct server *, const struct reply *, time_ns now);
/* The To tag of its own responses, made when first asked for. */
uint64_t server_tag(struct engine *, struct server *);
/* Sends the finished response `bytes` of `status` (takes the reference) and steps the machine. */
MUST_USE int server_respond(struct engine *, struct server *, unsigned status, struct str to_tag,
                            struct block *bytes, time_ns now);

/* owed.c */
/* A final answer could not be sent: a bare one of this status will be, should the TU not try again.
 */
void server_owe(struct engine *, struct server *, unsigned status, time_ns now);
void server_pay(struct engine *, struct server *, time_ns now);

/* reply.c */
struct block *reply_print(struct engine *, struct msg *request, const struct reply *,
                          struct str to_tag);
/* A received response without our Via; `edits` may be NULL, and gets more. ERR_INVALID: there is no
 * other Via, or it gets too long. ERR_NOMEM. */
MUST_USE int reply_pass(struct engine *, struct msg *response, struct edits *, struct block **);

/* passing.c: RFC 3261 16.11: what our Via bears where no transaction waits for the response: by
 * which listener or connection the request came, and a keyed hash over that, the branch and where
 * the response is to go. */
void passing_mark(const struct engine *, struct buf *branch, struct msg *request);
/* Where a response whose topmost Via bears that goes. False: it does not, or not truly. */
bool passing_flow(const struct engine *, struct msg *response, struct flow *);

/* stateless.c */
int stateless_answer(struct engine *, struct msg *request, unsigned status, struct str reason,
                     struct str headers);
/* RFC 3261 8.2.7: the ACK to an answer that was given without a transaction. */
bool stateless_takes_ack(const struct engine *, struct msg *ack);

/* client.c */
MUST_USE int client_new(struct engine *, struct client **);
void client_free(struct engine *, struct client *);
void client_end(struct engine *, struct client *);
void client_fire(struct engine *, struct client *, time_ns now);
void client_transport_error(struct engine *, struct client *, time_ns now);
void client_start(struct engine *, struct client *, unsigned method, time_ns now);
/* No connection could be made: UDP where it went by TCP for its size alone, else its end. */
void client_no_connection(struct engine *, struct client *, time_ns now);
/* Nobody hears of its events. */
bool client_is_silent(const struct client *);
void client_step(struct engine *, struct client *, enum tx_event, time_ns now);
/* Sends it on its parcel's flow. ERR_…: nothing was sent. */
MUST_USE int client_launch(struct engine *, struct client *, time_ns now);
void client_after_step(struct engine *, struct client *);

/* failover.c */
/* Sends to the first of these targets that a listener fits; the others are kept. ERR_NO_ROUTE: to
 * none. client_start is the caller's to call. */
MUST_USE int client_go(struct engine *, struct client *, const struct resolve_target *, unsigned n,
                       time_ns now);
/* The targets are known (n == 0: there are none). */
void client_resolved(struct engine *, struct client *, const struct resolve_target *, unsigned n,
                     time_ns now);
/* This address is to be tried where the flow that it goes by is gone. */
void client_keep_other(struct engine *, struct client *, uint8_t transport, const struct addr *);
bool client_has_next(const struct client *);
/* Sends to the next target under another branch. False: there is none, or nobody may be asked any
 * more. */
MUST_USE bool client_next(struct engine *, struct client *, time_ns now);
/* The time of this target is over. */
void client_turn(struct engine *, struct client *, time_ns now);
/* RFC 3263 4.3: a 503 that the next target makes up for. False: it is the answer. */
MUST_USE bool client_refused(struct engine *, struct client *, struct msg *, time_ns now);
/* When client_turn is wanted; TIME_NEVER: it has all the time that is left. */
time_ns client_turn_ends(const struct engine *, const struct client *, time_ns now);
/* What is known of the target now: it answers, or does not. */
void client_heard(struct engine *, const struct client *);
void client_unheard(struct engine *, const struct client *, time_ns now);

/* --- why.c: what the recorder is told --- */
/* The value of the Call-ID line of a request that we made or passed on, which is well formed. */
struct str why_call_id(struct str text);
/* What becomes of a request at the place that it was sent to. */
void why_client(const struct engine *, const struct client *, enum reason, time_ns now);
void why_resolved(const struct engine *, const struct client *, const struct resolve_target *,
                  unsigned n, time_ns now);
/* An INVITE that was left, by its branch. */
struct client *left_find(const struct engine *, struct str branch);
/* A 2xx to it. */
void left_answered(struct engine *, struct client *, struct msg *, time_ns now);

/* cancel.c */
uint64_t branch_hash(const struct engine *, struct str branch);
void client_send_cancel(struct engine *, struct client *, time_ns now);
struct block *client_make_ack(struct engine *, struct client *, struct msg *response);
struct client *cancel_find(const struct engine *, struct str branch);

/* parcel.c */
/* Lets go of what it holds. */
void parcel_fini(struct engine *, struct parcel *);
/* A second holder of the same. */
void parcel_share(struct parcel *);
void parcel_branch(struct engine *, struct parcel *, tx_id, struct str suffix);
/* Another branch of the same transaction id and suffix; the Via has to be put anew. */
void parcel_rebranch(struct engine *, struct parcel *);
MUST_USE int parcel_print(struct engine *, struct parcel *, struct outgoing *, int listener);
/* Writes our Via of `listener` where the old one stands or shall stand. ERR_NOMEM: unchanged. */
MUST_USE int parcel_put_via(struct engine *, struct parcel *, unsigned listener);
/* After parcel_print: TCP instead of UDP where the request is too long; the Via follows. */
MUST_USE int parcel_fit(struct engine *, struct parcel *);
MUST_USE int parcel_back_to_udp(struct engine *, struct parcel *);
/* Sends it without a transaction; takes references of its own. `query`: of its next places, taken
 * where it was sent; 0: none. */
MUST_USE int parcel_send(struct engine *, struct parcel *, uint64_t query, time_ns now);

/* route.c */
struct hop {
    struct str domain; /* the URI's host */
    uint8_t transport; /* of a name may be TRANSPORT_NONE */
    uint16_t port;     /* of a name may be 0 */
    bool secure;       /* a sips URI */
    bool numeric;
    struct addr addr;
    struct str name;
};
/* The parcel goes to this hop by a secure transport: whom it expects there. ERR_NOMEM. */
MUST_USE int hop_expect(struct engine *, struct parcel *, unsigned transport, struct str domain);
MUST_USE int hop_of(const struct engine *, const struct uri *, struct hop *);
/* RFC 3263 5: what sent-by says. */
MUST_USE int hop_of_sent_by(const struct engine *, const struct via *, struct hop *);
/* ERR_NO_ROUTE: no listener fits. */
MUST_USE int route_to(const struct engine *, unsigned transport, const struct addr *,
                      struct flow *);
/* RFC 7118: nothing but a connection of the peer's leads there. */
bool only_peer_dials(const struct engine *, unsigned transport);
/* The flow of an outgoing request is still there, as far as this worker knows. */
bool flow_is_alive(const struct engine *, const struct flow *);

/* via.c */
void via_reply_flow(struct msg *request, struct flow *);
uint16_t via_sent_by_port(struct msg *request);
bool via_has_rport(struct msg *request);
bool via_is_ours(const struct engine *, const struct via *);
/* RFC 3261 18.2.1, RFC 3581 4: the topmost Via with received and rport, as an edit whose text lives
 * in via_text. */
void via_mark(struct engine *, struct msg *request, struct edits *);
/* The edit that takes our Via off a response. False: there is no other Via. */
MUST_USE bool via_strip(struct msg *response, struct edits *);

/* ask.c */
void question_free(struct engine *, pool_id);

/* query.c */
MUST_USE struct query *query_new(struct engine *, enum query_kind, pool_id *id);
void query_free(struct engine *, pool_id);

/* names.c */
/* The targets of a hop that is a name: known (*n of them, with *query == 0), or to come for the
 * query. ERR_NO_ROUTE: it is no name. */
MUST_USE int names_find(struct engine *, const struct hop *, enum query_kind, uint64_t order,
                        time_ns now, uint64_t *query,
                        struct resolve_target out[LIMIT_RESOLVE_TARGETS], unsigned *n);
void names_fire(struct engine *, time_ns now);

/* targets.c: places yet to be tried, in a block; NULL: none */
/* NULL: there are none, or no memory. */
struct block *targets_new(struct engine *, const struct resolve_target *, unsigned n);
unsigned targets_left(const struct block *);
/* The next one that has not failed others meanwhile; the next one, where all have. One must be
 * left. */
struct resolve_target targets_take(struct engine *, struct block *, time_ns now);

/* places.c: what goes to the first of its places that can be reached, without a transaction that
 * would look after it (RFC 3263 4.3, 5). Room for 1 event and 1 output must be there. */
/* Finds the places of a hop and sends there, now or once they are known; shares what the parcel
 * holds. ERR_NO_ROUTE: there are none. */
MUST_USE int places_find(struct engine *, enum query_kind, const struct hop *, uint64_t order,
                         const struct parcel *, tx_id, time_ns now);
/* They are known. The query is gone then, but for what waits for a connection. */
void places_known(struct engine *, uint64_t query, const struct resolve_target *, unsigned n,
                  time_ns now);
/* The connection to the last one cannot be made. */
void places_next(struct engine *, uint64_t query, time_ns now);
/* Nothing led anywhere: the response's transaction is told, where it has one. */
void places_failed(struct engine *, tx_id, time_ns now);

/* sent_by.c */
/* A response that did not arrive at this flow goes to where its topmost Via leads; where it leads
 * nowhere else its transaction, should there be one, is told. Room as for places.c. */
void sent_by_go(struct engine *, struct block *response, const struct flow *failed, tx_id,
                time_ns now);

/* identity.c */
/* Is `name` one of `names`, which have a space between two? */
bool identity_has(struct str names, struct str name);
/* RFC 5923: a request on an accepted connection may make an alias of it … */
void alias_note(struct engine *, struct conn *, struct msg *request);
void alias_drop(struct engine *, struct conn *);
/* … by which what goes to that address and domain goes, too. NULL: there is none. */
struct conn *alias_find(const struct engine *, const struct flow *, const struct block *domain);

/* connection.c */
/* Of the far end's address and the transport. */
uint64_t conn_hash(const struct engine *, const struct flow *);
struct conn *conn_get(const struct engine *, conn_id);
/* The flow is a connection of another worker's. */
bool conn_is_foreign(const struct engine *, const struct flow *);
/* The connection of a flow: ours, or an entry for another worker's. NULL: gone or no memory. */
struct conn *conn_of_flow(struct engine *, const struct flow *);
/* A connection to flow->remote: one that stands, or a new one. Where `domain` is given, one that
 * expects the same. NULL: limit, no memory. */
struct conn *conn_to(struct engine *, const struct flow *, struct block *domain, time_ns now);
/* `or_else` may be NULL; its query is taken where the error is OK. */
MUST_USE int conn_send(struct engine *, struct conn *, struct block *,
                       const struct fallback *or_else);
/* What waits for the connection shall not be sent any more. */
void conn_withdraw(struct engine *, struct conn *, const struct block *);
void conn_free(struct engine *, struct conn *);
/* Out of the tables and freed; nothing waits on it. */
void conn_drop(struct engine *, struct conn *);
/* OUTPUT_CLOSE and conn_lost. */
void conn_close(struct engine *, struct conn *, time_ns now);
void conn_lost(struct engine *, struct conn *, time_ns now);
void conn_fire(struct engine *, struct conn *, time_ns now);
void conn_arm(struct engine *, struct conn *);
/* What was sent on a foreign connection is kept for T1: should that be gone, it goes by `other`
 * instead. Without memory it is not. */
void conn_hold(struct engine *, struct conn *, struct block *bytes, const struct flow *other,
               time_ns now);
/* Forgets a foreign connection that nothing uses or waits for. */
void conn_release_foreign(struct engine *, struct conn *);
void conn_proven(struct engine *, struct conn *);

/* count.c: messages by direction, method, status and transport */
void count_received(struct engine *, const struct msg *);
void count_sent(struct engine *, unsigned transport, struct str bytes);

/* stream.c */
void stream_run(struct engine *, struct conn *, time_ns now);

/* overload.c */
bool overload_refuses(const struct engine *, struct msg *request);
bool overload_refuses_client(const struct engine *);

/* unreachable.c */
void unreachable_sweep(struct engine *, time_ns now);

#endif
