/* Sessions that are changed within a call: RFC 3261 14, RFC 3665 3.7. */
#include "sweep/script.h"

#define CHANGE_AT (3 * NS_PER_S)
#define TALK (60 * NS_PER_S)

static void call_for_a_while(struct scene *s)
{
    s->alice->plan.hang_up_after = TALK;
    scene_call(s, s->bob->aor);
}

static void caller_changes(struct scene *s)
{
    s->alice->plan.reinvite_after = CHANGE_AT;
    call_for_a_while(s);
}

static void callee_changes(struct scene *s)
{
    s->bob->plan.reinvite_after = CHANGE_AT;
    call_for_a_while(s);
}

/* RFC 3261 14.1: the 2xx has the offer, the ACK the answer. */
static void without_an_offer(struct scene *s)
{
    s->bob->plan.offerless = true;
    callee_changes(s);
}

/* RFC 3665 3.7, the proxy being in the path */
static void between_the_two(struct scene *s)
{
    s->bob->plan.reinvite_after = CHANGE_AT;
    s->alice->plan.hang_up_after = TALK;
    scene_call(s, s->bob->contact);
}

/* RFC 3261 14.1: a refusal leaves the session as it was */
static void refused(struct scene *s)
{
    s->alice->plan.agree_status = 488;
    callee_changes(s);
}

/* RFC 3261 14.1, 14.2: both at once: 491 to both, then one after the other */
static void glare(struct scene *s)
{
    s->bob->plan.reinvite_after = CHANGE_AT;
    caller_changes(s);
}

/* RFC 3261 14.1: the first INVITE's ACK is still on its way */
static void before_the_ack(struct scene *s)
{
    s->alice->plan.reinvite_after = 30 * NS_PER_MS;
    scene_slow(s, &s->alice->node, NULL, 1990 * NS_PER_MS, 40 * NS_PER_MS, NS_PER_S);
    call_for_a_while(s);
}

#define CALLER_CHANGED "alice: out 200 changed; bob: in 200"
#define CALLEE_CHANGED "alice: out 200; bob: in 200 changed"
#define BOTH_CHANGED "alice: out 200 changed; bob: in 200 changed"

#define ROW(NAME, SECTION, OPEN, PLAY, OUTCOME) \
    .name = NAME, .section = SECTION, .open = OPEN, .play = PLAY, .outcome = OUTCOME

static const struct script rows[] = {
    {ROW("reinvite-direct", "RFC 3665 3.7", open_direct, between_the_two, CALLEE_CHANGED),
     .ladder = "alice > bob INVITE\n"
               "bob > alice 180\n"
               "bob > alice 200\n"
               "alice > bob ACK\n"
               "bob > alice INVITE\n"
               "alice > bob 200\n"
               "bob > alice ACK\n"
               "alice > bob BYE\n"
               "bob > alice 200\n"},
    {ROW("reinvite-caller", "RFC 3261 14", open_trapezoid, caller_changes, CALLER_CHANGED)},
    {ROW("reinvite-callee", "RFC 3261 14", open_office, callee_changes, CALLEE_CHANGED)},
    {ROW("reinvite-tcp", "RFC 3261 14", open_office, callee_changes, CALLEE_CHANGED),
     .caller = TRANSPORT_TCP, .callee = TRANSPORT_TCP},
    {ROW("reinvite-workers", "RFC 3261 14", open_office, caller_changes, CALLER_CHANGED),
     .callee = TRANSPORT_TCP, .workers = 3},
    {ROW("reinvite-offerless", "RFC 3261 14.1", open_office, without_an_offer, CALLEE_CHANGED)},
    {ROW("reinvite-refused", "RFC 3261 14.1", open_office, refused, "alice: out 200; bob: in 200")},
    {ROW("reinvite-glare", "RFC 3261 14.2", open_office, glare, BOTH_CHANGED)},
    {ROW("reinvite-before-ack", "RFC 3261 14.1", open_office, before_the_ack, CALLER_CHANGED)},
};

const struct script_table flows_within = {rows, sizeof(rows) / sizeof(rows[0])};
