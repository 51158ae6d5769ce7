/* The stateful proxy of RFC 3261 section 16 (with RFC 4320, 5393, 5630, 5658 and 6026): response
 * contexts, forking, best response, Timer C; and, where it is told to follow a call, its dialogs.
 * It neither knows where users are nor who may call whom: the element tells it the targets.
 *
 * For a request the element calls proxy_inspect; by its verdict it finds targets or applies its
 * policy, at once or later, and then calls proxy_forward_on or proxy_fork, or answers by itself.
 * Until then the server transaction is the element's: it owns it where it has to wait, and answers
 * 487 where a CANCEL comes meanwhile. From then on it belongs to the proxy, whose events go to
 * proxy_event. */
#ifndef TANDEM_PROXY_PROXY_H
#define TANDEM_PROXY_PROXY_H

#include "base/addr_block.h"
#include "engine/engine.h"
#include "engine/target.h"
#include "follow/follow.h"

struct proxy;

struct proxy_config {
    uint8_t owner;     /* our transactions carry it */
    bool record_route; /* stay in the path of dialogs that pass through (RFC 3261 16.6 step 4) */
    time_ns timer_c;   /* RFC 3261 16.6 step 11: over three minutes; 0: 181 seconds */
    /* Signs what we put into Record-Route and branches; the same for all workers. */
    struct hash_key key;
    /* Names of ours besides the listeners', for Route and Request-URI; copied. May be NULL. */
    const struct str *domains;
    size_t n_domains;
    /* Proxy-Authorization that names one of ours (or, without domains, a listener) as its realm was
     * for us: it is not passed on (RFC 3261 22.3). */
    bool takes_credentials;
    /* The calls of targets that have a load; outlives the proxy. NULL: they are not counted. */
    struct loads *loads;
    /* Who is of our Trust Domain (RFC 3325 2.3): what is asserted goes in and out there unchanged.
     * Copied. */
    const struct addr_block *trusted;
    size_t n_trusted;
    /* RFC 4028 8: the session timer that calls shall have where we stay in their path, and the
     * shortest that is allowed (90 at least). 0: none is asked for. */
    unsigned session_s, min_session_s;
    /* The BYEs by which we end calls carry bye_owner (to the caller) and the number behind it (to
     * the callee); their events go to proxy_bye_event. */
    uint8_t bye_owner;
    struct follow_rules calls;
    struct follow_quota *quota; /* of all workers; NULL: of this one alone */
};

/* NULL: no memory. The engine must outlive it. */
struct proxy *proxy_new(struct engine *, const struct proxy_config *);
/* Drops all contexts without answering anything. NULL is legal. */
void proxy_free(struct proxy *);
/* `owner`, `key` and `loads` stay. What is under way keeps the Timer C that runs. ERR_NOMEM: the
 * old one stays. */
MUST_USE int proxy_reconfigure(struct proxy *, const struct proxy_config *);

enum proxy_verdict {
    PROXY_DONE, /* answered or dropped; nothing more to do */
    /* Its route set passed through us and bears our mark: proxy_forward_on brings it to its next
     * hop. Where no Route remains and our Record-Route has the flow of the side that it goes to (a
     * connection, a NAT binding), that is by this flow (RFC 5626 4.3), and by the Request-URI once
     * the flow is gone. Never given where the Request-URI is ours and no Route remains. */
    PROXY_IN_DIALOG,
    /* A Route of somebody else's making remains and none bore our mark: policy decides whether it
     * may go on with proxy_forward_on. */
    PROXY_ROUTED,
    PROXY_TARGETS /* the Request-URI decides: find the targets */
};

struct proxy_view {
    /* After RFC 3261 16.4: strict routing undone, maddr of ours removed. Views into the request and
     * into the proxy: good until the next proxy_inspect. */
    struct uri request_uri;
    /* request_uri names one of our listeners or domains, or is a tel URI, and no Route remains. */
    bool next_is_local;
    /* Our mark was there: the request passed on a route set that came through us, whatever the
     * verdict. */
    bool marked;
    /* … and said that the dialog's requests are passed on without state. */
    bool stateless;
};

/* RFC 3261 16.3 and 16.4 on EVENT_REQUEST or EVENT_ACK, before its targets are sought. What must be
 * refused is answered (400, 414, 416, 420, 482, 483) and gives PROXY_DONE; an ACK is dropped
 * instead. An OPTIONS for us with Max-Forwards 0 gives PROXY_TARGETS: the element may answer it
 * (RFC 3261 11); forwarding it then answers 483. `view` is filled for every verdict but PROXY_DONE.
 */
enum proxy_verdict proxy_inspect(struct proxy *, const struct engine_event *, struct proxy_view *,
                                 time_ns now);

/* RFC 3261 17.2.1: an EVENT_REQUEST that is an INVITE gets its 100: once it is not going to be
 * challenged, since who has a 100 does not ask again for a challenge that was lost. */
void proxy_trying(struct proxy *, const struct engine_event *, time_ns now);

/* The verdict and the view once more, of a request that proxy_inspect let pass and that had to wait
 * since: nothing is answered. PROXY_DONE: it cannot be read after all. */
enum proxy_verdict proxy_resume(struct proxy *, const struct engine_event *, struct proxy_view *);

/* Whose turn it is when (RFC 3261 16.6). The targets of a stage ring together; the next stage
 * begins once all of the former have failed, and none does after a 2xx, a 6xx, or the caller's
 * CANCEL. */
enum fork_order {
    FORK_PARALLEL,   /* one stage */
    FORK_SEQUENTIAL, /* each is a stage of its own, in the order in which they are given */
    FORK_BY_Q,       /* those of equal q are a stage; the highest q first */
    N_FORK_ORDERS
};

/* Whether we stay in the path of the dialog that it makes. */
enum fork_record_route { FORK_AS_CONFIGURED, FORK_OUT_OF_PATH, FORK_IN_PATH };

/* RFC 3325: the account that the sender of a request proved to be; views into the request. An empty
 * user: that is not known. */
struct asserted {
    struct str user, domain; /* the user without escapes */
};

struct fork_how {
    enum fork_order order;
    enum fork_record_route record_route;
    /* How long an INVITE may ring at a target that has no ring time of its own; then it is
     * cancelled there and counts as a 408. 0: as long as Timer C lets it. Who does not answer the
     * CANCEL within two seconds is not waited for. */
    time_ns ring_time;
    /* The contacts of a 3xx are tried in its place, in this order (RFC 3261 16.7 step 4); else it
     * is one failure among the others. */
    bool recurse;
    /* A 2xx cancels nobody (RFC 3841 9.1). The caller decides: set from Request-Disposition, as
     * the order, and recurse may be taken back. */
    bool no_cancel;
    /* The dialogs that an INVITE makes are followed to their ends (call-stateful, RFC 3261 6), and
     * we stay in their path. Beyond the limits of proxy_config.calls and of data/limits.def it is
     * answered 503. */
    bool follow;
    struct asserted asserted;
    /* Whose phones these are: a name of the caller's choosing, LIMIT_AOR_BYTES long at most;
     * copied. Empty: nobody's in particular. */
    struct str who;
    /* RFC 3261 16.5: a phone of his that comes while the INVITE is in progress may join them
     * (proxy_came). Where there is no memory for that, none does. */
    bool joins;
    bool told;        /* proxy_whose tells of `who` */
    bool fixed;       /* the order is not the caller's to choose (RFC 3841 9.1) */
    unsigned refusal; /* what the caller gets in place of the best answer, where that is none that
                         he can act upon, nor a 6xx; 0: the best answer */
    /* How long the INVITE waits for a first one, where it joins and there is no target, or all have
     * a condition; then `absent` counts as what came of it (0: 480). */
    time_ns wait;
    unsigned absent;
};

/* Forwards by Route or Request-URI: one branch. EVENT_REQUEST: as proxy_fork. EVENT_ACK: sent
 * without state; one that cannot be sent is dropped and its error returned. */
int proxy_forward_on(struct proxy *, const struct engine_event *, const struct fork_how *,
                     time_ns now);

/* An EVENT_ACK to our user: without Route, its Request-URI is the address-of-record that the callee
 * gave as its Contact. A copy goes without state to each of the targets (borrowed; equal ones count
 * once): the one that answered takes it, to the others it means nothing. None is sent over the hops
 * or the breadth that it has left. The first error, where one cannot be sent; nothing is left to do
 * then. */
int proxy_ack(struct proxy *, const struct engine_event *, const struct target *, size_t n,
              time_ns now);

/* Forks to all targets (copied; equal ones count once), n >= 1 unless it waits. `request` is that
 * of the server transaction, or a copy of it with other headers; it is borrowed, a copy is kept
 * while targets wait. Takes over the transaction and whatever comes of it: what cannot be forwarded
 * is answered (440 where Max-Breadth does not suffice for the first stage, 480 where sips URIs
 * forbid every target, 483, 500, 503 over our limits). ERR_STALE: the transaction is gone or
 * answered; nothing was done. ERR_INVALID: n is 0, and there is nothing to wait for. An answer that
 * finds no memory is owed by the engine. */
int proxy_fork(struct proxy *, tx_id, struct msg *request, const struct target *, size_t n,
               const struct fork_how *, time_ns now);

/* RFC 3261 16.11, 16.10: passes a request, an ACK or a CANCEL of no transaction on without state:
 * to one target, the same for the same Call-ID as long as the targets are the same ones, or (n ==
 * 0) by Route or Request-URI. Its server transaction is given up; where it cannot be sent it is
 * answered: once, with nothing kept (a CANCEL with 481, an ACK not at all). An INVITE that has had
 * its 100 is not repeated any more: it is forwarded with state after all. Of `how` only
 * record_route and asserted count. */
int proxy_pass(struct proxy *, const struct engine_event *, const struct target *, size_t n,
               const struct fork_how *, time_ns now);
/* EVENT_PASSING_RESPONSE likewise. */
int proxy_pass_response(struct proxy *, const struct engine_event *, time_ns now);

/* Whose phones are wanted now: a target with `look_up`, or a contact of a 3xx; or, with `joins`,
 * whose phones may have become more. Taken after each input; each is to be answered with
 * proxy_found, with `joins` with proxy_join, soon. False: none left. */
struct proxy_wish {
    uint64_t id;
    bool joins;
    bool phones_only; /* as of the target */
    struct str uri;   /* as it was given (`joins`: as fork_how.who); borrowed until the next call */
    tx_id tx;         /* the server transaction … */
    struct msg *request; /* … and its request, borrowed */
};
bool proxy_wish(struct proxy *, struct proxy_wish *);
/* What they are (copied), and how they ring. n == 0: `status` says why there is none (404, 480 …).
 * ERR_STALE: nobody waits for it any more. */
int proxy_found(struct proxy *, uint64_t wish, const struct target *, size_t n,
                const struct fork_how *, unsigned status, time_ns now);

/* A phone of `who` has come, or may have: whatever INVITE it may join wants to know. */
void proxy_came(struct proxy *, struct str who);
/* The same for the INVITE alone that has waited for the longest and rings nowhere. */
void proxy_serve(struct proxy *, struct str who);
/* All his phones (copied) as they are now, or users to be looked up. Those that the INVITE has not
 * reached ring: at once, or, where they ring in an order, when their turn comes; where that order
 * is `fixed`, one of them. A phone (an instance, where it says which it is, else a URI) that rings
 * or has answered does not ring again; one that nothing was heard of does once it has moved, or
 * once its request has failed. ERR_STALE: nobody waits for it any more.
 */
int proxy_join(struct proxy *, uint64_t wish, const struct target *, size_t n, time_ns now);
/* How many INVITEs may be joined, those of one that was retargeted apart. */
size_t proxy_joints(const struct proxy *);
/* How many `who` may join. */
size_t proxy_joints_of(const struct proxy *, struct str who);
/* Before a 2xx to an INVITE is given to proxy_event: whose phone sent it, where fork_how.told had
 * it kept; empty: that is not known. Borrowed until then. */
struct str proxy_whose(const struct proxy *, const struct engine_event *);
/* Before the failure of a copy of an INVITE is given to proxy_event (a timeout, a transport error,
 * a 408): of whose phones, where that was kept, none has said anything by now; empty: they are not
 * all tried, one has, or it is not known. Borrowed until then. */
struct str proxy_unheard(const struct proxy *, const struct engine_event *);

/* An event of one of our transactions: response, timeout, transport error, CANCEL of our server
 * transaction, server timeout or end. Events of contexts that have ended are ignored. ERR_NOMEM: a
 * response could not be passed on; a final one is tried again in proxy_time. */
int proxy_event(struct proxy *, const struct engine_event *, time_ns now);

/* --- calls that are followed --- */
/* Of one of our BYEs. */
void proxy_bye_event(struct proxy *, const struct engine_event *, time_ns now);
/* An answered call is ended by BYEs to both sides (RFC 3261 15; not a proxy's work: it is the
 * operator's wish). False: it is over. */
bool proxy_end_call(struct proxy *, follow_ref, enum follow_cause, time_ns now);
/* The INVITE of this server transaction, which is ours, is cancelled at all its targets; `user` is
 * that of engine_own. Where a 2xx crosses that, and the call is followed, it is hung up. False: it
 * is answered, or gone. */
bool proxy_end_invite(struct proxy *, uint64_t user, enum follow_cause, time_ns now);
/* follow_ended */
bool proxy_ended(struct proxy *, struct follow_view *);
const struct follow_table *proxy_calls(const struct proxy *);

/* Timer C (RFC 3261 16.8), ring times, delays; ages of calls. */
int proxy_time(struct proxy *, time_ns now);
time_ns proxy_deadline(const struct proxy *);

/* RFC 3261 13.2.2.4: this event was a 2xx to an INVITE. The load of the target that answered, which
 * is the caller's to give back when the call is over; it is asked before proxy_event has the event.
 * 0: it has none. What is not asked for is given back with the INVITE's end. */
uint32_t proxy_take_load(struct proxy *, const struct engine_event *);

/* Response contexts alive. */
size_t proxy_contexts(const struct proxy *);

#endif
