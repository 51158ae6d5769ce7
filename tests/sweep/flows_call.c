/* Calls that are answered: RFC 3261 24.2, RFC 3665 section 3. */
#include "sweep/script.h"

#define TALK (3 * NS_PER_S)

static void caller_hangs_up(struct scene *s)
{
    s->alice->plan.hang_up_after = TALK;
    scene_call(s, s->bob->aor);
}

static void callee_hangs_up(struct scene *s)
{
    s->bob->plan.hang_up_after = TALK;
    scene_call(s, s->bob->aor);
}

static void direct_call(struct scene *s)
{
    s->bob->plan.hang_up_after = TALK;
    scene_call(s, s->bob->contact);
}

/* Rings for longer than any timer of the caller's, but for Timer C. */
static void long_ringing(struct scene *s)
{
    s->bob->plan.answer_after = 100 * NS_PER_S;
    caller_hangs_up(s);
}

static void old_phone(struct scene *s)
{
    s->bob->plan.no_dialog_on_180 = true;
    callee_hangs_up(s);
}

/* Nothing is sent before the 200. */
static void silent_callee(struct scene *s)
{
    s->bob->plan.silent = true;
    caller_hangs_up(s);
}

static void calls_again(void *scene)
{
    struct scene *s = scene;
    snprintf(s->alice->route, sizeof(s->alice->route), "<sip:10.0.0.%d:5060;lr>",
             s->far->addr.ip[3]);
    scene_call(s, BOB_ABROAD);
}

/* RFC 3665 3.4: the first proxy is reachable but says nothing; Alice's phone takes the second. */
static void first_proxy_is_mute(struct scene *s)
{
    scene_mute(s, s->proxy, NULL, 0, TIME_NEVER);
    world_run(&s->w, NS_PER_MS);
    s->bob->plan.hang_up_after = TALK;
    scene_call(s, BOB_ABROAD);
    world_do(&s->w, 40 * NS_PER_S, calls_again, s);
}

static void redirects(struct peer *p, struct msg *m)
{
    if (m->is_request && m->method == METHOD_INVITE)
        peer_reply(p, m, 302, "moved", "Contact: <" BOB_ABROAD ">\r\n");
}

/* RFC 3665 3.6 but for the SDP in the ACK. */
static void redirected(struct scene *s)
{
    s->peer = peer_join(&s->w, "redirect.example", redirects);
    snprintf(s->alice->route, sizeof(s->alice->route), "<sip:10.0.0.%d:5060;lr>",
             s->peer->node.addr.ip[3]);
    s->bob->plan.hang_up_after = TALK;
    scene_call(s, BOB_ABROAD);
    world_do(&s->w, 40 * NS_PER_S, calls_again, s);
}

#define ANSWERED "alice: out 200; bob: in 200"

#define ROW(NAME, SECTION, OPEN, PLAY) \
    .name = NAME, .section = SECTION, .open = OPEN, .play = PLAY, .outcome = ANSWERED

static const struct script rows[] = {
    {ROW("direct", "RFC 3665 3.1", open_direct, direct_call), .ladder = "alice > bob INVITE\n"
                                                                        "bob > alice 180\n"
                                                                        "bob > alice 200\n"
                                                                        "alice > bob ACK\n"
                                                                        "bob > alice BYE\n"
                                                                        "alice > bob 200\n"},
    {ROW("direct-tcp", "RFC 3665 3.1", open_direct, direct_call), .caller = TRANSPORT_TCP,
     .callee = TRANSPORT_TCP},
    {ROW("office", "RFC 3261 24.2", open_office, caller_hangs_up), .ladder =
                                                                       "alice > office INVITE\n"
                                                                       "office > alice 100\n"
                                                                       "office > bob INVITE\n"
                                                                       "bob > office 180\n"
                                                                       "office > alice 180\n"
                                                                       "bob > office 200\n"
                                                                       "office > alice 200\n"
                                                                       "alice > office ACK\n"
                                                                       "office > bob ACK\n"
                                                                       "alice > office BYE\n"
                                                                       "office > bob BYE\n"
                                                                       "bob > office 200\n"
                                                                       "office > alice 200\n"},
    {ROW("office-callee-hangs-up", "RFC 3665 3.2", open_office, callee_hangs_up)},
    {ROW("office-tcp", "RFC 3261 18", open_office, caller_hangs_up), .caller = TRANSPORT_TCP,
     .callee = TRANSPORT_TCP},
    {ROW("office-udp-tcp", "RFC 3261 18", open_office, callee_hangs_up), .callee = TRANSPORT_TCP},
    {ROW("office-tcp-udp", "RFC 3261 18", open_office, callee_hangs_up), .caller = TRANSPORT_TCP},
    {ROW("office-workers", "RFC 3261 24.2", open_office, caller_hangs_up), .workers = 3},
    {ROW("office-workers-tcp", "RFC 3261 24.2", open_office, callee_hangs_up),
     .caller = TRANSPORT_TCP, .callee = TRANSPORT_TCP, .workers = 3},
    {ROW("office-silent", "RFC 3261 13.3.1.4", open_office, silent_callee)},
    {ROW("office-2543", "RFC 3261 12.1.1", open_office, old_phone)},
    {ROW("office-long-ringing", "RFC 3261 16.8", open_office, long_ringing)},
    {ROW("trapezoid", "RFC 3261 24.2, RFC 3665 3.2", open_trapezoid, callee_hangs_up),
     .ladder = "alice > atlanta INVITE\n"
               "atlanta > alice 100\n"
               "atlanta > biloxi INVITE\n"
               "biloxi > atlanta 100\n"
               "biloxi > bob INVITE\n"
               "bob > biloxi 180\n"
               "biloxi > atlanta 180\n"
               "atlanta > alice 180\n"
               "bob > biloxi 200\n"
               "biloxi > atlanta 200\n"
               "atlanta > alice 200\n"
               "alice > atlanta ACK\n"
               "atlanta > biloxi ACK\n"
               "biloxi > bob ACK\n"
               "bob > biloxi BYE\n"
               "biloxi > atlanta BYE\n"
               "atlanta > alice BYE\n"
               "alice > atlanta 200\n"
               "atlanta > biloxi 200\n"
               "biloxi > bob 200\n"},
    {ROW("trapezoid-tcp", "RFC 3665 3.2", open_trapezoid, caller_hangs_up), .caller = TRANSPORT_TCP,
     .callee = TRANSPORT_TCP},
    {ROW("trapezoid-workers", "RFC 3665 3.2", open_trapezoid, callee_hangs_up), .workers = 2},
    {.name = "proxy-failure",
     .section = "RFC 3665 3.4",
     .open = open_trapezoid,
     .play = first_proxy_is_mute,
     .outcome = "alice: out 408, out 200; bob: in 200"},
    {.name = "redirect",
     .section = "RFC 3665 3.6",
     .open = open_trapezoid,
     .play = redirected,
     .outcome = "alice: out 302, out 200; bob: in 200",
     .ladder = "alice > redirect INVITE\n"
               "redirect > alice 302\n"
               "alice > redirect ACK\n"
               "alice > biloxi INVITE\n"
               "biloxi > alice 100\n"
               "biloxi > bob INVITE\n"
               "bob > biloxi 180\n"
               "biloxi > alice 180\n"
               "bob > biloxi 200\n"
               "biloxi > alice 200\n"
               "alice > biloxi ACK\n"
               "biloxi > bob ACK\n"
               "bob > biloxi BYE\n"
               "biloxi > alice BYE\n"
               "alice > biloxi 200\n"
               "biloxi > bob 200\n"},
};

const struct script_table flows_call = {rows, sizeof(rows) / sizeof(rows[0])};
