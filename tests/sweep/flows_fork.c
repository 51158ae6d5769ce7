/* One address, three phones: RFC 3261 16.7, 13.2.2.4, RFC 6026. */
#include "sweep/script.h"

static void plan(struct scene *s, size_t i, unsigned status, time_ns after)
{
    s->phones[i]->plan.status = status;
    s->phones[i]->plan.answer_after = after;
}

static void one_answers(struct scene *s)
{
    plan(s, 1, 200, TIME_NEVER);
    plan(s, 2, 200, 2 * NS_PER_S);
    plan(s, 3, 200, TIME_NEVER);
    s->alice->plan.hang_up_after = 3 * NS_PER_S;
    scene_call(s, BOB);
}

static void busy_and_answer(struct scene *s)
{
    plan(s, 1, 486, NS_PER_S);
    plan(s, 2, 486, 3 * NS_PER_S);
    plan(s, 3, 200, 2 * NS_PER_S);
    s->phones[3]->plan.hang_up_after = 3 * NS_PER_S;
    scene_call(s, BOB);
}

/* The first two say 200 at the same moment: two dialogs, the second ended by BYE. */
static void two_answer(struct scene *s)
{
    plan(s, 1, 200, 2 * NS_PER_S);
    plan(s, 2, 200, TIME_NEVER);
    plan(s, 3, 200, 2 * NS_PER_S);
    s->alice->plan.hang_up_after = 10 * NS_PER_S;
    scene_call(s, BOB);
}

/* RFC 6026 7.1: the second 2xx comes a second after the first. */
static void a_late_answer(struct scene *s)
{
    scene_slow(s, &s->phones[3]->node, NULL, 1990 * NS_PER_MS, 100 * NS_PER_MS, NS_PER_S);
    two_answer(s);
}

static void all_refuse(struct scene *s)
{
    plan(s, 1, 500, NS_PER_S);
    plan(s, 2, 486, 2 * NS_PER_S);
    plan(s, 3, 503, 3 * NS_PER_S);
    scene_call(s, BOB);
}

static void one_declines(struct scene *s)
{
    plan(s, 1, 200, TIME_NEVER);
    plan(s, 2, 200, TIME_NEVER);
    plan(s, 3, 603, 2 * NS_PER_S);
    scene_call(s, BOB);
}

static void all_are_cancelled(struct scene *s)
{
    for (size_t i = 1; i < s->n_phones; i++)
        plan(s, i, 200, TIME_NEVER);
    world_do(&s->w, 3 * NS_PER_S, call_cancel, scene_call(s, BOB));
}

/* One of the phones has gone without a word. */
static void one_is_mute(struct scene *s)
{
    scene_mute(s, NULL, &s->phones[1]->node, 0, TIME_NEVER);
    world_run(&s->w, NS_PER_MS);
    plan(s, 2, 486, NS_PER_S);
    plan(s, 3, 486, NS_PER_S);
    scene_call(s, BOB);
}

static const struct script rows[] = {
    {.name = "fork-one-answers",
     .section = "RFC 3261 16.7 step 10",
     .open = open_family,
     .play = one_answers,
     .outcome = "alice: out 200; bob: in 487; bob: in 200; bob: in 487"},
    {.name = "fork-workers",
     .section = "RFC 3261 16.7 step 10",
     .open = open_family,
     .play = one_answers,
     .callee = TRANSPORT_TCP,
     .workers = 3,
     .outcome = "alice: out 200; bob: in 487; bob: in 200; bob: in 487"},
    {.name = "fork-busy-and-answer",
     .section = "RFC 3261 16.7",
     .open = open_family,
     .play = busy_and_answer,
     .outcome = "alice: out 200; bob: in 486; bob: in 487; bob: in 200",
     .others = {"alice: out 200; bob: in 486; bob: in 486; bob: in 200"}},
    {.name = "fork-two-answers",
     .section = "RFC 3261 13.2.2.4",
     .open = open_family,
     .play = two_answer,
     .outcome = "alice: out 200 x2; bob: in 200; bob: in 487; bob: in 200",
     .others = {"alice: out 200; bob: in 200; bob: in 487; bob: in 487",
                "alice: out 200; bob: in 487; bob: in 487; bob: in 200"}},
    {.name = "fork-late-answer",
     .section = "RFC 6026 7.1",
     .open = open_family,
     .play = a_late_answer,
     .outcome = "alice: out 200 x2; bob: in 200; bob: in 487; bob: in 200",
     .others = {"alice: out 200; bob: in 200; bob: in 487; bob: in 487",
                "alice: out 200; bob: in 487; bob: in 487; bob: in 200"}},
    {.name = "fork-all-refuse",
     .section = "RFC 3261 16.7 step 6",
     .open = open_family,
     .play = all_refuse,
     .outcome = "alice: out 486; bob: in 500; bob: in 486; bob: in 503"},
    {.name = "fork-one-declines",
     .section = "RFC 3261 16.7 step 5",
     .open = open_family,
     .play = one_declines,
     .outcome = "alice: out 603; bob: in 487; bob: in 487; bob: in 603"},
    {.name = "fork-cancel",
     .section = "RFC 3261 16.10",
     .open = open_family,
     .play = all_are_cancelled,
     .outcome = "alice: out 487; bob: in 487; bob: in 487; bob: in 487",
     /* A connection without memory for its bytes is closed, a 487 among them: the proxy waits 64*T1
      * from its CANCEL (RFC 3261 9.1), and so does the caller, from a moment before. */
     .others = {"alice: out 408; bob: in 487; bob: in 487; bob: in 487"}},
    {.name = "fork-one-mute",
     .section = "RFC 3261 16.7 step 6",
     .open = open_family,
     .play = one_is_mute,
     .outcome = "alice: out 486; bob: in 486; bob: in 486"},
};

const struct script_table flows_fork = {rows, sizeof(rows) / sizeof(rows[0])};
