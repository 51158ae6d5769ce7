/* The targets of a client transaction: tried one after the other, each under a branch of its own
 * (RFC 3263 4.3), and what becomes of an INVITE that was left. Knows no name. */
#include "engine/state.h"

#include <assert.h>

/* An INVITE is answered 100 within 200 ms (RFC 3261 17.2.1); another request may be silent until
 * its Timer E has come to T2 (RFC 4320 4.1). */
#define INVITE_MOST_T1 7
#define OTHER_MOST_T1 16
#define OTHER_LEAST_T1 8

static bool is_unanswered(const struct client *c)
{
    return c->job.tx.state == TX_CALLING || c->job.tx.state == TX_TRYING;
}

bool client_has_next(const struct client *c)
{
    return targets_left(c->others) > 0;
}

/* Without memory for them the first one is all. */
static void keep_others(struct engine *e, struct client *c, const struct resolve_target *list,
                        unsigned n)
{
    block_unref(&e->blocks, c->others);
    c->others = targets_new(e, list, n);
}

void client_keep_other(struct engine *e, struct client *c, uint8_t transport, const struct addr *a)
{
    const struct resolve_target t = {transport, *a};
    keep_others(e, c, &t, 1);
}

static int go_to(struct engine *e, struct client *c, const struct resolve_target *t, time_ns now)
{
    struct parcel *p = &c->parcel;
    int err = route_to(e, t->transport, &t->addr, &p->flow);
    if (err)
        return err;
    c->hop_transport = t->transport;
    p->by_size = false;
    parcel_rebranch(e, p);
    err = parcel_put_via(e, p, p->flow.listener);
    err = err ? err : parcel_fit(e, p);
    return err ? err : client_launch(e, c, now);
}

int client_go(struct engine *e, struct client *c, const struct resolve_target *list, unsigned n,
              time_ns now)
{
    int err = ERR_NO_ROUTE;
    c->by_name = true;
    for (unsigned i = 0; i < n && err == ERR_NO_ROUTE; i++) {
        err = go_to(e, c, &list[i], now);
        if (err == OK)
            keep_others(e, c, list + i + 1, n - i - 1);
    }
    return err;
}

void client_resolved(struct engine *e, struct client *c, const struct resolve_target *list,
                     unsigned n, time_ns now)
{
    c->waits = false;
    why_resolved(e, c, list, n, now);
    if (c->method == METHOD_INVITE)
        c->until = time_add(now, 64 * e->config.timers.t1);
    if (client_go(e, c, list, n, now) == OK)
        client_start(e, c, c->method, now);
    else
        client_step(e, c, TX_TRANSPORT_ERROR, now);
}

/* --- what is known of them --- */

static struct resolve_target target_of(const struct client *c)
{
    return (struct resolve_target){c->hop_transport, c->job.flow.remote};
}

void client_heard(struct engine *e, const struct client *c)
{
    const struct resolve_target t = target_of(c);
    if (c->by_name && !c->is_left)
        resolver_heed(e->resolver, &t);
}

void client_unheard(struct engine *e, const struct client *c, time_ns now)
{
    const struct resolve_target t = target_of(c);
    if (c->by_name && is_unanswered(c))
        resolver_avoid(e->resolver, &t, now, time_add(now, LIMIT_RESOLVE_AVOID_S * NS_PER_S));
}

/* RFC 3261 21.5.4 */
static void note_refusal(struct engine *e, const struct client *c, struct msg *m, time_ns now)
{
    const struct resolve_target t = target_of(c);
    struct hdr *h = msg_header(m, HDR_RETRY_AFTER);
    const struct number *after = h ? msg_typed(m, h) : NULL;
    if (c->by_name && after)
        resolver_avoid(e->resolver, &t, now, time_add(now, after->value * NS_PER_S));
}

/* --- leaving one --- */

struct client *left_find(const struct engine *e, struct str branch)
{
    if (e->by_branch.n_nodes == 0)
        return NULL;
    struct map_node *n = map_find(&e->by_branch, branch_hash(e, branch));
    for (; n; n = map_find_next(n)) {
        struct client *c = CONTAINER_OF(n, struct client, by_branch);
        if (c->is_left &&
            str_equal_nocase((struct str){c->parcel.branch, c->parcel.branch_len}, branch))
            return c;
    }
    return NULL;
}

/* The INVITE that was sent there goes on as a transaction that nobody hears of, which acknowledges
 * and cancels what comes late. NULL: there is no memory for it. */
static struct client *leave_invite(struct engine *e, struct client *c)
{
    struct client *left;
    if (client_new(e, &left))
        return NULL;
    left->job.tx = c->job.tx;
    left->job.flow = c->job.flow;
    left->parcel = c->parcel;
    parcel_share(&left->parcel);
    left->method = c->method;
    left->sent_at = c->sent_at;
    left->heir = c->job.id;
    left->is_left = true;
    tx_hush(&left->job.tx);
    job_attach(&left->job, c->job.conn);
    map_insert(&e->by_branch, &left->by_branch,
               branch_hash(e, (struct str){c->parcel.branch, c->parcel.branch_len}));
    job_arm(e, &left->job);
    return left;
}

/* What waits for a connection is not sent; what was sent, if it was an INVITE, is minded. */
static struct client *leave(struct engine *e, struct client *c)
{
    struct client *left = NULL;
    if (c->waits && c->job.conn)
        conn_withdraw(e, c->job.conn, c->parcel.bytes);
    else if (!c->waits && c->method == METHOD_INVITE)
        left = leave_invite(e, c);
    job_detach(&c->job);
    c->waits = false;
    return left;
}

/* RFC 6026: it is the callee's yes; whom else we have asked is told. */
void left_answered(struct engine *e, struct client *left, struct msg *m, time_ns now)
{
    struct client *c = client_get(e, left->heir);
    if (!c) {
        e->stats.stray_responses++;
        event_message(e, EVENT_STRAY_RESPONSE, NULL, m);
        return;
    }
    event_message(e, EVENT_RESPONSE, &c->job, m);
    c->answered = true;
    (void)engine_cancel(e, c->job.id, STR_NONE, now);
}

/* --- the next one --- */

static bool may_go_on(const struct client *c)
{
    return !c->cancel && !c->cancelled && !c->answered && c->parcel.bytes && client_has_next(c);
}

static bool send_on(struct engine *e, struct client *c, time_ns now)
{
    int err = ERR_NO_ROUTE;
    while (err == ERR_NO_ROUTE && client_has_next(c)) {
        struct resolve_target t = targets_take(e, c->others, now);
        err = go_to(e, c, &t, now);
    }
    client_start(e, c, c->method, now);
    if (err == OK)
        why_client(e, c, REASON_NEXT_PLACE, now);
    return err == OK;
}

bool client_next(struct engine *e, struct client *c, time_ns now)
{
    return is_unanswered(c) && may_go_on(c) && send_on(e, c, now);
}

void client_turn(struct engine *e, struct client *c, time_ns now)
{
    c->job.next_at = TIME_NEVER;
    if (!is_unanswered(c) || !may_go_on(c)) {
        job_arm(e, &c->job);
        return;
    }
    client_unheard(e, c, now);
    (void)leave(e, c);
    if (!send_on(e, c, now))
        client_step(e, c, TX_TRANSPORT_ERROR, now);
}

bool client_refused(struct engine *e, struct client *c, struct msg *m, time_ns now)
{
    unsigned state = c->job.tx.state;
    if (m->status != 503 || (!is_unanswered(c) && state != TX_PROCEEDING))
        return false;
    note_refusal(e, c, m, now);
    if (!may_go_on(c))
        return false;
    bool is_invite = c->method == METHOD_INVITE;
    /* By a stream the refusal comes once: whoever is left without an ACK would wait for ever. */
    struct block *ack = is_invite ? client_make_ack(e, c, m) : NULL;
    struct client *left = !is_invite || ack ? leave(e, c) : NULL;
    if (is_invite && !left) {
        block_unref(&e->blocks, ack);
        return false;
    }
    if (left) {
        left->ack = ack;
        (void)response_take(e, left, m, now);
    }
    if (!send_on(e, c, now))
        client_step(e, c, TX_TRANSPORT_ERROR, now);
    return true;
}

/* --- time --- */

time_ns client_turn_ends(const struct engine *e, const struct client *c, time_ns now)
{
    time_ns t1 = e->config.timers.t1;
    if (!c->by_name || !client_has_next(c))
        return TIME_NEVER;
    time_ns share = (c->until > now ? c->until - now : 0) / (targets_left(c->others) + 1);
    if (c->method == METHOD_INVITE)
        share = time_min(share, INVITE_MOST_T1 * t1);
    else if (share > OTHER_MOST_T1 * t1)
        share = OTHER_MOST_T1 * t1;
    else if (share < OTHER_LEAST_T1 * t1)
        share = OTHER_LEAST_T1 * t1;
    return time_add(now, share);
}
