/* What crosses, overtakes or comes twice: RFC 3261 9.1, 13.3.1.4, RFC 6026, RFC 3665 3.8. */
#include "sweep/script.h"

#define MS NS_PER_MS
#define ANSWER_AT (500 * MS)
#define LATE_AT (10 * NS_PER_S) /* whatever became of the first packets */

static struct call *quick_call(struct scene *s, time_ns ring, time_ns answer)
{
    s->bob->plan.ring_after = ring;
    s->bob->plan.answer_after = answer;
    return scene_call(s, s->bob->aor);
}

/* RFC 3261 9.1: it waits for a provisional response. */
static void cancel_before_any_1xx(struct scene *s)
{
    s->bob->plan.silent = true;
    call_cancel(quick_call(s, 0, TIME_NEVER));
}

/* The callee's first answer is on its way already. */
static void cancel_after(struct scene *s, time_ns at)
{
    s->alice->plan.hang_up_after = 5 * NS_PER_S;
    world_do(&s->w, at, call_cancel, quick_call(s, 0, ANSWER_AT));
}

/* Where the two meet: at the callee, at the proxies, or between them. */
static void cancel_meets_200_at_callee(struct scene *s)
{
    cancel_after(s, ANSWER_AT + 5 * MS);
}

static void cancel_meets_200_at_far_proxy(struct scene *s)
{
    cancel_after(s, ANSWER_AT + 6 * MS);
}

static void cancel_meets_200_between(struct scene *s)
{
    cancel_after(s, ANSWER_AT + 7 * MS);
}

static void cancel_meets_200_at_near_proxy(struct scene *s)
{
    cancel_after(s, ANSWER_AT + 9 * MS);
}

static void cancel_just_early(struct scene *s)
{
    cancel_after(s, ANSWER_AT - 1 * MS);
}

/* The 180 is overtaken by the 200. */
static void late_180(struct scene *s)
{
    s->alice->plan.hang_up_after = 5 * NS_PER_S;
    scene_slow(s, &s->bob->node, NULL, 90 * MS, 50 * MS, NS_PER_S);
    quick_call(s, 100 * MS, 200 * MS);
}

static void hang_up_both(void *scene)
{
    struct scene *s = scene;
    for (size_t i = 0; i < s->n_phones; i++)
        if (s->phones[i]->n_calls > 0)
            call_hang_up(&s->phones[i]->calls[0]);
}

static void bye_meets_bye(struct scene *s)
{
    quick_call(s, 0, ANSWER_AT);
    world_do(&s->w, 20 * NS_PER_S, hang_up_both, s);
}

/* The ACK takes a second, the BYE behind it does not. */
static void bye_overtakes_ack(struct scene *s)
{
    s->alice->plan.hang_up_after = 20 * MS;
    scene_slow(s, &s->alice->node, NULL, ANSWER_AT - 10 * MS, 25 * MS, NS_PER_S);
    quick_call(s, 0, ANSWER_AT);
}

/* RFC 6026 7.1: no 100 and no 200 reaches the caller at first, whose INVITE comes again. */
static void invite_after_2xx(struct scene *s)
{
    s->alice->plan.hang_up_after = 5 * NS_PER_S;
    scene_mute(s, s->proxy, &s->alice->node, 0, 700 * MS);
    world_run(&s->w, MS);
    s->bob->plan.silent = true;
    quick_call(s, 0, 0);
}

/* RFC 3261 13.3.1.4: the callee says 200 until the ACK comes. */
static void lost_2xx(struct scene *s)
{
    s->alice->plan.hang_up_after = 5 * NS_PER_S;
    scene_mute(s, &s->bob->node, NULL, ANSWER_AT, 2 * NS_PER_S);
    quick_call(s, 0, ANSWER_AT);
}

/* RFC 3261 13.3.1.4, 17.2.1: for longer than Timer H no ACK gets through: the callee ends it. */
static void no_ack(struct scene *s)
{
    scene_mute(s, &s->alice->node, NULL, LATE_AT, 40 * NS_PER_S);
    quick_call(s, 0, LATE_AT);
}

/* The same where the ACK is the proxy's or the caller's, for a refusal. */
static void no_ack_to_refusal(struct scene *s)
{
    scene_mute(s, &s->alice->node, NULL, LATE_AT, 40 * NS_PER_S);
    scene_mute(s, s->proxy, &s->bob->node, LATE_AT, 40 * NS_PER_S);
    s->bob->plan.status = 486;
    quick_call(s, 0, LATE_AT);
}

#define ANSWERED "alice: out 200; bob: in 200"
#define CANCELLED "alice: out 487; bob: in 487"
#define UNHEARD "alice: out 487" /* it came while the callee was looked for */

#define ROW(NAME, SECTION, OPEN, PLAY, OUTCOME) \
    .name = NAME, .section = SECTION, .open = OPEN, .play = PLAY, .outcome = OUTCOME

static const struct script rows[] = {
    {ROW("cancel-before-1xx", "RFC 3261 9.1", open_office, cancel_before_any_1xx, UNHEARD),
     .others = {CANCELLED}},
    {ROW("cancel-just-early", "RFC 3261 9.2", open_trapezoid, cancel_just_early, CANCELLED),
     .others = {ANSWERED, UNHEARD}},
    {ROW("cancel-meets-200-at-callee", "RFC 3261 9.1", open_trapezoid, cancel_meets_200_at_callee,
         ANSWERED),
     .others = {CANCELLED, UNHEARD}},
    {ROW("cancel-meets-200-at-far-proxy", "RFC 3261 9.1", open_trapezoid,
         cancel_meets_200_at_far_proxy, ANSWERED),
     .others = {CANCELLED, UNHEARD}},
    {ROW("cancel-meets-200-between", "RFC 3261 9.1", open_trapezoid, cancel_meets_200_between,
         ANSWERED),
     .others = {CANCELLED, UNHEARD}},
    {ROW("cancel-meets-200-at-near-proxy", "RFC 3261 9.1", open_trapezoid,
         cancel_meets_200_at_near_proxy, ANSWERED),
     .others = {CANCELLED, UNHEARD}},
    {ROW("180-after-200", "RFC 3261 17.1.1.2", open_office, late_180, ANSWERED)},
    {ROW("bye-meets-bye", "RFC 3261 15", open_office, bye_meets_bye, ANSWERED)},
    {ROW("bye-meets-bye-tcp", "RFC 3261 15", open_office, bye_meets_bye, ANSWERED),
     .caller = TRANSPORT_TCP, .callee = TRANSPORT_TCP},
    {ROW("bye-overtakes-ack", "RFC 3261 15", open_office, bye_overtakes_ack, ANSWERED)},
    {ROW("invite-after-2xx", "RFC 6026 7.1", open_office, invite_after_2xx, ANSWERED),
     .others = {"alice: out 200 x2; bob: in 200"}},
    {ROW("lost-2xx", "RFC 3261 13.3.1.4", open_office, lost_2xx, ANSWERED)},
    {ROW("no-ack", "RFC 3261 13.3.1.4", open_office, no_ack,
         "alice: out 200; bob: in 200 gave up")},
    {ROW("no-ack-abroad", "RFC 3261 13.3.1.4", open_trapezoid, no_ack,
         "alice: out 200; bob: in 200 gave up")},
    {ROW("no-ack-to-refusal", "RFC 3261 17.2.1", open_office, no_ack_to_refusal,
         "alice: out 486; bob: in 486")},
};

const struct script_table flows_race = {rows, sizeof(rows) / sizeof(rows[0])};
