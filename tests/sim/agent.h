/* A user agent on engine and dialog, with a small scripted user: it registers, calls, rings,
 * answers, rejects, cancels and hangs up. It counts what happened; check.c judges. */
#ifndef SIM_AGENT_H
#define SIM_AGENT_H

#include "dialog/early.h"
#include "sim/node.h"

#define AGENT_CALLS 8

/* What the user does about incoming calls, and with calls that stand. */
struct agent_plan {
    bool silent;          /* sends nothing at all before its final answer */
    time_ns ring_after;   /* the 180 */
    time_ns answer_after; /* the final answer; TIME_NEVER: it rings on */
    unsigned status;      /* of that answer; 200 accepts */
    time_ns
        hang_up_after; /* counted from the answer, either side; TIME_NEVER: waits for the other */
    bool no_dialog_on_180; /* the 180 goes without a Contact, as RFC 2543 has it */
};

enum call_side { CALL_UNUSED, CALL_OUT, CALL_IN };

struct call {
    struct agent *agent;
    enum call_side side;
    unsigned serial; /* tells this use of the slot from the one before */
    tx_id invite;    /* client or server transaction; 0: none or gone */
    bool ended;      /* the user is done with it */
    bool cancelled;

    /* out: */
    struct early early;
    unsigned answers;  /* dialogs confirmed */
    unsigned failures; /* final answers other than 2xx, timeouts, transport errors */
    unsigned status;   /* of the first final answer */
    unsigned oks_received, acks_sent;
    unsigned rings;

    /* in: */
    struct dialog dialog;
    char tag[48];
    bool has_final;
    unsigned final_status;
    bool acked;
    bool wants_end; /* the user hung up before the ACK came */
    bool gave_up;   /* no ACK came in 64*T1: a BYE was sent */
    time_ns interval, answered_at;
    bool bye_sent, bye_received;
};

struct agent {
    struct node node;
    struct agent_plan plan;
    char aor[96];     /* sip:bob@example.com */
    char contact[96]; /* sip:bob@10.0.0.2:5060 */
    char route[96];   /* to the outbound proxy: <sip:10.0.0.1;lr>; empty: none */
    struct dialog registration;
    unsigned register_status; /* of the last answer; 0: none came */
    unsigned request_status;  /* of the last request outside dialogs */
    struct call calls[AGENT_CALLS];
    unsigned n_calls;
    unsigned strays; /* responses that matched nothing */
};

/* --- agent.c --- */
/* Joins as `user` of the proxy's domain; `proxy` NULL: none. Freed by world_fini. */
struct agent *agent_join(struct world *w, const char *user, struct node *proxy,
                         enum transport transport);
/* Rings at once, answers 200 after two seconds, waits for the other to hang up. */
struct agent_plan agent_plan_default(void);
/* Sends a request outside any dialog; its answer's status lands in request_status. */
void agent_request(struct agent *a, const char *method, const char *uri, const char *headers);
/* For the other agent_ files: a printed request goes out. False: it could not. */
bool agent_send(struct agent *a, struct dialog *d, const struct dialog_request *r, unsigned kind,
                const struct call *c);
void agent_settle(struct agent *a);

/* What `user` of our transactions says: what it was for, and for which call. */
enum agent_use { USE_INVITE = 1, USE_ANSWER, USE_BYE, USE_REGISTER, USE_OTHER };

/* --- agent_register.c --- */
/* Binds our contact; 0 removes it. */
void agent_register(struct agent *a, unsigned expires_s);
void agent_registered(struct agent *a, unsigned status);

/* --- agent_call.c: calls that it makes --- */
/* NULL: it has AGENT_CALLS already; so has the callee that answers 486. */
struct call *agent_call(struct agent *a, const char *uri);
void call_cancel(void *call);
void call_hang_up(void *call);
void call_out_response(struct call *c, struct msg *m);
void call_out_failed(struct call *c, unsigned status);
/* NULL: all slots are taken; a slot is not used twice in a run. */
struct call *call_new(struct agent *a, enum call_side side);
void call_free(struct call *c);
void call_bye(struct call *c, struct dialog *d);
void call_bye_answered(struct call *c);

/* --- agent_answer.c: calls that it gets --- */
void call_in_request(struct agent *a, const struct engine_event *ev);
void call_in_ack(struct call *c);
void call_in_cancel(struct call *c);
/* The call and the dialog of it that a request belongs to; NULL: none. */
struct call *agent_find(struct agent *a, struct msg *m, struct dialog **d);
void agent_reply(struct agent *a, tx_id tx, unsigned status, const struct call *c);

#endif
