/* What the files of this folder share: the element, its roles, and the requests that wait for an
 * account or a user's location. */
#ifndef TANDEM_SRC_ELEMENT_PARTS_H
#define TANDEM_SRC_ELEMENT_PARTS_H

#include "auth/challenge.h"
#include "auth/nonce.h"
#include "base/limits.h"
#include "element/agents.h"
#include "element/calls.h"
#include "element/element.h"
#include "element/groups.h"
#include "element/slow.h"

/* Whose an event is. */
enum owner {
    OWNER_NONE,
    OWNER_ELEMENT,
    OWNER_REGISTRAR,
    OWNER_PROXY,
    OWNER_ADMISSION,
    OWNER_PROBE,
    OWNER_PING,
    OWNER_BYE_TO_CALLER, /* the proxy's, by which it ends calls */
    OWNER_BYE_TO_CALLEE,
    OWNER_AGENT,
    OWNER_FEATURE
};

/* home.c: the domains that are ours, in lower case, and their text: one allocation. */
struct home {
    struct str *domains;
    size_t n, size;
};

/* access.c: the configuration of who must say who they are, and what asking needs. */
struct access {
    struct access_config config; /* peers: ours */
    struct digester *digester;   /* these three NULL as long as nobody is asked */
    struct nonces *nonces;
    struct slow *slow;
    struct home peer_names;
    uint8_t dummy[DIGEST_MAX_BYTES]; /* in place of the hash of an account that there is not */
    char opaque[16];
};

#define NOTE_TEXT 128
#define NUMBER_MAX 64 /* the longest telephone number */

/* notes.c: what others have not taken yet. */
struct notes {
    unsigned first, n;
    struct {
        struct element_note note;
        char who[NOTE_TEXT], call_id[NOTE_TEXT], key[LIMIT_AOR_BYTES];
    } ring[LIMIT_NOTES];
};

/* How its sender stands to us. */
enum standing {
    STANDING_OPEN,    /* nobody is asked: the rules of policy.c hold */
    STANDING_VOUCHED, /* nobody is asked, but its sender is registered from its flow */
    STANDING_LET_IN,  /* not asked, but let in to what is ours: a peer, a foreign caller */
    STANDING_KNOWN    /* one of our accounts */
};

/* How a request is passed on, by the rules: kept while it waits. */
struct manner {
    struct asserted who; /* as of the grant, as is … */
    enum standing standing;
    struct routes *routes; /* a reference; NULL: as it is */
    enum config_mode mode;
    enum config_switch record_route, join;
    time_ns wait;   /* where join is said */
    bool stateless; /* RFC 3261 16.11 */
    unsigned n_changes;
    uint16_t changes[ROUTE_CHANGES];
    struct str said;     /* what scripts change of headers: the decision's, or of … */
    struct block *block; /* … while it is kept; NULL: it is not, or there is nothing */
};

struct element {
    struct mem *mem;
    struct engine *engine;
    struct registrar *registrar;
    struct proxy *proxy;
    struct pool lookups;
    bool stays_in_path; /* of calls that begin now: they are counted */
    struct calls calls;
    struct access access;
    struct pool admissions;
    struct notes notes;
    enum config_mode mode; /* where no rule says it */
    bool relay_loopback;
    struct fork_how fork; /* to a user's phones */
    struct home home;
    struct home suffixes;            /* the domains in which numbers are looked up */
    struct routes *routes;           /* NULL: no rule */
    struct peers *peers;             /* the sets that they name; NULL without rules */
    struct loads *loads, *own_loads; /* of their members; own: where the configuration has none */
    struct pool pings;               /* OPTIONS to phones that are under way */
    uint64_t n_pings, n_unanswered;
    struct groups *groups; /* NULL: none */
    time_ns look_again;    /* for members who are free; TIME_NEVER: nobody waits */
    struct agents agents;
    struct features *features; /* NULL: none */
    struct pool dials;         /* of features */
    time_ns week_offset;       /* of the wall clock: since Monday 00:00 at the engine's time 0 */
};

/* --- dispatch.c: who looks at an event, in which order --- */
/* Where a request is to go. */
enum place {
    PLACE_SELF,    /* the server itself */
    PLACE_USER,    /* a user of ours */
    PLACE_NOWHERE, /* a number, which nobody has */
    PLACE_ROUTE,   /* a Route of somebody else's making */
    PLACE_FOREIGN, /* its Request-URI, which is not ours */
    PLACE_DIALOG   /* its route set, which bears our mark */
};
struct grant {
    enum standing standing;
    struct str info;     /* lines for a 2xx of our own; may be empty */
    struct asserted who; /* STANDING_KNOWN: the account */
};
/* What is known of a request before anything becomes of it. */
struct step {
    enum place place;
    bool for_self; /* it is not looked at as a proxy does */
    struct proxy_view view;
    struct uri aor;          /* of PLACE_USER */
    char number[NUMBER_MAX]; /* under aor.user, where that is one */
    bool routed;             /* it has a route set of ours: a Route may remain */
};
void dispatch(struct element *, const struct engine_event *, time_ns now);
/* Where this URI leads; *aor: of PLACE_USER, with views into `number` where it is one. */
enum place place_of_uri(const struct element *, const struct msg *, const struct uri *,
                        char number[NUMBER_MAX], struct uri *aor);
/* What its reading showed, once more. False: it cannot be read after all. */
MUST_USE bool step_resume(struct element *, const struct engine_event *, struct step *);
/* A request whose sender is registered from its flow: it goes on where it stopped. */
void dispatch_vouched(struct element *, const struct engine_event *, time_ns now);
/* A request that waited is let in: it goes on where it stopped. */
void dispatch_admitted(struct element *, const struct engine_event *, const struct grant *,
                       time_ns now);

/* --- admit.c: who is let in, who is asked, who has proved to be whom --- */
/* False: the request waits for its account, or was answered. */
MUST_USE bool admit(struct element *, const struct engine_event *, const struct step *,
                    struct grant *, time_ns now);
void admit_stored(struct element *, const struct engine_event *, time_ns now);
void admit_cancelled(struct element *, const struct engine_event *, time_ns now);
void admit_forget(struct element *, const struct engine_event *);
void admit_init(struct element *);
void admit_fini(struct element *);

/* --- rights.c: who may do what. Changes nothing --- */
/* Need its sender not be asked? */
bool rights_let_in(const struct element *, struct msg *, enum place, bool marked);
/* The domain of ours that the sender belongs to, or says to: the realm (RFC 3261 22.1). */
struct str rights_realm(const struct element *, struct msg *);
/* May this account send the request under the names that it bears? */
bool rights_of(const struct element *, struct msg *, enum place, struct str user, struct str realm);

/* --- access.c --- */
/* Makes in *out what `config` asks for, taking over from `old` (NULL: nothing) what stays; the old
 * one is to be freed with access_drop or stays as it was. ERR_NOMEM, ERR_LIMIT. */
MUST_USE int access_make(struct element *, struct access *out, const struct access_config *config,
                         const struct access *old);
/* Frees of `old` what `new` (NULL: nothing) has not taken over. */
void access_drop(struct element *, struct access *old, const struct access *new);
bool access_is_peer(const struct access *, const struct flow *);
/* By a name that its far end has proved. Looks at the connection's. */
void access_judge(struct element *, conn_id);

/* --- notes.c --- */
void note(struct element *, enum element_note_kind, struct msg *, struct str who);
/* A REGISTER took effect; the phones of this key may have become more. */
void note_registered(struct element *, struct msg *, struct str who, struct str key);
/* Of a packet that is no message. */
void note_bad(struct element *, const struct flow *, enum element_note_kind);

/* --- home.c: which names are ours --- */
/* ERR_NOMEM, ERR_LIMIT */
MUST_USE int home_make(struct mem *, struct home *, const struct str *domains, size_t n);
void home_drop(struct mem *, struct home *);
/* Is this the URI of one of our domains, or of one of our users? *aor (may be NULL) becomes the
 * same with the one spelling that location records use: a listener's address counts as the first
 * domain, and no port. */
bool home_has(const struct element *, const struct uri *, struct uri *aor);

/* --- number.c --- */
/* The user of ours whom a tel URI names; views into `space` and the element. False: it can be
 * nobody's here. */
bool number_user(const struct element *, const struct uri *tel, char space[NUMBER_MAX],
                 struct uri *aor);
/* The user of a sip URI of ours with user=phone, without visual separators. */
void number_plain(const struct uri *sip, char space[NUMBER_MAX], struct uri *aor);

/* enum.c: whether this user, should there be none, is a number that the DNS is asked for. */
void enum_explain(const struct element *, const struct uri *aor, struct element_outlook *);

/* --- policy.c: who may have what relayed --- */
enum policy {
    POLICY_RELAY,
    POLICY_ASK, /* where the sender is registered from the flow that the request came by */
    POLICY_REFUSE
};
/* A request that is to go to `hop` outside of our domains, or (NULL) by its Route. For POLICY_ASK,
 * *sender is From's address-of-record. */
enum policy policy_of(const struct element *, struct msg *, const struct uri *hop,
                      struct uri *sender);

/* --- lookup.c: requests that wait for a location record --- */
/* To our user, or one instance of him where the URI is a GRUU: forked to the bindings, or 404, 480.
 * `routed`: a Route remains; then it leads there, whatever Path a binding has (RFC 5627 6.1).
 * `manner` is copied. */
void lookup_targets(struct element *, const struct engine_event *, const struct uri *aor,
                    bool routed, const struct manner *, time_ns now);
/* The same bindings as Contacts of a 3xx. */
void lookup_redirect(struct element *, const struct engine_event *, const struct uri *aor,
                     unsigned status, time_ns now);
/* To a foreign place: goes on where `sender` is registered from its flow, else 403. */
void lookup_sender(struct element *, const struct engine_event *, const struct uri *sender,
                   time_ns now);
/* Whose phones the proxy wants: found, and told it. */
void lookup_wish(struct element *, const struct proxy_wish *, time_ns now);
/* Whose phones may have become more: found, and told it. */
void lookup_join(struct element *, const struct proxy_wish *, time_ns now);
void lookup_stored(struct element *, const struct engine_event *, time_ns now);
/* RFC 3261 16.10: CANCEL of an INVITE that still waits. */
void lookup_cancelled(struct element *, const struct engine_event *, time_ns now);
void lookup_forget(struct element *, const struct engine_event *);
void lookup_init(struct element *);
void lookup_fini(struct element *);

void lookup_numbered(struct element *, const struct engine_event *, time_ns now);

/* --- agents.c: what members of groups do --- */
enum agent_change { AGENT_BEGINS, AGENT_ENDS, AGENT_OFFERED, AGENT_GONE };
/* Written to the store when it can be. */
void agent_change(struct element *, struct str member, enum agent_change, time_ns now);
void agent_stored(struct element *, const struct engine_event *, time_ns now);
/* A dialog stands, of this member; or is over. */
void agent_talks(struct element *, uint64_t dialog, struct str member, time_ns now);
void agent_hangs_up(struct element *, uint64_t dialog, time_ns now);
/* Its phones are there no more, or have come anew: it is in no call. Legal for who is no member. */
void agent_gone(struct element *, struct str member, time_ns now);
MUST_USE int agents_init(struct element *);
void agents_fini(struct element *);

/* --- features.c: codes that an account dials --- */
struct features;
/* NULL where there is none, or no memory (*err). */
struct features *features_new(struct mem *, const struct feature_codes *, int *err);
void features_free(struct features *); /* NULL is legal */
/* False: it is no code. */
MUST_USE bool feature_dialled(struct element *, const struct engine_event *, const struct step *,
                              const struct grant *, time_ns now);
void feature_stored(struct element *, const struct engine_event *, time_ns now);
void feature_cancelled(struct element *, const struct engine_event *, time_ns now);
void feature_forget(struct element *, const struct engine_event *);
void features_init(struct element *);
void features_fini(struct element *);

/* --- steer.c: what the rules make of a request --- */
/* Asks them. False: they have no say. */
MUST_USE bool steer_decide(struct element *, const struct engine_event *, const struct step *,
                           const struct grant *, struct route_decision *, time_ns now);
/* The trace: which rule took it. */
void steer_tell(const struct element *, struct msg *, const struct route_decision *, time_ns now);
/* Is it passed on without state? `d` NULL: they had no say. */
bool steer_is_stateless(const struct element *, const struct engine_event *, const struct step *,
                        const struct route_decision *d);
/* … if its sender proves to be an account? */
bool steer_would_pass(struct element *, const struct engine_event *, const struct step *,
                      time_ns now);
/* False: they leave it as it is. */
MUST_USE bool steer(struct element *, const struct engine_event *, const struct step *,
                    const struct route_decision *, const struct grant *, time_ns now);
/* Does a rule take it that lets in anyone? Then it need not be admitted. */
bool steer_lets_in(struct element *, const struct engine_event *, const struct step *, time_ns now);
/* element_explain */
void steer_explain(struct element *, const struct engine_event *, const struct step *,
                   enum route_sender, time_ns now, struct element_outlook *, route_tell *,
                   void *arg);
/* Rules and their sets; both NULL where there is no rule. ERR_NOMEM, ERR_INVALID: both are NULL. */
/* What they decide of a call that one of ours, or his phone, sends on to `uri`: as of an account's
 * whose name is not known. */
void steer_onward(struct element *, struct msg *, const struct uri *, struct route_decision *,
                  time_ns now);
MUST_USE int steer_make(struct element *, struct routes **, struct peers **,
                        const struct element_config *);

/* --- choose.c: the places that a rule's targets are --- */
struct choice {
    unsigned n;
    struct target targets[LIMIT_ROUTE_TARGETS]; /* best first, by q */
    bool full; /* a set has members, but all of them as many calls as they may have */
    struct buf text;
    char space[4096];
};
/* Of ROUTE_FORWARD or ROUTE_REDIRECT, but for the location. `c` must not be moved. `settled`: the
 * same for the same Call-ID. */
void choose(struct element *, struct choice *c, struct msg *, const struct route_decision *,
            bool settled, time_ns now);

/* --- onward.c: calls that are sent on --- */
/* True: rules took it, and the wish is answered. Else it goes to d->uri, as it would without them.
 */
bool onward(struct element *, const struct proxy_wish *, const struct uri *,
            struct route_decision *d, time_ns now);

/* --- divert.c: redirects --- */
void divert(struct element *, const struct engine_event *, const struct route_decision *,
            time_ns now);
/* To the live bindings of a record. */
void divert_to_bindings(struct element *, const struct engine_event *, unsigned status,
                        struct str record, time_ns now);

/* --- pass.c: passing a request on as the rules have it --- */
struct manner manner_of(struct element *, const struct engine_event *, const struct step *,
                        const struct route_decision *, const struct grant *);
/* False: no memory. */
MUST_USE bool manner_keep(struct element *, struct manner *out, const struct manner *);
void manner_drop(struct element *, struct manner *);
/* Gives it to the proxy for these targets. */
void pass_on(struct element *, const struct engine_event *, const struct manner *,
             const struct target *, size_t n, const struct fork_how *, time_ns now);

/* --- probe.c: are the peers there? --- */
void probe_time(struct element *, time_ns now);
void probe_event(struct element *, const struct engine_event *);

/* OPTIONS to this URI, from us, with a Call-ID that is this worker's (RFC 3261 11.1). */
void probe_print(struct element *, struct buf *, struct str uri);

/* --- ping.c: do phones still answer? --- */
void ping_init(struct element *);
void ping_fini(struct element *);
void ping_record(struct element *, struct str key, struct str record, enum ping_by, time_ns now);
void ping_event(struct element *, const struct engine_event *);

/* --- relay.c: to places that are not ours --- */
/* To a foreign place: for who proved to be one of ours, or as policy.c has it. True: it may go now;
 * else it was answered, or waits. `hop` NULL: by its Route. */
MUST_USE bool relay_allowed(struct element *, const struct engine_event *, const struct uri *hop,
                            enum standing, time_ns now);

/* --- self.c: requests to the server itself --- */
/* `info`: lines for a 2xx; may be empty. */
void self_request(struct element *, const struct engine_event *, struct str info, time_ns now);

/* --- answer.c --- */
/* Answers a request; an ACK has no answer and is dropped, a CANCEL of nothing gets 481. `headers`:
 * whole lines. 503 gets a Retry-After. */
void answer(struct element *, const struct engine_event *, unsigned status, struct str reason,
            struct str headers, time_ns now);
/* The same for who has not said who he is: once, and the transaction is over (RFC 3261 26.3.2.4).
 */
void answer_once(struct element *, const struct engine_event *, unsigned status, struct str reason,
                 struct str headers, time_ns now);
/* Gives a request to the proxy for its Route or Request-URI. */
void relay(struct element *, const struct engine_event *, const struct asserted *who,
           bool stateless, time_ns now);

#endif
