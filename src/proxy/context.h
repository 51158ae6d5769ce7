/* What the files of this folder share: the proxy, its response contexts (RFC 3261 16.6) and their
 * branches. */
#ifndef TANDEM_SRC_PROXY_CONTEXT_H
#define TANDEM_SRC_PROXY_CONTEXT_H

#include "base/limits.h"
#include "base/pool.h"
#include "base/wheel.h"
#include "proxy/plan.h"
#include "proxy/proxy.h"

struct context;

/* One copy of the request, forwarded to one target. */
struct branch {
    struct timer timer_c; /* INVITE: Timer C; the context's first: also the retry of an answer */
    struct context *context;
    tx_id tx;         /* 0: it could not be sent */
    struct msg *best; /* its final response, kept until one is sent upstream; NULL: none */
    uint16_t status;  /* 0 while pending; 408, 503 also without a response */
    bool provisional; /* one came (100 counts) */
    bool cancelled;
    bool by_dialog_flow; /* to the flow that our Record-Route has of the other side */
};

struct context {
    pool_id id;
    tx_id server; /* 0: gone */
    struct branch *branches;
    struct block *block; /* holds the branches where there are several */
    uint16_t n, n_pending;
    bool invite;
    bool urgent;     /* a 2xx waits to be sent: whatever is pending, answer */
    bool answered;   /* a final response went upstream, or none may */
    bool accepted;   /* … a 2xx to an INVITE: more of them may come (RFC 6026) */
    bool owed;       /* there was no memory to answer: the first branch's timer tries again */
    bool overloaded; /* a branch met one of our own limits */
    struct branch one;
};

struct proxy {
    struct engine *engine;
    struct mem *mem;
    struct proxy_config config; /* domains: ours, in one allocation */
    size_t domains_size;
    struct pool contexts;
    struct wheel wheel;
    /* What the last proxy_inspect found out, for proxy_forward_on or proxy_fork that follow at
     * once. */
    struct plan plan;
    const struct msg *plan_of; /* NULL: none */
    tx_id plan_tx;
};

/* context.c: a context with n pending branches for a server transaction, which it owns from then
 * on. ERR_STALE, ERR_NOMEM, ERR_LIMIT: nothing changed. */
MUST_USE int context_new(struct proxy *p, tx_id server, unsigned n, bool invite,
                         struct context **out);
void context_free(struct proxy *p, struct context *c);
struct branch *context_branch(struct context *c, tx_id tx);
/* The branch has a final response; NULL: none came. It is kept until one is sent upstream. */
void branch_end(struct proxy *p, struct branch *b, unsigned status, struct msg *response);
/* Answers upstream once nothing is pending, and frees the context once nothing more can come: do
 * not use it afterwards. */
int context_settle(struct proxy *p, struct context *c, time_ns now);

/* fork.c: what could not be sent by a dialog's flow is sent by the Request-URI, once. False: there
 * is no second way. */
bool branch_retry(struct proxy *p, struct branch *b, time_ns now);

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

/* timer_c.c: RFC 3261 16.8 */
void timer_c_start(struct proxy *p, struct branch *b, time_ns now);
int timer_c_fired(struct proxy *p, struct branch *b, time_ns now);

/* refuse.c: a short answer of our own. `headers`: whole lines or empty. */
int proxy_answer(struct proxy *p, tx_id tx, unsigned status, struct str reason, struct str headers,
                 time_ns now);
/* The same for a transaction without context: without memory the engine owes the answer. */
int proxy_refuse(struct proxy *p, tx_id tx, unsigned status, struct str reason, struct str headers,
                 time_ns now);

/* Fills p->plan from the request, or keeps it where it is this one's. False: malformed. */
bool proxy_plan(struct proxy *p, struct msg *m, tx_id tx);

#endif
