/* Calls that are not answered: RFC 3665 3.8 to 3.11, RFC 3261 16.8. */
#include "sweep/script.h"

static void refuse(struct scene *s, unsigned status, time_ns after)
{
    s->bob->plan.status = status;
    s->bob->plan.answer_after = after;
    scene_call(s, s->bob->aor);
}

static void busy(struct scene *s)
{
    s->bob->plan.silent = true;
    refuse(s, 486, 0);
}

static void unavailable(struct scene *s)
{
    refuse(s, 480, 2 * NS_PER_S);
}

static void declined(struct scene *s)
{
    refuse(s, 603, 2 * NS_PER_S);
}

static void no_answer(struct scene *s)
{
    s->bob->plan.answer_after = TIME_NEVER;
    world_do(&s->w, 3 * NS_PER_S, call_cancel, scene_call(s, s->bob->aor));
}

/* Nobody but the proxy's Timer C ends it. */
static void no_answer_for_ever(struct scene *s)
{
    s->bob->plan.answer_after = TIME_NEVER;
    scene_call(s, s->bob->aor);
}

static void no_response(struct scene *s)
{
    scene_mute(s, NULL, &s->bob->node, 0, TIME_NEVER);
    world_run(&s->w, NS_PER_MS);
    scene_call(s, s->bob->aor);
}

static void nobody_there(struct scene *s)
{
    scene_call(s, "sip:carol@office.example");
}

#define REFUSED(N) "alice: out " #N "; bob: in " #N

static const struct script rows[] = {
    {.name = "busy",
     .section = "RFC 3665 3.9",
     .open = open_trapezoid,
     .play = busy,
     .outcome = REFUSED(486),
     .ladder = "alice > atlanta INVITE\n"
               "atlanta > alice 100\n"
               "atlanta > biloxi INVITE\n"
               "biloxi > atlanta 100\n"
               "biloxi > bob INVITE\n"
               "bob > biloxi 486\n"
               "biloxi > bob ACK\n"
               "biloxi > atlanta 486\n"
               "atlanta > biloxi ACK\n"
               "atlanta > alice 486\n"
               "alice > atlanta ACK\n"},
    {.name = "busy-tcp",
     .section = "RFC 3665 3.9",
     .open = open_trapezoid,
     .play = busy,
     .caller = TRANSPORT_TCP,
     .callee = TRANSPORT_TCP,
     .outcome = REFUSED(486)},
    {.name = "unavailable",
     .section = "RFC 3665 3.11",
     .open = open_trapezoid,
     .play = unavailable,
     .outcome = REFUSED(480)},
    {.name = "declined",
     .section = "RFC 3261 21.6.2",
     .open = open_office,
     .play = declined,
     .outcome = REFUSED(603)},
    {.name = "no-answer",
     .section = "RFC 3665 3.8",
     .open = open_trapezoid,
     .play = no_answer,
     .outcome = REFUSED(487),
     .ladder = "alice > atlanta INVITE\n"
               "atlanta > alice 100\n"
               "atlanta > biloxi INVITE\n"
               "biloxi > atlanta 100\n"
               "biloxi > bob INVITE\n"
               "bob > biloxi 180\n"
               "biloxi > atlanta 180\n"
               "atlanta > alice 180\n"
               "alice > atlanta CANCEL\n"
               "atlanta > alice 200\n"
               "atlanta > biloxi CANCEL\n"
               "biloxi > atlanta 200\n"
               "biloxi > bob CANCEL\n"
               "bob > biloxi 200\n"
               "bob > biloxi 487\n"
               "biloxi > bob ACK\n"
               "biloxi > atlanta 487\n"
               "atlanta > biloxi ACK\n"
               "atlanta > alice 487\n"
               "alice > atlanta ACK\n"},
    {.name = "no-answer-tcp",
     .section = "RFC 3665 3.8",
     .open = open_office,
     .play = no_answer,
     .others = {"alice: out 487"}, /* the CANCEL came while the callee was looked for */
     .caller = TRANSPORT_TCP,
     .callee = TRANSPORT_TCP,
     .outcome = REFUSED(487)},
    {.name = "no-answer-workers",
     .section = "RFC 3665 3.8",
     .open = open_office,
     .play = no_answer,
     .callee = TRANSPORT_TCP,
     .workers = 3,
     .outcome = REFUSED(487)},
    {.name = "no-answer-timer-c",
     .section = "RFC 3261 16.8",
     .open = open_office,
     .play = no_answer_for_ever,
     .outcome = REFUSED(487),
     .others = {REFUSED(480)}},
    {.name = "no-response",
     .section = "RFC 3665 3.10",
     .open = open_trapezoid,
     .play = no_response,
     .outcome = "alice: out 408"},
    {.name = "nobody-there",
     .section = "RFC 3261 16.5",
     .open = open_office,
     .play = nobody_there,
     .outcome = "alice: out 404",
     .ladder = "alice > office INVITE\n"
               "office > alice 100\n"
               "office > alice 404\n"
               "alice > office ACK\n"},
};

const struct script_table flows_refused = {rows, sizeof(rows) / sizeof(rows[0])};
