/* The acts of a plan as far as they are about softphones. */
#include <stdio.h>

#include "sim/check.h"
#include "sim/run_parts.h"

static struct softphone *phone(const struct run *r, uint32_t i)
{
    return i < PHONES ? r->softphones[i] : NULL;
}

static struct softphone_call *side(const struct run *r, uint32_t i, uint32_t which)
{
    struct softphone_call *c = i < CALLS ? r->softphone_calls[i] : NULL;
    return c && which == 1 ? softphone_other_end(c) : c;
}

static void do_join(struct run *r, const struct act *a)
{
    uint32_t n = r->plan->knob[KNOB_SERVERS] ? r->plan->knob[KNOB_SERVERS] : 1;
    struct node *home = r->servers[(a->b >> 4 & 0xf) % n];
    const struct softphone_traits t = {.user = run_users[a->b & 3],
                                       .password = PASSWORD,
                                       .by_stream = a->b >> 8 & 1,
                                       .by_name = a->c & 1,
                                       .outbound = a->c & 2,
                                       .session_s = r->plan->knob[KNOB_PHONE_SESSION]};
    if (!run_is_softphone(r, a->a) || r->softphones[a->a])
        return;
    r->softphones[a->a] = softphone_join(&r->w, home, &t);
    run_set_clock(r, &r->softphones[a->a]->node);
}

static void do_manner(struct run *r, const struct act *a)
{
    if (phone(r, a->a))
        phone(r, a->a)->habits = softphone_habits(a->b);
}

static void do_register(struct run *r, const struct act *a)
{
    if (phone(r, a->a))
        softphone_register(phone(r, a->a), a->b);
}

static void do_call(struct run *r, const struct act *a)
{
    struct softphone *from = phone(r, a->a);
    const char *to = run_aor(r, a->b);
    if (!from || !to || a->c >= CALLS || r->softphone_calls[a->c])
        return;
    struct softphone_call *c = softphone_call(from, to);
    r->softphone_calls[a->c] = c;
    if (c)
        world_do(&r->w, PATIENCE, softphone_give_up, c);
}

static void do_hang_up(struct run *r, const struct act *a)
{
    struct softphone_call *c = side(r, a->a, a->kind == ACT_CANCEL ? 0 : a->b);
    if (c)
        softphone_hang_up(c);
}

static void do_change(struct run *r, const struct act *a)
{
    struct softphone_call *c = side(r, a->a, a->b);
    if (c)
        softphone_change(c);
}

static void do_within(struct run *r, const struct act *a)
{
    struct softphone_call *c = side(r, a->a, a->b);
    if (c)
        softphone_info(c);
}

static void do_transfer(struct run *r, const struct act *a)
{
    struct softphone_call *c = side(r, a->a, a->b);
    if (c && run_aor(r, a->c))
        softphone_transfer(c, run_aor(r, a->c), NULL);
}

/* The other call has to be one of the same phone. */
static void do_consult(struct run *r, const struct act *a)
{
    struct softphone_call *c = side(r, a->a, a->b);
    for (uint32_t which = 0; c && which < 2; which++) {
        struct softphone_call *other = side(r, a->c, which);
        if (other && other != c && other->phone == c->phone)
            softphone_transfer(c, "", other);
    }
}

static void do_request(struct run *r, const struct act *a)
{
    if (phone(r, a->a) && run_aor(r, a->b))
        softphone_request(phone(r, a->a), a->c % 2 ? "MESSAGE" : "OPTIONS", run_aor(r, a->b));
}

static void (*const doers[N_ACTS])(struct run *, const struct act *) = {
    [ACT_JOIN] = do_join,         [ACT_MANNER] = do_manner,   [ACT_REGISTER] = do_register,
    [ACT_CALL] = do_call,         [ACT_CANCEL] = do_hang_up,  [ACT_HANG_UP] = do_hang_up,
    [ACT_REINVITE] = do_change,   [ACT_WITHIN] = do_within,   [ACT_REQUEST] = do_request,
    [ACT_TRANSFER] = do_transfer, [ACT_CONSULT] = do_consult,
};

void run_softphones_act(struct run *r, const struct act *a)
{
    if (doers[a->kind])
        doers[a->kind](r, a);
}

static void end_all(struct softphone *p)
{
    for (unsigned i = 0; i < p->n_calls; i++)
        softphone_hang_up(&p->calls[i]);
    softphone_register(p, 0);
}

/* Long enough for session timers, and for what goes by them. */
#define QUIET (300 * NS_PER_S)

void run_softphones_end(struct run *r)
{
    bool calm = r->plan->knob[KNOB_CALM_END] || check_is_kind(&r->w);
    world_run(&r->w, QUIET);
    if (calm)
        check_softphones_talk(&r->w, r->plan->knob[KNOB_PHONE_SESSION] > 0);
    r->w.heap.failures = 0;
    for (size_t i = 0; i < PHONES; i++)
        if (r->softphones[i])
            end_all(r->softphones[i]);
}
