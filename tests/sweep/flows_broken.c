/* Connections that break between the packets of a flow: RFC 3261 18, RFC 5626 4.3 without a
 * registration anew. */
#include "sweep/script.h"

#define ANSWER_AT (2 * NS_PER_S)

static void breaks(void *scene)
{
    struct scene *s = scene;
    link_break_all(&s->w);
}

static void call_and_break(struct scene *s, time_ns at)
{
    world_do(&s->w, at, breaks, s);
    s->bob->plan.answer_after = ANSWER_AT;
    s->alice->plan.hang_up_after = 3 * NS_PER_S;
    scene_call(s, s->bob->aor);
}

static void before_the_call(struct scene *s)
{
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

#define ROW(NAME, PLAY)                                                            \
    .name = NAME, .section = "RFC 3261 18.2.2", .open = open_office, .play = PLAY, \
    .caller = TRANSPORT_TCP, .callee = TRANSPORT_TCP, .outcome = "alice: out 200; bob: in 200"

static const struct script rows[] = {
    {ROW("broken-before", before_the_call)},
    {ROW("broken-before-workers", before_the_call), .workers = 3},
    {ROW("broken-with-invite", with_the_invite)},
    {ROW("broken-with-invite-workers", with_the_invite), .workers = 3},
    {ROW("broken-ringing", while_it_rings)},
    {ROW("broken-ringing-workers", while_it_rings), .workers = 3},
    {ROW("broken-with-ack", with_the_ack)},
    {ROW("broken-with-ack-workers", with_the_ack), .workers = 3},
    {ROW("broken-talking", while_they_talk)},
    {ROW("broken-talking-workers", while_they_talk), .workers = 3},
};

const struct script_table flows_broken = {rows, sizeof(rows) / sizeof(rows[0])};
