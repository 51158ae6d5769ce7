/* What a response to one branch changes in its context (RFC 3261 16.7 steps 2 to 5). */
#include "proxy/context.h"

/* RFC 3261 16.7 step 3: a response without another Via was meant for us; with one that cannot be
 * read it can go nowhere. */
static bool has_second_via(struct msg *m)
{
    const struct via *top = msg_via(m);
    return top && msg_via_next(m, top);
}

static int pass_on(struct proxy *p, struct context *c, struct msg *m, time_ns now)
{
    char text[SESSION_TEXT];
    struct edits edits;
    struct edits *e = identity_answer(p, m, c->from_trusted, &edits);
    e = session_answer(c, m, e, &edits, text);
    int err = engine_forward_response(p->engine, c->server, m, e, now);
    return err == ERR_NOMEM ? err : OK;
}

static int provisional(struct proxy *p, struct context *c, struct branch *b, struct msg *m,
                       time_ns now)
{
    b->provisional = true;
    /* RFC 4320 4.1: nothing but 100 to other requests than INVITE, and that is hop by hop. */
    if (m->status == 100 || !c->invite || b->status)
        return OK;
    if (!b->cancelled)
        timer_c_start(p, b, now);
    if (c->answered || !c->server || !has_second_via(m))
        return OK;
    return pass_on(p, c, m, now);
}

/* RFC 6026: each 2xx to an INVITE goes upstream while the server transaction is in ACCEPTED. */
static int another_2xx(struct proxy *p, struct context *c, struct msg *m, time_ns now)
{
    if (!c->accepted || !c->server || !has_second_via(m))
        return OK;
    return pass_on(p, c, m, now);
}

static void take_final(struct proxy *p, struct context *c, struct branch *b, struct msg *m,
                       time_ns now)
{
    if (!has_second_via(m))
        branch_end(p, b, 503, NULL);
    else if (m->status == 408 && !c->invite) /* RFC 4320 4.2 */
        branch_end(p, b, 408, NULL);
    else if (m->status == 487 && b->rung_out)
        branch_rang_out(p, b);
    else if (m->status / 100 == 3 && retarget_redirected(p, c, b, m, now))
        return;
    else
        branch_end(p, b, m->status, m);
    c->urgent = c->urgent || (b->best && m->status < 300);
    if (m->status < 600)
        return;
    context_close(p, c); /* RFC 3261 16.7 step 5: no new branches */
    context_cancel_for(p, c, m->status, now);
}

int context_response(struct proxy *p, struct context *c, const struct engine_event *ev, time_ns now)
{
    struct branch *b = context_branch(c, ev->tx);
    struct msg *m = ev->msg;
    if (!b)
        return OK;
    track_heard(p, c, m, now);
    if (m->status < 200)
        return provisional(p, c, b, m, now);
    bool more = c->invite && m->status < 300;
    if (b->status && !more)
        return OK;
    int err = c->answered && more ? another_2xx(p, c, m, now) : OK;
    take_final(p, c, b, m, now);
    int settled = context_settle(p, c, now);
    return err ? err : settled;
}
