/* One element: an engine and the roles that it plays, in the order in which they look at a request.
 * A server's worker, and each node of a simulated network, is one of these. Its inputs and outputs
 * are the engine's; the roles act on each input before it returns. The engine's contract holds here
 * word for word.
 *
 * What becomes of a request, after RFC 3261 16.4 has undone its routing:
 *  - for the server itself (a domain or listener of ours and no user): OPTIONS 200, REGISTER to the
 *    registrar, anything else 405. OPTIONS with Max-Forwards 0 is answered here for whomever it is;
 *  - for a user of ours: forked to the live bindings; 480 where there is none now, 404 where there
 *    never was (since LIMIT_RECORD_KEPT_S); but a telephone number that there never was goes where
 *    the DNS says (RFC 6116), where there are suffixes, for who may have it relayed there; 500
 *    where the DNS fails. A listener's address, with its port or none, is another
 *    spelling of the first domain; a port where nothing of ours listens, or a maddr, is elsewhere;
 *  - by a route set that bears the proxy's mark: forwarded;
 *  - to anywhere else: relayed where relay_loopback allows it, or where From is a user of ours and
 *    registered from the very flow that the request came in by; else 403.
 * An ACK obeys the same rules and is dropped where another request would be answered.
 *
 * Rules of the configuration (route/route.h) come before this, for what goes neither by a route set
 * of ours nor by a Route of somebody else's. They have no say in who must prove who he is, but for
 * one that takes the request and says that anyone is let in. Where one forwards to a place that it
 * names, that is relayed as to a foreign place unless the rule says who may. A request that waits
 * for its account, or for its sender's record, is decided once that is known.
 *
 * Where access.required says so, a request is asked first who sends it, before anything becomes of
 * it: 401 by the server itself, 407 where it is a proxy, with a challenge for each algorithm. Not
 * asked are ACK and CANCEL (RFC 3261 22.1), what bears the mark and a tag in To, and peers; and who
 * is of no domain of ours, to our users and OPTIONS, where foreign_callers says so. The realm is
 * the domain that From (REGISTER: To) names, else the first. What proved right goes on where To of
 * a REGISTER, and From of anything else, is the account's; else 403. From may be of no domain of
 * ours where foreign_callers says so, and anonymous.invalid always (RFC 3261 8.1.1.3). To a foreign
 * place goes what proved right alone, and by relay_loopback what was let in; nothing by its flow,
 * but for ACKs. A 2xx of our own bears Authentication-Info. 400: the credentials are improper (RFC
 * 7616 3.4) or for another request; 482: the same request by another way (RFC 3261 8.2.2.2); 503:
 * the store has no answer. An account that gets LIMIT_SLOW_GUESSES wrong answers, wherever they
 * come from, and whether or not there is such an account, has further ones looked at slowly, one in
 * LIMIT_SLOW_GUESS_S: the others fail unseen, right or wrong. Not so from where it has a binding or
 * was right lately (LIMIT_SLOW_KNOWN_S). */
#ifndef TANDEM_ELEMENT_ELEMENT_H
#define TANDEM_ELEMENT_ELEMENT_H

#include "base/addr_block.h"
#include "engine/engine.h"
#include "peers/peers.h"
#include "proxy/proxy.h"
#include "registrar/registrar.h"
#include "route/route.h"

struct element;

/* Who must say who they are, and who need not (RFC 3261 22). Keys and times are the same for all
 * workers of a server. */
struct access_config {
    bool required; /* a request outside of dialogs that bear our mark needs credentials of one of
                      our accounts, ACK and CANCEL never; From and, for REGISTER, To must be that
                      account's, else 403. False: nobody is asked */
    bool foreign_callers;           /* who is of no domain of ours may call our users without */
    unsigned algorithms;            /* of the challenges: a bit for each enum digest_algorithm */
    bool auth_int;                  /* challenges offer qop auth-int besides auth */
    time_ns nonce_life;             /* then a new nonce is asked for with stale=true */
    struct hash_key nonce_key;      /* makes nonces that need no table to be verified; they are
                                       good at one worker in one life, whatever this is */
    const struct addr_block *peers; /* trusted by address: trunks, other servers; copied */
    size_t n_peers;                 /* at most LIMIT_PEERS */
    const struct str *peer_names;   /* trusted by a name that their certificate proves; copied */
    size_t n_peer_names;            /* at most LIMIT_DOMAINS */
};

struct element_config {
    struct engine_config engine;
    struct registrar_config registrar; /* owner is set by the element */
    struct proxy_config proxy;         /* owners, domains and calls.linger are set by the element */
    const struct str *domains; /* whose users these are, at most LIMIT_DOMAINS; copied. Listeners'
                                  addresses count too */
    size_t n_domains;
    const struct str *suffixes; /* in which numbers that nobody has are looked up (RFC 6116), at
                                   most LIMIT_ENUM_SUFFIXES; copied */
    size_t n_suffixes;
    bool relay_loopback;   /* requests from this machine to other addresses of this machine are
                              relayed */
    enum config_mode mode; /* how requests are passed on where no rule says it */
    struct fork_how fork;  /* how the phones of one user ring */
    struct access_config access;
    const struct config_route_list *routes; /* compiled, not kept; NULL: none */
    const struct config_set_list *sets;     /* that they name; NULL: none */
    const struct config_lua *lua;           /* whose functions they call; NULL: none */
    const struct config_group_list *groups; /* copied; NULL: none */
    const struct feature_codes *features;   /* copied; NULL: none */
};

/* The C library's heap, one worker, no domain, no seed, no keys: those are the caller's. Bindings
 * live between 60 and 7200 seconds, 3600 where nothing is asked; 10 for a user. */
void element_config_default(struct element_config *);
/* NULL: no memory, too many domains, or rules that routes_new refuses. Listeners are added through
 * element_engine before the first input. */
struct element *element_new(const struct element_config *);
/* Drops everything that is under way and frees. NULL is legal. */
void element_free(struct element *);
/* For listeners, block pool and statistics; not for inputs. */
struct engine *element_engine(struct element *);

/* How full the roles' tables are. */
struct element_stats {
    size_t contexts;      /* response contexts of the proxy; at most LIMIT_PROXY_CONTEXTS */
    size_t lookups;       /* requests that wait for a record; LIMIT_LOOKUPS_PENDING */
    size_t admissions;    /* requests that wait for an account; LIMIT_ADMISSIONS_PENDING */
    size_t registrations; /* REGISTERs that wait for the store; LIMIT_REGISTER_PENDING */
    uint64_t pings;       /* sent to phones, ever … */
    uint64_t unanswered;  /* … and those of them that ended a registration */
};
void element_stats(const struct element *, struct element_stats *);

/* The engine's inputs, with the engine's meanings and errors. Each lets the roles act on its
 * events; what a role cannot do for want of memory it answers with 503. */
int element_received(struct element *, struct msg *, time_ns now);
int element_datagram(struct element *, const struct flow *, struct str bytes, time_ns now);
conn_id element_accepted(struct element *, const struct flow *, time_ns now);
int element_connected(struct element *, conn_id, const struct addr *local, time_ns now);
/* engine_identify; who has one of access.peer_names is a peer from then on, until a configuration
 * says otherwise. */
int element_identified(struct element *, conn_id, struct str names, time_ns now);
int element_stream(struct element *, conn_id, struct str bytes, time_ns now);
int element_message(struct element *, conn_id, struct str bytes, time_ns now);
int element_closed(struct element *, conn_id, time_ns now);
int element_unreachable(struct element *, const struct flow *, time_ns now);
int element_adopt(struct element *, struct msg *, time_ns now);
int element_resolved(struct element *, uint64_t query, struct str message, time_ns now);
/* Every OUTPUT_STORE must be answered once, with STORE_FAILED at the worst: an INVITE waits for it
 * without end of its own. */
int element_store_answered(struct element *, const struct store_answer *, time_ns now);
int element_time(struct element *, time_ns now);
/* Another worker has noted that phones came (element_note.key): they join what rings for him here,
 * as fork.joins and the rules say. */
void element_came(struct element *, struct str key, time_ns now);
/* May anything here be joined? To be known before its questions go to the store, so that whoever
 * writes there after they are answered tells. */
bool element_awaits(const struct element *);
/* The configuration is replaced, whole, while requests are under way: those that were let in go on.
 * Only registrar, proxy (but its key), domains, suffixes, relay_loopback, fork, mode, access,
 * routes, sets, groups and features are looked at. ERR_NOMEM, ERR_LIMIT, ERR_INVALID (rules that
 * routes_new refuses, groups that groups_new does): the old one stays. */
int element_reconfigure(struct element *, const struct element_config *);

/* How a phone behind a NAT is kept within reach. */
enum ping_by { PING_CRLF, PING_OPTIONS };
/* A location record and its key: each phone in it that registered by its own flow, from another
 * address than its contact names, is sent an empty line (by datagrams alone: streams keep
 * themselves alive) or OPTIONS. Whatever answers is there. Who does not for 64*T1 is not: that
 * binding ends, unless it was refreshed meanwhile. An ICMP error proves nothing. At most
 * LIMIT_PINGS are under way; those beyond, and those without memory, are left for another time. */
int element_ping(struct element *, struct str key, struct str record, enum ping_by, time_ns now);

/* peers_list and peers_set_out of the sets that rules name; without rules there are none. */
size_t element_peers(const struct element *, size_t from, struct peer_state *out, size_t max);
unsigned element_set_peer_out(struct element *, struct str uri, bool out);

/* What the wall clock shows, for rules that ask for the time: it is `week` since Monday 00:00.
 * Until it is told, it is Monday 00:00. */
void element_set_clock(struct element *, time_ns week, time_ns now);

enum element_place {
    OUTLOOK_SELF,    /* the server itself answers */
    OUTLOOK_USER,    /* a user of ours */
    OUTLOOK_GROUP,   /* a group of ours, by a call */
    OUTLOOK_NUMBER,  /* a number, which nobody has */
    OUTLOOK_ROUTE,   /* a Route of somebody else's making */
    OUTLOOK_FOREIGN, /* a place that is not ours */
    OUTLOOK_DIALOG,  /* its route set */
    OUTLOOK_BAD      /* it cannot be read */
};

/* What would become of a request, without anything becoming of it. */
struct element_outlook {
    enum element_place place; /* where it goes as the rules leave it */
    bool is_asked;            /* it has to say first who sends it */
    bool by_rules;            /* the rules were asked */
    bool follows;             /* a call that is passed on is followed */
    bool stateless;           /* what is passed on keeps no state (RFC 3261 16.11) */
    /* A telephone number: with its "+" and digits it is looked up in the suffixes (RFC 6116) where
     * nobody of ours has it, for who may have requests relayed to places that are not ours. Empty:
     * it is not. */
    char number[LIMIT_ENUM_DIGITS + 2];
    struct route_decision decision;
};
/* For elements that are made to explain: their scripts count exactly, and slowly, from then on.
 * `m` is a request with its flow. `sender` is what its sender proves to be. */
void element_explain(struct element *, struct msg *m, enum route_sender sender, time_ns now,
                     struct element_outlook *out, route_tell *tell, void *arg);

/* --- what happened that others want to know of: a guard against strangers, a log, counters --- */
enum element_note_kind {
    NOTE_BAD_MESSAGE,  /* what came, or the credentials in it, cannot be read */
    NOTE_CUT_SHORT,    /* a datagram that began as SIP and does not end: a network may do that */
    NOTE_CHALLENGED,   /* without credentials; or those were out of date, or used before */
    NOTE_AUTH_OK,      /* the credentials are the account's */
    NOTE_AUTH_FAILED,  /* they are not (unknown user, wrong password), or were not looked at, and
                          were  computed with a nonce that went to the very address that they come
                          from */
    NOTE_FORBIDDEN,    /* known, but not allowed: somebody else's name, a foreign place */
    NOTE_UNKNOWN_USER, /* asked for a user of ours that does not exist */
    NOTE_REGISTERED,   /* a REGISTER took effect */
    NOTE_HOOK_FAILED,  /* a function of a script; `who` says why */
    N_ELEMENT_NOTES
};

struct element_note {
    enum element_note_kind kind;
    uint8_t method;   /* enum method; METHOD_UNKNOWN of what cannot be read */
    struct flow flow; /* by which it came */
    struct str who;   /* the account or user in question, as the message names it; may be empty.
                         Both texts are cut to 128 bytes, and borrowed until the next input */
    struct str call_id;
    struct str key; /* NOTE_REGISTERED: whose phones may have become more, as element_came takes it;
                       whole */
};
/* Taken after each input; over LIMIT_NOTES they are dropped. False: none left. */
bool element_note(struct element *, struct element_note *);

/* --- calls that are followed --- */
/* follow_list */
size_t element_followed(const struct element *, uint32_t *cursor, struct follow_view *out,
                        size_t max);
const struct follow_stats *element_follow_stats(const struct element *);
/* An operator ends a call by BYEs to both sides. False: it is over. */
bool element_end_call(struct element *, follow_ref, time_ns now);
/* … or an INVITE that is not answered, followed or not, by CANCELs: a server transaction of
 * engine_list. A call that is answered all the same is hung up where it is followed. False: it is
 * none that is under way. */
bool element_end_invite(struct element *, const struct engine_tx *, time_ns now);
/* Calls that are followed and have ended, for whatever reason; of FOLLOW_ENDED those that we end by
 * BYEs. Taken after each input: until then they count, as calls, at their peers, and as those of a
 * group's member. Borrowed until the next call of it or input. False: none left. */
bool element_ended(struct element *, struct follow_view *, time_ns now);

/* When element_time is next wanted. */
time_ns element_deadline(const struct element *);
/* engine_output */
bool element_output(struct element *, struct engine_output *);
/* Nothing under way: no transaction, no context, no question. */
bool element_is_idle(const struct element *);
/* Nobody waits for an answer (engine_is_quiet), nor any request for a record: what is left only
 * lingers for retransmissions, and the element may end. */
bool element_is_quiet(const struct element *);
/* Calls in progress: dialogs whose INVITE got a 2xx through here and that saw no BYE and no 481
 * since. The element keeps no dialogs: of phones that vanish it learns only by
 * LIMIT_CALL_SILENT_S without a word, and where it does not record-route it counts none. */
size_t element_calls(struct element *, time_ns now);

#endif
