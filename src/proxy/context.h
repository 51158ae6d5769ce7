/* What the files of this folder share: the proxy, its response contexts (RFC 3261 16.6) and their
 * branches. */
#ifndef TANDEM_SRC_PROXY_CONTEXT_H
#define TANDEM_SRC_PROXY_CONTEXT_H

#include "base/limits.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/wheel.h"
#include "proxy/plan.h"
#include "proxy/proxy.h"
#include "proxy/turns.h"

struct context;

/* One copy of the request, forwarded to one target. */
struct branch {
    struct timer timer_c; /* INVITE: Timer C, or the end of its ring time, whichever comes first;
                             once it is cancelled: how long the next ones wait for its end */
    struct context *context;
    struct branch *next; /* of the same context, in the order in which they began */
    pool_id id;          /* 0: it is the context's own */
    tx_id tx;            /* 0: it could not be sent */
    struct msg *best;    /* its final response, kept until one is sent upstream; NULL: none */
    time_ns ring_end;
    struct leg *leg;    /* whose phone this is; NULL: of whom the request was for */
    struct list wishes; /* while it waits to be taken by proxy_wish */
    bool asked;         /* no copy of the request: his phones are being looked up */
    bool waits;         /* nor that: for a first phone to come */
    bool own;           /* its status is an answer of ours, and as good as a response */
    uint16_t status;    /* 0 while pending; 408, 503 also without a response */
    uint8_t breadth;    /* its Max-Breadth (RFC 5393 5.3.3) */
    uint32_t load;      /* the slot that it has taken; 0: none */
    bool provisional;   /* one came (100 counts) */
    bool cancelled;
    bool rung_out;       /* its ring time is over: whatever it answers now but a 2xx means that */
    bool left;           /* … and neither is its end waited for: others have their turn */
    uint8_t group;       /* the phone's number; 0: nobody knows which */
    bool has_target;     /* we chose it: nobody before us can choose another one */
    bool flow_only;      /* it is reached by its flow or not at all */
    bool flow_failed;    /* … or not by this one: another flow of the phone may do */
    bool by_dialog_flow; /* to the flow that our Record-Route has of the other side */
    uint16_t q;
    uint64_t phone, place; /* where phones may join: whose it is, and where that is */
};

struct context {
    pool_id id;
    tx_id server; /* 0: gone */
    struct branch *branches;
    struct turns *turns;  /* who has not been tried; NULL: nobody */
    struct turns *spares; /* other flows of phones that are tried; NULL: none */
    struct joint *joints; /* NULL: nobody joins */
    struct leg *legs;
    unsigned n_legs, n_children; /* … of whom the request was for */
    struct timer next; /* when the next delayed target is due, or an owed answer is tried again */
    struct fork_how how;
    struct msg *copy; /* what the turns are sent; NULL: the request as it came */
    uint16_t n, n_pending;
    uint16_t n_ringing; /* of the pending ones, those that others wait for */
    bool invite;
    bool from_trusted; /* the request came from inside the Trust Domain */
    bool closed;       /* nobody else is tried */
    bool urgent;       /* a 2xx waits to be sent: whatever is pending, answer */
    bool answered;     /* a final response went upstream, or none may */
    bool accepted;     /* … a 2xx to an INVITE: more of them may come (RFC 6026) */
    bool owed;         /* there was no memory to answer: `next` tries again */
    bool overloaded;   /* a branch met one of our own limits */
    uint16_t groups;   /* the highest number of a phone so far */
    uint8_t breadth;   /* what the request allows (RFC 5393 5.3.3) */
    uint8_t side;      /* enum follow_side: who sent a request of `call` … */
    uint8_t method;    /* … and which */
    struct session session;
    setup_ref setup; /* of an INVITE whose dialogs are followed; 0: they are not */
    follow_ref call; /* the followed dialog that the request belongs to; 0: none */
    struct branch one;
};

struct proxy {
    struct engine *engine;
    struct mem *mem;
    struct proxy_config config; /* its lists are ours, in one allocation */
    void *lists;
    size_t lists_size;
    struct pool contexts;
    struct pool branches; /* all but the first of each context */
    struct wheel wheel;   /* of branches */
    struct wheel nexts;   /* of contexts */
    struct list wishes;   /* of branches that nobody has taken yet */
    struct pool joints;
    struct map who; /* of joints */
    size_t n_joins;
    uint64_t last_joint;
    struct list wanted; /* joints that nobody has taken yet */
    /* What the last proxy_inspect found out, for proxy_forward_on or proxy_fork that follow at
     * once. */
    struct plan plan;
    const struct msg *plan_of; /* NULL: none */
    tx_id plan_tx;
    struct follow_table *calls;
};

/* context.c: a context for a server transaction, which it owns from then on, and memory for n
 * branches. ERR_STALE, ERR_NOMEM, ERR_LIMIT: nothing changed. */
MUST_USE int context_new(struct proxy *p, tx_id server, struct msg *request, unsigned n,
                         struct context **out);
void context_free(struct proxy *p, struct context *c);
/* A pending branch more; NULL: no memory, or our limit. The context's own place is for a copy of
 * the request only. */
struct branch *context_add(struct proxy *p, struct context *c, bool asks);
/* What is forwarded: the request, or a copy of it with other headers; NULL: it is answered or gone.
 */
struct msg *context_request(const struct proxy *p, const struct context *c);
struct branch *context_branch(struct context *c, tx_id tx);
/* It is no call of its peer any more. */
void branch_unload(struct proxy *p, struct branch *b);
/* The branch has a final response; NULL: none came. It is kept until one is sent upstream. */
void branch_end(struct proxy *p, struct branch *b, unsigned status, struct msg *response);
/* It is not waited for any longer before others have their turn. */
void branch_leave(struct branch *b);
/* Nobody else is tried. */
void context_close(struct proxy *p, struct context *c);
/* Tries who is next; answers upstream once nothing is pending, and frees the context once nothing
 * more can come: do not use it afterwards. */
int context_settle(struct proxy *p, struct context *c, time_ns now);

/* branch.c: the copy of one target is sent; what cannot be sent counts as a 503. `goal`: with its
 * breadth. p->plan is that of `m`. */
struct goal;
void branch_start(struct proxy *p, struct branch *b, struct msg *m, const struct goal *goal,
                  time_ns now);
/* What could not be sent by a dialog's flow is sent by the Request-URI, once. False: there is no
 * second way. */
bool branch_retry(struct proxy *p, struct branch *b, time_ns now);

/* spare.c: RFC 5626 7: phones whose flow has failed are tried by another of their flows. */
void context_replace(struct proxy *p, struct context *c, time_ns now);
/* advance.c: the target of a turn is tried; p->plan is that of `m`. */
void context_ring(struct proxy *p, struct context *c, struct msg *m, const struct turn *t,
                  struct leg *leg, unsigned breadth, time_ns now);
/* … its ring time is over. */
void branch_rang_out(struct proxy *p, struct branch *b);
/* Others ring in its place: it is no failure. */
void branch_became(struct proxy *p, struct branch *b);

/* retarget.c: looks for the phones of somebody else; where that may not be, the branch ends. */
void retarget(struct proxy *p, struct context *c, struct leg *from, const struct target *to);
/* RFC 3261 16.7 step 4: the contacts of a 3xx have their turns. False: it counts as a failure. */
bool retarget_redirected(struct proxy *p, struct context *c, struct branch *b, struct msg *m,
                         time_ns now);

/* fork.c: those of the targets that may be used have their turns, from now on, or (`behind`) once
 * nobody rings. False: there is
 * none, or no memory. */
bool fork_more(struct proxy *p, struct context *c, struct msg *m, struct leg *leg,
               const struct target *targets, size_t n, const struct fork_how *how, bool behind,
               time_ns now);

/* advance.c: whoever's turn it is rings, as the targets' order has it. */
void context_advance(struct proxy *p, struct context *c, time_ns now);

/* identity.c: may what this message says of its sender be believed (RFC 3325)? */
bool identity_is_trusted(const struct proxy *p, const struct msg *m);
bool identity_trusts(const struct proxy *p, const struct addr *a);
/* Is the privacy that this request asks for ours to keep (RFC 3323 4.2)? */
bool identity_keeps(struct msg *m);
/* What a response that is passed on must lose, in *space; NULL: nothing. */
struct edits *identity_answer(const struct proxy *p, struct msg *m, bool to_trusted,
                              struct edits *space);

/* response.c: RFC 3261 16.7 steps 2 to 5 */
int context_response(struct proxy *p, struct context *c, const struct engine_event *ev,
                     time_ns now);
/* answer.c: RFC 3261 16.7 steps 6 to 10 on what the branches have. ERR_NOMEM: nothing was sent. */
int context_answer(struct proxy *p, struct context *c, time_ns now);
/* best.c: RFC 3261 16.7 step 6 among the branches that have ended; NULL: none has. */
struct branch *context_best(struct context *c);

/* cancel.c: RFC 3261 16.7 step 10: every branch without a final response. `headers` as in
 * engine_cancel. */
void context_cancel(struct proxy *p, struct context *c, struct str headers, time_ns now);
/* … because this final response is, or is going to be, sent upstream (RFC 3326). */
void context_cancel_for(struct proxy *p, struct context *c, unsigned status, time_ns now);
/* RFC 3261 16.10 */
void context_cancelled(struct proxy *p, struct context *c, struct msg *cancel, time_ns now);

/* timer_c.c: RFC 3261 16.8, and the end of a ring time, which ends a branch likewise. */
void timer_c_start(struct proxy *p, struct branch *b, time_ns now);
int timer_c_fired(struct proxy *p, struct branch *b, time_ns now);

/* refuse.c: a short answer of our own. `headers`: whole lines or empty. */
int proxy_answer(struct proxy *p, tx_id tx, unsigned status, struct str reason, struct str headers,
                 time_ns now);
/* The same for a transaction without context: without memory the engine owes the answer. */
int proxy_refuse(struct proxy *p, tx_id tx, unsigned status, struct str reason, struct str headers,
                 time_ns now);

/* track.c: what the dialogs of calls that are followed see of requests and responses. */
/* A request is about to be forwarded in its context. FOLLOW_MAY_BEGIN, or why it may not. */
enum follow_refusal track_enter(struct proxy *p, struct context *c, struct msg *m, time_ns now);
int track_refuse(struct proxy *p, tx_id tx, enum follow_refusal why, time_ns now);
/* Is it within a call that we have ended? Then it is answered, *err tells how that went. */
bool track_answers(struct proxy *p, tx_id tx, struct msg *m, int *err, time_ns now);
/* A response came to one of its copies, or (NULL) none did. */
void track_heard(struct proxy *p, const struct context *c, struct msg *m, time_ns now);
void track_ack(struct proxy *p, struct msg *ack, time_ns now);
/* track_end.c: the BYEs that are due are sent. */
void track_hang_up(struct proxy *p, time_ns now);

/* Fills p->plan from the request, or keeps it where it is this one's. False: malformed. */
bool proxy_plan(struct proxy *p, struct msg *m, tx_id tx);
/* The same for the last time: a plan that is used may lose its message. */
bool proxy_plan_use(struct proxy *p, struct msg *m, tx_id tx);

#endif
