/* The engine: turns bytes and time into requests, responses and timeouts, and commands into bytes.
 * It composes transactions, connections and framing; it knows no role, no socket and no clock.
 *
 * The contract:
 *  - in: each input and each command is one mutation and takes `now`, which never goes back.
 *  - then: the owner takes events with engine_event until there is none (acting on each through
 * commands), and outputs with engine_output until there is none; these after a few inputs will do.
 *  - when: engine_deadline says when engine_time is next wanted. Early is legal and does nothing.
 * Late fires what is due in order, at most one retransmission a transaction, and ends of life win.
 *  - Nothing is called back. Bad input is no error: it is answered or dropped, and counted.
 * ERR_NOMEM and ERR_LIMIT leave everything as it was.
 *  - The same inputs and the same seed give the same bytes. */
#ifndef TANDEM_ENGINE_ENGINE_H
#define TANDEM_ENGINE_ENGINE_H

#include "base/attr.h"
#include "base/block.h"
#include "base/err.h"
#include "base/flow.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/rand.h"
#include "base/siphash.h"
#include "base/time.h"
#include "engine/store_ask.h"
#include "msg/msg.h"
#include "msg/print.h"
#include "resolve/number.h"
#include "trace/recorder.h"
#include "tx/timers.h"
#include "tx/tx.h"

struct engine;
typedef pool_id tx_id; /* 0: none */

struct engine_config {
    struct mem *mem;
    struct mem *block_mem;   /* of blocks, which others' engines may give back; NULL: mem */
    struct rand_seed seed;   /* tags, branches, hash keys */
    struct tx_timers timers; /* tx_timers_default() */
    /* Hashes Call-IDs: decides which worker one belongs to, so the same for all of them. Zero: from
     * the seed. */
    struct hash_key call_key;
    /* Makes the branches and tags of what keeps no state: the same for all workers, and after a
     * restart (RFC 3261 8.2.7, 16.11). Zero: from the seed. */
    struct hash_key lasting_key;
    unsigned worker, n_workers; /* this engine's index; at most 255 workers */
    struct str software;        /* Server header of our own responses; empty: none. Copied */
    bool dials_web;        /* we are a client of WebSocket, too, as browsers are; servers are not */
    uint32_t max_tx;       /* 0: the limit of data/limits.def */
    const struct log *log; /* may be NULL */
    struct recorder
        *recorder; /* takes what comes, and why; what is sent its caller hands it. NULL: none */
};

/* NULL: no memory. */
struct engine *engine_new(const struct engine_config *);
/* Drops everything that is under way and frees; pending outputs are released. */
void engine_free(struct engine *);

/* --- listeners: what this engine can send from. Before the first input --- */
/* `local` is concrete (not 0.0.0.0). `host` is what Via and Record-Route call us; empty: the
 * address. Returns the listener's index, or an enum err. */
int engine_listen(struct engine *, enum transport, const struct addr *local, struct str host);
/* host:port names one of our listeners (any transport where `transport` is TRANSPORT_NONE). Port 0
 * is the scheme's default 5060. */
bool engine_is_local(const struct engine *, enum transport, struct str host, uint16_t port);
struct listener {
    uint8_t transport;
    struct addr local;
    struct str host; /* as Via shows it */
    uint16_t port;
};
const struct listener *engine_listener(const struct engine *, unsigned index);
/* The listener from which `remote` would be reached by `transport`; -1: none. Same family; loopback
 * talks to loopback first. */
int engine_listener_for(const struct engine *, enum transport, const struct addr *remote);

/* --- inputs --- */
/* One UDP packet, in two steps: where many came together all are read first, and then taken one
 * after the other. That is cheaper, since the code that reads stays in the cache, and memory that a
 * message will be looked up in is fetched while the others are read.
 *
 * Copies `bytes` and reads the message. ERR_NOMEM: it is lost. *out is NULL then, and for a
 * keep-alive (RFC 5626 4.4); else it wants engine_received before the engine is freed. */
int engine_read(struct engine *, const struct flow *, struct str bytes, struct msg **out);
/* Its turn has come. ERR_NOMEM: it is lost. */
int engine_received(struct engine *, struct msg *, time_ns now);
/* Both. */
int engine_datagram(struct engine *, const struct flow *, struct str bytes, time_ns now);
/* A connection was accepted on flow->listener. Returns its id, or 0: refuse it (limit, no memory).
 */
conn_id engine_accepted(struct engine *, const struct flow *, time_ns now);
/* A connection that OUTPUT_CONNECT asked for stands; `local` is what the kernel gave it. */
int engine_connected(struct engine *, conn_id, const struct addr *local, time_ns now);
/* The far end of a connection, whoever made it, has proved these SIP identities by its certificate
 * (RFC 5922 7.1), in lower case with a space between two. A request to one of these domains may
 * then go by this connection, where the far end asks for it (RFC 5923). ERR_STALE, ERR_NOMEM: they
 * do not count. */
int engine_identify(struct engine *, conn_id, struct str names);
/* Borrowed until the next input. Empty: nothing is proved. */
struct str engine_identity(const struct engine *, conn_id);
/* The connections that are identified: start with 0, ends with 0. */
conn_id engine_next_identified(const struct engine *, conn_id after);
/* RFC 5923, among workers: a connection of ours that requests to its far end may go by, as it has
 * just proved and asked for. Taken after each input. Borrowed until the next one. False: none left.
 */
struct engine_alias {
    struct flow flow; /* with its connection */
    uint16_t port;    /* that its far end advertises */
    struct str names; /* as of engine_identify */
};
bool engine_alias(struct engine *, struct engine_alias *);
/* One that another worker's engine gave out; good until engine_closed says that it has ended.
 * Copied. ERR_NOMEM: not known here. ERR_INVALID: it is ours. */
int engine_learn_alias(struct engine *, const struct engine_alias *);
/* Messages that come by it from now on bear flow.trusted, or do not. */
void engine_trust(struct engine *, conn_id, bool trusted);
/* Bytes of a connection, split anywhere. They are copied where a message is not yet whole. Where
 * there is no memory to keep them the connection has lost its place: it is closed. */
int engine_stream(struct engine *, conn_id, struct str bytes, time_ns now);
/* One whole message of a connection that keeps messages apart (WebSocket): Content-Length need not
 * be there (RFC 7118 5). Line ends alone are a keep-alive; nothing at all says that the peer is
 * there. Where there is no memory for it the connection has lost its place: it is closed. */
int engine_message(struct engine *, conn_id, struct str bytes, time_ns now);
/* A connection ended, or could not be made, or (datagrams) the kernel said that `flow` cannot be
 * reached: ours or another worker's. Client transactions that wait on it get
 * EVENT_TRANSPORT_ERROR; server transactions answer by a new connection, and where none can be made
 * to where the request came from, to where its sent-by leads (RFC 3261 18.2.2, RFC 3263 5). */
int engine_closed(struct engine *, conn_id, time_ns now);
int engine_unreachable(struct engine *, const struct flow *, time_ns now);
/* A message that another worker's engine gave out as OUTPUT_HANDOVER; takes the reference, but for
 * ERR_NOMEM: give it again a little later, since what came by a stream is not sent again. */
int engine_adopt(struct engine *, struct msg *, time_ns now);
/* The answer to OUTPUT_RESOLVE: the name server's whole message (RFC 1035 4), or empty: there is
 * none. ERR_STALE: nobody waits for it. ERR_NOMEM: give it again a little later, or leave it: what
 * is not answered within LIMIT_DNS_WAIT_S counts as failed. */
int engine_resolved(struct engine *, uint64_t query, struct str message, time_ns now);
/* The name that such a question is about, borrowed until the next mutation. False: nobody waits. */
bool engine_asks(const struct engine *, uint64_t query, struct str *name);
/* The answer to OUTPUT_STORE; value is borrowed for the call (copied into the event; without memory
 * for it the event says STORE_FAILED). */
int engine_store_answered(struct engine *, const struct store_answer *, time_ns now);
/* The flow of a connection that stands; false: it is gone. */
bool engine_conn_flow(const struct engine *, conn_id, struct flow *);
int engine_time(struct engine *, time_ns now);
time_ns engine_deadline(const struct engine *);
/* From now on a request that would begin something new (neither ACK nor CANCEL, no tag in To) is
 * answered 503 with Retry-After before any state is made. What is under way is finished. */
void engine_drain(struct engine *);
/* Whether as much is done as comes. Who is behind refuses what is new, as above. Who is swamped
 * leaves it unanswered where it will be sent again (RFC 3261 17.1.1.2: an unreliable transport),
 * which costs less than an answer and its ACK. Holds until it is told otherwise. */
enum engine_load { ENGINE_KEEPS_UP, ENGINE_BEHIND, ENGINE_SWAMPED };
void engine_set_load(struct engine *, enum engine_load);
/* Nobody waits for an answer of ours: every request has its final response and no name or record is
 * being asked for. Transactions that only linger for retransmissions do not count. Looks at all of
 * them: for an end, not for each message. */
bool engine_is_quiet(const struct engine *);

/* --- events: taken by the element, in order --- */
enum engine_event_kind {
    EVENT_REQUEST, /* a new request, not ACK, not CANCEL; `tx` is its new server transaction, not
                      answered yet */
    EVENT_ACK, /* an ACK that belongs to no server transaction in COMPLETED: for a 2xx. Forward it
                  statelessly or take it */
    EVENT_CANCEL,   /* a CANCEL; `other` is the INVITE server transaction named, and `tx` its own
                       one, already answered 200. Where `other` is 0 there is none, and nothing is
                       answered yet: a UAS answers 481 (RFC 3261 9.2), a proxy sends it on without
                       state and gives `tx` up (16.10) */
    EVENT_RESPONSE, /* a response that the client transaction `tx` passes up (100 to 699),
                       retransmitted finals left out but for 2xx to INVITE, each of which comes (RFC
                       6026) */
    EVENT_STRAY_RESPONSE,   /* a response that matches no client transaction (already counted; RFC
                               6026 8.2, 8.9: not to be forwarded) */
    EVENT_PASSING_RESPONSE, /* a response to a request that was sent on without state, as its
                               topmost Via proves: engine_pass_response, or drop it */
    EVENT_TIMEOUT, /* client transaction `tx` ended without a final response (Timer B, F, or a
                      CANCEL without effect) */
    EVENT_TRANSPORT_ERROR, /* client transaction `tx` ended: nothing can be sent. An INVITE that has
                              a provisional response goes on: the callee has it, and its final
                              response may come by a new connection (RFC 3261 18.2.2) */
    EVENT_SERVER_TIMEOUT,  /* INVITE server transaction: no ACK came (Timer H) or a response could
                              not be sent. In PROCEEDING it goes on; EVENT_SERVER_END tells its
                              end */
    EVENT_STORE,           /* the answer to engine_ask_store */
    EVENT_NUMBER,          /* the answer to engine_ask_number */
    EVENT_SERVER_END       /* server transaction `tx` is gone: forget its id */
};

struct engine_event {
    enum engine_event_kind kind;
    uint8_t owner; /* as set for the transaction or the question */
    uint64_t user;
    tx_id tx, other;
    uint64_t other_user;
    uint8_t other_owner;
    bool merged;     /* EVENT_REQUEST: RFC 3261 8.2.2.2: a UAS answers 482; a proxy goes on */
    struct msg *msg; /* borrowed until the next engine_event; msg_ref keeps it. NULL where none
                        belongs to the kind */
    union {
        struct store_answer store; /* value borrowed likewise */
        struct flow to;            /* of EVENT_PASSING_RESPONSE: where its next Via says */
    };
    enum number_outcome number;
    struct str uri; /* of NUMBER_FOUND, borrowed likewise */
};

/* False: none left. */
bool engine_event(struct engine *, struct engine_event *);

/* --- commands --- */
/* Who gets the further events of this transaction. ERR_STALE. */
int engine_own(struct engine *, tx_id, uint8_t owner, uint64_t user);

struct reply {
    unsigned status;
    struct str reason;  /* empty: the registered phrase */
    struct str headers; /* whole lines, each with CRLF */
    struct str body; /* Content-Type stands in `headers`; Content-Length is written by the engine */
    struct str to_tag; /* empty: the transaction's own tag (made once, kept for all its responses);
                          100 has none */
    bool record_route; /* copy Record-Route (dialog-forming responses) */
};
/* Answers a server transaction. ERR_STALE: it is gone. ERR_INVALID: it has a final response
 * already; but a 2xx to INVITE may be given again while the transaction lasts (RFC 3261 13.3.1.4,
 * RFC 6026 7.1: the UAS core repeats it until the ACK comes). ERR_NOMEM, ERR_LIMIT: not sent; give
 * it again, or leave it: a final answer that is not given again within T2 the engine owes. It then
 * sends one of its own as soon as there is memory (the same status where it is of 300-699 and came
 * without `headers`, else 500); with none for 64*T1 more the transaction ends with
 * EVENT_SERVER_TIMEOUT. engine_forward_response likewise. */
int engine_reply(struct engine *, tx_id, const struct reply *, time_ns now);
/* The same of a final answer that is given once and keeps no state, to an INVITE from 300 on (RFC
 * 3261 8.2.7): for who has not said who he is (26.3.2.4: a challenge that was retransmitted would
 * multiply what a forged request sends to its victim), and where answering anew is as good as
 * remembering the answer. The transaction ends (EVENT_SERVER_END); the request coming
 * again is a new one, and the ACK to the answer is taken by the engine. Where the connection that
 * the request came by is gone, the answer is lost. An INVITE that had a 1xx does not come again:
 * its answer is engine_reply's. */
int engine_reply_once(struct engine *, tx_id, const struct reply *, time_ns now);
/* Ends a server transaction that has no answer: its request was sent on without state (RFC 3261
 * 16.11), and whatever comes of it is of no transaction of ours. ERR_STALE; ERR_INVALID: a response
 * was sent. ERR_NOMEM. */
int engine_give_up(struct engine *, tx_id);
/* Was any response of this server transaction sent, be it the 100 that the engine sends where an
 * INVITE waits for over 200 ms (RFC 3261 17.2.1)? Then it cannot be given up. */
bool engine_has_spoken(const struct engine *, tx_id);
/* Passes a received response on through a server transaction: the topmost Via and what `edits` says
 * are changed (edits may be NULL), and Content-Length comes in where there is none. A 2xx may pass
 * when the transaction is ACCEPTED. */
int engine_forward_response(struct engine *, tx_id, struct msg *response, struct edits *,
                            time_ns now);
/* Answers a request that has no transaction (an overload, a stateless element). */
int engine_reply_stateless(struct engine *, struct msg *request, const struct reply *, time_ns now);

struct outgoing {
    struct msg *base;    /* a received request to be sent on with `edits` … */
    struct edits *edits; /* (the engine adds its own edits for Via and Content-Length: do not use it
                            afterwards) */
    struct str text;     /* … or, with base == NULL, a whole request of our own without Via */
    const struct flow
        *flow; /* where to: this flow (its connection, or remote address and listener) … */
    const struct uri *hop; /* … or, with flow == NULL or a flow that is gone, the next hop's URI
                              (RFC 3263) */
    struct str branch_suffix; /* goes into the branch behind the unique part (loop detection); token
                                 characters */
    bool passes; /* engine_send_stateless: its response is to come back as EVENT_PASSING_RESPONSE */
    uint8_t owner;
    uint64_t user;
};
/* Starts a client transaction. Requests over the path MTU limit of RFC 3261 18.1.1 (1300 bytes) go
 * by TCP to a hop, and by UDP again where no connection can be made; to a flow they go by the flow.
 * *tx is set before anything is sent. ERR_NO_ROUTE: the hop's transport or address fits no
 * listener, or its name is known to lead nowhere.
 *
 * A name may lead to several places (RFC 3263 4.3). They are tried in order under branches of their
 * own, while the transaction's id stays and no event tells: where one cannot be reached, where it
 * answers 503, or says nothing for its share of the time. That is 64*T1 from the request's start
 * for all of them together (an INVITE's: from when the places are known), and at most 7*T1 (INVITE)
 * or 16*T1 for one that is not the last. What fails is tried last by later requests, for
 * LIMIT_RESOLVE_AVOID_S or as its Retry-After says. An INVITE that was left so and is answered late
 * is cancelled; a 2xx to it is this transaction's, too, and then the other place is cancelled. */
MUST_USE int engine_request(struct engine *, struct outgoing *, time_ns now, tx_id *tx);
/* The same without a transaction: ACK to a 2xx, stateless forwarding. The branch is a keyed hash of
 * what RFC 3261 16.11 names, so that a retransmission gets the same, and so do the ACK and the
 * CANCEL of an INVITE; in another life of the process, too. Of a text of our own it is a hash of
 * all of it. Of a name's places the first one that a connection can be made to gets it; none does
 * once 64*T1 are over, when whoever sent the request has given up. */
int engine_send_stateless(struct engine *, struct outgoing *, time_ns now);
/* RFC 5626 3.5.1, from this side: an empty line goes by a flow of datagrams, for the NATs on the
 * way.
 */
int engine_keep_alive(struct engine *, const struct flow *);
/* RFC 3261 16.11: what EVENT_PASSING_RESPONSE brought goes on, by the connection or the listener
 * that the request came by, without the topmost Via. `edits` may be NULL. ERR_NOMEM, ERR_NO_ROUTE;
 * ERR_INVALID: with its edits it gets too long. */
int engine_pass_response(struct engine *, const struct engine_event *, struct edits *, time_ns now);
/* RFC 3261 9.1: cancels a pending INVITE client transaction; waits for its first provisional
 * response where none came yet; does nothing where a final one came. `headers` (Reason) may be
 * empty, copied. An INVITE without a final response 64*T1 after its CANCEL ends in EVENT_TIMEOUT.
 * A CANCEL that cannot be sent for want of memory is tried again every T1. ERR_NOMEM: not wanted
 * yet, command again. */
int engine_cancel(struct engine *, tx_id, struct str headers, time_ns now);
/* Asks the store; the answer comes as EVENT_STORE with this owner and user. The texts are copied.
 */
int engine_ask_store(struct engine *, const struct store_ask *, uint8_t owner, uint64_t user);

/* Asks the DNS where a number leads in one domain (resolve/number.h); the answer comes as
 * EVENT_NUMBER with this owner and user. The texts are copied. ERR_INVALID: it is no such number.
 * ERR_LIMIT, ERR_NOMEM. */
int engine_ask_number(struct engine *, struct str number, struct str domain, uint8_t owner,
                      uint64_t user, time_ns now);

/* Do messages with this Call-ID come to this worker? A request of our own needs one that does. */
bool engine_owns_call_id(const struct engine *, struct str call_id);

/* For roles: */
struct mem *engine_mem(struct engine *);
struct block_pool *engine_blocks(struct engine *);
struct rand *engine_rand(struct engine *);
/* The request of a live server transaction, borrowed; NULL once it is answered finally or gone. */
struct msg *engine_tx_request(struct engine *, tx_id);
/* The To tag of a server transaction's responses where none is given, and of the 200 to its CANCEL
 * (RFC 3261 9.2): written to `tag`. Empty: it is gone. */
struct str engine_tx_tag(struct engine *, tx_id, char tag[16]);

/* --- outputs: drained by the caller after a mutation and its events, or after a few --- */
enum engine_output_kind {
    OUTPUT_SEND,
    OUTPUT_CONNECT,
    OUTPUT_CLOSE,
    OUTPUT_RESOLVE,
    OUTPUT_STORE,
    OUTPUT_HANDOVER
};

struct engine_output {
    enum engine_output_kind kind;
    struct flow flow;     /* SEND: where; flow.conn may belong to another worker (its top byte).
                             CONNECT: to flow.remote from flow.listener */
    conn_id conn;         /* CONNECT: the id that it shall have; CLOSE */
    struct str domain;    /* CONNECT: the host of the URI that led there, as it stands (a name or an
                             address): what the far end's certificate must be for (RFC 5922 7.3).
                             Empty but for TLS and WSS, and where no URI did. Borrowed until the
                             next engine_output */
    struct block *bytes;  /* SEND: the caller takes this reference and gives it back with
                             block_unref(engine_blocks()) */
    uint64_t query;       /* RESOLVE, STORE */
    struct str name;      /* RESOLVE: the records of this name … borrowed until the next
                             engine_output */
    uint16_t type;        /* … of this type are asked for (enum dns_type) */
    struct store_ask ask; /* STORE: texts borrowed likewise */
    struct msg *msg; /* HANDOVER: the caller takes the reference (the only one; it has left this
                        engine's pool) and gives it to */
    unsigned worker; /*   this worker's engine_adopt */
};
bool engine_output(struct engine *, struct engine_output *);

/* --- what is there, for operators and tests --- */
#define ENGINE_STATUSES 600 /* 100 to 699, from 0 */
#define ENGINE_TRANSPORTS (TRANSPORT_SCTP + 1)

struct engine_stats {
    uint64_t received, sent, bytes_in, bytes_out;
    uint64_t requests, responses;
    uint64_t bad_requests, bad_responses, bad_by_code[MSG_N_ERRORS];
    uint64_t cut_short; /* of the bad ones: a start line that can be read, and an end that lacks */
    uint64_t retransmissions_in, retransmissions_out, stray_responses, refused_overload;
    uint64_t refused_behind;       /* of refused_overload: for engine_set_load */
    uint64_t tx_client, tx_server; /* alive now */
    uint64_t conns;                /* alive now */
    uint64_t timeouts, transport_errors;
    /* What was read, where it was read, and sent, retransmissions among it. */
    uint64_t requests_in[N_METHODS], requests_out[N_METHODS];
    uint64_t responses_in[ENGINE_STATUSES], responses_out[ENGINE_STATUSES];
    uint64_t messages_in[ENGINE_TRANSPORTS], messages_out[ENGINE_TRANSPORTS];
};
/* Tells the recorder why what became of this message did; `about` is what the reason's sentence has
 * in it. */
void engine_why(const struct engine *, struct msg *, enum reason, struct str about, time_ns now);
const struct engine_stats *engine_stats(const struct engine *);
struct resolver_stats;
void engine_resolver_stats(const struct engine *, time_ns now, struct resolver_stats *);
/* Names that are known without asking (resolve/hosts.h), borrowed until replaced; NULL: none. What
 * the DNS said until now is forgotten. */
struct hosts;
void engine_hosts(struct engine *, const struct hosts *);
/* Timers that are set now. */
uint64_t engine_timers(const struct engine *);

/* A transaction as it stands. */
struct engine_tx {
    tx_id id;
    uint8_t kind, state;    /* enum tx_kind, enum tx_state */
    uint8_t owner;          /* as set by engine_own … */
    uint64_t user;          /* … with this */
    uint8_t method;         /* enum method; METHOD_OTHER: see method_name */
    struct str method_name; /* of a server transaction's request */
    uint16_t status;        /* of a server transaction: the last response sent; 0: none */
    time_ns since;          /* when it began */
    struct flow flow;       /* by which it sends */
    struct str call_id;     /* empty where it cannot be told any more */
    struct msg *request;    /* as engine_tx_request has it; NULL else */
};

/* Some of the transactions: start with *cursor = 0, which is 0 again at the end. Looks at `looks`
 * places at most, full or empty, and fills out[max]; returns how many. Changes meanwhile may repeat
 * or miss some. All texts are borrowed until the next mutation. */
size_t engine_list(const struct engine *, uint64_t *cursor, unsigned looks, struct engine_tx *out,
                   size_t max);

#endif
