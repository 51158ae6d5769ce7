/* Connections that break between the packets of a flow: RFC 3261 18, RFC 5626 4.3 without a
 * registration anew. */
#include "sweep/script.h"

#define ANSWER_AT (2 * NS_PER_S)
#define TALK (40 * NS_PER_S) /* longer than a callee waits for its ACK */

static void breaks(void *scene)
{
    struct scene *s = scene;
    s->w.temper = TEMPER_ROUGH;
    link_break_all(&s->w);
}

static void call_and_break(struct scene *s, time_ns at)
{
    world_do(&s->w, at, breaks, s);
    s->bob->plan.answer_after = ANSWER_AT;
    s->alice->plan.hang_up_after = TALK;
    scene_call(s, s->bob->aor);
}

static void before_the_call(struct scene *s)
{
    s->w.temper = TEMPER_ROUGH;
    link_break_all(&s->w);
    world_run(&s->w, NS_PER_S);
    call_and_break(s, 299 * NS_PER_S);
}

/* The INVITE is on its way to the connection that breaks. */
static void with_the_invite(struct scene *s)
{
    call_and_break(s, 0);
}

static void while_it_rings(struct scene *s)
{
    call_and_break(s, NS_PER_S);
}

/* After the 200 has passed, before the ACK. */
static void with_the_ack(struct scene *s)
{
    call_and_break(s, ANSWER_AT + 4 * NS_PER_MS);
}

static void while_they_talk(struct scene *s)
{
    call_and_break(s, ANSWER_AT + 2 * NS_PER_S);
}

/* RFC 3261 8.1.3.1: the caller has heard nothing yet and counts the call as failed; the callee, who
 * was reached, hears of nobody and gives up. */
#define LOST "alice: out 408; bob: in 200 gave up" /* its refusal went with a connection */
#define UNHEARD "alice: out 503; bob: in 200 gave up"
#define ANSWERED "alice: out 200; bob: in 200"

#define ROW(NAME, PLAY, OUTCOME)                                                   \
    .name = NAME, .section = "RFC 3261 18.2.2", .open = open_office, .play = PLAY, \
    .caller = TRANSPORT_TCP, .callee = TRANSPORT_TCP, .outcome = OUTCOME,          \
    .others = {UNHEARD, LOST}

static const struct script rows[] = {
    {ROW("broken-before", before_the_call, ANSWERED)},
    {ROW("broken-before-workers", before_the_call, ANSWERED), .workers = 3},
    {ROW("broken-with-invite", with_the_invite, UNHEARD)},
    {ROW("broken-with-invite-workers", with_the_invite, UNHEARD), .workers = 3},
    {ROW("broken-ringing", while_it_rings, ANSWERED)},
    {ROW("broken-ringing-workers", while_it_rings, ANSWERED), .workers = 3},
    {ROW("broken-with-ack", with_the_ack, ANSWERED)},
    {ROW("broken-with-ack-workers", with_the_ack, ANSWERED), .workers = 3},
    {ROW("broken-talking", while_they_talk, ANSWERED)},
    {ROW("broken-talking-workers", while_they_talk, ANSWERED), .workers = 3},
};

const struct script_table flows_broken = {rows, sizeof(rows) / sizeof(rows[0])};
