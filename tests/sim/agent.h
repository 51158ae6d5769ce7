/* A user agent on engine and dialog, with a small scripted user: it registers, calls, rings,
 * answers, rejects, cancels, changes sessions and hangs up. It counts what happened; the checks
 * judge. */
#ifndef SIM_AGENT_H
#define SIM_AGENT_H

#include "auth/digest.h"
#include "dialog/early.h"
#include "sim/node.h"

#define AGENT_CALLS 16
#define CALL_INVITES 12
#define AGENT_FLOWS 2
#define AGENT_GRUU_MAX 192
#define AGENT_REGISTER_MAX 352

/* What the user does about incoming calls, and with calls that stand. */
struct agent_plan {
    bool claims;          /* its INVITEs say that it is somebody else */
    bool is_private;      /* … and that nobody shall know (RFC 3323) */
    bool silent;          /* sends nothing at all before its final answer */
    time_ns ring_after;   /* the 180 */
    time_ns answer_after; /* the final answer; TIME_NEVER: it rings on */
    unsigned status;      /* of that answer; 200 accepts */
    time_ns
        hang_up_after; /* counted from the answer, either side; TIME_NEVER: waits for the other */
    bool no_dialog_on_180;  /* the 180 goes without a Contact, as RFC 2543 has it */
    unsigned provisionals;  /* 183s that follow the 180, one a minute */
    unsigned tryings;       /* 100s to a request outside dialogs, where RFC 4320 allows one */
    time_ns reinvite_after; /* counted from the answer, either side; TIME_NEVER: none */
    bool offerless;         /* its re-INVITEs carry no offer: the 2xx has it (RFC 3261 14.1) */
    time_ns agree_after;    /* the final answer to a re-INVITE */
    unsigned agree_status;  /* of that answer; 200 accepts */
    unsigned session_s;     /* the session timer that it asks for (RFC 4028); 0: it knows none */
    unsigned min_session_s,
        refreshes; /* what it allows; how often it refreshes before it forgets */
};

struct agent;
struct call;

/* The timer of a call's session, as it was agreed last. */
struct call_session {
    unsigned seconds; /* 0: none runs */
    time_ns since;
    bool other_knows, is_ours; /* the other side knows timers; ours refreshes */
    unsigned refreshed;
};

/* What `user` of a client transaction leads to: what it was for. */
enum agent_use { USE_INVITE, USE_REINVITE, USE_WITHIN, USE_BYE, USE_REGISTER, USE_FLOW, USE_OTHER };

/* What went out, for when a challenge comes. */
struct sent {
    char *text; /* without credentials and Via */
    size_t len;
    char *hop;      /* a URI, as long as others like */
    bool proved;    /* it bore credentials */
    unsigned tries; /* challenges answered */
};

/* What an agent knows of its servers' challenges. */
struct agent_auth {
    const char *password; /* NULL: it answers no challenge */
    enum digest_algorithm algorithm;
    bool before_asked; /* it sends credentials unasked, by the nonce that it has */
    char realm[64], nonce[80], opaque[40];
    uint32_t count;
    unsigned refused; /* credentials that were refused though the password is right */
};

/* A request of ours other than ACK and CANCEL, and what its user was told of it. */
struct asked {
    struct agent *agent;
    enum agent_use use;
    struct call *call;     /* NULL: it belongs to none */
    struct dialog *dialog; /* of re-INVITE, BYE and the like */
    tx_id tx;
    uint32_t cseq;
    time_ns sent_at, ended_at;
    unsigned oks;      /* 2xx; those to an INVITE come once for each retransmission */
    unsigned failures; /* final answers other than 2xx, timeouts, transport errors */
    unsigned status;   /* of the first final one; a timeout is 408, a transport error 503 */
    bool unanswered;   /* the failure was none that came from the other side */
    bool lost;         /* its agent crashed before it knew */
    struct sent sent;
};

/* An INVITE that came, and its final answer: a 2xx is repeated until its ACK comes, one way for the
 * first INVITE of a call and for those within its dialog (RFC 3261 13.3.1.4, 14.2). */
struct invited {
    struct call *call;
    struct dialog *dialog;
    tx_id tx;
    uint32_t cseq;
    unsigned status; /* of the final answer; 0: none was given yet */
    bool acked;
    bool gave_up; /* no ACK came in 64*T1: a BYE was sent */
    time_ns answered_at, interval;
};

enum call_side { CALL_UNUSED, CALL_OUT, CALL_IN };

struct call {
    struct agent *agent;
    enum call_side side;
    bool ended; /* the user is done with it */
    bool cancelled;
    bool lost;                 /* its agent crashed: nothing can be asked of it any more */
    const struct agent *alone; /* it was called by an address that nobody else has */
    const char
        *passed; /* the AOR of whoever was called and has all calls forwarded; NULL: nobody */
    time_ns passed_until;
    const struct agent *wanted;  /* it should be reached while a flow of these lives on */
    unsigned lives[AGENT_FLOWS]; /* life of that flow and 1; 0: it was dead */
    bool dialled;                /* by a number … */
    char dialled_for[96];        /* … that leads to him; empty: to nobody */
    time_ns final_at;            /* when the first final answer came or was given */

    /* out: */
    struct asked *invite;
    struct early early;
    unsigned answers;  /* dialogs confirmed */
    unsigned failures; /* final answers other than 2xx, timeouts, transport errors */
    unsigned status;   /* of the first final answer */
    unsigned rings;

    /* in: */
    struct dialog dialog;
    char tag[48];
    bool has_final;
    unsigned final_status;
    bool acked, gave_up;  /* of the first INVITE */
    bool wants_end;       /* the user hung up before the ACK came */
    bool stopped_ringing; /* nobody ended it: the phone did */
    unsigned provisionals;

    /* within its dialogs, either side: */
    struct invited invited[CALL_INVITES]; /* of an incoming call the first is the call's own */
    unsigned n_invited;
    struct asked *reinvite;        /* ours that is under way; NULL: none */
    bool offerless;                /* that one */
    bool wants_reinvite;           /* as soon as no other INVITE is under way */
    unsigned reinvites, reinvited; /* of ours: sent, and accepted */
    unsigned glares;               /* 491s that came */
    unsigned oks_received, acks_sent;
    bool bye_sent, bye_received;
    struct call_session session;
};

/* What the last REGISTERs leave at the registrar: see agent_register.c. */
struct agent_binding {
    bool known;          /* else it may be there or not */
    time_ns least, most; /* when it ends, world time; both 0: it is not there */
    time_ns earlier;     /* when every binding of a REGISTER without a known outcome has ended */
    unsigned wished;     /* of the REGISTER that is under way */
    struct asked *under_way;
    bool again; /* the user asked for another meanwhile */
    unsigned again_s;
    unsigned unlisted; /* 200s that did not list what they bound (RFC 3261 10.3 step 8) */
};

/* One of the ways by which a phone is registered (RFC 5626 4.2); of the first the REGISTERs are the
 * agent's own. */
struct agent_flow {
    struct node *proxy; /* where it leads */
    char route[64];
    struct dialog registration;
    struct asked *under_way;
    unsigned wished;
    bool lives;    /* it was acknowledged, and nothing has cut it since */
    unsigned life; /* grows with each change of that */
    time_ns until, ended_at;
};

struct agent {
    struct node node;
    struct agent_plan plan;
    char aor[96];      /* sip:bob@example.com */
    char contact[96];  /* sip:bob@10.0.0.2:5060 */
    char web_name[32]; /* what a browser calls itself */
    char route[96];    /* to the outbound proxy: <sip:10.0.0.1;lr>; empty: none */
    struct node *home; /* that proxy */
    bool by_stream, web;
    struct agent_flow flows[AGENT_FLOWS];
    unsigned n_flows;             /* 0: it minds none */
    char gruu[2][AGENT_GRUU_MAX]; /* public and temporary; empty: it has none */
    bool outbound; /* it registers by a flow, with an instance and a reg-id (RFC 5626 4.2) */
    struct dialog registration;
    struct agent_binding binding;
    struct agent_auth auth;
    unsigned register_status; /* of the last answer; 0: none came */
    unsigned request_status;  /* of the last request outside dialogs */
    struct call calls[AGENT_CALLS];
    unsigned n_calls;
    struct asked **asked;
    size_t n_asked, cap_asked;
    unsigned strays;    /* responses that matched nothing */
    time_ns down_until; /* world time; it hears nothing */
    unsigned crashes;
};

/* --- agent.c --- */
/* Joins as `user` of the proxy's domain; `proxy` NULL: none. Freed by world_fini. */
struct agent *agent_join(struct world *w, const char *user, struct node *proxy,
                         enum transport transport);
/* Rings at once, answers 200 after two seconds, waits for the other to hang up. */
struct agent_plan agent_plan_default(void);
/* NULL: the node is something else. */
struct agent *agent_of(struct node *n);
/* The phone loses power and is there again after `span` (0: at once), at the same address: calls
 * and registration are forgotten, connections cut. */
void agent_crash_for(struct agent *a, time_ns span);
void agent_crash(struct agent *a);
/* It lies there without power: its user can do nothing. */
bool agent_is_down(const struct agent *a);
void agent_settle(struct agent *a);

/* --- agent_event.c --- */
void agent_drain(struct agent *a);

/* --- agent_ask.c: requests --- */
/* Sends a request outside any dialog; its answer's status lands in request_status. */
void agent_request(struct agent *a, const char *method, const char *uri, const char *headers);
/* The same by another route. */
void agent_request_by(struct agent *a, const char *method, const char *uri, const char *headers,
                      const char *route);
/* A printed request goes out and is remembered; `c` and `d` may be NULL. NULL: it could not. */
struct asked *agent_ask(struct agent *a, struct dialog *d, const struct dialog_request *r,
                        enum agent_use use, struct call *c);
/* The ACK to a 2xx of the INVITE with this number. False: it could not be sent. */
bool agent_ack(struct agent *a, struct dialog *d, uint32_t cseq, bool answers_offer);
/* The request that an event's `user` names. */
struct asked *agent_asked(const struct agent *a, uint64_t user);

/* --- agent_auth.c: challenges and their answers (RFC 3261 22, RFC 7616) --- */
void agent_know_password(struct agent *a, const char *password);
/* The whole request with credentials, where it has some to give; else as it is. */
void agent_prove(struct agent *a, struct sent *s, struct buf *out);
/* A final answer came. True: it asked for credentials, and the request is under way again. */
bool agent_asked_to_prove(struct asked *q, struct msg *m);

/* --- agent_register.c --- */
/* Binds our contact; 0 removes it. While one is under way it waits (RFC 3261 10.2). */
void agent_register(struct agent *a, unsigned expires_s);
/* Binds `uri` for the agent's address-of-record as well: who calls it is sent there, too. */
void agent_divert(struct agent *a, const char *uri);
/* Its answer; `m` NULL: none came. */
void agent_registered(struct agent *a, struct asked *q, struct msg *m);
/* A REGISTER that is under way may have any outcome. */
void agent_register_lost(struct agent *a);

/* What a REGISTER of the flow with this number says. */
void agent_register_headers(const struct agent *a, unsigned reg_id, unsigned expires_s,
                            char out[AGENT_REGISTER_MAX]);

/* --- agent_flow.c: several ways to one phone --- */
/* Its REGISTERs go through these; before the first. */
void agent_use_edges(struct agent *a, struct node *const *edges, unsigned n);
void agent_register_others(struct agent *a, unsigned expires_s);
struct agent_flow *agent_flow_of(struct agent *a, const struct asked *q);
/* A REGISTER by the flow has its final answer, or none. */
void agent_flow_told(struct agent *a, struct agent_flow *f, const struct asked *q, unsigned wished);
/* The connection ends; `silently`: its proxy does not hear of it. Nothing where there is none. */
void agent_flow_end(struct agent *a, unsigned which, bool silently);
void agent_flows_lost(struct agent *a);
/* Those that a 200 gives with our contact. */
void agent_keep_gruus(struct agent *a, const struct nameaddr *contact);

/* --- agent_call.c: calls that it makes --- */
/* NULL: it has AGENT_CALLS already; so has the callee that answers 486. */
struct call *agent_call(struct agent *a, const char *uri);
void call_cancel(void *call);
/* Either side. A callee waits for the ACK (RFC 3261 15). */
void call_hang_up(void *call);
void call_out_response(struct call *c, struct msg *m);
void call_out_failed(struct call *c, unsigned status);
/* NULL: all slots are taken; a slot is not used twice in a run. */
struct call *call_open(struct agent *a, enum call_side side);
void call_fini(struct call *c);
void call_bye(struct call *c, struct dialog *d);
/* The dialog that the users talk in; NULL: none is confirmed. */
struct dialog *call_dialog(struct call *c);

/* --- agent_pair.c: the two ends of a call --- */
/* Whose INVITE reached the callee; NULL: no agent's. */
struct call *call_caller(const struct call *in);
/* The caller's dialog with this callee; NULL: it never heard of it. */
struct dialog *call_caller_dialog(const struct call *in);
/* A callee's side that has answered; NULL: there is none. */
struct call *call_other_side(const struct call *out);

/* --- agent_session.c: session timers (RFC 4028) --- */
/* Header lines of an INVITE; how many bytes. */
size_t session_ask(const struct agent *a, char *at, size_t size);
/* Min-SE of a 422; 0: it takes the INVITE. */
unsigned session_too_short(const struct agent *a, struct msg *invite);
/* What an INVITE of the call asks for; header lines of its 2xx. */
void session_invited(struct call *c, struct msg *invite);
size_t session_agree(const struct call *c, char *at, size_t size);
/* A 2xx was given, or came: it runs from now on. */
void session_begin(struct call *c);
void session_answered(struct call *c, struct msg *answer);

/* --- agent_answer.c: calls that it gets --- */
void call_in_request(struct agent *a, const struct engine_event *ev);
void call_in_cancel(struct call *c);
/* The call and the dialog of it that a request belongs to; NULL: none. */
struct call *agent_find(struct agent *a, struct msg *m, struct dialog **d);
void agent_reply(struct agent *a, tx_id tx, unsigned status, const struct call *c);

/* --- agent_invited.c: the INVITEs of a call and their final answers --- */
/* NULL: it has had CALL_INVITES already. */
struct invited *call_invited(struct call *c, struct dialog *d, const struct engine_event *ev);
/* NULL: `user` of a server transaction names none. */
struct invited *agent_invited(struct agent *a, uint64_t user);
/* The final answer; a 2xx is repeated until the ACK comes. */
void invited_answer(struct invited *i, unsigned status);
/* The ACK to the 2xx of the INVITE with this number. */
void call_acknowledged(struct call *c, struct dialog *d, uint32_t cseq);
/* Neither a final answer nor, after a 2xx, an ACK or 64*T1 without one. */
bool invited_is_pending(const struct invited *i);
bool call_is_invited(const struct call *c);

/* --- agent_dialog.c: requests within a dialog, either side --- */
/* RFC 3261 14.1: a new INVITE in the call's dialog; with one under way it waits for its end. */
void call_reinvite(void *call);
/* INFO, UPDATE, MESSAGE, OPTIONS in the call's dialog; nothing where it does not stand. */
void call_request(void *call, const char *method);
void call_within_answered(struct asked *q, struct msg *m, unsigned status);
void call_in_reinvite(struct call *c, struct dialog *d, const struct engine_event *ev);
/* The other side hung up: what it still waits for is answered 487 (RFC 3261 15.1.2). */
void call_end_pending(struct call *c, struct dialog *d);

#endif
